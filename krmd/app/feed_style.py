"""By which settings feeds are rendered: what changes the events of everybody at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from krmd.ledger.feed import FeedPlan, LeapDay

FORM = 1
"""Goes up when the same facts are to be rendered otherwise than before: each event changes then."""


@dataclass(frozen=True, slots=True)
class FeedStyle:
    """The owner's zone, where 29 February is kept, and how many years have events.

    `cadences` are those that settings give to categories, in days by category name; `commands` is
    the address that takes commands by mail, None where there is none.
    """

    zone: ZoneInfo
    leap_day: LeapDay = "02-28"
    years_back: int = 1
    years_ahead: int = 2
    cadences: Mapping[str, int] | None = None
    commands: str | None = None

    def years(self, today: date) -> range:
        """The years that have events."""
        return range(today.year - self.years_back, today.year + self.years_ahead + 1)

    def made_for(self, plan: FeedPlan, today: date) -> str:
        """What a feed is rendered for: another value means rendering all of it again."""
        spelled = repr(
            (
                FORM,
                plan,
                self.leap_day,
                self.years(today),
                sorted((self.cadences or {}).items()) if "due" in plan.kinds else (),
                self.commands if plan.detail == "full" else None,
                self.zone.key if plan.detail == "full" or "due" in plan.kinds else None,
            )
        )
        return hashlib.blake2b(spelled.encode(), digest_size=8).hexdigest()
