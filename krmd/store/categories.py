"""Categories and who is in them, and was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import categories, memberships


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
    """How many are in each category now."""
    rows = tx.execute(
        select(memberships.c.category_id, func.count())
        .where(_NOW)
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
    """Put somebody into a category; False where they are in it already."""
    if _is_in(tx, contact, category):
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
        update(memberships)
        .where(memberships.c.contact_id == contact, memberships.c.category_id == category, _NOW)
        .values(until=until)
    )
    return bool(left.rowcount)


def _is_in(tx: Transaction, contact: int, category: int) -> bool:
    row = tx.execute(
        select(memberships.c.id).where(
            memberships.c.contact_id == contact, memberships.c.category_id == category, _NOW
        )
    ).first()
    return row is not None
