"""LinkedIn's `Connections.csv`: whom the owner is connected with, and since when."""

from __future__ import annotations

from collections.abc import Sequence

from krmd.formats.csv_columns import make_table
from krmd.formats.csv_headings import best_vocabulary, find_slots
from krmd.formats.csv_headings_linkedin import LINKEDIN, SLOTS
from krmd.formats.csv_reading import Plan

SOURCE = "linkedin"
NAMELESS = "has no name: LinkedIn gives none for closed accounts"
_IN_ORDER = SLOTS.split("|")


def linkedin_plan(headings: Sequence[str]) -> Plan | None:
    """What the rows mean, or None where the headings aren't LinkedIn's."""
    words = best_vocabulary(headings, LINKEDIN)
    slots = find_slots(headings, words)
    if not _is_linkedin(slots):
        return None
    if len(slots) == len(_IN_ORDER):
        # A heading it words anew is known by its place.
        slots = [slot or place for slot, place in zip(slots, _IN_ORDER, strict=True)]
    table = make_table(slots, headings)
    return Plan(
        SOURCE,
        table.draw,
        language=words.language,
        local_dates=table.local_dates,
        nameless=NAMELESS,
        unread=tuple(it for it, slot in zip(headings, slots, strict=True) if it and not slot),
    )


def _is_linkedin(slots: Sequence[str]) -> bool:
    known = {slot for slot in slots if slot}
    if not {"given", "family"} <= known:
        return False
    # Without links before 2020; and then it is the date that gives it away.
    return _IN_ORDER[-1] in known or (
        len(slots) == len(_IN_ORDER) and slots[2] == "profile" and len(known) >= len(_IN_ORDER) - 2
    )
