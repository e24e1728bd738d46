"""Whose days come next, and whose dates stand in no calendar, and why.

Looks at everybody's dates at once, and only at those people closely whose day may be among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from krmd.app.audience import people_in
from krmd.base.identifier import PublicId
from krmd.base.instant import Instant
from krmd.ledger.agreement import Saying, agreed
from krmd.ledger.feed import LeapDay
from krmd.ledger.occasion import FIRST_YEAR, Occasion, Unusable, day_in, number_in, occasions
from krmd.ledger.partial_date import PartialDate, read_partial_date
from krmd.ledger.portrait import FactField
from krmd.ledger.recency import NEVER
from krmd.store import categories, contacts, recency
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.search_cards import addresses_of, said_of

MOST_DAYS = 365
"""So far ahead is looked: each day of the year comes once."""

_DATES: tuple[FactField, ...] = ("birthday", "date")
_LEAP_DAY = "02-29"
_KEPT_ON = frozenset(("02-28", "03-01"))


class Coming(NamedTuple):
    """Somebody's day. `number` is the age they reach, or how many years it is; None: not known."""

    row: ContactRow
    day: date
    occasion: Occasion
    number: int | None

    @property
    def id(self) -> str:
        """The contact's public id."""
        return str(PublicId("c", UUID(hex=self.row.uuid)))

    @property
    def uid(self) -> str:
        """The UID that the event has in each feed."""
        return f"{self.occasion.place}-{self.row.uuid}-{self.day.year}@krmd.invalid"


class Around(NamedTuple):
    """What one needs beside somebody's day: how to reach them, and when that was last."""

    phones: tuple[str, ...]
    address: str | None
    categories: tuple[str, ...]
    last_contacted: Instant | None


class UnusableDate(NamedTuple):
    """A date of somebody's that stands in no calendar, and why."""

    row: ContactRow
    date: Unusable

    @property
    def id(self) -> str:
        """The contact's public id."""
        return str(PublicId("c", UUID(hex=self.row.uuid)))


def coming(
    tx: Transaction,
    *,
    today: date,
    days: int,
    leap_day: LeapDay,
    audience: str | None = None,
    all_dates: bool = False,
) -> list[Coming]:
    """Birthdays from today on, for so many days more, in the order of the calendar; `all_dates`:
    other days that come round too. UserError where the audience can't be read.
    """
    window = {f"{today + timedelta(days=ahead):%m-%d}" for ahead in range(days + 1)}
    if window & _KEPT_ON:
        window.add(_LEAP_DAY)
    ids = {contact for contact, _, value in contacts.facts_in(tx, _DATES) if value[-5:] in window}
    if audience is not None:
        ids &= {row.id for row in people_in(tx, audience)}
    last = today + timedelta(days=days)
    found: list[Coming] = []
    for row, told in _living(tx, ids, _DATES):
        for it in occasions(told, today)[0]:
            day = _next_day(it.date, today, leap_day)
            if day is not None and day <= last and (all_dates or it.kind == "birthday"):
                found.append(Coming(row, day, it, number_in(it.date, day.year)))
    return sorted(found, key=lambda it: (it.day, it.row.name_key, it.row.uuid, it.occasion.place))


def around(tx: Transaction, found: Sequence[Coming]) -> dict[int, Around]:
    """What is known around each of these, by contact."""
    ids = list({it.row.id for it in found})
    said = said_of(tx, ids, ("phone",))
    addresses = addresses_of(tx, ids)
    groups = categories.of_contacts(tx, ids)
    seen = recency.read(tx, "contact", ids)
    return {
        who: Around(
            tuple(it.fact.value for it in agreed(said.get(who, ()))),
            next((it for it, state in addresses.get(who, {}).items() if state == "ok"), None),
            tuple(it.name for it in groups.get(who, ())),
            seen.get(who, NEVER).last_contacted,
        )
        for who in ids
    }


def unusable_dates(tx: Transaction, today: date) -> list[UnusableDate]:
    """The dates of living contacts that stand in no calendar, by name."""
    fields: tuple[FactField, ...] = (*_DATES, "date_text")
    ids = {
        contact
        for contact, field, value in contacts.facts_in(tx, fields)
        if field == "date_text" or not _is_surely_usable(value, today)
    }
    return [
        UnusableDate(row, date)
        for row, told in _living(tx, ids, fields)
        for date in occasions(told, today)[1]
    ]


def _living(
    tx: Transaction, ids: Collection[int], fields: Sequence[FactField]
) -> Iterator[tuple[ContactRow, tuple[Saying, ...]]]:
    """Those of whom calendars tell, by name, with what is said of them in these fields."""
    rows = [row for row in contacts.by_ids(tx, sorted(ids)).values() if _may_be_told_of(row)]
    said = said_of(tx, [row.id for row in rows], (*fields, "died"))
    for row in sorted(rows, key=lambda it: (it.name_key, it.uuid)):
        told = agreed(said.get(row.id, ()))
        if not any(it.fact.field == "died" for it in told):
            yield row, told


def _may_be_told_of(row: ContactRow) -> bool:
    alive = row.kept and not row.deceased and row.merged_into is None
    return alive and row.attention != "muted"


def _next_day(when: PartialDate, today: date, leap_day: LeapDay) -> date | None:
    for year in (today.year, today.year + 1):
        day = day_in(when, year, leap_day)
        if day is not None and day >= today:
            return day
    return None


def _is_surely_usable(value: str, today: date) -> bool:
    it = read_partial_date(value)
    if it is None or it.month is None or it.day is None:
        return False
    return it.year is None or FIRST_YEAR <= it.year < today.year
