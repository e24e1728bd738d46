"""Which format a file of people is in, found by looking into it; its name decides nothing but ties.

What is no such file is refused in plain words that say what to do instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from krmd.base.errors import UserError
from krmd.formats.csv_headings import DateOrder
from krmd.formats.reading import Octets, PeopleReader
from krmd.formats.text_encoding import find_encoding

_LOOKED_AT = 64 << 10
_AS_CSV = "save it as CSV and import that"


class _Magic(NamedTuple):
    """What a file that isn't text begins with, what it is, and what to do with it."""

    begins: bytes
    what: str
    instead: str


_MAGICS = (
    _Magic(b"\xd0\xcf\x11\xe0", "an old Office file or an Outlook message", _AS_CSV),
    _Magic(b"!BDN", "an Outlook data file (.pst)", "export the contacts from Outlook as CSV"),
    _Magic(b"%PDF", "a PDF", "export the contacts as vCard or CSV"),
    _Magic(
        b"SQLite format 3\x00",
        "a database",
        "if it is Thunderbird's address book, export it there as vCard, LDIF or CSV",
    ),
    _Magic(b"\x1f\x8b", "compressed", "unpack it first"),
    _Magic(b"BZh", "compressed", "unpack it first"),
    _Magic(b"\xfd7zXZ", "compressed", "unpack it first"),
    _Magic(b"7z\xbc\xaf", "an archive", "unpack it first"),
    _Magic(b"Rar!", "an archive", "unpack it first"),
    _Magic(b"\x89PNG", "a picture", "krmd reads vCard, CSV, LDIF and its own JSON"),
    _Magic(b"\xff\xd8\xff", "a picture", "krmd reads vCard, CSV, LDIF and its own JSON"),
    _Magic(b"bplist", "an Apple property list", "export the contacts as vCard"),
)
_HTML = re.compile(r"(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_VCARD = re.compile(r"^[ \t]*BEGIN[ \t]*:[ \t]*VCARD\b", re.IGNORECASE | re.MULTILINE)
_CALENDAR = re.compile(r"BEGIN[ \t]*:[ \t]*VCALENDAR\b", re.IGNORECASE)
_DN = re.compile(r"dn::?[ \t]*\S", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MOST_CONTROLS = 0.05


def sniff(
    octets: Octets,
    *,
    file_name: str = "",
    mapping: Mapping[str, str] | None = None,
    dates: DateOrder | None = None,
) -> PeopleReader:
    """The reader of the file.

    `mapping` (heading → word of `csv_other`) says what the columns of a CSV are. `dates` is how
    its slashed dates are written. Raises UserError where it is no file of people.
    """
    try:
        return _reader(octets, file_name, mapping or {}, dates)
    except UserError as error:
        raise UserError(f"{file_name or 'the file'}: {error.message}") from error


def date_in_doubt(reader: PeopleReader) -> str | None:
    """A date of the file that may be read in two ways, None where there is none: then `sniff` wants
    `dates`.
    """
    from krmd.formats.csv_reading import CsvReader

    return reader.needs_date_order() if isinstance(reader, CsvReader) else None


def columns_left_out(reader: PeopleReader) -> tuple[str, ...]:
    """Headings whose columns are not taken."""
    from krmd.formats.csv_reading import CsvReader

    return reader.unread if isinstance(reader, CsvReader) else ()


def _reader(
    octets: Octets, file_name: str, mapping: Mapping[str, str], dates: DateOrder | None
) -> PeopleReader:
    head = octets[:_LOOKED_AT]
    encoding = find_encoding(head) or "cp1252"
    begun = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if not begun:
        raise UserError("it is empty")
    _refuse_binary(head, begun, file_name)
    _refuse_foreign(begun)
    if _VCARD.match(begun):
        return _vcard_reader(octets)
    if (is_json := begun[0] in "{[") or _is_ldif(begun):
        if encoding.startswith(("utf-16", "utf-32")):
            raise UserError(f"it is in {encoding.upper()}; save it as UTF-8")
        return _json_reader(octets) if is_json else _ldif_reader(octets)
    try:
        return _csv_reader(octets, mapping, dates)
    except UserError:
        if _VCARD.search(begun):
            return _vcard_reader(octets)
        if file_name.lower().endswith((".vcf", ".vcard")):
            raise UserError("it holds no card: no line says BEGIN:VCARD") from None
        raise


def _refuse_binary(head: bytes, text: str, file_name: str) -> None:
    if head.startswith(b"PK\x03\x04"):
        if b"xl/" in head or file_name.lower().endswith((".xlsx", ".xlsm", ".ods")):
            raise UserError(f"it is a spreadsheet; {_AS_CSV}")
        raise UserError("it is a zip archive; unpack it and import what is inside")
    for magic in _MAGICS:
        if head.startswith(magic.begins):
            raise UserError(f"it is {magic.what}; {magic.instead}")
    if len(_CONTROL.findall(text)) > len(text) * _MOST_CONTROLS:
        raise UserError("it is no text; krmd reads vCard, CSV, LDIF and its own JSON")


def _refuse_foreign(text: str) -> None:
    """Text that is plainly something else."""
    if _CALENDAR.match(text):
        raise UserError("it is a calendar and holds no people; krmd log-import takes past events")
    if _HTML.match(text):
        raise UserError("it is a web page, perhaps of a login that had ended; export it again")
    if text.startswith("{\\rtf"):
        raise UserError("it is formatted text (RTF); save it as plain text")
    if text.startswith("// <!-- <mdb:mork"):
        raise UserError("it is Thunderbird's old address book; export it there as LDIF or CSV")
    if text.startswith("<"):
        raise UserError("it is XML; export the contacts as vCard or CSV")


def _is_ldif(text: str) -> bool:
    """Whether the first line that isn't about the format names an entry."""
    for line in text.splitlines():
        if line.strip() and line[0] not in "# \t" and not line.lower().startswith("version:"):
            return _DN.match(line) is not None
    return False


def _vcard_reader(octets: Octets) -> PeopleReader:
    from krmd.formats.vcard_reading import VcardReader

    return VcardReader(octets)


def _json_reader(octets: Octets) -> PeopleReader:
    from krmd.formats.json_people import KrmdJsonReader

    return KrmdJsonReader(octets)


def _ldif_reader(octets: Octets) -> PeopleReader:
    from krmd.formats.ldif import LdifReader

    return LdifReader(octets)


def _csv_reader(
    octets: Octets, mapping: Mapping[str, str], dates: DateOrder | None
) -> PeopleReader:
    from krmd.formats.csv_dialect import find_dialect
    from krmd.formats.csv_programs import find_plan, is_known_heading
    from krmd.formats.csv_reading import CsvReader

    dialect = find_dialect(octets, lambda heading: is_known_heading(heading, mapping))
    plan = find_plan(dialect.headings, mapping)
    return CsvReader(octets, dialect, plan, dates=dates)
