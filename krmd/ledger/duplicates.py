"""Which contacts are probably one person kept twice, how probably, and why.

What two have in common is weighed by how often chance alone would bring it about (Fellegi and
Sunter, 1969): a rare name in one small company is proof, Michael Müller in Berlin is not. What
speaks plainly for two people rules a pair out, whatever else they share.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from krmd.ledger.blocks import blocks, sharers
from krmd.ledger.candidates import Profile, Shared, SharedKind, Sketch, profile_of
from krmd.ledger.coincidence import Coincidence
from krmd.ledger.likeness import NameMatch, match_names
from krmd.ledger.name_words import Name
from krmd.ledger.partial_date import PartialDate, read_partial_date

PROBABLE = 70
"""Pairs below this score, in percent, are not worth the owner's time."""


class Reason(NamedTuple):
    """One thing that speaks for a pair.

    `code` is `name` with a NameMatch as `value`, or what both have with its value, made comparable:
    `address`, `phone`, `birthday`, `domain`, `company`, `town`; `rare_name` where that is all.
    """

    code: str
    value: str


class Pair(NamedTuple):
    """Two contacts, the smaller id first; `score` is how probably they are one, in percent."""

    one: int
    other: int
    score: int
    reasons: tuple[Reason, ...]


class Crowd(NamedTuple):
    """So many people share this, and their name, that they weren't compared with each other."""

    kind: SharedKind
    value: str
    people: int


class Duplicates(NamedTuple):
    """What was found: pairs, the most probable first; whom it left out; how often it compared."""

    pairs: tuple[Pair, ...]
    crowds: tuple[Crowd, ...]
    comparisons: int


def probable_duplicates(
    people: Iterable[Sketch],
    *,
    shared_domains: Collection[str] = frozenset(),
    declined: Collection[tuple[int, int]] = frozenset(),
) -> Duplicates:
    """The probable duplicates among `people`, in whatever order they come.

    Their ids differ. `shared_domains` are mail providers' domains, with or without @. `declined`
    are pairs of ids, the smaller first, of which the owner said that they are two people.
    """
    nobodys = frozenset(domain.removeprefix("@") for domain in shared_domains)
    profiles = [profile_of(it, nobodys) for it in sorted(people, key=lambda it: it.id)]
    sharing = sharers(profiles)
    chance = Coincidence(profiles, sharing)
    compared: set[tuple[int, int]] = set()
    crowds: dict[Shared, set[int]] = {}
    found: list[_Match] = []
    for block in blocks(profiles, sharing):
        if block.too_many:
            crowds.setdefault(block.thing, set()).update(block.places)
            continue
        for places in combinations(block.places, 2):
            if places in compared:
                continue
            compared.add(places)
            match = _compare(profiles[places[0]], profiles[places[1]], chance)
            if match is not None and (match.pair.one, match.pair.other) not in declined:
                found.append(match)
    pairs = sorted(_unambiguous(found), key=lambda it: (-it.score, it.one, it.other))
    left_out = [Crowd(*thing, len(some)) for thing, some in sorted(crowds.items())]
    return Duplicates(tuple(pairs), tuple(left_out), len(compared))


_SUREST: dict[NameMatch, float] = {
    "equal": 0.99,
    "spelling": 0.98,
    "turned": 0.96,
    "short": 0.96,
    "longer": 0.95,
    "initial": 0.92,
    "typo": 0.90,
    "middle": 0.85,
    "part": 0.88,
    "unnamed": 0.88,
    "renamed": 0.85,
    "surname": 0.80,
}
"""How sure names that go together in this way let one be, whatever else is shared."""

_CLOSE: frozenset[SharedKind] = frozenset(("address", "phone", "birthday"))
_CLOSER: frozenset[SharedKind] = frozenset(("address", "birthday"))
_NEEDS: dict[NameMatch, frozenset[SharedKind]] = {
    "part": _CLOSE,
    "unnamed": frozenset(("address", "phone")),
    "middle": _CLOSE,
    "surname": _CLOSER,
    "renamed": _CLOSER,  # two Annas of one company have its switchboard's number
}
"""What must be shared where names go together in a way that says little."""

_DOUBTS: tuple[tuple[frozenset[SharedKind], float], ...] = (
    (frozenset(("town",)), 0.4),
    (frozenset(("company", "domain")), 0.6),
)
"""Both have such a thing, and none in common: people move and change jobs, but not all do."""
_OTHER_BIRTHDAY = 0.05
"""Two birthdays of which one is not full and which don't go together."""


class _Match(NamedTuple):
    """A pair, and by which of their names the two go together."""

    pair: Pair
    names: tuple[Name, Name]


def _compare(one: Profile, other: Profile, chance: Coincidence) -> _Match | None:
    kind, names = _closest_names(one.names, other.names)
    if kind == "different":
        return None
    shared = one.things & other.things
    if kind in _NEEDS and _NEEDS[kind].isdisjoint(thing.kind for thing in shared):
        return None
    birthdays = _birthdays_agree(one.sketch.birthday, other.sketch.birthday)
    if birthdays == 0:
        return None
    odds = chance.odds(shared, kind, *names) * birthdays * _doubt(one.things, other.things)
    score = round(100 * _SUREST[kind] * odds / (1 + odds))
    if score < PROBABLE:
        return None
    reasons = (Reason("name", kind), *_reasons(shared))
    return _Match(Pair(one.sketch.id, other.sketch.id, score, reasons), names)


def _closest_names(
    some: tuple[Name, ...], others: tuple[Name, ...]
) -> tuple[NameMatch, tuple[Name, Name]]:
    """The two of the names borne now and once that go together best."""
    best: tuple[NameMatch, tuple[Name, Name]] = "different", (some[0], others[0])
    for one in some:
        for other in others:
            kind = _match(one, other)
            if kind != "different" and _SUREST[kind] > _SUREST.get(best[0], 0.0):
                best = kind, (one, other)
    return best


def _match(one: Name, other: Name) -> NameMatch:
    kind = match_names(one, other)
    if not one.words and not other.words:
        return "unnamed"
    # Of two cards with the same single word it isn't known whose it is.
    return "part" if kind in ("equal", "spelling") and len(one.words) == 1 else kind


def _birthdays_agree(one: str | None, other: str | None) -> float:
    """How far two birthdays let them be one person: 1 for wholly, 0 for not at all."""
    a, b = read_partial_date(one or ""), read_partial_date(other or "")
    if a is None or b is None or all(x == y for x, y in zip(a, b, strict=True) if x and y):
        return 1.0
    return 0.0 if _is_full(a) and _is_full(b) else _OTHER_BIRTHDAY


def _is_full(birthday: PartialDate) -> bool:
    return birthday.year is not None and birthday.is_anniversary


def _doubt(some: frozenset[Shared], others: frozenset[Shared]) -> float:
    """What it takes off the odds that the two have different things of one kind."""
    doubt = 1.0
    for kinds, off in _DOUBTS:
        mine = {it for it in some if it.kind in kinds}
        theirs = {it for it in others if it.kind in kinds}
        if mine and theirs and mine.isdisjoint(theirs):
            doubt *= off
    return doubt


def _reasons(shared: frozenset[Shared]) -> Iterator[Reason]:
    """What is shared, each birthday once, as full as it is."""
    things = sorted(it for it in shared if it.kind != "name")
    full = {it.value[4:] for it in things if it.kind == "birthday" and it.value[0] != "-"}
    for kind, value in things:
        if not (kind == "birthday" and value[1:] in full):
            yield Reason(kind, value)
    if not things:
        yield from (Reason("rare_name", it.value) for it in shared)


_OF_LITTLE: frozenset[NameMatch] = frozenset(("part", "unnamed", "surname", "initial", "middle"))


_SOME = 12
"""So many whom one may be are compared with each other."""


def _unambiguous(found: Iterable[_Match]) -> list[Pair]:
    """Without those where the name that says less goes with two people as well: whether
    `A. Lovelace` is Ada or Anna isn't known.
    """
    matches = list(found)
    might_be: dict[int, list[Name]] = {}
    for match in matches:
        for vague, clear in _vague(match):
            might_be.setdefault(vague, []).append(clear)
    ambiguous = {vague for vague, names in might_be.items() if _are_several(names)}
    return [
        match.pair for match in matches if not any(vague in ambiguous for vague, _ in _vague(match))
    ]


def _vague(match: _Match) -> Iterator[tuple[int, Name]]:
    """Whose name says less than the other's, with that other name; both where neither does."""
    if match.pair.reasons[0].value in _OF_LITTLE:
        one, other = match.names
        if _told_by(one) <= _told_by(other):
            yield match.pair.one, other
        if _told_by(other) <= _told_by(one):
            yield match.pair.other, one


def _told_by(name: Name) -> int:
    return sum(len(word) > 1 for word in name.words)


def _are_several(names: list[Name]) -> bool:
    some = list(dict.fromkeys(names))[:_SOME]
    return any(match_names(*two) == "different" for two in combinations(some, 2))
