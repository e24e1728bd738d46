"""Whose newest mail is still to be looked at for a signature, and where it lies."""

from __future__ import annotations

from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.store.engine import Transaction


class Unread(NamedTuple):
    """A contact whose newest mail wasn't looked at: when it came."""

    contact: int
    last_inbound: Instant


class Letter(NamedTuple):
    """A mail of a contact's as it lies in a folder of an account, and the name it bears."""

    contact: int
    address: str
    name: str
    folder_id: int
    uid: int
    at: Instant


_UNREAD = (
    "SELECT k.id, r.last_inbound FROM contacts k"
    " JOIN recency r ON r.subject = 'contact' AND r.subject_id = k.id"
    " LEFT JOIN signatures s ON s.contact_id = k.id"
    " WHERE k.kept AND NOT k.deceased AND r.last_inbound > {since}"
    " AND (s.at IS NULL OR s.at < r.last_inbound)"
    " ORDER BY r.last_inbound DESC, k.id LIMIT {most}"
)
_LETTERS = (
    "SELECT c.contact_id, d.value, p.name, l.folder_id, l.uid, i.at, f.account FROM claims c"
    " JOIN identities d ON d.id = c.identity_id AND d.kind = 'email'"
    " JOIN participants p ON p.identity_id = d.id AND p.field = 'from' AND p.counts"
    " JOIN interactions i ON i.id = p.interaction_id AND i.kind = 'email' AND i.undone IS NULL"
    " JOIN locations l ON l.interaction_id = i.id"
    " JOIN folders f ON f.id = l.folder_id AND f.gone IS NULL"
    " WHERE c.name_key = '' AND i.at > {since} AND c.contact_id {among} ORDER BY i.at DESC, l.uid"
)
_READ = (
    "INSERT INTO signatures (contact_id, at) VALUES (?, ?)"
    " ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at"
)


def unread(tx: Transaction, *, since: Instant, most: int) -> list[Unread]:
    """Contacts of whom something came since then that wasn't looked at, the newest first."""
    statement = _UNREAD.replace("{since}", str(int(since))).replace("{most}", str(int(most)))
    return [Unread(row[0], row[1]) for row in tx.connection.exec_driver_sql(statement)]


def letters(
    tx: Transaction, account: str, contacts: list[int], *, since: Instant
) -> dict[int, Letter]:
    """The newest mail of each of these that lies in a folder of the account."""
    found: dict[int, Letter] = {}
    for row in tx.among(_LETTERS.replace("{since}", str(int(since))), contacts):
        if row[-1] == account:
            found.setdefault(row[0], Letter._make(row[:-1]))
    return found


def note_read(tx: Transaction, looked_at: list[Unread]) -> None:
    """Note that what these wrote last was looked at."""
    tx.insert_rows(_READ, [tuple(it) for it in looked_at])
