"""How often chance alone brings about what two people share: the weights of duplicates.

After Fellegi and Sunter, "A Theory for Record Linkage" (1969), with the book itself as the measure
of what is frequent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from krmd.ledger.candidates import Profile, Shared, SharedKind
from krmd.ledger.likeness import NameMatch
from krmd.ledger.name_words import Name

_KEPT_TWICE = 0.05
"""So many of the contacts of a book that nobody cleaned stand in it once more."""

_OTHERS: dict[SharedKind, float] = {
    "address": 0.1,  # couples and families with one mailbox
    "phone": 0.3,  # a family's telephone
    "domain": 1.0,
    "company": 1.0,
    "town": 2.0,
}
"""How many others share such a thing at least, whatever this book says."""

_SHARE_OF_DAY = 1 / 366
_SHARE_OF_DATE = 1 / 25_000
"""Of the living, so much is born on one day of the year, and on one day of all years."""

_SLIPS = 4.0
"""So many times as many people bear a name that is a slip away from a given one."""
_HOUSEHOLD = 6
_ALIKE_AT_HOME = 0.01
"""Where so few share an address or a phone, hardly two have names that go together, however
frequent these are.
"""
_UNNAMED = 0.02
"""What a card without a name says against being the other person."""


class Coincidence:
    """What is frequent among `profiles`, of whom `sharing` says who shares what."""

    def __init__(
        self, profiles: Sequence[Profile], sharing: Mapping[Shared, Sequence[int]]
    ) -> None:
        self._people = max(len(profiles), 2)
        self._sharing = sharing
        self._words = Counter(word for it in profiles for word in _spelled(it.names))
        self._letters: Counter[str] = Counter()
        for word, count in self._words.items():
            self._letters[word[0]] += count

    def odds(self, shared: Collection[Shared], match: NameMatch, one: Name, other: Name) -> float:
        """How many times as probable it is that two people with so much in common are one person
        kept twice, than that they are two.
        """
        alike = self._share_of_names(match, one, other)
        if any(
            it.kind in ("address", "phone") and len(self._sharing[it]) <= _HOUSEHOLD
            for it in shared
        ):
            alike = min(alike, _ALIKE_AT_HOME)
        return _KEPT_TWICE / max(self._others(shared) * alike, 1e-9)

    def _others(self, shared: Iterable[Shared]) -> float:
        """How many others probably share all of these by chance.

        Who shares a household or an office shares all that belongs to it, so only the rarest of
        those things counts; birthdays come on top.
        """
        place = birth = 1.0
        for thing in shared:
            if thing.kind == "birthday":
                birth = min(birth, self._share_of(thing))
            elif thing.kind != "name":
                place = min(place, self._share_of(thing))
        return self._people * place * birth

    def _share_of(self, thing: Shared) -> float:
        """How much of the people has this, the two in question left out of account."""
        counted = (len(self._sharing[thing]) - 2.0) / self._people
        if thing.kind == "birthday":
            return max(counted, _SHARE_OF_DAY if thing.value.startswith("-") else _SHARE_OF_DATE)
        return min(max(counted, _OTHERS[thing.kind] / self._people), 1.0)

    def _share_of_names(self, match: NameMatch, one: Name, other: Name) -> float:
        """How much of the people has a name that goes with both as well."""
        if match == "unnamed":
            return _UNNAMED
        given = self._share(one.spelled[0], other.spelled[0])
        family = self._share(one.spelled[-1], other.spelled[-1])
        if match in ("part", "renamed"):
            return given
        if match == "surname":
            return family
        return min(given * family * (_SLIPS if match == "typo" else 1.0), 1.0)

    def _share(self, one: str, other: str) -> float:
        """How much of the people bears either word, these two left out of account."""
        if len(one) == 1 or len(other) == 1:
            count = self._letters[one[0]]
        else:
            count = self._words[one] + (self._words[other] if one != other else 0)
        return max(count - 2.0, 0.5) / self._people


def _spelled(names: Iterable[Name]) -> set[str]:
    return {word for name in names for word in name.spelled}
