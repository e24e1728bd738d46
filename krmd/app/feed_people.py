"""What a feed tells of each person: their events as drafts, and until when these are right.

A function of book, ledger and day alone. Days on which more or less of the ledger is told, or a
first birthday comes, are known before; until then nothing need be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from krmd.app.feed_style import FeedStyle
from krmd.app.feed_wording import (
    WINDOW_DAYS,
    Event,
    Known,
    Person,
    Wording,
    cadence_of,
    has_ledger,
    is_near,
    ledger_words,
)
from krmd.base.instant import Instant
from krmd.ledger.agreement import agreed
from krmd.ledger.cadence import becomes_due
from krmd.ledger.category import category_key
from krmd.ledger.feed import FeedPlan
from krmd.ledger.occasion import Unusable, day_in, number_in, occasions
from krmd.ledger.partial_date import read_partial_date
from krmd.ledger.portrait import FactField
from krmd.ledger.recency import NEVER
from krmd.outputs.event import Draft
from krmd.store import categories, recency
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.search_cards import said_of


class PersonDrafts(NamedTuple):
    """A person's events by day; `since` says when the newest fact behind them was said.

    `good_until` is the ordinal of the day on which they must be made again though nothing changed.
    """

    drafts: tuple[Draft, ...]
    since: Instant
    good_until: int | None


def drafts_of(
    tx: Transaction, rows: Sequence[ContactRow], plan: FeedPlan, *, style: FeedStyle, today: date
) -> dict[int, PersonDrafts]:
    """What a feed of that plan tells of these contacts, by id; who isn't told of is absent.

    Whom the audience names is the caller's to ask.
    """
    rows = [row for row in rows if _may_be_told_of(row)]
    known = _known(tx, [row.id for row in rows], plan, style)
    people = [
        Person(row, *_events(row, known, plan, style=style, today=today))
        for row in rows
        if not any(it.fact.field == "died" for it in known.told.get(row.id, ()))
    ]
    near = [it.row.id for it in people if any(has_ledger(of, today) for of in it.events)]
    words = ledger_words(tx, near) if plan.detail == "full" else {}
    wording = Wording(plan, style, known, today)
    return {
        it.row.id: PersonDrafts(
            tuple(wording.drafts(it, words.get(it.row.id))),
            max((told.since for told in known.told.get(it.row.id, ())), default=it.row.added),
            _good_until(it, plan, today),
        )
        for it in people
        if it.events or it.wakes is not None
    }


def _may_be_told_of(row: ContactRow) -> bool:
    alive = row.kept and not row.deceased and row.merged_into is None
    return alive and row.attention != "muted"


def _fields(plan: FeedPlan) -> Iterator[FactField]:
    yield "died"
    if plan.kinds != ("due",):
        # Both for either: a date may be labelled as birthday, or be the birthday once more.
        yield from ("birthday", "date")
    if plan.detail != "name":
        yield "met"
    if plan.detail == "full":
        yield from ("phone", "note")


def _known(tx: Transaction, ids: Sequence[int], plan: FeedPlan, style: FeedStyle) -> Known:
    said = said_of(tx, ids, tuple(_fields(plan)))
    told = {
        who: agreed((it.fact, it.source, it.since) for it in theirs) for who, theirs in said.items()
    }
    is_due = "due" in plan.kinds
    groups = categories.of_contacts(tx, ids) if is_due or plan.detail != "name" else {}
    seen = recency.read(tx, "contact", ids) if is_due else {}
    cadences = {category_key(name): days for name, days in (style.cadences or {}).items()}
    return Known(told, groups, seen, cadences)


def _events(
    row: ContactRow, known: Known, plan: FeedPlan, *, style: FeedStyle, today: date
) -> tuple[tuple[Event, ...], int | None]:
    """Somebody's events by day, and from when on there are more."""
    usable, unusable = occasions(known.told.get(row.id, ()), today)
    found = [
        Event(day, it, number_in(it.date, year))
        for it in usable
        if ("birthdays" if it.kind == "birthday" else "anniversaries") in plan.kinds
        for year in style.years(today)
        if (day := day_in(it.date, year, style.leap_day)) is not None
    ]
    if "due" in plan.kinds and (day := _due(row, known, style)) is not None:
        found.append(Event(day, None, None))
    found.sort(key=lambda it: (it.day, it.occasion.place if it.occasion else ""))
    return tuple(found), _wakes(unusable, today)


def _due(row: ContactRow, known: Known, style: FeedStyle) -> date | None:
    """When somebody becomes due, or became: it stays there until there was contact."""
    cadence = cadence_of(row, known)
    if cadence is None:
        return None
    seen = known.seen.get(row.id, NEVER)
    return becomes_due(seen.last_contacted, row.added, cadence_days=cadence, zone=style.zone)


def _wakes(unusable: Iterable[Unusable], today: date) -> int | None:
    """When the first of the days that lie in the future is here."""
    dates = (read_partial_date(it.value) for it in unusable)
    days = (
        date(it.year, it.month, it.day) for it in dates if it and it.year and it.month and it.day
    )
    return min((day.toordinal() for day in days if day > today), default=None)


def _good_until(person: Person, plan: FeedPlan, today: date) -> int | None:
    until = [] if person.wakes is None else [person.wakes]
    if plan.detail == "full":
        ahead = [it.day for it in person.events if it.day >= today]
        if any(is_near(day, today) for day in ahead):
            until.append(today.toordinal() + 1)
        elif ahead:
            until.append(min(ahead).toordinal() - WINDOW_DAYS + 1)
    return min(until, default=None)
