"""Which program wrote a CSV file, by its headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from krmd.formats.csv_google import google_plan, is_google
from krmd.formats.csv_headings import heading_key
from krmd.formats.csv_headings_linkedin import LINKEDIN
from krmd.formats.csv_headings_outlook import OUTLOOK, OUTLOOK_WEB
from krmd.formats.csv_headings_spoken import SPOKEN
from krmd.formats.csv_headings_thunderbird import THUNDERBIRD
from krmd.formats.csv_krmd import KEY, krmd_plan
from krmd.formats.csv_linkedin import linkedin_plan
from krmd.formats.csv_other import other_plan
from krmd.formats.csv_outlook import outlook_plan
from krmd.formats.csv_reading import Plan
from krmd.formats.csv_thunderbird import thunderbird_plan

_LONGEST_HEADING = 100
_PROGRAMS: tuple[Callable[[Sequence[str]], Plan | None], ...] = (
    krmd_plan,  # says so itself
    google_plan,  # numbered headings, which nobody else has
    linkedin_plan,  # the day of connecting
    thunderbird_plan,  # the year of birth for itself
    outlook_plan,  # the rest of what two dozen known headings tell
)


def find_plan(headings: Sequence[str], mapping: Mapping[str, str]) -> Plan:
    """What the rows mean. A mapping counts where the file has one of its headings.

    Raises UserError where nothing tells what the columns hold.
    """
    is_mapped = bool({heading_key(it) for it in mapping} & {heading_key(it) for it in headings})
    if not is_mapped:
        for plan in _PROGRAMS:
            if (found := plan(headings)) is not None:
                return found
    return other_plan(headings, mapping)


def is_known_heading(text: str, mapping: Mapping[str, str]) -> bool:
    """Whether a cell is a heading of any program, or of the mapping."""
    if len(text) > _LONGEST_HEADING:
        return False
    key = heading_key(text)
    return key in _known_keys() or is_google(text) or any(key == heading_key(it) for it in mapping)


@cache
def _known_keys() -> frozenset[str]:
    words = (*OUTLOOK, OUTLOOK_WEB, *THUNDERBIRD, *LINKEDIN, *SPOKEN)
    return frozenset((heading_key(KEY), *(key for it in words for key in it.slots)))
