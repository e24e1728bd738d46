"""Triggers that note whose text changed, so that the search index can follow when it is asked.

They write a number into `search_stale` and no more, whoever changes a row and whichever statement
does it. New interactions aren't noted: a backfill writes millions, and their ids tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from krmd.store import triggers
from krmd.store.engine import Transaction

STALE = "search_stale"


class _Watch(NamedTuple):
    """A table whose rows make the text of `id` on a shelf: which columns of them do."""

    table: str
    shelf: str
    id: str
    columns: tuple[str, ...]
    new_ones: bool = True


_WATCHED = (
    _Watch("contacts", "cards", "id", ("name",)),
    _Watch(
        "contact_facts",
        "cards",
        "contact_id",
        ("contact_id", "field", "value", "label", "source", "since", "withdrawn"),
    ),
    _Watch("memberships", "cards", "contact_id", ("contact_id", "category_id", "until")),
    _Watch("claims", "cards", "contact_id", ("contact_id", "identity_id")),
    _Watch("identities", "addresses", "id", ("name", "value")),
    _Watch("interactions", "entries", "id", ("summary", "reach", "rule", "undone"), new_ones=False),
)
_NOTE = "INSERT INTO search_stale (shelf, id) VALUES ('{shelf}', {row}.{id}) ON CONFLICT DO NOTHING"
_NOTE_MEMBERS = (
    "INSERT INTO search_stale (shelf, id) SELECT 'cards', contact_id FROM memberships"
    " WHERE category_id = NEW.id ON CONFLICT DO NOTHING"
)


def watch(tx: Transaction) -> None:
    """Let changes be noted from now on, where they aren't yet."""
    for statement in _sqlite() if tx.is_sqlite else _postgresql():
        tx.connection.exec_driver_sql(statement)


def unwatch(tx: Transaction) -> None:
    """Take the triggers away."""
    for table in (*(it.table for it in _WATCHED), "categories"):
        for event in ("insert", "delete", "update"):
            triggers.drop(tx, _name(table, event), table)
    if not tx.is_sqlite:
        for name in sorted({_function(it) for it in _WATCHED} | {"search_note_members"}):
            tx.connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")


def missing(tx: Transaction) -> list[str]:
    """The triggers that should be there and aren't, so that changes go unnoted."""
    return sorted(set(_names()) - triggers.there(tx))


def _names() -> Iterator[str]:
    for it in _WATCHED:
        for event in ("insert", "delete", "update") if it.new_ones else ("delete", "update"):
            yield _name(it.table, event)
    yield _name("categories", "update")


def _name(table: str, event: str) -> str:
    return f"search_{table}_{event.split(maxsplit=1)[0].lower()}"


def _sqlite() -> Iterator[str]:
    for it in _WATCHED:
        new, old = (_NOTE.format(shelf=it.shelf, row=row, id=it.id) for row in ("NEW", "OLD"))
        changed = triggers.differing(it.columns, is_sqlite=True)
        if it.new_ones:
            yield _sqlite_trigger(it.table, "INSERT", new)
        yield _sqlite_trigger(it.table, "DELETE", old)
        yield _sqlite_trigger(
            it.table,
            f"UPDATE OF {', '.join(it.columns)}",
            # Whose it was before, and whose it is now.
            new if it.id == "id" else f"{old}; {new}",
            when=changed,
        )
    yield _sqlite_trigger("categories", "UPDATE OF name", _NOTE_MEMBERS)


def _sqlite_trigger(table: str, event: str, body: str, when: str = "") -> str:
    return triggers.sqlite_trigger(_name(table, event), event, table, body, when=when)


def _postgresql() -> Iterator[str]:
    yield triggers.postgresql_function("search_note_members", _NOTE_MEMBERS + ";")
    for it in _WATCHED:
        new, old = (_NOTE.format(shelf=it.shelf, row=row, id=it.id) for row in ("NEW", "OLD"))
        function = _function(it)
        yield triggers.postgresql_function(
            function,
            f"IF TG_OP <> 'INSERT' THEN {old}; END IF; IF TG_OP <> 'DELETE' THEN {new}; END IF;",
        )
        changed = triggers.differing(it.columns, is_sqlite=False)
        if it.new_ones:
            yield from _postgresql_trigger(it.table, "INSERT", function)
        yield from _postgresql_trigger(it.table, "DELETE", function)
        yield from _postgresql_trigger(
            it.table, f"UPDATE OF {', '.join(it.columns)}", function, changed
        )
    yield from _postgresql_trigger("categories", "UPDATE OF name", "search_note_members")


def _function(it: _Watch) -> str:
    return f"search_note_{it.shelf}_{it.id}"


def _postgresql_trigger(table: str, event: str, function: str, when: str = "") -> Iterator[str]:
    yield from triggers.postgresql_trigger(_name(table, event), event, table, function, when=when)
