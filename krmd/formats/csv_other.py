"""Any other CSV: columns by the owner's mapping, or by headings that say what they are.

A mapping gives headings the words below (`{"Wer": "name", "Steuernr.": "custom:tax number"}`).
Columns that neither names are left out, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from krmd.base.errors import UserError
from krmd.formats.csv_columns import make_table
from krmd.formats.csv_headings import IGNORED, find_slots, heading_key
from krmd.formats.csv_headings_spoken import SPOKEN, WHERE_NAME_IS_FAMILY, spoken_language
from krmd.formats.csv_reading import Plan
from krmd.formats.sketch import quoted
from krmd.ledger.portrait import clean

SOURCE = "csv"
FIELD_WORDS: Mapping[str, str] = {
    "name": "name", "first name": "given", "middle name": "middle", "last name": "family",
    "prefix": "prefix", "suffix": "suffix", "nickname": "nickname", "former name": "former_name",
    "salutation": "salutation", "email": "email", "phone": "phone", "mobile": "phone=mobile",
    "url": "url", "handle": "handle", "street": "street", "postcode": "code", "town": "town",
    "region": "region", "country": "country", "company": "company", "department": "department",
    "role": "role", "birthday": "birthday", "birth year": "birth_year",
    "birth month": "birth_month", "birth day": "birth_day", "anniversary": "date=anniversary",
    "date": "date", "died": "died", "connected": "connected", "met": "met",
    "introduced by": "introduced_by", "relation": "relation", "language": "language",
    "note": "note", "category": "category", "cadence": "cadence_days", "attention": "attention",
    "no mailings": "no_mailings", "key": "key", "custom": "custom", "ignore": IGNORED,
}  # fmt: skip
"""The words of a mapping, with the slot each gives a column."""
LABELLED = frozenset(
    "email phone url handle street postcode town region country date connected relation"
    " custom".split()
)
"""Words that may have a label behind a colon: `phone:home`, `custom:tax number`."""
_WHO = frozenset(("name", "given", "family", "email", "phone"))
_SHOWN = 8


def other_plan(headings: Sequence[str], mapping: Mapping[str, str]) -> Plan:
    """What the rows mean. Raises UserError where the mapping names what isn't there, and where
    nothing tells a person's name or address.
    """
    words = spoken_language(headings)
    numberless = (it.rstrip("0123456789 ") for it in headings)  # `Email 2` is an email
    slots = [
        slot or other
        for slot, other in zip(
            find_slots(headings, words, *SPOKEN),
            find_slots(numberless, words, *SPOKEN),
            strict=True,
        )
    ]
    if words.language in WHERE_NAME_IS_FAMILY and "given" in slots and "family" not in slots:
        slots = ["family" if slot == "name" else slot for slot in slots]
    for heading, word in mapping.items():
        slots[_place(heading, headings)] = _slot(word)
    _check(slots, headings, mapped=bool(mapping))
    table = make_table(slots, headings)
    return Plan(
        SOURCE,
        table.draw,
        language=words.language,
        local_dates=table.local_dates,
        unread=tuple(it for it, slot in zip(headings, slots, strict=True) if it and not slot),
        marks="|".join(slots),
    )


def _place(heading: str, headings: Sequence[str]) -> int:
    """Which column a mapping means."""
    if heading in headings:
        return headings.index(heading)
    keys = [heading_key(it) for it in headings]
    if (key := heading_key(heading)) and key in keys:
        return keys.index(key)
    raise UserError(f"{quoted(heading)} is no heading of this file{_nearest(heading, headings)}")


def _slot(word: str) -> str:
    """The slot that a word of a mapping gives."""
    kind, colon, label = word.partition(":")
    kind = " ".join(kind.replace("_", " ").lower().split())
    slot = FIELD_WORDS.get(kind)
    if slot is None:
        raise UserError(f"{quoted(word)} is nothing a column can hold{_nearest(kind, FIELD_WORDS)}")
    if not colon:
        return slot
    if kind not in LABELLED:
        raise UserError(f"{quoted(kind)} takes no label behind a colon")
    return f"{slot}={clean(label)}"


def _check(slots: Sequence[str], headings: Sequence[str], *, mapped: bool) -> None:
    """Whether the columns can tell of people."""
    known = {slot.partition("=")[0] for slot in slots if slot}
    if known & _WHO and (mapped or len(known) > 1 or len(headings) == 1):
        return
    if any("@" in heading for heading in headings):
        raise UserError("its first line holds a person; a line of headings must stand above it")
    raise UserError(
        "krmd doesn't know what its columns hold; say it with --map HEADING=FIELD"
        f" (headings: {_listed(headings)}; fields: {_listed(FIELD_WORDS)})"
    )


def _nearest(word: str, among: Iterable[str]) -> str:
    # Loaded only here.
    from difflib import get_close_matches

    known = {it.lower(): it for it in among if it}
    near = get_close_matches(word.lower()[:100], known, n=1)
    if near:
        return f"; did you mean {quoted(known[near[0]])}?"
    return f" (there are {_listed(known.values())})"


def _listed(words: Iterable[str]) -> str:
    shown = [quoted(word) for word in words if word]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more if shown else "none"
