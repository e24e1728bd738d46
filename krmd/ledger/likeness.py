"""When two names may be one person's, and how sure that is.

Only names are looked at here. What else the two have in common (an address, a town) decides what
the answer is worth: `part` is as good as certain at one address, and nothing within one company.
"""

from __future__ import annotations

import re
from typing import Literal

from krmd.ledger.given_names import one_given_name
from krmd.ledger.name_words import Name, read_name

Likeness = Literal["same", "likely", "unlike"]
"""What two names at one address say of those who bear them."""

NameMatch = Literal[
    "equal",
    "spelling",
    "turned",
    "short",
    "longer",
    "initial",
    "typo",
    "middle",
    "part",
    "surname",
    "unnamed",
    "renamed",
    "different",
]
"""How two names go together.

- `equal`: the same key;
- `spelling`: the same but for umlauts, blanks, particles, script;
- `turned`: the same but for the order;
- `short`: Bob for Robert, with the same family name;
- `longer`: one has a middle name or a second family name;
- `initial`: A. for Ada, with the same family name;
- `typo`: a letter or a sound apart;
- `middle`: called by a later given name;
- `part`: one is a given name alone, the other has it too;
- `surname`: one is a family name alone, the other has it too;
- `unnamed`: one names nobody;
- `renamed`: the same given name with another family name;
- `different`: plainly two people, or one of them several.
"""

_AT_ONE_ADDRESS: dict[NameMatch, Likeness] = {
    "equal": "same",
    "spelling": "same",
    "turned": "same",
    "short": "same",
    "longer": "same",
    "initial": "same",
    "part": "same",
    "unnamed": "same",
    "typo": "likely",
    "middle": "likely",
    "surname": "likely",
    "renamed": "likely",
    "different": "unlike",
}

_SHORTEST_WITH_TYPO = 5
_WORD_BREAKS = re.compile(r"[\W_]+")

_Relation = Literal["exact", "form", "initial", "typo", "double", "middle"]

_BY_GIVEN_AND_FAMILY: dict[tuple[_Relation, _Relation | None], NameMatch] = {
    ("exact", "exact"): "spelling",
    ("exact", "double"): "longer",
    ("form", "exact"): "short",
    ("form", "double"): "short",
    ("initial", "exact"): "initial",
    ("initial", "double"): "initial",
    ("typo", "exact"): "typo",
    ("exact", "typo"): "typo",
    ("form", "typo"): "typo",
    ("middle", "exact"): "middle",
    ("exact", None): "renamed",
    ("form", None): "renamed",
}
"""Whatever doesn't stand here is `different`."""

_HOLDS_TURNED: dict[NameMatch, NameMatch] = {
    "spelling": "turned",
    "longer": "turned",
    "short": "short",
    "initial": "initial",
}
"""What counts if the order of one's words is turned round; the first that holds."""


def same_person(one: str, other: str, *, address: str = "") -> Likeness:
    """How likely two name keys that stand at one address are one person's; symmetric.

    `address` is that address: where a name merely repeats it, it says nothing, and a name that says
    nothing speaks against nobody.
    """
    if one != other and address:
        one = "" if _repeats(one, address) else one
        other = "" if _repeats(other, address) else other
    return _AT_ONE_ADDRESS[match_names(read_name(one), read_name(other))]


def _repeats(name: str, address: str) -> bool:
    """Whether a name is the address in words, or what stands before the @ where no name would."""
    words = _WORD_BREAKS.sub(" ", address).strip()
    if name == words:
        return True
    local = _WORD_BREAKS.sub(" ", address.partition("@")[0]).strip()
    return name == local and any(sign.isdigit() for sign in local)


def match_names(one: Name, other: Name) -> NameMatch:
    """How two names go together; symmetric, and `equal` for a name and itself."""
    if one.key == other.key:
        return "equal"
    if not one.words or not other.words:
        return "unnamed"
    if one.collective or other.collective:
        alike = one.collective and other.collective and one.spelled == other.spelled
        return "spelling" if alike else "different"
    if "".join(one.spelled) == "".join(other.spelled):
        return "spelling"
    if len(one.words) == 1 or len(other.words) == 1:
        return _match_single(one, other) if len(one.words) == 1 else _match_single(other, one)
    found = _match_full(one, other)
    if found not in ("different", "renamed"):
        return found
    turned: list[NameMatch] = []
    if one.spelled[-2] == other.spelled[-1]:
        turned.append(_match_full(_turned(one), other))
    if other.spelled[-2] == one.spelled[-1]:
        turned.append(_match_full(one, _turned(other)))
    if not turned:
        return found
    return next((as_what for match, as_what in _HOLDS_TURNED.items() if match in turned), found)


def _match_single(single: Name, other: Name) -> NameMatch:
    """A name of one word, and one of one or more."""
    if len(other.words) == 1:
        return "different" if _given(single, other, 0, 0) is None else "part"
    word = single.spelled[0]
    if _given(single, other, 0, 0) is not None:
        return "part"
    if word == other.spelled[0][0] + other.spelled[-1]:  # as in many addresses: alovelace
        return "initial"
    if word in other.spelled[1:-1]:
        return "middle"
    return "surname" if word == other.spelled[-1] else "different"


def _match_full(one: Name, other: Name) -> NameMatch:
    """Two names of at least two words, given name first."""
    given = _first_names(one, other)
    if given is None:
        return "different"
    found = _BY_GIVEN_AND_FAMILY.get((given, _family_names(one, other)), "different")
    if found in ("different", "renamed", "middle") or len(one.words) == len(other.words) == 2:
        return found
    if _middle_names_disagree(one, other):
        return "different"
    return "longer" if found == "spelling" and len(one.words) != len(other.words) else found


def _turned(name: Name) -> Name:
    """The last word put first, as where the family name led without a comma."""
    return name._replace(
        words=name.words[-1:] + name.words[:-1],
        spelled=name.spelled[-1:] + name.spelled[:-1],
        sounds=name.sounds[-1:] + name.sounds[:-1],
    )


def _first_names(one: Name, other: Name) -> _Relation | None:
    found = _given(one, other, 0, 0)
    if found is None and (
        one.spelled[0] in other.spelled[1:-1] or other.spelled[0] in one.spelled[1:-1]
    ):
        return "middle"
    return found


def _given(one: Name, other: Name, place: int, other_place: int) -> _Relation | None:
    """How two given names go together."""
    a, b = one.spelled[place], other.spelled[other_place]
    if a == b:
        return "exact"
    if len(a) == 1 or len(b) == 1:
        return "initial" if a[0] == b[0] else None
    if one.sounds[place] == other.sounds[other_place] or one_given_name(
        one.words[place], other.words[other_place]
    ):
        return "form"
    # Ends differ between Daniel and Daniela, Christian and Christina, Maria and Mario.
    if a[0] == b[0] and a[-2:] == b[-2:] and _a_letter_apart(a, b):
        return "typo"
    return None


def _family_names(one: Name, other: Name) -> _Relation | None:
    a, b = one.spelled[-1], other.spelled[-1]
    if a == b:
        return "exact"
    # Of two family names, as in Spain, one may be left out; turned round they are another person's.
    if len(one.words) != len(other.words) and (a in other.spelled[1:] or b in one.spelled[1:]):
        return "double"
    if len(a) == 1 or len(b) == 1:
        return None
    if one.sounds[-1] == other.sounds[-1] or _a_letter_apart(one.words[-1], other.words[-1]):
        return "typo"
    return None


def _middle_names_disagree(one: Name, other: Name) -> bool:
    """Whether both have words in the middle of which none goes with any: Jean-Luc, Jean-Paul."""
    middles = range(1, len(one.words) - 1), range(1, len(other.words) - 1)
    if not all(middles):
        return False
    return not any(_given(one, other, a, b) is not None for a in middles[0] for b in middles[1])


def _a_letter_apart(a: str, b: str) -> bool:
    if min(len(a), len(b)) < _SHORTEST_WITH_TYPO or abs(len(a) - len(b)) > 1:
        return False
    # Loaded only here: names are compared seldom, and this takes a while.
    from rapidfuzz.distance import OSA

    return OSA.distance(a, b, score_cutoff=1) <= 1
