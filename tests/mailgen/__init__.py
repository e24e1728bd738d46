"""A seeded mailbox of any size, and the truth about it: who was in touch with whom, and when.

The truth comes from how each mail was made (its kind, in kinds.py), never from krmd's own rules:
it is the second opinion that `krmd sync` is measured against.
"""

from tests.mailgen.deposit import write_maildir
from tests.mailgen.generate import generate
from tests.mailgen.mail import Direction, GeneratedMail, Kind
from tests.mailgen.truth import Truth, truth

__all__ = ["Direction", "GeneratedMail", "Kind", "Truth", "generate", "truth", "write_maildir"]
