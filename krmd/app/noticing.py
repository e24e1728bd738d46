"""What krmd notices and only the owner can settle: own addresses not set, ambiguous ones."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from krmd.app.folding import contact_of
from krmd.base.address import AddressSet
from krmd.store import contacts, hints, identities
from krmd.store.engine import Transaction


class OwnAddress(NamedTuple):
    """An address that looks like the owner's own; `evidence` says why in words."""

    address: str
    evidence: str


class AmbiguousAddress(NamedTuple):
    """An address several contacts share, with mails whose display name tells nobody apart."""

    address: str
    contacts: tuple[str, ...]
    mails: int


def own_addresses(tx: Transaction, owner: AddressSet) -> list[OwnAddress]:
    """Addresses to add to `[owner] addresses`, or to leave: mail was sent from them, or to them."""
    found: dict[str, str] = {}
    for seen in hints.sent_from(tx):
        found[seen.address] = f"{_mails(seen.mails)} in Sent from it"
    for seen in hints.delivered_to(tx):
        found.setdefault(seen.address, f"{_mails(seen.mails)} delivered to it")
    return [OwnAddress(it, why) for it, why in found.items() if it not in owner]


def ambiguous(tx: Transaction) -> list[AmbiguousAddress]:
    """Shared addresses with mails that count for nobody: the name in them is none of theirs."""
    shared = hints.shared(tx)
    claims = identities.claims_on(tx, list(shared))
    lost: Counter[int] = Counter()
    for identity, name, mails in hints.names_seen(tx, list(shared)):
        if contact_of(claims[identity], name) is None:
            lost[identity] += mails
    people = contacts.by_ids(tx, [it.contact for made in claims.values() for it in made])
    return [
        AmbiguousAddress(
            shared[identity],
            tuple(sorted({people[claim.contact].name for claim in claims[identity]})),
            mails,
        )
        for identity, mails in lost.items()
    ]


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"
