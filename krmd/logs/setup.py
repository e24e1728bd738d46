"""Sets up the log of a process, and hands out loggers that cost nothing until they are used.

structlog is imported when the log is configured or the first line is written, since that takes
longer than all else a command such as `krmd show` needs.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from krmd.base.errors import UserError
from krmd.logs.lines import Renderer, Sink

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(
    level: str = "info", *, as_json: bool | None = None, stream: TextIO | None = None
) -> None:
    """Set up structlog and the standard library's logging for this process.

    Writes to `stream` (standard error): lines for people on a terminal, JSON otherwise, with
    sd-daemon(3)'s priorities in front where the journal reads it. Other libraries are heard from
    warnings upwards, since at debug level theirs show mail. Raises UserError for an unknown level.
    Costs structlog's import: commands that log nothing needn't call it.
    """
    import structlog

    if level not in LEVELS:
        raise UserError(f"{level!r} is no log level; use one of {', '.join(LEVELS)}")
    sink = Sink(sys.stderr if stream is None else stream)
    renderer = Renderer(sink, as_json=as_json)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_: sink,
        cache_logger_on_first_use=False,  # SIGHUP may change the level
    )
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Foreign)]:
        root.removeHandler(handler)
    root.addHandler(_Foreign(sink, renderer))


class Logger:
    """structlog's logger, fetched when the first line is written."""

    __slots__ = ()

    def debug(self, event: str, /, **values: object) -> None:
        """Log for somebody who searches for a fault."""
        _structlog().debug(event, **values)

    def info(self, event: str, /, **values: object) -> None:
        """Log what happened as it should."""
        _structlog().info(event, **values)

    def warning(self, event: str, /, **values: object) -> None:
        """Log what went wrong and mends itself."""
        _structlog().warning(event, **values)

    def error(self, event: str, /, **values: object) -> None:
        """Log what a person must look at."""
        _structlog().error(event, **values)

    def exception(self, event: str, /, **values: object) -> None:
        """As `error`, with the traceback of the exception being handled."""
        _structlog().error(event, exc_info=True, **values)


def get_logger() -> Logger:
    """A logger for a module; costs nothing until it is used."""
    return Logger()


def _structlog() -> Any:  # noqa: ANN401 # structlog's own answer is Any
    import structlog

    if not structlog.is_configured():  # its default would write to standard output
        configure()
    return structlog.get_logger()


class _Foreign(logging.Handler):
    """Takes what other libraries log."""

    def __init__(self, sink: Sink, renderer: Renderer) -> None:
        super().__init__(logging.WARNING)
        self._sink = sink
        self._renderer = renderer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            event = record.getMessage()
        except Exception:  # noqa: BLE001 # a library's wrong format string must not stop anything
            event = str(record.msg)
        self._sink.write(
            self._renderer(
                None,
                "",
                {
                    "event": event,
                    "level": record.levelname.lower(),
                    "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
                    "logger": record.name,
                    "exc_info": record.exc_info,
                },
            )
        )
