"""Whom a portrait means: the contact its source's key names, or who has its address or phone.

A name alone is nobody's proof: two of the same name stay two, and krmd suggests to merge them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from krmd.base.address import EmailAddress
from krmd.intake.person_names import normalise_name
from krmd.ledger.likeness import same_person
from krmd.ledger.phones import phone_key
from krmd.ledger.portrait import Portrait
from krmd.store import contacts, identities, people_index
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction

_LEAST_DIGITS = 7
"""A phone number of fewer digits is an extension, which many have."""


class Known:
    """Who is known by which address and phone, of those that some portraits name.

    Contacts are meant by their UUIDs; whoever is made of a portrait is told by `add`.
    """

    def __init__(self, tx: Transaction, portraits: Sequence[Portrait]) -> None:
        self._tx = tx
        self._names: dict[str, str] = {}
        # Tuples, since nearly all hold one, and of a large book there are a hundred thousand.
        self._by_address: dict[str, tuple[str, ...]] = {}
        self._by_phone: dict[str, tuple[str, ...]] = {}
        self._by_uuid: dict[str, str] = {}
        self._load_uuids([it for one in portraits if (it := uuid_in(one.key)) is not None])
        self._load_addresses({it for one in portraits for it in one.values("email")})
        self._load_phones({it for one in portraits for it in _phones(one)})

    def add(self, uuid: str, portrait: Portrait) -> None:
        """Know somebody more."""
        self._names.setdefault(uuid, normalise_name(portrait.name))
        spelled = uuid_in(portrait.key)
        if spelled is not None:
            self._by_uuid.setdefault(spelled, uuid)
        for address in portrait.values("email"):
            self._put(self._by_address, address, uuid)
        for phone in _phones(portrait):
            self._put(self._by_phone, phone, uuid)

    def sharers(self, address: str) -> tuple[str, ...]:
        """Who has an address."""
        return self._by_address.get(address, ())

    def find(self, portrait: Portrait) -> str | None:
        """The UUID of the contact a portrait means, None for nobody known.

        Who shares an address or a phone and bears another name is another person.
        """
        spelled = uuid_in(portrait.key)
        if spelled is not None and spelled in self._by_uuid:
            return self._by_uuid[spelled]
        name = normalise_name(portrait.name)
        by_address = Counter(
            uuid
            for address in portrait.values("email")
            for uuid in self.sharers(address)
            if same_person(self._names[uuid], name, address=address) != "unlike"
        )
        by_phone = Counter(
            uuid
            for phone in (_phones(portrait) if name else ())
            for uuid in self._by_phone.get(phone, ())
            if self._names[uuid] and same_person(self._names[uuid], name) == "same"
        )
        return self._best(name, by_address) or self._best(name, by_phone)

    def _best(self, name: str, votes: Counter[str]) -> str | None:
        exact = [it for it in votes if self._names[it] == name]
        return max(exact or votes, key=lambda it: (votes[it], it), default=None)

    def _load_uuids(self, uuids: list[str]) -> None:
        for uuid, row in contacts.by_uuids(self._tx, uuids).items():
            root = contacts.root_of(self._tx, row)
            self._by_uuid[uuid] = root.uuid
            self._names[root.uuid] = root.name_key

    def _load_addresses(self, addresses: set[str]) -> None:
        ids = people_index.email_ids(self._tx, addresses)
        claims = identities.claims_on(self._tx, list(ids))
        rows = self._rows({claim.contact for made in claims.values() for claim in made})
        for identity, made in claims.items():
            for claim in made:
                self._put(self._by_address, ids[identity], rows[claim.contact].uuid)

    def _load_phones(self, phones: set[str]) -> None:
        theirs = [
            (contact, key)
            for contact, value in (people_index.phones(self._tx) if phones else ())
            if (key := phone_key(value)) in phones
        ]
        rows = self._rows({contact for contact, _ in theirs})
        for contact, key in theirs:
            self._put(self._by_phone, key, rows[contact].uuid)

    def _rows(self, ids: set[int]) -> dict[int, ContactRow]:
        rows = contacts.by_ids(self._tx, list(ids))
        self._names.update({row.uuid: row.name_key for row in rows.values()})
        return rows

    @staticmethod
    def _put(index: dict[str, tuple[str, ...]], key: str, uuid: str) -> None:
        sharers = index.get(key, ())
        if uuid not in sharers:
            index[key] = (*sharers, uuid)


def uuid_in(key: str) -> str | None:
    """The UUID that a source's key spells (RFC 9562), as contacts have it; None for other keys."""
    try:
        return UUID(key.lower().removeprefix("urn:uuid:")).hex if len(key) >= 32 else None
    except ValueError:
        return None


def addresses_in(portrait: Portrait) -> list[EmailAddress]:
    """The email addresses of a portrait."""
    return [EmailAddress(it) for it in portrait.values("email")]


def _phones(portrait: Portrait) -> list[str]:
    keys = (phone_key(it) for it in portrait.values("phone"))
    return [it for it in keys if len(it) >= _LEAST_DIGITS]
