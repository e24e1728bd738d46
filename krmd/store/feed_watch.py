"""Triggers that note of whom a feed may have to tell something else.

They write a number into `feed_stale` and no more, whoever changes a row and whichever statement
does it. There are none until the first feed is made.

A contact's mark is drawn by lot at each change, so that whoever rendered them can tell whether
they changed once more since: no two changes bear the same mark. (A count per contact would begin
again once it was settled, and two who render at once would take one change for another.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import inspect

from krmd.ledger.portrait import FactField
from krmd.store import triggers
from krmd.store.engine import Transaction

FIELDS: tuple[FactField, ...] = ("birthday", "date", "died", "met", "note", "phone")
"""The facts that feeds tell of, or that decide whether they do."""


class _Watch(NamedTuple):
    """A table whose rows feeds read: `contact` is whose they are, `columns` those read. Only rows
    for which `only` holds matter, and only while `needed` does.
    """

    table: str
    contact: str
    columns: tuple[str, ...]
    only: str = ""
    needed: str = ""


# No IN: SQLite lays out its list anew for each row, which costs an import more than all the rest.
_TOLD = f"({' OR '.join(f'{{row}}.field = {field!r}' for field in FIELDS)})"
_DUE = "EXISTS (SELECT 1 FROM feeds WHERE replace(kinds, 'due', '') <> kinds)"
_WATCHED = (
    _Watch(
        "contacts",
        "id",
        ("name", "kept", "attention", "deceased", "cadence_days", "added", "merged_into"),
    ),
    _Watch(
        "contact_facts",
        "contact_id",
        ("contact_id", "field", "value", "label", "since", "withdrawn"),
        only=_TOLD,
    ),
    _Watch("memberships", "contact_id", ("contact_id", "category_id", "until")),
    # What a feed of the due goes by; other words of the ledger wait for the next day.
    _Watch(
        "recency", "subject_id", ("last_contacted",), only="{row}.subject = 'contact'", needed=_DUE
    ),
)
_LOT = {True: "random()", False: "floor(random() * 9007199254740992)::bigint"}
"""A number nobody had before, on SQLite or not; a double holds 53 bits."""
_SETS_MARK = " ON CONFLICT (contact_id) DO UPDATE SET mark = excluded.mark"


class _Trigger(NamedTuple):
    event: str
    table: str
    body: str
    when: str = ""

    @property
    def name(self) -> str:
        return f"feed_{self.table}_{self.event.split(maxsplit=1)[0].lower()}"


def watch(tx: Transaction) -> None:
    """Let changes be noted from now on, where they aren't yet."""
    if not missing(tx):
        return  # on PostgreSQL to make one anew waits for everybody who reads its table
    for it in _triggers(is_sqlite=tx.is_sqlite):
        for statement in _statements(it, is_sqlite=tx.is_sqlite):
            tx.connection.exec_driver_sql(statement)


def unwatch(tx: Transaction) -> None:
    """Take the triggers away; none need be there."""
    for it in _triggers(is_sqlite=tx.is_sqlite):
        triggers.drop(tx, it.name, it.table)
        if not tx.is_sqlite:
            tx.connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {it.name}()")


def missing(tx: Transaction) -> list[str]:
    """The triggers that should be there and aren't, so that changes go unnoted."""
    wanted = {it.name for it in _triggers(is_sqlite=tx.is_sqlite)}
    return sorted(wanted - triggers.there(tx))


def watch_again(tx: Transaction) -> None:
    """After tables were made anew: watch where there are feeds, and render all of them again."""
    if not _has_feeds(tx):
        return
    watch(tx)
    tx.connection.exec_driver_sql("UPDATE feeds SET made_for = '', reached = 0")


def rest(tx: Transaction) -> bool:
    """Where there are no feeds any more, stop watching and forget what was noted; whether so."""
    if _has_feeds(tx):
        return False
    unwatch(tx)
    tx.connection.exec_driver_sql("DELETE FROM feed_stale")
    return True


def note_named_in(tx: Transaction, entries: Sequence[int]) -> None:
    """Note whoever takes part in these entries of the ledger, where there are feeds."""
    take_part = (
        f"INSERT INTO feed_stale (contact_id, mark) SELECT contact_id, {_LOT[tx.is_sqlite]}"
        " FROM (SELECT DISTINCT c.contact_id FROM participants p"
        " JOIN claims c ON c.identity_id = p.identity_id"
        " WHERE EXISTS (SELECT 1 FROM feeds) AND p.interaction_id {among}) AS theirs WHERE true"
    )
    tx.among(f"{take_part}{_SETS_MARK} RETURNING contact_id", entries)


def _has_feeds(tx: Transaction) -> bool:
    if not inspect(tx.connection).has_table("feeds"):
        return False
    return tx.connection.exec_driver_sql("SELECT 1 FROM feeds LIMIT 1").first() is not None


def _triggers(*, is_sqlite: bool) -> Iterator[_Trigger]:
    lot = _LOT[is_sqlite]
    for it in _WATCHED:
        new, old = (_note(it, row, lot) for row in ("NEW", "OLD"))
        yield _Trigger("INSERT", it.table, new, it.only.format(row="NEW"))
        if it.table != "contacts":
            yield _Trigger("DELETE", it.table, old, it.only.format(row="OLD"))
        changed = triggers.differing(it.columns, is_sqlite=is_sqlite)
        only = f"({it.only.format(row='OLD')} OR {it.only.format(row='NEW')})" if it.only else ""
        yield _Trigger(
            f"UPDATE OF {', '.join(it.columns)}",
            it.table,
            # Whose it was before, and whose it is now.
            f"{old}; {new}" if it.contact == "contact_id" else new,
            f"{only} AND ({changed})" if only else changed,
        )
    # Last of all that is deleted with a contact; and nobody is there any more to be rendered.
    yield _Trigger("DELETE", "contacts", "DELETE FROM feed_stale WHERE contact_id = OLD.id")
    yield _Trigger(
        "UPDATE OF name, cadence_days",
        "categories",
        f"INSERT INTO feed_stale (contact_id, mark) SELECT contact_id, {lot} FROM"
        " (SELECT DISTINCT contact_id FROM memberships WHERE category_id = NEW.id"
        f" AND until IS NULL) AS members WHERE true{_SETS_MARK}",
        triggers.differing(("name", "cadence_days"), is_sqlite=is_sqlite),
    )


def _note(it: _Watch, row: str, lot: str) -> str:
    values = f"{row}.{it.contact}, {lot}"
    given = f"SELECT {values} WHERE {it.needed}" if it.needed else f"VALUES ({values})"
    return f"INSERT INTO feed_stale (contact_id, mark) {given}{_SETS_MARK}"


def _statements(it: _Trigger, *, is_sqlite: bool) -> Iterator[str]:
    if is_sqlite:
        yield triggers.sqlite_trigger(it.name, it.event, it.table, it.body, when=it.when)
        return
    yield triggers.postgresql_function(it.name, f"{it.body};")
    yield from triggers.postgresql_trigger(it.name, it.event, it.table, it.name, when=it.when)
