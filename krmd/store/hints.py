"""What the ledger's facts hint at: addresses that look like the owner's, shared ones nobody has."""

from __future__ import annotations

from typing import NamedTuple

from krmd.ledger.facts import Mark
from krmd.store.engine import Transaction


class Seen(NamedTuple):
    """An address and in how many mails it stood so."""

    address: str
    mails: int


_SENT_FROM = (
    "SELECT d.value, count(*) FROM interactions i"
    " JOIN participants p ON p.interaction_id = i.id AND p.field = 'from' AND p.rule <> 'owner'"
    " JOIN identities d ON d.id = p.identity_id"
    f" WHERE i.marks & {int(Mark.IN_SENT)} <> 0 AND i.rule NOT LIKE 'logged%%'"
    " GROUP BY d.value ORDER BY count(*) DESC, d.value LIMIT 20"
)
_DELIVERED_TO = (
    "SELECT d.value, count(*) FROM participants p JOIN identities d ON d.id = p.identity_id"
    " WHERE p.field = 'delivered_to' AND p.rule <> 'owner'"
    " GROUP BY d.value HAVING count(*) >= 3 ORDER BY count(*) DESC, d.value LIMIT 20"
)
_SHARED = (
    "SELECT d.id, d.value, count(DISTINCT c.contact_id) FROM claims c"
    " JOIN identities d ON d.id = c.identity_id"
    " GROUP BY d.id, d.value HAVING count(DISTINCT c.contact_id) > 1 ORDER BY d.value"
)
_NAMES = (
    "SELECT p.identity_id, p.name, count(*) FROM participants p"
    " JOIN interactions i ON i.id = p.interaction_id"
    " WHERE i.undone IS NULL AND p.counts AND p.identity_id {among}"
    " GROUP BY p.identity_id, p.name"
)


def sent_from(tx: Transaction) -> list[Seen]:
    """Addresses that stand in From of mail in a Sent folder and aren't the owner's by settings."""
    return _seen(tx, _SENT_FROM)


def delivered_to(tx: Transaction) -> list[Seen]:
    """Addresses that mail was delivered to and that aren't the owner's by settings."""
    return _seen(tx, _DELIVERED_TO)


def shared(tx: Transaction) -> dict[int, str]:
    """Addresses that several contacts claim, by identity."""
    sql = _SHARED
    return {row[0]: row[1] for row in tx.connection.exec_driver_sql(sql)}


def names_seen(tx: Transaction, ids: list[int]) -> list[tuple[int, str, int]]:
    """Under which display names these identities took part in what counts, and how often."""
    return [(row[0], row[1], row[2]) for row in tx.among(_NAMES, ids)]


def _seen(tx: Transaction, sql: str) -> list[Seen]:
    # A doubled % is for psycopg, which reads it as one; SQLite would read two.
    statement = sql.replace("%%", "%") if tx.is_sqlite else sql
    return [Seen(row[0], row[1]) for row in tx.connection.exec_driver_sql(statement)]
