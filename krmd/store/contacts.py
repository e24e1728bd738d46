"""Contacts, their facts, and the categories they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, insert, or_, select, tuple_, update

from krmd.base.instant import Instant
from krmd.ledger.portrait import FactField
from krmd.store import feed_parts
from krmd.store.engine import Transaction
from krmd.store.tables import (
    claims,
    contact_facts,
    contacts,
    memberships,
    noticed,
    signatures,
    source_keys,
)


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
    merged_into: int | None


class FactRow(NamedTuple):
    """One fact about a person, and who says so: a source under its own key for the person.

    `withdrawn`: since when the owner says that it isn't so, whatever the source says.
    """

    contact_id: int
    field: FactField
    value: str
    label: str
    source: str
    source_key: str
    since: Instant
    withdrawn: Instant | None = None


class Members(NamedTuple):
    """Those in a category now, or on an instant."""

    category: int
    on: Instant | None = None


_WITH_A_CONTACT = (contact_facts, memberships, claims, source_keys, noticed, signatures)
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


def by_uuids(tx: Transaction, uuids: Sequence[str]) -> dict[str, ContactRow]:
    """Contacts by UUID."""
    wanted = f"SELECT {', '.join(ContactRow._fields)} FROM contacts WHERE uuid {{among}}"
    return {row[1]: _contact(row) for row in tx.among(wanted, uuids)}


def root_of(tx: Transaction, row: ContactRow) -> ContactRow:
    """The contact in whom one that was merged is found, itself where it wasn't."""
    while row.merged_into is not None:
        row = get(tx, row.merged_into)
    return row


def by_ids(tx: Transaction, ids: Sequence[int]) -> dict[int, ContactRow]:
    """Contacts by id."""
    rows = tx.among(f"SELECT {', '.join(ContactRow._fields)} FROM contacts WHERE id {{among}}", ids)
    return {row[0]: _contact(row) for row in rows}


def everyone(tx: Transaction) -> list[ContactRow]:
    """All contacts, kept or not, by name; not those who were merged into another."""
    wanted = select(*_CONTACT).where(contacts.c.merged_into.is_(None))
    wanted = wanted.order_by(contacts.c.name_key, contacts.c.uuid)
    return [ContactRow._make(row) for row in tx.execute(wanted)]


def by_name_key(tx: Transaction, name_key: str) -> list[ContactRow]:
    """Contacts of that normalised name, kept or not."""
    wanted = select(*_CONTACT).where(
        contacts.c.name_key == name_key, contacts.c.merged_into.is_(None)
    )
    return [ContactRow._make(row) for row in tx.execute(wanted)]


def page(
    tx: Transaction,
    *,
    kept: bool,
    members: Members | None = None,
    after: ContactRow | None = None,
    limit: int | None = None,
) -> list[ContactRow]:
    """Contacts by name, those kept or those dropped, behind another contact, of one category."""
    wanted = select(*_CONTACT).where(contacts.c.merged_into.is_(None), contacts.c.kept == kept)
    if members is not None:
        wanted = wanted.where(contacts.c.id.in_(_members(members)))
    if after is not None:
        behind = tuple_(contacts.c.name_key, contacts.c.uuid)
        # The first condition alone lets an index begin there.
        wanted = wanted.where(
            contacts.c.name_key >= after.name_key, behind > (after.name_key, after.uuid)
        )
    wanted = wanted.order_by(contacts.c.name_key, contacts.c.uuid).limit(limit)
    return [ContactRow._make(row) for row in tx.execute(wanted)]


def _members(of: Members) -> Select[tuple[int]]:
    inside = select(memberships.c.contact_id).where(memberships.c.category_id == of.category)
    if of.on is None:
        return inside.where(memberships.c.until.is_(None))
    left = or_(memberships.c.until.is_(None), memberships.c.until > of.on)
    return inside.where(memberships.c.since <= of.on, left)


def change(tx: Transaction, contact: int, values: dict[str, object]) -> None:
    """Set columns of a contact."""
    tx.execute(update(contacts).where(contacts.c.id == contact).values(**values))


def remove(tx: Transaction, contact: int) -> None:
    """Take back a contact with all that was said of them; what happened with them stays."""
    feed_parts.let_go(tx, contact)
    for table in _WITH_A_CONTACT:
        tx.execute(delete(table).where(table.c.contact_id == contact))
    tx.execute(delete(contacts).where(contacts.c.id == contact))


def facts_of(tx: Transaction, ids: Sequence[int]) -> dict[int, list[FactRow]]:
    """What is said of these people, by contact, oldest first; what was withdrawn too."""
    found: dict[int, list[FactRow]] = {}
    rows = tx.among(
        f"SELECT {', '.join(FactRow._fields)} FROM contact_facts WHERE contact_id {{among}}"
        " ORDER BY id",
        ids,
    )
    for row in rows:
        found.setdefault(row[0], []).append(FactRow._make(row))
    return found


def facts_in(tx: Transaction, fields: Sequence[FactField]) -> list[tuple[int, FactField, str]]:
    """What is said of anybody in some fields: contact, field, value; not what was withdrawn."""
    among = ", ".join(f"'{field}'" for field in fields)
    rows = tx.connection.exec_driver_sql(
        "SELECT contact_id, field, value FROM contact_facts"
        f" WHERE withdrawn IS NULL AND field IN ({among})"
    )
    return [(row[0], row[1], row[2]) for row in rows]


def state_fact(tx: Transaction, fact: FactRow) -> None:
    """Record a fact, or set when it was withdrawn; the same from the same source is one."""
    stands = tx.execute(select(contact_facts.c.id).where(*_same(fact))).scalar()
    if stands is None:
        tx.execute(insert(contact_facts).values(**fact._asdict()))
    else:
        again = update(contact_facts).where(contact_facts.c.id == stands)
        tx.execute(again.values(withdrawn=fact.withdrawn))


def find_fact(tx: Transaction, fact: FactRow) -> FactRow | None:
    """The fact as it stands: that field, value and label, said by that source under that key."""
    row = tx.execute(select(*_FACT).where(*_same(fact))).first()
    return None if row is None else FactRow._make(row)


def move_facts(tx: Transaction, ids: Sequence[int], contact: int, to: int) -> list[int]:
    """Let rows of one contact's facts be another's; returns those moved. What is said of the
    other likewise stays where it is.
    """
    table, there = contact_facts, contact_facts.alias()
    same = (
        "field", "value", "label", "source", "source_key",
    )  # fmt: skip
    doubled = (
        select(there.c.id)
        .where(there.c.contact_id == to, *(there.c[it] == table.c[it] for it in same))
        .exists()
    )
    moved = (
        update(table)
        .where(table.c.id.in_(ids), table.c.contact_id == contact, ~doubled)
        .values(contact_id=to)
        .returning(table.c.id)
    )
    return sorted(tx.execute(moved).scalars()) if ids else []


def merged_into(tx: Transaction, contact: int) -> list[ContactRow]:
    """The contacts that were merged into this one."""
    wanted = select(*_CONTACT).where(contacts.c.merged_into == contact)
    return [ContactRow._make(row) for row in tx.execute(wanted)]


def fact_ids(tx: Transaction, contact: int) -> list[int]:
    """The rows of what the owner says of a contact: those under no source's key."""
    wanted = select(contact_facts.c.id).where(
        contact_facts.c.contact_id == contact, contact_facts.c.source_key == ""
    )
    return sorted(tx.execute(wanted).scalars())


def remove_fact(tx: Transaction, fact: FactRow) -> None:
    """Take a fact away: nobody says so any more."""
    tx.execute(delete(contact_facts).where(*_same(fact)))


def _same(fact: FactRow) -> tuple[ColumnElement[bool], ...]:
    return (
        contact_facts.c.contact_id == fact.contact_id,
        contact_facts.c.field == fact.field,
        contact_facts.c.value == fact.value,
        contact_facts.c.label == fact.label,
        contact_facts.c.source == fact.source,
        contact_facts.c.source_key == fact.source_key,
    )


def _contact(row: Sequence[object]) -> ContactRow:
    values = list(row)
    for place in (4, 6, 7):
        values[place] = bool(values[place])
    return ContactRow._make(values)
