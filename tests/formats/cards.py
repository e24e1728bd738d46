"""Reads cards in tests, and writes them in short."""

from __future__ import annotations

from krmd.formats.reading import Octets, PeopleReader, Read, Skipped
from krmd.formats.vcard_reading import VcardReader
from krmd.ledger.portrait import Fact, FactField, Portrait


def card(*lines: str, version: str = "3.0") -> bytes:
    """A card of these lines, in UTF-8."""
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", "")).encode()


def read_all(octets: Octets) -> list[Read | Skipped]:
    """Whatever a file gives."""
    reader: PeopleReader = VcardReader(octets)
    return [it if isinstance(it, Skipped) else reader.parse(it) for it in reader.pieces()]


def people(octets: Octets) -> list[Portrait]:
    """The people in a file in which all is in order."""
    read = [it for it in read_all(octets) if isinstance(it, Read)]
    assert [()] * len(read) == [it.remarks for it in read]
    return [it.portrait for it in read]


def person(octets: Octets) -> Portrait:
    """The only person in a file in which all is in order."""
    (portrait,) = people(octets)
    return portrait


def said(octets: Octets, field: FactField) -> list[tuple[str, str]]:
    """Values and labels of a field of the only person, remarks or not."""
    (read,) = read_all(octets)
    assert isinstance(read, Read)
    return [(it.value, it.label) for it in read.portrait.facts if it.field == field]


def remarks(octets: Octets) -> tuple[str, ...]:
    """What could not be used of the only person's card."""
    (read,) = read_all(octets)
    assert isinstance(read, Read)
    return read.remarks


def facts(*rows: tuple[FactField, str] | tuple[FactField, str, str]) -> tuple[Fact, ...]:
    """Facts in short."""
    return tuple(Fact(*row) for row in rows)
