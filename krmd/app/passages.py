"""What of a person can be found by words: the passages of a card, each with the field it is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from krmd.ledger.agreement import agreed
from krmd.ledger.portrait import SINGLE, Fact, FactField, parts_of
from krmd.store import categories, search_cards
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.identities import Identity
from krmd.store.search_cards import SaidOf

SEARCHED: tuple[FactField, ...] = (
    "structured_name", "nickname", "former_name", "company", "department", "role", "postal",
    "relation", "met", "introduced_by", "note", "handle", "url",
)  # fmt: skip
_OF_PLACE = slice(3, 7)
"""Of a postal address town, region, code and country: whoever lives in Denver Street doesn't
live in Denver."""
_URL_BEGINS = ("https://", "http://", "www.")


class Passage(NamedTuple):
    """Something that can be found: the field it stands in, and its text."""

    where: str
    text: str


def of_contacts(tx: Transaction, rows: Sequence[ContactRow]) -> dict[int, list[Passage]]:
    """The passages of these contacts, by contact."""
    ids = [row.id for row in rows]
    said = search_cards.said_of(tx, ids, SEARCHED)
    groups = categories.of_contacts(tx, ids)
    addresses = search_cards.addresses_of(tx, ids)
    return {
        row.id: [
            Passage("name", row.name),
            *(Passage(it.field, _text(it)) for it in _facts(said.get(row.id, []))),
            *(Passage("category", group.name) for group in groups.get(row.id, ())),
            *(Passage("address", address) for address in addresses.get(row.id, ())),
        ]
        for row in rows
    }


def of_correspondent(identity: Identity) -> list[Passage]:
    """The passages of somebody who is no contact."""
    return [Passage("name", identity.name), Passage("address", identity.value)]


def _facts(said: Sequence[SaidOf]) -> Iterable[Fact]:
    """As they stand on the card, where several sources may say different things."""
    fields = [it.fact.field for it in said if it.fact.field in SINGLE]
    if len(fields) == len(set(fields)):
        return (it.fact for it in said)
    return (saying.fact for saying in agreed(said))


def _text(fact: Fact) -> str:
    value = fact.value
    if fact.field == "structured_name":
        return " ".join(part for part in parts_of(value, 5) if part)
    if fact.field == "postal":
        return ", ".join(part for part in parts_of(value, 7)[_OF_PLACE] if part)
    if fact.field == "url":
        for beginning in _URL_BEGINS:
            value = value.removeprefix(beginning)
    return value
