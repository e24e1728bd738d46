"""What all that is said of a person comes to: the owner's word first, then the newest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.phones import phone_key, same_phone
from krmd.ledger.portrait import SINGLE, Fact, FactField

_OWNER = "owner"


class Saying(NamedTuple):
    """A fact, who says it (`sources`, the owner first), and since when anybody does."""

    fact: Fact
    sources: tuple[str, ...]
    since: Instant


def agreed(said: Iterable[tuple[Fact, str, Instant]]) -> tuple[Saying, ...]:
    """The facts of a person from what each source says (fact, source, since), in their order.

    What several say in other spellings is one fact, as the owner spells it, else as it was spelled
    first. In a field of which a person has one thing the owner's word stands, else the newest.
    """
    found: dict[tuple[FactField, str, str], list[tuple[Fact, str, Instant]]] = {}
    for saying in said:
        found.setdefault(_likeness(saying[0]), []).append(saying)
    alike = [_together(sayings) for sayings in found.values()]
    return (*_one_each(alike), *(it for it in alike if it.fact.field not in SINGLE))


def _one_each(alike: list[Saying]) -> Iterable[Saying]:
    chosen: dict[FactField, Saying] = {}
    for saying in alike:
        field = saying.fact.field
        if field in SINGLE and (field not in chosen or _weight(saying) > _weight(chosen[field])):
            chosen[field] = saying
    return chosen.values()


def _weight(saying: Saying) -> tuple[bool, int]:
    return saying.sources[0] == _OWNER, saying.since


def _together(sayings: list[tuple[Fact, str, Instant]]) -> Saying:
    best = next((it for it in sayings if it[1] == _OWNER), sayings[0])
    sources = sorted({source for _, source, _ in sayings}, key=lambda it: (it != _OWNER, it))
    newest = best[0].field in SINGLE
    return Saying(best[0], tuple(sources), (max if newest else min)(since for *_, since in sayings))


def _likeness(fact: Fact) -> tuple[FactField, str, str]:
    field, value, label = fact
    if field == "phone":
        return field, phone_key(value) or value, ""
    key = " ".join(value.casefold().split())
    # Of these the label is part of what is said; of others it is decoration.
    return field, key, label.casefold() if field in ("date", "custom", "handle") else ""


def is_said(known: Iterable[Fact], fact: Fact) -> bool:
    """Whether what is known of somebody says a fact already; one postal address is enough."""
    return any(_says(it, fact) for it in known if it.field == fact.field)


def _says(known: Fact, fact: Fact) -> bool:
    if fact.field == "phone":
        return same_phone(known.value, fact.value)
    return fact.field == "postal" or known.value.casefold() == fact.value.casefold()
