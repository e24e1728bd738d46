"""Outlook's CSV, classic and from the web: which headings are its own, and what its cells mean."""

from __future__ import annotations

from collections.abc import Sequence

from krmd.formats.csv_columns import make_table
from krmd.formats.csv_headings import best_vocabulary, find_slots
from krmd.formats.csv_headings_outlook import OUTLOOK, OUTLOOK_WEB
from krmd.formats.csv_reading import Plan
from krmd.formats.sketch import Sketch

SOURCE = "outlook"
_FEWEST = 8
"""So many of its headings make a file Outlook's; the shortest export has more than fifty."""
# What stands in an entry where nobody wrote anything, in the languages of the headings: under
# headings that no table has, it says nothing of the person.
_DEFAULTS = frozenset(
    "normal normale normaal normalny normalna unspecified 0 0/0/00 0.0.00 0-0-00 false falsch faux"
    " falso falskt onwaar fałsz".split()
)


def outlook_plan(headings: Sequence[str]) -> Plan | None:
    """What the rows mean, or None where the headings aren't Outlook's."""
    words = best_vocabulary(headings, OUTLOOK)
    slots = find_slots(headings, words, OUTLOOK[0], OUTLOOK_WEB)
    if not _is_outlook(slots):
        return None
    table = make_table(slots, headings)
    others = tuple(at for at, slot in enumerate(slots) if not slot and headings[at])

    def draw(cells: Sequence[str], sketch: Sketch) -> None:
        table.draw(cells, sketch)
        for at in others:
            if (text := cells[at].strip()) and text.lower() not in _DEFAULTS:
                sketch.add("custom", text, headings[at])

    return Plan(SOURCE, draw, language=words.language, local_dates=table.local_dates)


def _is_outlook(slots: Sequence[str]) -> bool:
    known = [slot for slot in slots if slot]
    return (
        len(known) >= _FEWEST
        and {"given", "family", "email"} <= set(known)
        and any(slot.endswith(("=work", "=home")) for slot in known)
    )
