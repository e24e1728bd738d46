"""Reads whole files of people, as the importer does."""

from __future__ import annotations

from collections.abc import Mapping

from krmd.formats.csv_headings import DateOrder
from krmd.formats.reading import PeopleReader, Raw, Read, Skipped
from krmd.formats.sniffing import sniff
from krmd.ledger.portrait import Fact, FactField, Portrait

Found = Read | Skipped


def read_with(reader: PeopleReader) -> list[Found]:
    """What a reader gives for each piece."""
    return [reader.parse(it) if isinstance(it, Raw) else it for it in reader.pieces()]


def read_file(
    contents: str | bytes,
    *,
    mapping: Mapping[str, str] | None = None,
    dates: DateOrder | None = None,
) -> list[Found]:
    """What a file gives; a text is in UTF-8."""
    octets = contents.encode() if isinstance(contents, str) else contents
    return read_with(sniff(octets, mapping=mapping, dates=dates))


def portraits(contents: str | bytes, *, dates: DateOrder | None = None) -> list[Portrait]:
    """The portraits of a file in which nothing is skipped."""
    found = read_file(contents, dates=dates)
    read = [it for it in found if isinstance(it, Read)]
    assert found == read
    return [it.portrait for it in read]


def said(portrait: Portrait, field: FactField) -> list[tuple[str, str]]:
    """Values and labels of one field."""
    return [(it.value, it.label) for it in portrait.facts if it.field == field]


def without_structure(portrait: Portrait) -> tuple[Fact, ...]:
    """The facts but for the name's parts."""
    return tuple(it for it in portrait.facts if it.field != "structured_name")


def table(delimiter: str, *rows: Mapping[str, str], headings: list[str]) -> str:
    """A CSV in which every cell is quoted, as Outlook writes it."""
    lines = [headings, *([row.get(heading, "") for heading in headings] for row in rows)]
    quoted = ([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line] for line in lines)
    return "".join(delimiter.join(line) + "\r\n" for line in quoted)
