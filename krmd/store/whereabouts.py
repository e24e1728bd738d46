"""Where somebody stands in the tables: every one that could tell of them is looked through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Table, and_, func, or_, select

from krmd.base.instant import Instant
from krmd.ledger.facts import Field
from krmd.store import tables
from krmd.store.engine import Transaction

Likely = Sequence[Sequence[str]]
"""What texts are looked for by: all pieces of any of these, in ASCII and lower-case; none of these
stands for every text.
"""


class Part(NamedTuple):
    """An identity's part in an entry, under the display name seen; `rule` as in the ledger."""

    interaction: int
    identity: int
    field: str
    name: str
    rule: str


class JournalRow(NamedTuple):
    """A command of the journal: `command` and `inverse` are JSON."""

    id: int
    command: str
    summary: str
    inverse: str


class FactText(NamedTuple):
    """The text of a fact about somebody."""

    id: int
    contact: int
    field: str
    value: str
    label: str


Cell = tuple[Table, str, tuple[tuple[str, Any], ...]]
"""A column of the row that these values of its key name."""


def parts_of(tx: Transaction, identities: Sequence[int]) -> list[Part]:
    """Every part these identities have in entries, whatever became of them."""
    return _parts(tx, "identity_id", identities)


def parts_in(tx: Transaction, entries: Sequence[int]) -> list[Part]:
    """Everybody's parts in these entries."""
    return _parts(tx, "interaction_id", entries)


def _parts(tx: Transaction, column: str, ids: Sequence[int]) -> list[Part]:
    rows = tx.among(
        "SELECT interaction_id, identity_id, field, name, rule FROM participants"
        f" WHERE {column} {{among}}",
        ids,
    )
    return [Part._make(row) for row in rows]


def named_parts(tx: Transaction, like: Likely) -> Iterator[Part]:
    """Everybody's parts with a display name like these."""
    table = tables.participants
    columns = ("interaction_id", "identity_id", "field", "name", "rule")
    return map(Part._make, _holding(tx, table, columns, searched=("name",), like=like))


def texts_of_entries(tx: Transaction, like: Likely) -> Iterator[tuple[int, str | None, str | None]]:
    """Entries (id, summary, message id) with a text like these."""
    table = tables.interactions
    columns = ("id", "summary", "message_id")
    rows = _holding(tx, table, columns, searched=("summary", "message_id"), like=like)
    return ((row[0], row[1], row[2]) for row in rows)


def fact_texts(tx: Transaction, like: Likely) -> Iterator[FactText]:
    """Facts about anybody with a text like these."""
    table = tables.contact_facts
    columns = ("id", "contact_id", "field", "value", "label")
    return map(FactText._make, _holding(tx, table, columns, searched=("value", "label"), like=like))


def texts(tx: Transaction, table: Table, column: str, like: Likely) -> Iterator[tuple[Cell, str]]:
    """The texts of a column that are like these, each with where it stands."""
    keys = [it.name for it in table.primary_key]
    for row in _holding(tx, table, (*keys, column), searched=(column,), like=like):
        yield (table, column, tuple(zip(keys, row[:-1], strict=True))), row[-1]


def cards_of(tx: Transaction, keys: Sequence[str]) -> list[tuple[int, str]]:
    """The cards (collection, href) that address books keep under these keys."""
    rows = tx.among("SELECT collection_id, href FROM cards WHERE key {among}", keys)
    return [(row[0], row[1]) for row in rows]


def names_seen(tx: Transaction, identities: Sequence[int]) -> list[tuple[int, str, Field, Instant]]:
    """The display names these identities take part under: (identity, name, field, when)."""
    rows = tx.among(
        "SELECT p.identity_id, p.name, p.field, i.at FROM participants p"
        " JOIN interactions i ON i.id = p.interaction_id"
        " WHERE p.name <> '' AND p.rule <> 'owner' AND p.identity_id {among}",
        identities,
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def bearers(tx: Transaction, names: Sequence[str]) -> list[tuple[int, str]]:
    """Identities of which one of these is the best name seen, with that name."""
    rows = tx.among("SELECT id, name FROM identities WHERE name {among}", names)
    return [(row[0], row[1]) for row in rows]


def namesakes(tx: Transaction, name_keys: Sequence[str]) -> list[tuple[int, str, str]]:
    """Contacts (id, UUID, name_key) of these normalised names; not those merged into another."""
    rows = tx.among(
        "SELECT id, uuid, name_key FROM contacts WHERE merged_into IS NULL AND name_key {among}",
        name_keys,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def every_contact(tx: Transaction) -> dict[str, int]:
    """All contacts by UUID, those merged into others too."""
    rows = tx.execute(select(tables.contacts.c.uuid, tables.contacts.c.id))
    return {row[0]: row[1] for row in rows}


def every_source_key(tx: Transaction) -> list[tuple[str, str, int]]:
    """By which keys (source, key, contact) sources mean anybody."""
    table = tables.source_keys
    rows = tx.execute(select(table.c.source, table.c.key, table.c.contact_id))
    return [(row[0], row[1], row[2]) for row in rows]


def journal_rows(tx: Transaction) -> Iterator[JournalRow]:
    """Every command, oldest first."""
    table = tables.journal
    columns = (table.c[field] for field in JournalRow._fields)
    return map(JournalRow._make, tx.execute(select(*columns).order_by(table.c.id)))


def others_say(tx: Transaction, values: Sequence[str], contact_ids: Sequence[int]) -> set[str]:
    """Which of these values of facts are said of anybody but these contacts, too."""
    rows = tx.among("SELECT value, contact_id FROM contact_facts WHERE value {among}", values)
    mine = set(contact_ids)
    return {row[0] for row in rows if row[1] not in mine}


def logged(tx: Transaction, entries: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Those of these entries that were logged by hand, with the halves of their keys."""
    rows = tx.among("SELECT id, high, low, rule FROM interactions WHERE id {among}", entries)
    return {row[0]: (row[1], row[2]) for row in rows if row[3].startswith("logged")}


def _holding(
    tx: Transaction,
    table: Table,
    columns: Sequence[str],
    *,
    searched: Sequence[str],
    like: Likely,
) -> Iterator[Sequence[Any]]:
    """Rows of which a searched column holds all pieces of one of these, whatever the case."""
    likely = [
        and_(*(func.lower(table.c[column]).contains(it, autoescape=True) for it in pieces))
        for column in searched
        for pieces in like
    ] or [table.c[column].is_not(None) for column in searched]
    return iter(tx.execute(select(*(table.c[it] for it in columns)).where(or_(*likely))))
