"""Whom to compare when duplicates are looked for: people who share something, in small blocks.

All pairs of 34,257 people are 587 million. So only those are compared who share an address, a
phone, a birthday, a domain, a company, a town or a whole name; where too many share it, those who
share a word of their name as well, and so on, until few are left. The work grows with the people,
not with their pairs, and where even that leaves a crowd, it is named instead of compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from krmd.ledger.candidates import Profile, Shared, SharedKind, whole_name
from krmd.ledger.given_names import names_meant

FEW = 8
"""So many who share an address, a phone or a birthday are all compared with each other."""
MOST = 24
"""No block is larger: each person is compared with so many at most for one thing in common."""
_MOST_NAMESAKES = 4
"""A whole name that more bear is no rare one."""
_STEPS_EACH = 64
"""So many times each of those who share a thing is put into a smaller block, on average."""

_CLOSE: frozenset[SharedKind] = frozenset(("address", "phone", "birthday"))
"""Few who share one of these have hardly anything else to share."""

_Key = str | int | Shared
_KeyType = TypeVar("_KeyType", bound=_Key)


class Block(NamedTuple):
    """People (by their places) worth comparing with each other; `too_many` where they are not,
    since more share `thing`, and all else that could tell them apart, than can be compared.
    """

    thing: Shared
    places: Sequence[int]
    too_many: bool


def sharers(profiles: Sequence[Profile]) -> dict[Shared, list[int]]:
    """Who shares what, by their places, in order; without what one has alone."""
    return _grouped(range(len(profiles)), lambda place: profiles[place].things)


def blocks(profiles: Sequence[Profile], sharing: Mapping[Shared, list[int]]) -> Iterator[Block]:
    """Whom to compare, of those who share something. The same two may meet in several blocks."""
    for thing in sorted(sharing):
        places = sharing[thing]
        if thing.kind == "name":
            if len(places) <= _MOST_NAMESAKES:
                yield Block(thing, places, too_many=False)
        elif len(places) <= FEW and thing.kind in _CLOSE:
            yield Block(thing, places, too_many=False)
        else:
            yield from _Narrowing(profiles, thing).blocks(places)


class _Narrowing:
    """Cuts those who share `thing` into blocks who share one more thing by each step."""

    def __init__(self, profiles: Sequence[Profile], thing: Shared) -> None:
        self._profiles = profiles
        self._thing = thing
        self._steps_left = 0

    def blocks(self, places: list[int]) -> Iterator[Block]:
        """The blocks of those who have words in their names, and the block of those who have not,
        who can be told apart by nothing.
        """
        self._steps_left = _STEPS_EACH * len(places)
        if self._thing.kind in ("address", "phone"):
            unnamed = [it for it in places if not _words(self._profiles[it], ())]
            if len(unnamed) > 1:
                yield Block(self._thing, unnamed, too_many=len(unnamed) > MOST)
        yield from self._narrowed(places, ())

    def _narrowed(self, places: list[int], path: tuple[_Key, ...]) -> Iterator[Block]:
        """`path` holds what they share so far."""
        if path and len(places) <= MOST:
            yield Block(self._thing, places, too_many=False)
        elif len(path) == len(_STEPS) or self._steps_left <= 0:
            yield Block(self._thing, places, too_many=True)
        else:
            step, known = _STEPS[len(path)], (self._thing, *path)
            parts = _grouped(places, lambda place: step(self._profiles[place], known))
            self._steps_left -= sum(map(len, parts.values()))
            # Where all Johns are called Smith, one of these words is enough.
            different = {tuple(parts[key]): key for key in sorted(parts, key=str)}
            for some in sorted(different):
                yield from self._narrowed(list(some), (*path, different[some]))


def _words(profile: Profile, _known: tuple[_Key, ...]) -> set[_Key]:
    """The words of all names, by their sound."""
    return {sound for name in profile.names for sound in name.sounds if len(sound) > 1}


def _other_words(profile: Profile, known: tuple[_Key, ...]) -> set[_Key]:
    """How other words begin than the one that is shared, and the given names they may stand for."""
    found: set[_Key] = set()
    for name in profile.names:
        for word, sound in zip(name.words, name.sounds, strict=True):
            if sound != known[1]:
                found.add(sound[0])
                found |= names_meant(word)
    return found


def _whole_names(profile: Profile, _known: tuple[_Key, ...]) -> set[_Key]:
    return {whole_name(name) for name in profile.names}


def _other_things(profile: Profile, known: tuple[_Key, ...]) -> set[_Key]:
    return {thing for thing in profile.things if thing != known[0] and thing.kind != "name"}


_STEPS: tuple[Callable[[Profile, tuple[_Key, ...]], set[_Key]], ...] = (
    _words,
    _other_words,
    _whole_names,
    _other_things,
)


def _grouped(
    places: Iterable[int], keys: Callable[[int], Collection[_KeyType]]
) -> dict[_KeyType, list[int]]:
    """Places by their keys, without those that stand alone."""
    found: dict[_KeyType, list[int]] = {}
    for place in places:
        for key in keys(place):
            found.setdefault(key, []).append(place)
    return {key: some for key, some in found.items() if len(some) > 1}
