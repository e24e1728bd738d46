"""Taking somebody out of the tables: one list of all that goes, carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, select, update

from krmd.ledger.recency import NEVER
from krmd.store import contacts, feed_parts, feed_watch, recency, tables
from krmd.store.engine import Transaction
from krmd.store.whereabouts import Cell, JournalRow, Part


@dataclass(frozen=True, slots=True)
class Erasure:
    """All that goes or is blanked, by the keys of the tables.

    `contacts` and `identities` go with all that hangs on them; `parts` are others' that are taken
    off their entries, `entries` go wholly. Blanked are `summaries` and `message_ids` of entries,
    `names` of parts, and `best_names` of identities. `facts` with a value of None go, the others
    get it and the label behind it. `rows` of other tables go, their `cells` get another text.
    `journal` is written anew.
    """

    contacts: tuple[int, ...] = ()
    identities: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()
    entries: tuple[int, ...] = ()
    summaries: tuple[int, ...] = ()
    message_ids: tuple[int, ...] = ()
    names: tuple[Part, ...] = ()
    best_names: tuple[int, ...] = ()
    facts: tuple[tuple[int, str | None, str], ...] = ()
    rows: tuple[Cell, ...] = ()
    cells: tuple[tuple[Cell, str | None], ...] = ()
    journal: tuple[JournalRow, ...] = ()


def forget_mark(tx: Transaction, name: str, value: str) -> None:
    """Remove a fact of the store's own, unless it says something else by now."""
    same = (tables.meta.c.name == name, tables.meta.c.value == value)
    tx.execute(tables.meta.delete().where(*same))


def erase(tx: Transaction, what: Erasure) -> None:
    """Take all of it out. The recency of whoever is left is the caller's to fold again."""
    if tx.is_sqlite:
        # What is deleted is overwritten; the file's free pages are another's business.
        tx.connection.exec_driver_sql("PRAGMA secure_delete=ON")
    _take_off_entries(tx, what)
    _blank(tx, what)
    for value_of, text in what.cells:
        _set(tx, value_of, text)
    for table, _, key in what.rows:
        tx.execute(table.delete().where(*_same(table, key)))
    for row in what.journal:
        tx.execute(
            update(tables.journal).where(tables.journal.c.id == row.id).values(row._asdict())
        )
    feed_watch.note_named_in(tx, what.summaries)
    _remove_people(tx, what)
    # What was rendered of others may name them; what it shall say now is noted as always.
    feed_parts.blank_stale(tx)


def _take_off_entries(tx: Transaction, what: Erasure) -> None:
    off = "DELETE FROM participants WHERE interaction_id = ? AND identity_id = ? AND field = ?"
    tx.insert_rows(off, [part[:3] for part in what.parts])
    _delete(tx, "participants", "identity_id", what.identities)
    for table, column in (
        ("participants", "interaction_id"),
        ("locations", "interaction_id"),
        ("interactions", "id"),
    ):
        _delete(tx, table, column, what.entries)


def _blank(tx: Transaction, what: Erasure) -> None:
    for column, ids in (("summary", what.summaries), ("message_id", what.message_ids)):
        blank = f"UPDATE interactions SET {column} = NULL WHERE id {{among}} RETURNING id"
        tx.among(blank, ids)
    tx.insert_rows(
        "UPDATE participants SET name = '' WHERE interaction_id = ? AND identity_id = ?"
        " AND field = ?",
        [part[:3] for part in what.names],
    )
    tx.insert_rows(
        "UPDATE identities SET name = '', name_weight = 0 WHERE id = ?",
        [(it,) for it in what.best_names],
    )
    tx.insert_rows(
        "DELETE FROM contact_facts WHERE id = ?", [(it[0],) for it in what.facts if it[1] is None]
    )
    for fact, value, label in what.facts:
        if value is not None:
            _retell(tx, fact, value, label)


def _retell(tx: Transaction, fact: int, value: str, label: str) -> None:
    """Let a fact say something else, or go where the same is said already."""
    table, there = tables.contact_facts, tables.contact_facts.alias()
    same = ("contact_id", "field", "source", "source_key")
    doubled = select(there.c.id).where(
        there.c.value == value,
        there.c.label == label,
        *(there.c[it] == table.c[it] for it in same),
    )
    mine = table.c.id == fact
    tx.execute(table.delete().where(mine, doubled.exists()))
    tx.execute(update(table).where(mine).values(value=value, label=label))


def _remove_people(tx: Transaction, what: Erasure) -> None:
    for contact in what.contacts:
        contacts.change(tx, contact, {"merged_into": None})
    for contact in what.contacts:
        contacts.remove(tx, contact)
    recency.write(tx, "contact", dict.fromkeys(what.contacts, NEVER))
    recency.write(tx, "identity", dict.fromkeys(what.identities, NEVER))
    _delete(tx, "claims", "identity_id", what.identities)
    _delete(tx, "identities", "id", what.identities)


def _delete(tx: Transaction, table: str, column: str, ids: Sequence[int]) -> None:
    tx.among(f"DELETE FROM {table} WHERE {column} {{among}} RETURNING {column}", ids)


def _set(tx: Transaction, cell: Cell, text: str | None) -> None:
    table, column, key = cell
    tx.execute(update(table).where(*_same(table, key)).values({column: text}))


def _same(table: Table, key: tuple[tuple[str, Any], ...]) -> tuple[ColumnElement[bool], ...]:
    return tuple(table.c[name] == value for name, value in key)
