"""Contacts, their facts, and the categories they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import claims, contact_facts, contacts, memberships


class ContactRow(NamedTuple):
    """One person: `name_key` is the normalised name, `kept` false for those dropped."""

    id: int
    uuid: str
    name: str
    name_key: str
    kept: bool
    attention: str
    no_mailings: bool
    deceased: bool
    cadence_days: int | None
    added: Instant
    source: str


class FactRow(NamedTuple):
    """One fact about a person, with where it comes from."""

    contact_id: int
    field: str
    value: str
    source: str
    source_key: str
    since: Instant
    edited: bool


_CONTACT = tuple(contacts.c[field] for field in ContactRow._fields)
_FACT = tuple(contact_facts.c[field] for field in FactRow._fields)


def add(
    tx: Transaction, *, uuid: str, name: str, name_key: str, added: Instant, source: str
) -> int:
    """Make a contact; returns its id."""
    made = insert(contacts).values(
        uuid=uuid, name=name, name_key=name_key, kept=True, added=added, source=source
    )
    return int(tx.execute(made.returning(contacts.c.id)).scalar_one())


def get(tx: Transaction, contact: int) -> ContactRow:
    """The contact of that id."""
    return ContactRow._make(tx.execute(select(*_CONTACT).where(contacts.c.id == contact)).one())


def by_uuid(tx: Transaction, uuid: str) -> ContactRow | None:
    """The contact with that UUID (32 hex digits)."""
    row = tx.execute(select(*_CONTACT).where(contacts.c.uuid == uuid)).first()
    return None if row is None else ContactRow._make(row)


def find(tx: Transaction, first: UUID, last: UUID) -> list[ContactRow]:
    """Contacts whose UUIDs lie between two, both included."""
    wanted = select(*_CONTACT).where(contacts.c.uuid.between(first.hex, last.hex))
    return [ContactRow._make(row) for row in tx.execute(wanted)]


def by_ids(tx: Transaction, ids: Sequence[int]) -> dict[int, ContactRow]:
    """Contacts by id."""
    rows = tx.among(f"SELECT {', '.join(ContactRow._fields)} FROM contacts WHERE id {{among}}", ids)
    return {row[0]: _contact(row) for row in rows}


def everyone(tx: Transaction) -> list[ContactRow]:
    """All contacts, kept or not, by name."""
    wanted = select(*_CONTACT).order_by(contacts.c.name_key, contacts.c.uuid)
    return [ContactRow._make(row) for row in tx.execute(wanted)]


def change(tx: Transaction, contact: int, values: dict[str, object]) -> None:
    """Set columns of a contact."""
    tx.execute(update(contacts).where(contacts.c.id == contact).values(**values))


def remove(tx: Transaction, contact: int) -> None:
    """Take back a contact with all that was said of them; what happened with them stays."""
    for table in (contact_facts, memberships, claims):
        tx.execute(delete(table).where(table.c.contact_id == contact))
    tx.execute(delete(contacts).where(contacts.c.id == contact))


def facts_of(tx: Transaction, ids: Sequence[int]) -> dict[int, list[FactRow]]:
    """What is known of these people, by contact, oldest first."""
    found: dict[int, list[FactRow]] = {}
    rows = tx.among(
        f"SELECT {', '.join(FactRow._fields)} FROM contact_facts WHERE contact_id {{among}}"
        " ORDER BY id",
        ids,
    )
    for row in rows:
        found.setdefault(row[0], []).append(FactRow._make((*row[:-1], bool(row[-1]))))
    return found


def state_fact(tx: Transaction, fact: FactRow) -> None:
    """Record a fact; the same one from the same source stays as it is."""
    stands = tx.execute(select(contact_facts.c.id).where(*_same(fact))).first()
    if stands is None:
        tx.execute(insert(contact_facts).values(**fact._asdict()))


def withdraw_fact(tx: Transaction, fact: FactRow) -> None:
    """Take a fact away."""
    tx.execute(delete(contact_facts).where(*_same(fact)))


def _same(fact: FactRow) -> tuple[ColumnElement[bool], ...]:
    return (
        contact_facts.c.contact_id == fact.contact_id,
        contact_facts.c.field == fact.field,
        contact_facts.c.value == fact.value,
        contact_facts.c.source == fact.source,
    )


def _contact(row: Sequence[object]) -> ContactRow:
    values = list(row)
    for place in (4, 6, 7):
        values[place] = bool(values[place])
    return ContactRow._make(values)
