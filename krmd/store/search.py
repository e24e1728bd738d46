"""The search index: its tables on each database, what is put on its shelves, and what is found.

Derived, and behind until it is brought up: it may be emptied at any time. Texts come cut into
words already, so that FTS5 and tsvector find the same; neither ever cuts or parses a text itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from sqlalchemy import inspect

from krmd.base.errors import StoreError
from krmd.store import meta
from krmd.store.engine import Transaction
from krmd.store.search_watch import STALE, unwatch, watch

Shelf = Literal["cards", "addresses", "entries"]
"""What is found: contacts by their cards, identities by address and name, interactions."""

SHELVES: tuple[Shelf, ...] = ("cards", "addresses", "entries")

Lexeme = tuple[str, bool]
"""A word of the index, of letters and numbers alone; or with True all that begin so."""
Words = Sequence[Sequence[Sequence[Lexeme]]]
"""What is looked for: of each word any alternative, and of that one all lexemes."""

_META = "search"
_AT_ONCE = 16
"""So many words are asked for in one query; FTS5 takes no expression that is nested deeper than
256."""
# Words are parted by blanks and hold nothing else in ASCII that is no letter or number, and this
# tokenizer parts at nothing else. Neither places nor sizes of words are asked for.
_FTS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_{shelf}"
    " USING fts5(words, tokenize='ascii', detail='none', columnsize=0)"
)
_GIN = (
    "CREATE TABLE IF NOT EXISTS search_{shelf} (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_search_{shelf}_words ON search_{shelf} USING gin (words)",
)
_STALE = (
    f"CREATE TABLE IF NOT EXISTS {STALE}"
    " (shelf TEXT NOT NULL, id {integer} NOT NULL, PRIMARY KEY (shelf, id)){more}"
)


def create(tx: Transaction) -> None:
    """Make the index, empty, where it isn't there; StoreError where SQLite lacks FTS5."""
    if tx.is_sqlite:
        modules = tx.connection.exec_driver_sql("SELECT name FROM pragma_module_list").scalars()
        if "fts5" not in set(modules):
            raise StoreError("this Python's SQLite was built without FTS5; take another build")
    kind, more = ("INTEGER", " WITHOUT ROWID") if tx.is_sqlite else ("BIGINT", "")
    tx.connection.exec_driver_sql(_STALE.format(integer=kind, more=more))
    for shelf in SHELVES:
        for statement in (_FTS,) if tx.is_sqlite else _GIN:
            tx.connection.exec_driver_sql(statement.format(shelf=shelf))
    watch(tx)


def drop(tx: Transaction) -> None:
    """Take the index away, with what notes changes for it.

    Before tables are altered: SQLite drops the triggers of a table that is made anew, and renames
    none that a trigger speaks of.
    """
    if not inspect(tx.connection).has_table(STALE):
        return
    unwatch(tx)
    for table in (*(f"search_{shelf}" for shelf in SHELVES), STALE):
        tx.connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    note(tx, Progress("", 0))


def erase(tx: Transaction) -> None:
    """Empty the index wholly; no word of it stays in its pages. It is made again when next asked.

    FTS5 leaves the words of deleted rows where they are until it merges, so its tables are made
    anew. What SQLite keeps in freed pages is for the caller to VACUUM.
    """
    if tx.is_sqlite:
        for shelf in SHELVES:
            tx.connection.exec_driver_sql(f"DROP TABLE search_{shelf}")
            tx.connection.exec_driver_sql(_FTS.format(shelf=shelf))
        tx.connection.exec_driver_sql(f"DELETE FROM {STALE}")
    else:
        tables = ", ".join(f"search_{shelf}" for shelf in SHELVES)
        tx.connection.exec_driver_sql(f"TRUNCATE {tables}, {STALE}")
    note(tx, Progress("", 0))


class Progress(NamedTuple):
    """How far the index is: by which way of cutting words ("" for none), and up to which
    interaction, but for what is stale.
    """

    version: str
    entries_to: int


def progress(tx: Transaction) -> Progress:
    """How far the index is."""
    version, _, entries_to = (meta.read(tx, _META) or "").partition(" ")
    return Progress(version, int(entries_to or 0))


def note(tx: Transaction, done: Progress) -> None:
    """Note how far the index is."""
    meta.write(tx, _META, f"{done.version} {done.entries_to}")


def put(tx: Transaction, shelf: Shelf, texts: Mapping[int, str]) -> None:
    """Let these be found by these texts, words with blanks between; by "" one isn't found."""
    there = [(key, words) for key, words in texts.items() if words]
    if tx.is_sqlite:
        tx.insert_rows(f"DELETE FROM search_{shelf} WHERE rowid = ?", [(it,) for it in texts])
        tx.insert_rows(f"INSERT INTO search_{shelf} (rowid, words) VALUES (?, ?)", there)
        return
    # One statement for all of them: a round trip for each costs more than its row.
    tx.connection.exec_driver_sql(
        f"DELETE FROM search_{shelf} WHERE id = ANY(%s::bigint[])", (list(texts),)
    )
    tx.connection.exec_driver_sql(
        f"INSERT INTO search_{shelf} (id, words)"
        " SELECT id, array_to_tsvector(string_to_array(words, ' '))"
        " FROM unnest(%s::bigint[], %s::text[]) AS given (id, words)",
        ([key for key, _ in there], [words for _, words in there]),
    )


def having(tx: Transaction, shelf: Shelf, words: Words) -> set[int]:
    """The ids of what has all of these words; none where there are none."""
    found: set[int] | None = None
    for start in range(0, len(words), _AT_ONCE):
        statement, value = selection(tx, shelf, words[start : start + _AT_ONCE])
        ids = set(tx.connection.exec_driver_sql(statement, (value,)).scalars())
        found = ids if found is None else found & ids
        if not found:
            break
    return found or set()


def selection(tx: Transaction, shelf: Shelf, words: Words) -> tuple[str, object]:
    """The same as a literal SELECT of `id` for a greater statement, and its one parameter."""
    if len(words) > _AT_ONCE:
        ids = sorted(having(tx, shelf, words))
        if tx.is_sqlite:
            return "SELECT value AS id FROM json_each(?)", json.dumps(ids)
        return "SELECT unnest(%s::bigint[]) AS id", ids
    if tx.is_sqlite:
        where = f"search_{shelf} MATCH ?"
        return f"SELECT rowid AS id FROM search_{shelf} WHERE {where}", _sought(tx, words)
    return f"SELECT id FROM search_{shelf} WHERE words @@ %s::tsquery", _sought(tx, words)


def _sought(tx: Transaction, words: Words) -> str:
    """Words as the database's own query; every lexeme stands in quotes, so none is an operator."""
    if tx.is_sqlite:
        return _query(words, quote='"', prefix="*", conjunction=" AND ", disjunction=" OR ")
    return _query(words, quote="'", prefix=":*", conjunction=" & ", disjunction=" | ")


def _query(words: Words, *, quote: str, prefix: str, conjunction: str, disjunction: str) -> str:
    def spelled(lexeme: Lexeme) -> str:
        text, is_prefix = lexeme
        return f"{quote}{text.replace(quote, '')}{quote}{prefix if is_prefix else ''}"

    def every(lexemes: Iterable[Lexeme]) -> str:
        return f"({conjunction.join(map(spelled, lexemes))})"

    return conjunction.join(f"({disjunction.join(map(every, word))})" for word in words)


def all_stale(tx: Transaction) -> None:
    """Let everybody's text be put on the shelves anew."""
    for shelf, table in (("cards", "contacts"), ("addresses", "identities")):
        tx.connection.exec_driver_sql(
            f"INSERT INTO {STALE} (shelf, id) SELECT '{shelf}', id FROM {table} WHERE true"
            " ON CONFLICT DO NOTHING"
        )


def count_stale(tx: Transaction) -> int:
    """How many texts must be put on the shelves anew."""
    return int(tx.connection.exec_driver_sql(f"SELECT count(*) FROM {STALE}").scalar_one())


def stale(tx: Transaction, shelf: Shelf, most: int) -> list[int]:
    """Some whose texts must be put on a shelf anew, `most` of them, ascending."""
    rows = tx.connection.exec_driver_sql(
        f"SELECT id FROM {STALE} WHERE shelf = '{shelf}' ORDER BY id LIMIT {most:d}"
    )
    return list(rows.scalars())


def settle(tx: Transaction, shelf: Shelf, ids: Sequence[int]) -> None:
    """Note that the texts of these are as they should be."""
    settled = f"DELETE FROM {STALE} WHERE shelf = '{shelf}' AND id"
    if tx.is_sqlite:
        tx.insert_rows(f"{settled} = ?", [(it,) for it in ids])
    else:
        tx.connection.exec_driver_sql(f"{settled} = ANY(%s::bigint[])", (list(ids),))
