"""Categories and who is in them, and was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import categories, contacts, memberships


class CategoryRow(NamedTuple):
    """A named set of contacts; `name_key` is the name as it is compared."""

    id: int
    name: str
    name_key: str
    cadence_days: int | None
    description: str


_CATEGORY = tuple(categories.c[field] for field in CategoryRow._fields)
_NOW = memberships.c.until.is_(None)


def find(tx: Transaction, name_key: str) -> CategoryRow | None:
    """The category of that name."""
    row = tx.execute(select(*_CATEGORY).where(categories.c.name_key == name_key)).first()
    return None if row is None else CategoryRow._make(row)


def all_of_them(tx: Transaction) -> list[CategoryRow]:
    """Every category, by name."""
    rows = tx.execute(select(*_CATEGORY).order_by(categories.c.name_key))
    return [CategoryRow._make(row) for row in rows]


def add(tx: Transaction, name: str, name_key: str, added: Instant) -> CategoryRow:
    """Make a category."""
    tx.execute(insert(categories).values(name=name, name_key=name_key, added=added))
    made = find(tx, name_key)
    assert made is not None
    return made


def change(tx: Transaction, category: int, values: dict[str, object]) -> None:
    """Set columns of a category."""
    tx.execute(update(categories).where(categories.c.id == category).values(**values))


def remove(tx: Transaction, category: int) -> None:
    """Take a category away, with the record of who was in it."""
    tx.execute(delete(memberships).where(memberships.c.category_id == category))
    tx.execute(delete(categories).where(categories.c.id == category))


def sizes(tx: Transaction) -> dict[int, int]:
    """How many of those kept are in each category now."""
    rows = tx.execute(
        select(memberships.c.category_id, func.count())
        .join(contacts, contacts.c.id == memberships.c.contact_id)
        .where(_NOW, contacts.c.kept)
        .group_by(memberships.c.category_id)
    )
    return {row[0]: row[1] for row in rows}


def members(tx: Transaction, category: int) -> list[int]:
    """The contacts in it now."""
    rows = tx.execute(
        select(memberships.c.contact_id).where(memberships.c.category_id == category, _NOW)
    )
    return list(rows.scalars())


def of_contacts(tx: Transaction, ids: Sequence[int]) -> dict[int, list[CategoryRow]]:
    """The categories each of these is in now, by name."""
    found: dict[int, list[CategoryRow]] = {}
    rows = tx.among(
        "SELECT m.contact_id, c.id, c.name, c.name_key, c.cadence_days, c.description"
        " FROM memberships m JOIN categories c ON c.id = m.category_id"
        " WHERE m.until IS NULL AND m.contact_id {among} ORDER BY c.name_key",
        ids,
    )
    for row in rows:
        found.setdefault(row[0], []).append(CategoryRow._make(row[1:]))
    return found


def join(tx: Transaction, contact: int, category: int, *, since: Instant, source: str) -> bool:
    """Put somebody into a category; False where they are in it already.

    The owner's word then stands before that of whoever put them there.
    """
    if _is_in(tx, contact, category):
        if source == "owner":
            here = _between(contact, category)
            tx.execute(update(memberships).where(*here, _NOW).values(source=source))
        return False
    tx.execute(
        insert(memberships).values(
            contact_id=contact, category_id=category, since=since, source=source
        )
    )
    return True


def leave(tx: Transaction, contact: int, category: int, *, until: Instant) -> bool:
    """Take somebody out of a category; False where they are not in it."""
    left = tx.execute(
        update(memberships).where(*_between(contact, category), _NOW).values(until=until)
    )
    return bool(left.rowcount)


def return_to(tx: Transaction, contact: int, category: int, *, at: Instant) -> bool:
    """Let it be as if they had not left at that time; False where they didn't, or are back."""
    if _is_in(tx, contact, category):
        return False
    back = (
        update(memberships)
        .where(*_between(contact, category), memberships.c.until == at)
        .values(until=None)
    )
    return bool(tx.execute(back).rowcount)


def was_never_in(tx: Transaction, contact: int, category: int, *, at: Instant) -> bool:
    """Let it be as if they had not joined at that time; False where they didn't, or left since."""
    gone = delete(memberships).where(*_between(contact, category), memberships.c.since == at, _NOW)
    return bool(tx.execute(gone).rowcount)


def source_of(tx: Transaction, contact: int, category: int) -> str | None:
    """Who put somebody into a category that they are in now."""
    wanted = select(memberships.c.source).where(*_between(contact, category), _NOW)
    return tx.execute(wanted).scalars().first()


def rows_of(tx: Transaction, contact: int) -> dict[int, int | None]:
    """The rows of a contact's memberships, past and present: row -> category where it is open."""
    rows = tx.execute(
        select(memberships.c.id, memberships.c.category_id, memberships.c.until).where(
            memberships.c.contact_id == contact
        )
    )
    return {row[0]: row[1] if row[2] is None else None for row in rows}


def move(tx: Transaction, ids: Sequence[int], contact: int, to: int) -> list[int]:
    """Let rows of one contact's memberships be another's; returns those moved."""
    if not ids:
        return []
    moved = (
        update(memberships)
        .where(memberships.c.id.in_(ids), memberships.c.contact_id == contact)
        .values(contact_id=to)
        .returning(memberships.c.id)
    )
    return sorted(tx.execute(moved).scalars())


def _between(contact: int, category: int) -> tuple[ColumnElement[bool], ...]:
    return memberships.c.contact_id == contact, memberships.c.category_id == category


def _is_in(tx: Transaction, contact: int, category: int) -> bool:
    row = tx.execute(select(memberships.c.id).where(*_between(contact, category), _NOW)).first()
    return row is not None
