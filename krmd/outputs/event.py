"""What one event of a feed says, before it is octets."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from krmd.base.instant import Instant


class Draft(NamedTuple):
    """An all-day event. `day` is YYYY-MM-DD and floating (RFC 5545 3.3.4): no zone is meant.

    `uid` is the event's for good. `title` is one line, `description` any number of them. All texts
    may hold anything; writing escapes them. `alarm_minutes` as in a FeedPlan.
    """

    uid: str
    day: str
    title: str
    description: str
    categories: tuple[str, ...]
    alarm_minutes: int | None


class Stamp(NamedTuple):
    """How often an event changed (SEQUENCE), and when last (DTSTAMP, LAST-MODIFIED)."""

    sequence: int
    modified: Instant


class Stamped(NamedTuple):
    """An event ready to be written."""

    draft: Draft
    stamp: Stamp


def digest_of(draft: Draft) -> str:
    """What tells whether an event says something else than before: 16 hex digits."""
    spelled = json.dumps(draft, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(spelled.encode(), digest_size=8).hexdigest()
