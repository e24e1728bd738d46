"""Interactions and who took part: facts written once, verdicts rewritten when the rules change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from krmd.base.instant import Instant
from krmd.ledger.facts import Facts, MailKey, Party
from krmd.ledger.interaction import Direction, Kind, Reach
from krmd.store.engine import Transaction
from krmd.store.tables import interactions, locations, participants

_SIGN = 1 << 63
_WHOLE = 1 << 64


def uuid_of(key: MailKey) -> UUID:
    """The public UUID that a key spells."""
    return UUID(int=((key.high % _WHOLE) << 64) | (key.low % _WHOLE))


def key_of(uuid: UUID) -> MailKey:
    """The key that a public UUID spells."""
    high, low = divmod(uuid.int, _WHOLE)
    return MailKey(high - _WHOLE if high >= _SIGN else high, low - _WHOLE if low >= _SIGN else low)


class InteractionRow(NamedTuple):
    """A row to be written, in the order of the columns."""

    id: int
    high: int
    low: int
    kind: Kind
    at: Instant
    received: Instant
    date: Instant | None
    direction: Direction | None
    reach: Reach | None
    rule: str
    marks: int
    people: int
    summary: str | None
    message_id: str | None
    parent: int | None
    thread: int | None
    folder_id: int | None
    recorded: Instant


class ParticipantRow(NamedTuple):
    """A row to be written, in the order of the columns."""

    interaction_id: int
    identity_id: int
    field: str
    name: str
    rule: str
    counts: bool


PlainRow = tuple[object, ...]
"""The fields of one of these in their order: the driver binds plain tuples fastest, and a backfill
writes millions."""


def _into(table: str, row: type[tuple[Any, ...]]) -> str:
    fields: tuple[str, ...] = row._fields  # type: ignore[attr-defined]  # a NamedTuple has them
    return f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})"


_INSERT_INTERACTION = _into("interactions", InteractionRow)
_INSERT_PARTICIPANT = _into("participants", ParticipantRow) + " ON CONFLICT DO NOTHING"
_INSERT_LOCATION = (
    "INSERT INTO locations (folder_id, uid, interaction_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)


def known_mails(tx: Transaction, highs: Sequence[int]) -> dict[MailKey, int]:
    """The ids of the mails in the store whose keys begin with one of `highs`."""
    rows = tx.among("SELECT high, low, id FROM interactions WHERE high {among}", highs)
    return {MailKey(high, low): key for high, low, key in rows}


def next_id(tx: Transaction) -> int:
    """The id the next interaction gets: safe, since there is one writer at a time."""
    return int(tx.execute(select(func.coalesce(func.max(interactions.c.id), 0))).scalar_one()) + 1


def add(tx: Transaction, entries: list[PlainRow], parts: list[PlainRow]) -> None:
    """Write new entries (as InteractionRow) with their participants (as ParticipantRow).

    Of an identity that stands twice in one field of a mail the first is kept.
    """
    tx.insert_rows(_INSERT_INTERACTION, entries)
    tx.insert_rows(_INSERT_PARTICIPANT, parts)


def locate(tx: Transaction, places: list[tuple[int, int, int]]) -> None:
    """Note where mails lie: (folder, UID, interaction); what is noted already stays."""
    tx.insert_rows(_INSERT_LOCATION, places)


def count_places(tx: Transaction) -> int:
    """How many mails were read, each copy counted where it lies."""
    return int(tx.execute(select(func.count()).select_from(locations)).scalar_one())


def forget_places(tx: Transaction, folder: int) -> None:
    """Drop the UID map of a folder whose UIDVALIDITY changed; the interactions stay."""
    tx.execute(locations.delete().where(locations.c.folder_id == folder))


class Recorded(NamedTuple):
    """A mail as recorded: its facts and the verdict that stands."""

    id: int
    at: Instant
    received: Instant
    date: Instant | None
    facts: Facts
    identities: tuple[int, ...]
    rule: str
    reach: Reach | None
    direction: Direction | None
    roles: tuple[tuple[str, bool], ...]


_RECORDED = (
    "SELECT i.id, i.at, i.received, i.date, i.marks, i.people, i.rule, i.reach, i.direction,"
    " p.field, d.value, p.name, p.identity_id, p.rule, p.counts"
    " FROM interactions i LEFT JOIN participants p ON p.interaction_id = i.id"
    " LEFT JOIN identities d ON d.id = p.identity_id"
)


def recorded(tx: Transaction, ids: Sequence[int]) -> list[Recorded]:
    """These mails with their facts."""
    rows = tx.among(f"{_RECORDED} WHERE i.id {{among}} ORDER BY i.id", ids)
    return list(_gathered(rows))


def mail_ids(tx: Transaction, first: int, count: int) -> list[int]:
    """At most `count` ids of mails, ascending, from `first` on."""
    wanted = (
        select(interactions.c.id)
        .where(interactions.c.id >= first, interactions.c.rule.not_like("logged%"))
        .order_by(interactions.c.id)
        .limit(count)
    )
    return list(tx.execute(wanted).scalars())


def _gathered(rows: Iterator[Any]) -> Iterator[Recorded]:
    mail: Any = None
    parts: list[Any] = []
    for row in rows:
        if mail is not None and row[0] != mail[0]:
            yield _recorded(mail, parts)
            parts = []
        mail = row
        if row[9] is not None:
            parts.append(row)
    if mail is not None:
        yield _recorded(mail, parts)


def _recorded(mail: Sequence[Any], parts: list[Sequence[Any]]) -> Recorded:
    parties = tuple(Party(part[9], part[10], part[11]) for part in parts)
    identities = tuple(part[12] for part in parts)
    roles = tuple((part[13], bool(part[14])) for part in parts)
    facts = Facts(mail[4], parties, mail[5])
    return Recorded._make((*mail[:4], facts, identities, *mail[6:9], roles))


class NewVerdict(NamedTuple):
    """What changes of a mail: times, marks and the verdict on the whole."""

    id: int
    at: Instant
    received: Instant
    marks: int
    people: int
    rule: str
    reach: Reach | None
    direction: Direction | None


def rewrite(
    tx: Transaction, mails: list[NewVerdict], parts: list[tuple[int, int, str, str, bool]]
) -> None:
    """Write verdicts anew; `parts` are (interaction, identity, field, rule, counts)."""
    tx.insert_rows(
        "UPDATE interactions SET at = ?, received = ?, marks = ?, people = ?, rule = ?,"
        " reach = ?, direction = ? WHERE id = ?",
        [(*mail[1:], mail[0]) for mail in mails],
    )
    tx.insert_rows(
        "UPDATE participants SET rule = ?, counts = ?"
        " WHERE interaction_id = ? AND identity_id = ? AND field = ?",
        [(rule, counts, mail, who, field) for mail, who, field, rule, counts in parts],
    )


def remove_participants(tx: Transaction, ids: Sequence[int]) -> None:
    """Take everybody off these mails; who took part is written anew."""
    tx.insert_rows("DELETE FROM participants WHERE interaction_id = ?", [(mail,) for mail in ids])


def move_to_folder(tx: Transaction, places: list[tuple[int, int]]) -> None:
    """Note the folder a copy was seen in last: (interaction, folder)."""
    tx.insert_rows(
        "UPDATE interactions SET folder_id = ? WHERE id = ?",
        [(folder, mail) for mail, folder in places],
    )


def set_undone(tx: Transaction, interaction: int, when: Instant | None) -> None:
    """Take an entry out of the ledger's sums, or, with None, back in."""
    tx.execute(update(interactions).where(interactions.c.id == interaction).values(undone=when))


def find(tx: Transaction, first: UUID, last: UUID) -> list[tuple[int, UUID]]:
    """The entries whose public ids lie between two, both included; three at most."""
    low, high = key_of(first), key_of(last)
    rows = tx.execute(
        select(interactions.c.id, interactions.c.high, interactions.c.low)
        .where(interactions.c.high.between(low.high, high.high))
        .order_by(interactions.c.high, interactions.c.low)
    )
    ids = ((key, uuid_of(MailKey(high, low))) for key, high, low in rows)
    return [(key, uuid) for key, uuid in ids if first <= uuid <= last][:3]


def identities_in(tx: Transaction, ids: Sequence[int]) -> set[int]:
    """Everybody's identities who took part in these."""
    rows = tx.among(
        "SELECT DISTINCT identity_id FROM participants WHERE interaction_id {among}", ids
    )
    return {row[0] for row in rows}


def stands_in_entries(tx: Transaction, identity: int) -> bool:
    """Whether an identity took part in anything that wasn't taken back."""
    wanted = (
        select(participants.c.interaction_id)
        .join(interactions, interactions.c.id == participants.c.interaction_id)
        .where(participants.c.identity_id == identity, interactions.c.undone.is_(None))
        .limit(1)
    )
    return tx.execute(wanted).first() is not None


def add_by_hand(tx: Transaction, entry: InteractionRow, parts: list[ParticipantRow]) -> None:
    """Write one entry that the owner logged; raises nothing where the key is new."""
    tx.execute(insert(interactions).values(**entry._asdict()))
    if parts:
        tx.execute(insert(participants), [part._asdict() for part in parts])
