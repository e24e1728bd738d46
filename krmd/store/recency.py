"""The stored folds: when there was contact with each contact and with each identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.identity import Claim
from krmd.ledger.recency import Moment, Recency
from krmd.store.engine import Transaction

Subject = Literal["contact", "identity"]

_COLUMNS = ", ".join(Recency._fields)
_READ = (
    f"SELECT subject_id, {_COLUMNS} FROM recency"
    " WHERE subject = '{subject}' AND subject_id {among}"
)
_DELETE = "DELETE FROM recency WHERE subject = ? AND subject_id = ?"
_INSERT = (
    f"INSERT INTO recency (subject, subject_id, {_COLUMNS}) VALUES"
    f" ({', '.join('?' * (2 + len(Recency._fields)))})"
    " ON CONFLICT (subject, subject_id) DO UPDATE SET "
    + ", ".join(f"{field} = excluded.{field}" for field in Recency._fields)
)


def read(tx: Transaction, subject: Subject, ids: Sequence[int]) -> dict[int, Recency]:
    """The stored recency of these; who has none is absent."""
    rows = tx.among(_READ.replace("{subject}", subject), ids)
    return {row[0]: Recency._make(row[1:]) for row in rows}


def read_all(tx: Transaction, subject: Subject) -> dict[int, Recency]:
    """Every stored recency of that kind of subject."""
    rows = tx.connection.exec_driver_sql(
        f"SELECT subject_id, {_COLUMNS} FROM recency WHERE subject = '{subject}'"
    )
    return {row[0]: Recency._make(row[1:]) for row in rows}


def write(tx: Transaction, subject: Subject, changed: Mapping[int, Recency]) -> None:
    """Store these; an empty one is no row."""
    tx.insert_rows(_DELETE, [(subject, who) for who, it in changed.items() if it.is_empty])
    tx.insert_rows(_INSERT, [(subject, who, *it) for who, it in changed.items() if not it.is_empty])


class Part(NamedTuple):
    """One identity's part in one interaction, under the display name seen."""

    identity: int
    name: str
    interaction: int
    moment: Moment


_PARTS = (
    "SELECT p.identity_id, p.name, i.id, i.at, i.kind, i.direction, i.reach, p.counts"
    " FROM participants p JOIN interactions i ON i.id = p.interaction_id"
    " WHERE i.undone IS NULL AND i.reach IS NOT NULL AND p.rule <> 'owner'"
    " AND (p.counts OR (i.reach = 'one_to_many' AND i.direction = 'outbound'))"
)


def parts_of(tx: Transaction, identities: Sequence[int]) -> Iterator[Part]:
    """What the fold reads of these identities: the parts that count, or went to many."""
    return map(_part, tx.among(f"{_PARTS} AND p.identity_id {{among}}", identities))


def _part(row: Sequence[Any]) -> Part:
    identity, name, interaction, at, kind, direction, reach, counts = row
    return Part(
        identity, name, interaction, Moment(Instant(at), kind, direction, reach, bool(counts))
    )


def every_claim(tx: Transaction) -> dict[int, tuple[Claim, ...]]:
    """All claims, by identity."""
    found: dict[int, list[Claim]] = {}
    rows = tx.connection.exec_driver_sql("SELECT identity_id, name_key, contact_id FROM claims")
    for row in rows:
        found.setdefault(row[0], []).append(Claim._make(row))
    return {identity: tuple(sorted(made)) for identity, made in found.items()}
