"""Identities and the claims of contacts on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select, update

from krmd.base.address import EmailAddress
from krmd.base.instant import Instant
from krmd.ledger.identity import Claim, IdentityKind
from krmd.store.engine import Transaction
from krmd.store.tables import claims, identities


class Identity(NamedTuple):
    """A row: `name` is the best display name seen, "" for none; `state` as INTERFACE has it."""

    id: int
    kind: IdentityKind
    value: str
    name: str
    state: str
    declined: Instant | None


_COLUMNS = (
    identities.c.id,
    identities.c.kind,
    identities.c.value,
    identities.c.name,
    identities.c.state,
    identities.c.declined,
)


def email_ids(tx: Transaction, addresses: Sequence[EmailAddress]) -> dict[EmailAddress, int]:
    """The ids of these addresses, each named once; those not known yet are made."""
    rows = tx.among(
        "SELECT value, id FROM identities WHERE kind = 'email' AND value {among}", addresses
    )
    found = {row[0]: row[1] for row in rows}
    unknown = [address for address in addresses if address not in found]
    if unknown:
        found.update(_make_emails(tx, unknown))
    return found


def _make_emails(tx: Transaction, addresses: list[EmailAddress]) -> dict[EmailAddress, int]:
    """One statement for all of them: at each execution SQLite builds anew what CHECKs compare with,
    which costs more than the row.
    """
    given, values = (
        ("value FROM json_each(?)", json.dumps(addresses))
        if tx.is_sqlite
        else ("unnest(%s::text[])", addresses)
    )
    rows = tx.connection.exec_driver_sql(
        f"INSERT INTO identities (kind, value) SELECT 'email', {given} RETURNING value, id",
        (values,),
    )
    return {row[0]: row[1] for row in rows.all()}


def find(tx: Transaction, kind: IdentityKind, value: str) -> Identity | None:
    """The identity of that kind and value, if known."""
    row = tx.execute(
        select(*_COLUMNS).where(identities.c.kind == kind, identities.c.value == value)
    ).first()
    return None if row is None else Identity._make(row)


def ensure(tx: Transaction, kind: IdentityKind, value: str) -> Identity:
    """The identity of that kind and value, made where it isn't known."""
    known = find(tx, kind, value)
    if known is not None:
        return known
    tx.execute(insert(identities).values(kind=kind, value=value))
    made = find(tx, kind, value)
    assert made is not None
    return made


def by_ids(tx: Transaction, ids: Sequence[int]) -> dict[int, Identity]:
    """Identities by their ids."""
    rows = tx.among(
        "SELECT id, kind, value, name, state, declined FROM identities WHERE id {among}", ids
    )
    return {row[0]: Identity._make(row) for row in rows}


def emails(tx: Transaction) -> list[Identity]:
    """Every address known, in no particular order."""
    rows = tx.execute(select(*_COLUMNS).where(identities.c.kind == "email"))
    return [Identity._make(row) for row in rows]


def decline(tx: Transaction, identity: int, when: Instant | None) -> None:
    """Note that the owner doesn't want to keep this correspondent; None takes it back."""
    tx.execute(update(identities).where(identities.c.id == identity).values(declined=when))


def set_state(tx: Transaction, identity: int, state: str, since: Instant | None) -> Instant | None:
    """Note how mail to an address is; returns since when it was as it was before."""
    here = identities.c.id == identity
    before = tx.execute(select(identities.c.state_since).where(here)).scalar()
    tx.execute(update(identities).where(here).values(state=state, state_since=since))
    return None if before is None else Instant(before)


def offer_names(tx: Transaction, offers: Iterable[tuple[int, str, int]]) -> None:
    """Take display names (identity, name, weight) where they outweigh the name known.

    Of two with the same weight the greater text wins, so that the order of offers is of no account.
    """
    statement = (
        "UPDATE identities SET name = ?, name_weight = ? WHERE id = ?"
        " AND (name_weight < ? OR (name_weight = ? AND name < ?))"
    )
    tx.insert_rows(
        statement,
        [(name, weight, identity, weight, weight, name) for identity, name, weight in offers],
    )


def claims_on(tx: Transaction, ids: Sequence[int]) -> dict[int, tuple[Claim, ...]]:
    """All claims on these identities; identities nobody claims are absent."""
    found: dict[int, list[Claim]] = {}
    rows = tx.among(
        "SELECT identity_id, name_key, contact_id FROM claims WHERE identity_id {among}", ids
    )
    for row in rows:
        found.setdefault(row[0], []).append(Claim._make(row))
    return {identity: tuple(sorted(made)) for identity, made in found.items()}


def claims_of(tx: Transaction, contacts: Sequence[int]) -> dict[int, tuple[Claim, ...]]:
    """The claims of these contacts, by contact, in the order they were made."""
    found: dict[int, list[Claim]] = {}
    rows = tx.among(
        "SELECT identity_id, name_key, contact_id FROM claims WHERE contact_id {among}"
        " ORDER BY since, identity_id, name_key",
        contacts,
    )
    for row in rows:
        found.setdefault(row[2], []).append(Claim._make(row))
    return {contact: tuple(made) for contact, made in found.items()}


def claim(tx: Transaction, made: Claim, since: Instant) -> None:
    """Record a claim; one that stands already stays as it is."""
    stands = tx.execute(select(claims.c.since).where(*_is(made))).first()
    if stands is None:
        tx.execute(
            insert(claims).values(
                identity_id=made.identity,
                name_key=made.name_key,
                contact_id=made.contact,
                since=since,
            )
        )


def unclaim(tx: Transaction, dropped: Claim) -> Instant | None:
    """Take a claim away; returns since when it stood."""
    gone = delete(claims).where(*_is(dropped)).returning(claims.c.since)
    return tx.execute(gone).scalars().first()


def _is(made: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        claims.c.identity_id == made.identity,
        claims.c.name_key == made.name_key,
        claims.c.contact_id == made.contact,
    )
