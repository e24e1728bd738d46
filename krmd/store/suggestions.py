"""What suggestions are made from: names seen in mail, signatures, bounces; and those declined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from krmd.base.instant import Instant
from krmd.ledger.identity import name_weight
from krmd.ledger.portrait import FactField
from krmd.store.engine import Transaction
from krmd.store.tables import declined_suggestions
from krmd.store.tables import noticed as noticed_table


def declined(tx: Transaction) -> set[str]:
    """The keys of all suggestions the owner said no to."""
    return set(tx.execute(select(declined_suggestions.c.key)).scalars())


def is_declined(tx: Transaction, key: str) -> bool:
    """Whether the owner said no to a suggestion."""
    wanted = select(declined_suggestions.c.at).where(declined_suggestions.c.key == key)
    return tx.execute(wanted).first() is not None


def decline(tx: Transaction, key: str, when: Instant | None) -> None:
    """Note that the owner said no to a suggestion; None takes it back."""
    tx.execute(delete(declined_suggestions).where(declined_suggestions.c.key == key))
    if when is not None:
        tx.execute(insert(declined_suggestions).values(key=key, at=when))


class Namesake(NamedTuple):
    """A correspondent's address whose display name is a contact's full name."""

    contact: int
    address: str
    mails: int


_UNCLAIMED = (
    "SELECT d.value, d.name, r.email_outbound + r.email_inbound FROM identities d"
    " JOIN recency r ON r.subject = 'identity' AND r.subject_id = d.id"
    " WHERE d.kind = 'email' AND d.name <> '' AND d.declined IS NULL"
    " AND r.email_outbound + r.email_inbound > 0"
    " AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.identity_id = d.id)"
    " ORDER BY 3 DESC, d.value"
)


def namesakes(tx: Transaction, key_of: Callable[[str], str]) -> Iterator[Namesake]:
    """Correspondents who bear the full name of one contact alone, those with most mail first.

    `key_of` makes display names comparable. A name of one word is nobody's full name.
    """
    names = tx.connection.exec_driver_sql("SELECT name_key, id FROM contacts WHERE kept").all()
    often = Counter(row[0] for row in names)
    contacts = {row[0]: row[1] for row in names if often[row[0]] == 1 and " " in row[0]}
    for address, name, mails in tx.connection.exec_driver_sql(_UNCLAIMED).all():
        contact = contacts.get(key_of(name))
        if contact is not None:
            yield Namesake(contact, address, mails)


class GivenName(NamedTuple):
    """The display name that somebody gives themselves at an address that is theirs alone."""

    contact: int
    name: str


_SELF_GIVEN = name_weight("from", Instant(0))
_GIVEN = (
    "SELECT k.id, d.name FROM contacts k JOIN claims c ON c.contact_id = k.id AND c.name_key = ''"
    " JOIN identities d ON d.id = c.identity_id AND d.kind = 'email'"
    f" WHERE k.kept AND d.name <> '' AND d.name <> k.name AND d.name_weight > {_SELF_GIVEN}"
    " ORDER BY d.name_weight DESC, k.id"
)


def names_given(tx: Transaction) -> Iterator[GivenName]:
    """What contacts call themselves in From otherwise than the book does, the newest first."""
    return (GivenName(row[0], row[1]) for row in tx.connection.exec_driver_sql(_GIVEN).all())


class Noticed(NamedTuple):
    """What a signature says of a contact."""

    contact: int
    field: FactField
    value: str
    label: str
    at: Instant


_NOTICED = tuple(noticed_table.c[it] for it in ("contact_id", "field", "value", "label", "at"))


def noticed(tx: Transaction) -> list[Noticed]:
    """What signatures say, the newest first."""
    rows = tx.execute(select(*_NOTICED).order_by(noticed_table.c.at.desc(), *_NOTICED[:3]))
    return [Noticed._make(row) for row in rows]


def notice(tx: Transaction, rows: list[Noticed]) -> None:
    """Keep what signatures say; of one thing said twice the first is kept."""
    tx.insert_rows(
        "INSERT INTO noticed (contact_id, field, value, label, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [tuple(row) for row in rows],
    )


_BOUNCED = (
    "SELECT k.id, d.value FROM contacts k JOIN claims c ON c.contact_id = k.id"
    " JOIN identities d ON d.id = c.identity_id AND d.kind = 'email'"
    " WHERE k.kept AND NOT k.deceased AND d.state = 'bounced' ORDER BY k.name_key, d.value"
)
_UNCATEGORISED = (
    "SELECT k.id FROM contacts k"
    " LEFT JOIN recency r ON r.subject = 'contact' AND r.subject_id = k.id"
    " WHERE k.kept AND NOT k.deceased AND NOT EXISTS"
    " (SELECT 1 FROM memberships m WHERE m.contact_id = k.id AND m.until IS NULL)"
    " ORDER BY coalesce(r.last_contacted, 0) DESC, k.name_key, k.id LIMIT {most}"
)


def bounced(tx: Transaction) -> list[tuple[int, str]]:
    """Contacts with an address to which mail bounces."""
    return [(row[0], row[1]) for row in tx.connection.exec_driver_sql(_BOUNCED)]


def uncategorised(tx: Transaction, most: int) -> list[int]:
    """Contacts in no category, those in touch lately first."""
    statement = _UNCATEGORISED.replace("{most}", str(int(most)))
    return [row[0] for row in tx.connection.exec_driver_sql(statement)]
