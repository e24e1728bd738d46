"""How krmd's log looks, and what never stands in it: secrets, bodies, subjects, forged lines.

Events are structlog's: `log.info("mail.recorded", account=…, uid=…)`.
"""

from krmd.logs.redaction import register_secret
from krmd.logs.setup import LEVELS, Logger, configure, get_logger

__all__ = ["LEVELS", "Logger", "configure", "get_logger", "register_secret"]
