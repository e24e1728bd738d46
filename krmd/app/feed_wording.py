"""What a person's events say: the title and, as far as the plan goes, what one needs to call.

What the ledger says stands in the events of the next fourteen days only, so that not every mail
changes a calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from krmd.app.feed_style import FeedStyle
from krmd.app.folding import contact_of
from krmd.base.identifier import PublicId
from krmd.base.instant import local_date
from krmd.ledger.agreement import Saying
from krmd.ledger.cadence import effective_cadence
from krmd.ledger.feed import FeedPlan
from krmd.ledger.occasion import Occasion
from krmd.ledger.recency import NEVER, Recency
from krmd.outputs.calendar_words import (
    Context,
    category_words,
    description,
    due_title,
    mailto_link,
    occasion_title,
)
from krmd.outputs.event import Draft
from krmd.store import identities, recency
from krmd.store.categories import CategoryRow
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.last_entries import LastEntry, last_entries

WINDOW_DAYS = 14
"""In the events of so many days, today's first, stands what the ledger says."""


class Known(NamedTuple):
    """What is known of a slice of contacts, by contact; empty where the plan asks for none of it.

    `cadences` are those that settings give to categories, by their keys.
    """

    told: Mapping[int, tuple[Saying, ...]]
    groups: Mapping[int, Sequence[CategoryRow]]
    seen: Mapping[int, Recency]
    cadences: Mapping[str, int]


class Event(NamedTuple):
    """One event before it is worded; `occasion` None: somebody becomes due."""

    day: date
    occasion: Occasion | None
    number: int | None


class Person(NamedTuple):
    """A person who has events, or will have some from the day with that ordinal on."""

    row: ContactRow
    events: tuple[Event, ...]
    wakes: int | None


class Words(NamedTuple):
    """What the ledger says of somebody."""

    seen: Recency
    entry: LastEntry | None


def ledger_words(tx: Transaction, ids: Sequence[int]) -> dict[int, Words]:
    """What the ledger says of these; of several entries of one second the greatest id, as where a
    person's dates are explained.
    """
    if not ids:
        return {}
    found = last_entries(tx, ids)
    claims = identities.claims_on(tx, list({it.identity for it in found}))
    newest: dict[int, LastEntry] = {}
    for it in sorted(found, key=lambda it: (it.high, it.low)):
        if contact_of(claims[it.identity], it.name) == it.contact:
            newest[it.contact] = it
    seen = recency.read(tx, "contact", ids)
    return {who: Words(seen.get(who, NEVER), newest.get(who)) for who in ids}


def cadence_of(row: ContactRow, known: Known) -> int | None:
    """How often the owner wants to be in touch with somebody, in days; None: it doesn't matter."""
    groups = known.groups.get(row.id, ())
    return effective_cadence(
        row.cadence_days, (it.cadence_days or known.cadences.get(it.name_key) for it in groups)
    )


def is_near(day: date, today: date) -> bool:
    """Whether in a day's events stands what the ledger says."""
    return 0 <= (day - today).days < WINDOW_DAYS


def has_ledger(event: Event, today: date) -> bool:
    """Whether in an event stands what the ledger says: in those to come, and of whoever is overdue,
    since they are the ones to call.
    """
    return is_near(event.day, today) or (event.occasion is None and event.day < today)


class Wording:
    """Words a slice of contacts' events, as the plan says."""

    def __init__(self, plan: FeedPlan, style: FeedStyle, known: Known, today: date) -> None:
        self._plan = plan
        self._style = style
        self._today = today
        self._known = known

    def drafts(self, person: Person, words: Words | None) -> Iterator[Draft]:
        """A person's events in words."""
        row, language = person.row, self._plan.language
        base = None if self._plan.detail == "name" else self._context(row)
        for event in person.events:
            it = event.occasion
            if it is None:
                uid, title = f"due-{row.uuid}", due_title(row.name, language)
            else:
                uid = f"{it.place}-{row.uuid}-{event.day.year}"
                title = occasion_title(row.name, it, event.number, language)
            yield Draft(
                f"{uid}@krmd.invalid",
                event.day.isoformat(),
                title,
                "" if base is None else self._description(row, base, event, words),
                category_words("due" if it is None else it.kind),
                self._plan.alarm_minutes,
            )

    def _context(self, row: ContactRow) -> Context:
        """What stands in each event of somebody."""
        told = self._known.told.get(row.id, ())
        groups = self._known.groups.get(row.id, ())
        context = Context(
            name=row.name,
            met=next((it.fact.value for it in told if it.fact.field == "met"), ""),
            categories=tuple(it.name for it in groups),
        )
        if self._plan.detail == "brief":
            return context
        note, note_day = self._note(told)
        mailto = ""
        if self._style.commands is not None:
            public = str(PublicId("c", UUID(hex=row.uuid)))
            mailto = mailto_link(self._style.commands, public, row.name, self._plan.language)
        return context._replace(
            phones=tuple((it.fact.value, it.fact.label) for it in told if it.fact.field == "phone"),
            note=note,
            note_day=note_day,
            mailto=mailto,
        )

    def _description(
        self, row: ContactRow, context: Context, event: Event, words: Words | None
    ) -> str:
        if event.occasion is not None:
            it = event.occasion
            context = context._replace(
                kind=it.kind, label=it.label, number=event.number, date=it.date
            )
        elif self._plan.detail == "full":
            context = context._replace(kind="due", cadence_days=cadence_of(row, self._known))
        else:
            context = context._replace(kind="due")
        if words is not None and has_ledger(event, self._today):
            context = self._with_ledger(context, words)
        return description(context, self._plan.language)

    def _with_ledger(self, context: Context, words: Words) -> Context:
        last, entry = words.seen.last_contacted, words.entry
        return context._replace(
            last_contacted=None if last is None else local_date(last, self._style.zone),
            never_contacted=last is None,
            last_kind=None if entry is None else entry.kind,
            about="" if entry is None else entry.summary or "",
        )

    def _note(self, told: Iterable[Saying]) -> tuple[str, date | None]:
        """The last note and its day: the one it bears, else that on which it was made."""
        notes = [
            (self._day_of(it), it.since, it.fact.value) for it in told if it.fact.field == "note"
        ]
        day, _, text = max(notes, default=(None, None, ""))
        return text, day

    def _day_of(self, note: Saying) -> date:
        try:
            return date.fromisoformat(note.fact.label)
        except ValueError:
            return local_date(note.since, self._style.zone)
