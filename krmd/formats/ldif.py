"""LDIF files of people, Thunderbird's above all: what the attributes mean, and who is in a list.

A list is an entry of its own that names its members by their addresses. Its name becomes a category
of each, put to the member's octets, so that a change of the list is a change of the member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from krmd.base.address import ascii_lower
from krmd.formats.csv_columns import DATE_PARTS, POSTAL_PARTS, TAKES
from krmd.formats.ldif_entries import (
    Attribute,
    Entry,
    one_value,
    read_attributes,
    read_entries,
)
from krmd.formats.reading import Octets, Raw, Read, Skipped
from krmd.formats.sketch import Sketch, quoted

NOBODY = "names nobody: no name, no address, no phone"
_VERSION = b"ldif-1"
_IN_LIST = "x-krmd-list"
_LOOKED_AT = 1 << 20
_THUNDERBIRD = re.compile(rb"mozilla", re.IGNORECASE)
_LIST = re.compile(rb"^objectclass:[ \t]*(?:group|mozillaablist)", re.IGNORECASE | re.MULTILINE)
_MAIL_IN_DN = re.compile(r"(?:\A|[,+])\s*mail=([^,+]*)", re.IGNORECASE)
_CHANGES = frozenset(("modify", "delete", "modrdn", "moddn"))
_PLAIN_NAME = re.compile(rb"^(mail|dn):[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_CODED_NAME = re.compile(rb"^(?:mail|dn)(?:::|:[^\r\n]*\r?\n[ \t])", re.IGNORECASE | re.MULTILINE)
_MOST_MEMBERS = 1_000_000

_ATTRIBUTES: Mapping[str, str] = {
    "displayname": "name", "cn": "name", "commonname": "name", "givenname": "given",
    "gn": "given", "sn": "family", "surname": "family", "personaltitle": "prefix",
    "generationqualifier": "suffix", "mozillanickname": "nickname", "xmozillanickname": "nickname",
    "nickname": "nickname", "mail": "email", "mozillasecondemail": "email",
    "xmozillasecondemail": "email", "rfc822mailbox": "email", "mailalternateaddress": "email",
    "telephonenumber": "phone=work", "homephone": "phone=home", "mobile": "phone=mobile",
    "cellphone": "phone=mobile", "carphone": "phone=car", "pager": "phone=pager",
    "pagerphone": "phone=pager", "facsimiletelephonenumber": "phone=fax", "fax": "phone=fax",
    "o": "company", "company": "company", "organizationname": "company", "ou": "department",
    "department": "department", "departmentnumber": "department", "orgunit": "department",
    "title": "role", "postofficebox": "pobox=work", "street": "street=work",
    "streetaddress": "street=work", "mozillaworkstreet2": "street=work",
    "mozillapostaladdress2": "street=work", "l": "town=work", "locality": "town=work",
    "st": "region=work", "region": "region=work", "postalcode": "code=work", "zip": "code=work",
    "c": "country=work", "co": "country=work", "countryname": "country=work",
    "mozillahomestreet": "street=home", "homepostaladdress": "street=home",
    "mozillahomepostaladdress": "street=home", "mozillahomestreet2": "street=home",
    "mozillahomepostaladdress2": "street=home", "mozillahomelocalityname": "town=home",
    "mozillahomestate": "region=home", "mozillahomepostalcode": "code=home",
    "mozillahomecountryname": "country=home", "mozillaworkurl": "url=work", "workurl": "url=work",
    "labeleduri": "url", "url": "url", "mozillahomeurl": "url=home", "homeurl": "url=home",
    "birthyear": "year", "birthmonth": "month", "birthday": "day", "dateofbirth": "birthday",
    "mozillacustom1": "custom=Custom 1", "mozillacustom2": "custom=Custom 2",
    "mozillacustom3": "custom=Custom 3", "mozillacustom4": "custom=Custom 4",
    "custom1": "custom=Custom 1", "custom2": "custom=Custom 2", "custom3": "custom=Custom 3",
    "custom4": "custom=Custom 4", "description": "note", "notes": "note", "info": "note",
    "nsaimid": "handle=AIM", "_aimscreenname": "handle=AIM", "spousename": "relation=spouse",
    "preferredlanguage": "language", _IN_LIST: "category",
}  # fmt: skip
"""The slot of each attribute, as `csv_columns` has them; `year`, `month`, `day` are of the birth.
Of those for one part of a name the first here counts.
"""
_ORDER = {name: at for at, name in enumerate(_ATTRIBUTES)}


class LdifReader:
    """Reads an LDIF file: `PeopleReader`."""

    encoding = "utf-8"

    def __init__(self, octets: Octets) -> None:
        self._octets = octets

    @cached_property
    def source(self) -> str:
        """`thunderbird` where it is plainly Thunderbird's, else `ldif`."""
        return "thunderbird" if _THUNDERBIRD.search(self._octets[:_LOOKED_AT]) else "ldif"

    @property
    def habits(self) -> bytes:
        """The version, and whose file it is."""
        return _VERSION + b" " + self.source.encode()

    def pieces(self) -> Iterator[Raw | Skipped]:
        """The entries of people, each with the lists it is in."""
        lists = _lists(self._octets)
        for entry in read_entries(self._octets):
            if isinstance(entry, Skipped):
                yield entry
            elif not _LIST.search(entry.octets) and not _is_heading(entry.octets):
                yield Raw(entry.line, entry.octets + _membership(entry, lists))

    def parse(self, raw: Raw) -> Read | Skipped:
        """The person of an entry."""
        attributes, faults = read_attributes(raw.octets)
        said: dict[str, list[str]] = {}
        for it in attributes:
            said.setdefault(it.name, []).append(it.value)
        if reason := _why_not(said):
            return Skipped(raw.line, reason)
        sketch = Sketch()
        for fault in faults:
            sketch.remark(fault)
        sketch.key = _key(said, is_directory=self.source == "ldif")
        _draw(attributes, sketch)
        portrait = sketch.portrait()
        if portrait is None:
            return Skipped(raw.line, NOBODY)
        return Read(raw.line, portrait, tuple(sketch.remarks))


def _is_heading(entry: bytes) -> bool:
    """Whether it is only comments and the format's version."""
    return entry[:3].lower() != b"dn:" and all(
        not line.strip() or line.startswith((b"#", b" ")) or line.lower().startswith(b"version:")
        for line in entry.splitlines()
    )


def _lists(octets: Octets) -> dict[str, list[str]]:
    """The names of the lists each member is in, by address, else by distinguished name."""
    found: dict[str, list[str]] = {}
    members = 0
    for entry in read_entries(octets):
        if isinstance(entry, Skipped) or not _LIST.search(entry.octets):
            continue
        attributes, _ = read_attributes(entry.octets)
        name = next((it.value for it in attributes if it.name == "cn"), "")
        for it in attributes:
            if it.name in ("member", "uniquemember") and name and members < _MOST_MEMBERS:
                members += 1
                found.setdefault(_member_key(it.value), []).append(name)
    return found


def _member_key(dn: str) -> str:
    mail = _MAIL_IN_DN.search(dn)
    return ascii_lower((mail[1] if mail else dn).strip())


def _membership(entry: Entry, lists: Mapping[str, Sequence[str]]) -> bytes:
    """What is put to a member's octets, a line for each list."""
    if not lists:
        return b""
    attributes: list[Attribute] = []
    if _CODED_NAME.search(entry.octets):
        attributes, _ = read_attributes(entry.octets)
    else:  # nearly all, and in a tenth of the time
        for name, value in _PLAIN_NAME.findall(entry.octets):
            attributes.append(Attribute(name.decode().lower(), value.decode("utf-8", "replace")))
    keys = {_member_key(it.value) for it in attributes if it.name == "dn"}
    keys |= {ascii_lower(it.value.strip()) for it in attributes if it.name == "mail"}
    names = sorted({name for key in keys for name in lists.get(key, ())})
    return b"".join(b"\n" + one_value(_IN_LIST, name) for name in names)


def _why_not(said: Mapping[str, Sequence[str]]) -> str:
    """Why an entry is of no person, "" where it may be of one."""
    if any(change.strip().lower() in _CHANGES for change in said.get("changetype", ())):
        return "is a change of an entry, and no entry"
    if "dn" not in said:
        return "has no “dn:” and is no entry"
    classes = [it.strip() for it in said.get("objectclass", ()) if it.strip().lower() != "top"]
    if classes and not any("person" in it.lower() for it in classes):
        return f"is of no person but of {quoted(', '.join(classes))}"
    return ""


def _key(said: Mapping[str, Sequence[str]], *, is_directory: bool) -> str:
    """The directory's own key. Thunderbird's names hold the address, and change with it."""
    keys = said.get("entryuuid") or (said["dn"] if is_directory else ())
    return keys[0].strip() if keys else ""


def _draw(attributes: Sequence[Attribute], sketch: Sketch) -> None:
    addresses: dict[str, dict[str, list[str]]] = {}
    birth: dict[str, str] = {}
    known = [it for it in attributes if it.name in _ATTRIBUTES and it.value.strip()]
    for name, value in sorted(known, key=lambda it: _ORDER[it.name]):
        kind, _, label = _ATTRIBUTES[name].partition("=")
        if kind in POSTAL_PARTS:
            addresses.setdefault(label, {}).setdefault(kind, []).append(value)
        elif kind == "day" and not value.strip().isdecimal():
            TAKES["birthday"](sketch, value, "")
        elif kind in DATE_PARTS:
            birth.setdefault(kind, value)
        elif kind == "category":
            sketch.add_categories([value])
        else:
            TAKES[kind](sketch, value, label)
    for label, parts in addresses.items():
        sketch.add_postal(["\n".join(parts.get(part, ())) for part in POSTAL_PARTS], label)
    sketch.add_date_parts("birthday", [birth.get(part, "") for part in DATE_PARTS])
