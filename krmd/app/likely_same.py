"""Contacts that are probably one person: the book as the search for duplicates sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from krmd.app.cards import standing
from krmd.app.exporting import AT_A_TIME
from krmd.base.address import EmailAddress, domain_of
from krmd.intake.person_names import normalise_name
from krmd.ledger.agreement import Saying
from krmd.ledger.candidates import Sketch
from krmd.ledger.duplicates import Duplicates, probable_duplicates
from krmd.ledger.phones import phone_key
from krmd.ledger.portrait import FactField, parts_of
from krmd.store import contacts, identities
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction

_TOWN = 3
"""The place of the town among the parts of a postal address (RFC 6350 6.3.1)."""


def duplicates(
    tx: Transaction,
    rows: Sequence[ContactRow],
    *,
    shared_domains: Collection[str],
    declined: Collection[tuple[int, int]] = frozenset(),
) -> Duplicates:
    """The probable duplicates among these contacts; `declined` are pairs of their ids."""
    return probable_duplicates(
        _sketches(tx, rows), shared_domains=shared_domains, declined=declined
    )


def _sketches(tx: Transaction, rows: Sequence[ContactRow]) -> Iterator[Sketch]:
    for start in range(0, len(rows), AT_A_TIME):
        some = rows[start : start + AT_A_TIME]
        ids = [row.id for row in some]
        said = contacts.facts_of(tx, ids)
        addresses = _addresses(tx, ids)
        for row in some:
            yield _sketch(row, standing(said.get(row.id, ())), addresses.get(row.id, ()))


def _sketch(row: ContactRow, told: Sequence[Saying], addresses: Sequence[str]) -> Sketch:
    def values(field: FactField) -> tuple[str, ...]:
        return tuple(it.fact.value for it in told if it.fact.field == field)

    towns = (parts_of(it, _TOWN + 1)[_TOWN] for it in values("postal"))
    return Sketch(
        row.id,
        row.name_key,
        tuple(addresses),
        tuple(filter(None, map(phone_key, values("phone")))),
        tuple({domain_of(EmailAddress(it)) for it in addresses}),
        tuple(filter(None, towns)),
        values("company"),
        tuple(normalise_name(it) for it in (*values("former_name"), *values("nickname"))),
        next(iter(values("birthday")), None),
    )


def _addresses(tx: Transaction, ids: Sequence[int]) -> dict[int, list[str]]:
    made = identities.claims_of(tx, ids)
    known = identities.by_ids(tx, [claim.identity for claims in made.values() for claim in claims])
    return {
        contact: [known[it.identity].value for it in claims if known[it.identity].kind == "email"]
        for contact, claims in made.items()
    }
