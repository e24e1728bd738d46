"""Recency kept equal to a fold over the ledger: recomputed for whoever is touched, or for all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from krmd.intake.person_names import normalise_name
from krmd.ledger.identity import ANY_NAME, Claim, whose
from krmd.ledger.recency import NEVER, Moment, Recency, together
from krmd.store import identities, recency
from krmd.store.engine import Transaction

AT_A_TIME = 500
"""So many people are folded at once, which bounds memory and not time."""


def contact_of(claims: tuple[Claim, ...], name: str) -> int | None:
    """The contact that an identity seen under a display name belongs to; ambiguous is nobody."""
    if len(claims) == 1 and claims[0].name_key == ANY_NAME:
        return claims[0].contact
    found = whose(claims, normalise_name(name))
    return found if isinstance(found, int) else None


def fold_identities(tx: Transaction, ids: Sequence[int]) -> dict[int, Recency]:
    """The recency of each of these identities, from the ledger, whoever claims them."""
    moments: dict[int, dict[int, list[Moment]]] = {}
    for part in recency.parts_of(tx, ids):
        of_identity = moments.setdefault(part.identity, {})
        of_identity.setdefault(part.interaction, []).append(part.moment)
    return {who: _fold(moments.get(who)) for who in ids}


def fold_contacts(tx: Transaction, ids: Sequence[int]) -> dict[int, Recency]:
    """The recency of each of these contacts, from the ledger: all that is theirs, once each."""
    wanted = set(ids)
    mine = {claim.identity for made in identities.claims_of(tx, ids).values() for claim in made}
    claims = identities.claims_on(tx, list(mine))
    moments: dict[int, dict[int, list[Moment]]] = {}
    for part in recency.parts_of(tx, list(mine)):
        contact = contact_of(claims[part.identity], part.name)
        if contact in wanted:
            of_contact = moments.setdefault(contact, {})
            of_contact.setdefault(part.interaction, []).append(part.moment)
    return {who: _fold(moments.get(who)) for who in ids}


def _fold(moments: Mapping[int, Iterable[Moment]] | None) -> Recency:
    if not moments:
        return NEVER
    return Recency.fold(together(parts) for parts in moments.values())


def refold(tx: Transaction, touched: Collection[int], contacts: Collection[int] = ()) -> None:
    """Recompute and store the recency of these identities, of whoever claims them, and of these
    contacts besides.
    """
    for chunk in in_chunks(touched):
        recency.write(tx, "identity", fold_identities(tx, chunk))
    claimed = identities.claims_on(tx, list(touched))
    theirs = {claim.contact for made in claimed.values() for claim in made} | set(contacts)
    for chunk in in_chunks(theirs):
        recency.write(tx, "contact", fold_contacts(tx, chunk))


class Difference(NamedTuple):
    """A stored recency that isn't what the ledger says."""

    subject: recency.Subject
    id: int
    stored: Recency
    folded: Recency


def differences(
    tx: Transaction, *, identity_ids: Sequence[int], contact_ids: Sequence[int]
) -> Iterator[Difference]:
    """Where the stored recency of these differs from the fold over the ledger."""
    folds: tuple[tuple[recency.Subject, Sequence[int], _Folder], ...] = (
        ("identity", identity_ids, fold_identities),
        ("contact", contact_ids, fold_contacts),
    )
    for subject, ids, fold in folds:
        stored = recency.read(tx, subject, ids)
        for who, folded in fold(tx, ids).items():
            if stored.get(who, NEVER) != folded:
                yield Difference(subject, who, stored.get(who, NEVER), folded)


_Folder = Callable[[Transaction, Sequence[int]], dict[int, Recency]]


def in_chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Ascending, AT_A_TIME of them at once."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_A_TIME):
        yield ordered[start : start + AT_A_TIME]
