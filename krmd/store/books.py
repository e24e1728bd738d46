"""Address books that are read besides: how reading goes, and what lay in them last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import books, cards, collections


class BookRow(NamedTuple):
    """How reading one book goes: `read_to` is when all of it was known last."""

    name: str
    state: str
    error: str | None
    error_at: Instant | None
    read_to: Instant | None


class CardRow(NamedTuple):
    """A card as it was read: `key` is the source's key for its person, "" where it gave nobody;
    `reason` says why that is, or what of it could not be used.
    """

    href: str
    etag: str
    key: str
    reason: str | None


class CollectionRow(NamedTuple):
    """One part of a book as it was read."""

    id: int
    href: str
    name: str
    token: str | None
    cards: Mapping[str, CardRow]


_BOOK = tuple(books.c[field] for field in BookRow._fields)
_PUT = (
    "INSERT INTO cards (collection_id, href, etag, key, reason) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (collection_id, href) DO UPDATE SET etag = excluded.etag, key = excluded.key,"
    " reason = excluded.reason"
)


def all_books(tx: Transaction) -> dict[str, BookRow]:
    """Every book ever read, by name."""
    return {row[0]: BookRow._make(row) for row in tx.execute(select(*_BOOK))}


def note(
    tx: Transaction,
    name: str,
    state: str,
    *,
    error: str | None,
    now: Instant,
    read_to: Instant | None = None,
) -> None:
    """Note how reading a book went; `read_to` None leaves what is known."""
    there = tx.execute(select(books.c.name).where(books.c.name == name)).first()
    if there is None:
        tx.execute(insert(books).values(name=name))
    values: dict[str, object] = {"state": state, "error": error}
    values["error_at"] = None if error is None else now
    if read_to is not None:
        values["read_to"] = read_to
    tx.execute(update(books).where(books.c.name == name).values(**values))


def read(tx: Transaction, name: str) -> dict[str, CollectionRow]:
    """What lay in a book when it was read, by the href of each collection."""
    columns = (collections.c.id, collections.c.href, collections.c.name, collections.c.token)
    found = {}
    for id_, href, label, token in tx.execute(select(*columns).where(collections.c.book == name)):
        rows = tx.execute(
            select(cards.c.href, cards.c.etag, cards.c.key, cards.c.reason).where(
                cards.c.collection_id == id_
            )
        )
        lying = {row[0]: CardRow._make(row) for row in rows}
        found[href] = CollectionRow(id_, href, label, token, lying)
    return found


def ensure_collection(
    tx: Transaction, book: str, href: str, *, name: str, token: str | None
) -> int:
    """The id of a collection, which is made where it is new; read up to that token from now on."""
    here = (collections.c.book == book, collections.c.href == href)
    known = tx.execute(select(collections.c.id).where(*here)).scalar_one_or_none()
    values = {"name": name, "token": token}
    if known is None:
        made = insert(collections).values(book=book, href=href, **values)
        return int(tx.execute(made.returning(collections.c.id)).scalar_one())
    tx.execute(update(collections).where(*here).values(**values))
    return int(known)


def put_cards(tx: Transaction, collection: int, rows: Iterable[CardRow]) -> None:
    """Note what lies in a collection."""
    tx.insert_rows(_PUT, [(collection, *row) for row in rows])


def remove_cards(tx: Transaction, collection: int, hrefs: Iterable[str]) -> None:
    """Note what no longer does."""
    tx.insert_rows(
        "DELETE FROM cards WHERE collection_id = ? AND href = ?",
        [(collection, href) for href in hrefs],
    )


def remove_collection(tx: Transaction, collection: int) -> None:
    """Forget a collection that is no more, with its cards."""
    tx.execute(delete(cards).where(cards.c.collection_id == collection))
    tx.execute(delete(collections).where(collections.c.id == collection))


def forget(tx: Transaction, name: str) -> None:
    """Forget all that was read of a book, so that the next pass reads it whole."""
    for row in read(tx, name).values():
        remove_collection(tx, row.id)
