"""The whole ledger and all categories, row by row, for who takes everything along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from krmd.base.instant import Instant
from krmd.store.engine import Transaction

AT_A_TIME = 2000


class LedgerRow(NamedTuple):
    """One entry, with everybody who took part in it."""

    id: int
    high: int
    low: int
    at: Instant
    received: Instant
    kind: str
    direction: str | None
    reach: str | None
    rule: str
    summary: str | None
    message_id: str | None
    undone: Instant | None
    account: str | None
    folder: str | None
    parts: tuple[PartRow, ...]


class PartRow(NamedTuple):
    """One identity's part in an entry: a `self` is a contact's UUID."""

    kind: str
    value: str
    field: str
    name: str
    rule: str
    counts: bool


class MembershipRow(NamedTuple):
    """Somebody was in a category from then until then."""

    category: str
    contact: str
    since: Instant
    until: Instant | None
    source: str


_ENTRIES = (
    "SELECT i.id, i.high, i.low, i.at, i.received, i.kind, i.direction, i.reach, i.rule,"
    " i.summary, i.message_id, i.undone, f.account, f.name FROM interactions i"
    " LEFT JOIN folders f ON f.id = i.folder_id WHERE i.id > {after} ORDER BY i.id LIMIT {most}"
)
_PARTS = (
    "SELECT p.interaction_id, d.kind, d.value, p.field, p.name, p.rule, p.counts"
    " FROM participants p JOIN identities d ON d.id = p.identity_id WHERE p.interaction_id {among}"
)
_MEMBERSHIPS = (
    "SELECT c.name, k.uuid, m.since, m.until, m.source FROM memberships m"
    " JOIN categories c ON c.id = m.category_id JOIN contacts k ON k.id = m.contact_id"
    " ORDER BY c.name_key, m.since, k.uuid"
)


def entries(tx: Transaction) -> Iterator[LedgerRow]:
    """Every entry, those taken back too, in the order they were recorded."""
    after = 0
    while rows := _some(tx, after):
        parts: dict[int, list[PartRow]] = {}
        for part in tx.among(_PARTS, [row[0] for row in rows]):
            parts.setdefault(part[0], []).append(PartRow._make((*part[1:6], bool(part[6]))))
        for row in rows:
            yield LedgerRow._make((*row, tuple(sorted(parts.get(row[0], ())))))
        after = rows[-1][0]


def memberships(tx: Transaction) -> list[MembershipRow]:
    """Who is in which category, and was."""
    return [MembershipRow._make(row) for row in tx.connection.exec_driver_sql(_MEMBERSHIPS)]


def _some(tx: Transaction, after: int) -> Sequence[Sequence[Any]]:
    statement = _ENTRIES.replace("{after}", str(int(after))).replace("{most}", str(AT_A_TIME))
    return tx.connection.exec_driver_sql(statement).all()
