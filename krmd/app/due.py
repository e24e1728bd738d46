"""Whom to reach: the contacts whose cadence has run out, most urgent first, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from krmd.base.identifier import PublicId
from krmd.base.instant import Instant, local_date
from krmd.ledger.cadence import Due, effective_cadence, how_due
from krmd.ledger.category import category_key
from krmd.ledger.recency import NEVER, Recency
from krmd.store import categories, contacts, identities, recency
from krmd.store.categories import CategoryRow
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class DuePerson:
    """Somebody to reach. `score` is days since over cadence; `reasons` are sentences."""

    id: str
    name: str
    address: str | None
    last_contacted: Instant | None
    cadence_days: int
    days_since: int
    score: float
    reasons: tuple[str, ...]
    categories: tuple[str, ...]


def due(
    tx: Transaction,
    *,
    now: Instant,
    zone: ZoneInfo,
    defaults: Mapping[str, int],
    soon: bool = False,
) -> list[DuePerson]:
    """Who is due, most urgent first; with `soon` everybody who has a cadence.

    `defaults` are the cadences that settings give to categories, by category name; what the store
    holds wins.
    """
    rows = [row for row in contacts.everyone(tx) if _may_be_due(row)]
    ids = [row.id for row in rows]
    groups = categories.of_contacts(tx, ids)
    stored = recency.read(tx, "contact", ids)
    by_key = {category_key(name): days for name, days in defaults.items()}
    found: list[tuple[ContactRow, Due, Recency, list[CategoryRow], str]] = []
    for row in rows:
        cadences = {
            group.name: group.cadence_days or by_key.get(group.name_key)
            for group in groups.get(row.id, [])
        }
        cadence = effective_cadence(row.cadence_days, cadences.values())
        if cadence is None:
            continue
        seen = stored.get(row.id, NEVER)
        state = how_due(seen.last_contacted, row.added, cadence_days=cadence, now=now, zone=zone)
        if state.is_due or soon:
            whose = _whose_cadence(row, cadences, cadence)
            found.append((row, state, seen, groups.get(row.id, []), whose))
    found.sort(key=lambda it: (-it[1].score, it[0].name_key, it[0].uuid))
    addresses = _addresses(tx, [row.id for row, *_ in found])
    return [
        DuePerson(
            id=str(PublicId("c", UUID(hex=row.uuid))),
            name=row.name,
            address=addresses.get(row.id),
            last_contacted=seen.last_contacted,
            cadence_days=state.cadence_days,
            days_since=state.days,
            score=state.score,
            reasons=_reasons(row, state, seen, whose=whose, zone=zone),
            categories=tuple(group.name for group in member_of),
        )
        for row, state, seen, member_of, whose in found
    ]


def _may_be_due(row: ContactRow) -> bool:
    return row.kept and not row.deceased and row.attention != "muted"


def _whose_cadence(row: ContactRow, cadences: Mapping[str, int | None], cadence: int) -> str:
    if row.cadence_days is not None:
        return "their own cadence"
    names = sorted(name for name, days in cadences.items() if days == cadence)
    return f"the cadence of {names[0]}" if names else "the cadence"


def _reasons(
    row: ContactRow, state: Due, seen: Recency, *, whose: str, zone: ZoneInfo
) -> tuple[str, ...]:
    reasons = []
    if state.never:
        reasons.append(f"never in touch since added on {local_date(row.added, zone)}")
    else:
        reasons.append(f"last in touch {_days(state.days)} ago")
    reasons.append(f"{whose} is {_days(state.cadence_days)}")
    if seen.last_inbound is not None and seen.last_inbound > (seen.last_outbound or 0):
        reasons.append("they wrote last")
    return tuple(reasons)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _addresses(tx: Transaction, ids: list[int]) -> dict[int, str]:
    """A usable address of each: the first claimed that is well."""
    made = identities.claims_of(tx, ids)
    wanted = {claim.identity for claims in made.values() for claim in claims}
    known = identities.by_ids(tx, list(wanted))
    found: dict[int, str] = {}
    for contact, claims in made.items():
        usable = [
            known[claim.identity].value
            for claim in claims
            if known[claim.identity].kind == "email" and known[claim.identity].state == "ok"
        ]
        if usable:
            found[contact] = usable[0]
    return found
