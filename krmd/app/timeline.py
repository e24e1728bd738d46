"""The ledger's entries with one person, and which of them gave each of the person's dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from krmd.app.folding import contact_of
from krmd.app.who import Correspondent, Person
from krmd.base.identifier import PublicId
from krmd.base.instant import Instant
from krmd.ledger.facts import MailKey
from krmd.ledger.recency import Moment, Recency
from krmd.store import identities, timeline
from krmd.store.engine import Transaction
from krmd.store.ledger import uuid_of
from krmd.store.timeline import EntryRow


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One person's part in one entry. `counts`: whether it moves last contacted; `rule`: why."""

    id: str
    at: Instant
    kind: str
    direction: str | None
    reach: str | None
    role: str
    counts: bool
    rule: str
    summary: str | None
    message_id: str | None
    account: str | None
    folder: str | None
    undone: bool


@dataclass(frozen=True, slots=True)
class Why:
    """The entry behind each of a person's dates, None where there is no date."""

    last_contacted: TimelineEntry | None
    last_outbound: TimelineEntry | None
    last_inbound: TimelineEntry | None
    last_mailed: TimelineEntry | None


def entries_of(
    tx: Transaction, person: Person, *, with_undone: bool = False
) -> list[TimelineEntry]:
    """Everything the ledger has of a person, newest first."""
    return [_entry(row) for row in _rows(tx, person, with_undone=with_undone)]


def why(tx: Transaction, person: Person) -> Why:
    """Which entry and which rule gave each date; of two at the same second the greater id."""
    rows = _rows(tx, person, with_undone=False)
    moments = [
        (Recency.fold([Moment(row.at, row.kind, row.direction, row.reach, row.counts)]), row)
        for row in rows
    ]
    names = ("last_contacted", "last_outbound", "last_inbound", "last_mailed")
    newest = (
        next((row for moment, row in moments if getattr(moment, name) is not None), None)
        for name in names
    )
    return Why(*(None if row is None else _entry(row) for row in newest))


class _Order(NamedTuple):
    at: Instant
    high: int
    low: int


def _rows(tx: Transaction, person: Person, *, with_undone: bool) -> list[EntryRow]:
    """One row an entry, the part that counts where the person has several, newest first."""
    if isinstance(person, Correspondent):
        found = timeline.entries(tx, [person.identity.id])
    else:
        mine = [
            claim.identity for claim in identities.claims_of(tx, [person.id]).get(person.id, ())
        ]
        claims = identities.claims_on(tx, mine)
        found = [
            row
            for row in timeline.entries(tx, list(set(mine)))
            if contact_of(claims[row.identity], row.name) == person.id
        ]
    parts: dict[int, EntryRow] = {}
    for row in found:
        if row.undone is not None and not with_undone:
            continue
        stands = parts.get(row.id)
        if stands is None or (row.counts and not stands.counts):
            parts[row.id] = row
    return sorted(parts.values(), key=lambda it: _Order(it.at, it.high, it.low), reverse=True)


def _entry(row: EntryRow) -> TimelineEntry:
    return TimelineEntry(
        id=str(PublicId("i", uuid_of(MailKey(row.high, row.low)))),
        at=row.at,
        kind=row.kind,
        direction=row.direction,
        reach=row.reach,
        role=row.field,
        counts=row.counts,
        rule=row.rule,
        summary=row.summary,
        message_id=row.message_id,
        account=row.account,
        folder=row.folder,
        undone=row.undone is not None,
    )
