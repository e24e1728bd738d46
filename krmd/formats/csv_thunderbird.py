"""Thunderbird's CSV: which headings are its own, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence

from krmd.formats.csv_columns import make_table
from krmd.formats.csv_headings import best_vocabulary, find_slots
from krmd.formats.csv_headings_thunderbird import THUNDERBIRD
from krmd.formats.csv_reading import Plan

SOURCE = "thunderbird"
_FEWEST = 12
"""So many of its headings make a file Thunderbird's, which writes thirty-six or more."""


def thunderbird_plan(headings: Sequence[str]) -> Plan | None:
    """What the rows mean, or None where the headings aren't Thunderbird's."""
    words = best_vocabulary(headings, THUNDERBIRD)
    slots = find_slots(headings, words, THUNDERBIRD[0])
    known = [slot for slot in slots if slot]
    # Nobody else has the year of birth in a column of its own.
    if len(known) < _FEWEST or not {"email", "birth_year"} <= set(known):
        return None
    slots = [
        slot or ("custom" if heading else "") for slot, heading in zip(slots, headings, strict=True)
    ]
    return Plan(SOURCE, make_table(slots, headings).draw, language=words.language)
