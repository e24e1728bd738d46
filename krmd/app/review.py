"""Correspondents worth keeping: krmd proposes, warmest first, and keeps nobody unasked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from krmd.app import people
from krmd.app.changes import Changes
from krmd.app.folding import refold
from krmd.base.address import AddressSet
from krmd.base.instant import Instant
from krmd.ledger.recency import Recency
from krmd.store import identities, recency
from krmd.store.engine import Transaction
from krmd.store.identities import Identity

_HALF_LIFE_DAYS = 365
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correspondent the owner may want to keep. `warmth` orders them and means nothing else."""

    address: str
    name: str
    recency: Recency
    warmth: float


def warmth(seen: Recency, now: Instant) -> float:
    """How warm a correspondence is: how much went both ways, fading by half in a year."""
    if seen.last_contacted is None:
        return 0.0
    both = 2 * min(seen.email_outbound, seen.email_inbound) + seen.email_outbound
    fading: float = 0.5 ** (max(0, now - seen.last_contacted) / (_HALF_LIFE_DAYS * _DAY))
    return math.log1p(both) * fading


def review(
    tx: Transaction, *, now: Instant, owner: AddressSet, limit: int | None = None
) -> list[Proposal]:
    """Those the owner wrote to and neither keeps nor declined, warmest first."""
    stored = recency.read_all(tx, "identity")
    claimed = recency.every_claim(tx)
    written = [who for who, seen in stored.items() if seen.email_outbound and who not in claimed]
    known = identities.by_ids(tx, written)
    found = [
        Proposal(it.value, it.name, stored[it.id], warmth(stored[it.id], now))
        for it in known.values()
        if _may_be_proposed(it, owner)
    ]
    found.sort(key=lambda it: (-it.warmth, it.address))
    return found if limit is None else found[:limit]


def _may_be_proposed(identity: Identity, owner: AddressSet) -> bool:
    return identity.kind == "email" and identity.declined is None and identity.value not in owner


def keep_by_rule(
    tx: Transaction,
    touched: set[int],
    *,
    rule: str,
    now: Instant,
    new_uuid: Callable[[], UUID],
) -> int:
    """Make contacts of these correspondents where `[counting] create_contacts` says so.

    "replied": the owner wrote to them and they wrote back; "written": the owner wrote to them.
    Returns how many were made.
    """
    if rule == "never" or not touched:
        return 0
    stored = recency.read(tx, "identity", sorted(touched))
    wanted = [
        who
        for who, seen in stored.items()
        if seen.email_outbound and (rule == "written" or seen.email_inbound)
    ]
    claimed = identities.claims_on(tx, wanted)
    changes = Changes(tx, now)
    known = identities.by_ids(tx, [who for who in wanted if who not in claimed])
    for identity in known.values():
        if identity.declined is None and identity.kind == "email":
            people.make(changes, identity, new_uuid)
    refold(tx, (), changes.contacts)
    return len(changes.contacts)
