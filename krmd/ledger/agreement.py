"""What all that is said of a person comes to: the owner's word first, then the newest.

Of dates that don't contradict each other the fullest: who newly says `1985` unsays no day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.partial_date import PartialDate, read_partial_date
from krmd.ledger.phones import phone_key, same_phone
from krmd.ledger.portrait import SINGLE, Fact, FactField

_OWNER = "owner"
_DATES: frozenset[FactField] = frozenset(("birthday", "died"))


class Saying(NamedTuple):
    """A fact, who says it (`sources`, the owner first), and since when anybody does."""

    fact: Fact
    sources: tuple[str, ...]
    since: Instant


def agreed(said: Iterable[tuple[Fact, str, Instant]]) -> tuple[Saying, ...]:
    """The facts of a person from what each source says (fact, source, since), in their order.

    What several say in other spellings is one fact, as the owner spells it, else as it was spelled
    first. In a field of which a person has one thing the owner's word stands, else the newest; of a
    birthday or a death what is fuller and agrees with that.
    """
    found: dict[tuple[FactField, str, str], list[tuple[Fact, str, Instant]]] = {}
    for saying in said:
        found.setdefault(_likeness(saying[0]), []).append(saying)
    alike = [_together(sayings) for sayings in found.values()]
    return (*_one_each(alike), *(it for it in alike if it.fact.field not in SINGLE))


def _one_each(alike: list[Saying]) -> Iterable[Saying]:
    rivals: dict[FactField, list[Saying]] = {}
    for saying in alike:
        if saying.fact.field in SINGLE:
            rivals.setdefault(saying.fact.field, []).append(saying)
    return [_fullest(theirs) if len(theirs) > 1 else theirs[0] for theirs in rivals.values()]


def _fullest(rivals: Sequence[Saying]) -> Saying:
    """What counts of several; the owner may well know less: that a year is wrong, and not which."""
    best = max(rivals, key=_weight)
    if best.fact.field not in _DATES or best.sources[0] == _OWNER:
        return best
    agreeing = [it for it in rivals if it is best or _agree(it.fact.value, best.fact.value)]
    return max(agreeing, key=lambda it: (_parts_known(it.fact.value), _weight(it)))


def _agree(one: str, other: str) -> bool:
    """Whether two dates can be one: in no part each knows another."""
    first, second = read_partial_date(one), read_partial_date(other)
    if first is None or second is None:
        return False
    return all(
        ours is None or theirs is None or ours == theirs
        for ours, theirs in zip(first, second, strict=True)
    )


def _parts_known(date: str) -> int:
    read = read_partial_date(date)
    return 0 if read is None else len(PartialDate._fields) - read.count(None)


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
