"""The days of a person in a vCard: birthday, anniversaries, death, in every vendor's property."""

from __future__ import annotations

from krmd.formats.content_lines import Head
from krmd.formats.vcard_dates import read_date, written_date
from krmd.formats.vcard_draft import Draft
from krmd.formats.vcard_own import LABEL, YEAR_MEANT
from krmd.ledger.partial_date import PartialDate

ANNIVERSARY = "anniversary"


def birthday(draft: Draft, head: Head, value: str) -> None:
    """BDAY."""
    found = _date_of(draft, head, value, "birthday")
    if found is not None:
        draft.born(found, head)


def death(draft: Draft, head: Head, value: str) -> None:
    """DEATHDATE (RFC 6474). Of the dead the fact counts more than the day."""
    found = _date_of(draft, head, value, "died")
    if found is not None or value.strip():
        day = "" if found is None else str(found)
        draft.add_single("died", day, head.parameter(LABEL) or "")


def anniversary(draft: Draft, head: Head, value: str) -> None:
    """ANNIVERSARY (RFC 6350 6.2.6) and what others called it; with the same date all are one."""
    label = head.parameter(LABEL)
    dated(draft, head, value, ANNIVERSARY if label is None else label)


def apple_date(draft: Draft, head: Head, value: str) -> None:
    """X-ABDATE, whose X-ABLabel says of what."""
    label = head.parameter(LABEL)
    if label is None:
        label = draft.apple_label(head)
        label = ANNIVERSARY if label.casefold() == ANNIVERSARY else label
    dated(draft, head, value, label)


def dated(draft: Draft, head: Head, value: str, label: str) -> None:
    """Any other day, and of what it is."""
    found = _date_of(draft, head, value, label)
    if found is not None:
        draft.add("date", str(found), label)


def _date_of(draft: Draft, head: Head, value: str, label: str) -> PartialDate | None:
    """The date, or None with the text kept."""
    if (head.parameter("CALSCALE") or "gregorian").lower() != "gregorian":
        found = None
    elif YEAR_MEANT in head.parameters:
        found = written_date(value)
    else:
        found = read_date(value, head.parameter("X-APPLE-OMIT-YEAR"))
    if found is None:
        draft.no_date(value, label)
    return found
