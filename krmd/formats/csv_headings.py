"""How headings are known again: vocabularies of headings, one a program and language.

A vocabulary gives each heading its slot: what a cell below it holds, as `csv_columns` reads it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

DateOrder = Literal["mdy", "dmy", "ymd"]

DATE_ORDERS: Mapping[str, DateOrder] = {
    "de": "dmy", "es": "dmy", "fr": "dmy", "it": "dmy", "ja": "ymd", "nl": "dmy", "pl": "dmy",
    "pt": "dmy", "pt-br": "dmy", "sv": "ymd",
}  # fmt: skip
"""How people who read headings in a language write dates. English ones disagree."""
IGNORED = "-"
"""The slot of a column that says nothing of the person."""


class Vocabulary(NamedTuple):
    """What a program's headings mean in one language. A heading that stands for several columns
    has their slots in the columns' order.
    """

    language: str
    slots: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    """A heading for comparing: `E-mail 2: Address` and `e-mail 2 address` are the same."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def vocabulary(language: str, slots: str, headings: str) -> Vocabulary:
    """A vocabulary out of two rows of a table, cells separated by `|`, spellings by `~`."""
    table: dict[str, list[str]] = {}
    for slot, spellings in zip(slots.split("|"), headings.split("|"), strict=True):
        for spelling in spellings.split("~"):
            if key := heading_key(spelling):
                table.setdefault(key, []).append(slot)
    return Vocabulary(language, {key: tuple(found) for key, found in table.items()})


def best_vocabulary(headings: Iterable[str], among: Sequence[Vocabulary]) -> Vocabulary:
    """The one that knows most of the headings; of several, the first."""
    keys = [heading_key(heading) for heading in headings]
    return max(among, key=lambda it: sum(key in it.slots for key in keys))


def find_slots(headings: Iterable[str], *known: Vocabulary) -> list[str]:
    """The slot of each heading by the first vocabulary that knows it, "" where none does."""
    seen: Counter[str] = Counter()
    found = []
    for heading in headings:
        key = heading_key(heading)
        slots: tuple[str, ...] = next((it.slots[key] for it in known if key in it.slots), ("",))
        found.append(slots[min(seen[key], len(slots) - 1)])
        seen[key] += 1
    return found
