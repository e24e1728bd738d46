"""The entries of an LDIF file (RFC 2849): unfolded, decoded, no meaning."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from krmd.formats.reading import Octets, Skipped
from krmd.formats.sketch import quoted

LONGEST_ENTRY = 8 << 20
"""Octets of an entry; photos are in them."""
LONGEST_VALUE = 65_536
"""Octets of a value that is decoded; a longer one is a photo or a certificate."""

_LINE = re.compile(rb"([A-Za-z0-9][\w.-]*+(?:;[\w-]++)*+)\s*:(:|<)?[ \t]*(.*)\Z", re.DOTALL)
_FOLD = re.compile(rb"\r?\n[ \t]")
_ENTRY_END = re.compile(rb"(?:\r\n[ \t]*\r\n|\n[ \t]*\n|\n[ \t]*\r\n)(?:[ \t]*\r?\n)*+")


class Entry(NamedTuple):
    """An entry's octets, without the blank line behind it."""

    line: int
    octets: bytes


class Attribute(NamedTuple):
    """An attribute's name in small letters, without options, and its value."""

    name: str
    value: str


def read_entries(octets: Octets) -> Iterator[Entry | Skipped]:
    """What stands between blank lines, in order."""
    line = 1
    at = len(codecs.BOM_UTF8) if octets[:3] == codecs.BOM_UTF8 else 0
    while at < len(octets):
        found = _ENTRY_END.search(octets, at)
        end, after = (found.start(), found.end()) if found else (len(octets), len(octets))
        if end - at > LONGEST_ENTRY:
            yield Skipped(line, f"has more than {LONGEST_ENTRY:,} octets")
        elif piece := octets[at:end].strip(b"\r\n"):
            yield Entry(line, piece)
        line += octets[at:after].count(b"\n")
        at = after


def read_attributes(entry: bytes) -> tuple[list[Attribute], list[str]]:
    """The attributes of an entry, and what of it could not be read, as sentences."""
    attributes = []
    faults = []
    for line in _FOLD.sub(b"", entry).splitlines():
        if not line.strip() or line.startswith(b"#"):
            continue
        found = _LINE.match(line)
        if found is None:
            faults.append(f"a line without an attribute: {quoted(_decoded(line[:100]))}")
            continue
        name = found[1].split(b";", 1)[0].decode("ascii").lower()
        if found[2] == b"<":
            continue  # a link to a file or a site, which nobody opens here
        if (value := _value(found[3], is_base64=found[2] == b":")) is not None:
            attributes.append(Attribute(name, value))
    return attributes, faults


def one_value(name: str, value: str) -> bytes:
    """A line that says so, in base64 as any value may be."""
    return name.encode() + b":: " + base64.b64encode(value.encode("utf-8", "replace"))


def _value(octets: bytes, *, is_base64: bool) -> str | None:
    if len(octets) > LONGEST_VALUE:
        return None
    if is_base64:
        try:
            octets = binascii.a2b_base64(octets)
        except binascii.Error:
            return None
    return _decoded(octets)


def _decoded(octets: bytes) -> str:
    """UTF-8 as RFC 2849 wants it, else the Windows code page that some write."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
