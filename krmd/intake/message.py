"""A mail's header, understood: the typed value that header bytes become."""

from __future__ import annotations

from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.facts import MailKey, Party

SUBJECT_KEPT = 200
"""So many characters of a subject are kept."""


class Message(NamedTuple):
    """A mail's header. `date` is None where there is none or it can't be a date.

    `parties`, `people` and `marks` are as in `Facts`; marks of place (IN_…) are not the header's to
    know and are added by whoever knows the folder. `parent` and `thread` are the `MailKey.high` of
    the mail that is answered and of the one that began the thread, or None. `message_id` is
    without angle brackets. `defects` name what was wrong with the bytes.
    """

    key: MailKey
    message_id: str | None
    date: Instant | None
    subject: str
    parties: tuple[Party, ...]
    people: int
    marks: int
    parent: int | None
    thread: int | None
    defects: tuple[str, ...]
