"""What the search index reads of the ledger, and who took part in the entries it finds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.interaction import Kind
from krmd.store.engine import Transaction
from krmd.store.search import Words, selection

# What went to many says nothing of those who got it, and what somebody forged nothing of anybody.
_TEXT = (
    "CASE WHEN undone IS NULL AND reach IN ('one_to_one', 'group')"
    " AND rule NOT IN ('unproven_owner', 'dmarc_fail') THEN coalesce(summary, '') ELSE '' END"
)
_TAKES_PART = "p.rule NOT IN ('owner', 'ignored') AND p.field <> 'delivered_to'"


def newest(tx: Transaction) -> int:
    """The greatest id of an interaction, 0 where there is none."""
    found = tx.connection.exec_driver_sql("SELECT max(id) FROM interactions").scalar()
    return int(found or 0)


def texts_above(tx: Transaction, above: int, most: int) -> dict[int, str]:
    """The summaries of the next `most` interactions by id, "" for those that are not searched."""
    rows = tx.connection.exec_driver_sql(
        f"SELECT id, {_TEXT} FROM interactions WHERE id > {above:d} ORDER BY id LIMIT {most:d}"
    )
    return {row[0]: row[1] for row in rows}


def texts_of(tx: Transaction, ids: Sequence[int]) -> dict[int, str]:
    """The same of these interactions; those that are no more are absent."""
    rows = tx.among(f"SELECT id, {_TEXT} FROM interactions WHERE id {{among}}", ids)
    return {row[0]: row[1] for row in rows}


def correspondents(tx: Transaction, identities: Collection[int]) -> list[int]:
    """Those of these identities whom no contact claims and who took part in anything."""
    rows = tx.among(
        "SELECT d.id FROM identities d WHERE d.kind = 'email' AND d.id {among}"
        " AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.identity_id = d.id)"
        " AND EXISTS (SELECT 1 FROM participants p"
        " CROSS JOIN interactions i WHERE p.identity_id = d.id AND i.id = p.interaction_id"
        f" AND {_TAKES_PART} AND i.reach IS NOT NULL)",
        list(identities),
    )
    return [row[0] for row in rows]


class Whose(NamedTuple):
    """An identity and one claim on it: the contact and the name; both None where nobody claims."""

    identity: int
    contact: int | None
    name_key: str | None


class Part(NamedTuple):
    """An identity took part under a display name in entries that were found; the newest of them."""

    identity: int
    name: str
    at: Instant
    kind: Kind
    summary: str


def who_took_part(tx: Transaction, words: Words) -> Iterator[Whose]:
    """The identities of all who took part in any entry with all these words, by identity."""
    entries, value = selection(tx, "entries", words)
    rows = tx.connection.exec_driver_sql(
        "SELECT p.identity_id, c.contact_id, c.name_key FROM (SELECT DISTINCT p.identity_id"
        f" FROM ({entries}) AS e CROSS JOIN participants p"
        f" WHERE p.interaction_id = e.id AND {_TAKES_PART}) AS p"
        " LEFT JOIN claims c ON c.identity_id = p.identity_id",
        (value,),
    )
    for row in rows:
        yield Whose(*row)


def newest_of(tx: Transaction, words: Words, identities: Collection[int]) -> list[Part]:
    """Which of the entries with all these words each of the identities took part in last, under
    each display name.
    """
    entries, value = selection(tx, "entries", words)
    theirs: Any = list(identities)
    among = "= ANY(%s)"
    if tx.is_sqlite:
        theirs, among = json.dumps(theirs), "IN (SELECT value FROM json_each(?))"
    rows = tx.connection.exec_driver_sql(
        "SELECT identity_id, name, at, kind, summary FROM (SELECT p.identity_id, p.name, i.at,"
        " i.kind, i.summary, row_number() OVER (PARTITION BY p.identity_id, p.name"
        " ORDER BY i.at DESC, i.id DESC) AS place"
        " FROM participants p JOIN interactions i ON i.id = p.interaction_id"
        # The sign keeps SQLite from looking up each of these entries for each of the identities.
        f" WHERE p.identity_id {among} AND +p.interaction_id IN ({entries}) AND {_TAKES_PART})"
        " AS parts WHERE place = 1",
        (theirs, value),
    )
    return [Part._make(row) for row in rows]
