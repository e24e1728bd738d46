"""Writes a portrait as one vCard, 4.0 or 3.0, which `VcardReader` reads as the same portrait."""

from __future__ import annotations

import re
from typing import Literal

from krmd.formats.vcard_own import NAMELESS
from krmd.formats.vcard_sheet import Sheet
from krmd.formats.vcard_spelling import spell
from krmd.formats.vcard_text import NAME_PARTS, escaped, parts_if_exact, spelled
from krmd.ledger.portrait import FactField, Portrait, parts_of

Version = Literal["4.0", "3.0"]

_LONGEST_LINE = 75
"""Octets without the line break (RFC 6350 3.2)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TELLING: tuple[FactField, ...] = ("company", "nickname", "email", "phone", "handle", "url")


def write_vcard(portrait: Portrait, *, version: Version = "4.0", uid: str) -> bytes:
    """One card, in lines of at most 75 octets that end in CRLF. `uid` is `urn:uuid:…`, "" for none.

    It depends on nothing but the arguments. Nothing in them ends a line, a value or the card.
    """
    sheet = Sheet(is_four=version == "4.0")
    sheet.line("BEGIN", "VCARD")
    sheet.line("VERSION", version)
    sheet.line("PRODID", "-//krmd//krmd//EN")
    if uid:
        sheet.line("UID", escaped(uid))
    _spell_names(sheet, portrait)
    for fact in portrait.facts:
        if fact.field != "structured_name":
            spell(sheet, fact, portrait)
    sheet.line("END", "VCARD")
    return b"".join(map(_folded, sheet.lines))


def _spell_names(sheet: Sheet, portrait: Portrait) -> None:
    """FN and N: phones want both, and iOS shows nothing but N."""
    if portrait.name:
        sheet.line("FN", escaped(portrait.name))
    else:
        sheet.line("FN", escaped(_stand_in(portrait)), (f"{NAMELESS}=true",))
    parts = [portrait.name]
    for fact in portrait.facts:
        if fact.field != "structured_name":
            continue
        exact = None if fact.label else parts_if_exact(fact.value, NAME_PARTS)
        # A reader takes a name of one part for no parts at all.
        is_whole = exact is not None and [it for it in exact if it] == [portrait.name]
        if exact is None or is_whole or not sheet.is_first("structured_name"):
            sheet.own(fact)
        else:
            parts = exact
    sheet.line("N", spelled((parts + [""] * NAME_PARTS)[:NAME_PARTS]))


def _stand_in(portrait: Portrait) -> str:
    """What to call somebody without a name, for programs that need one."""
    for parts in portrait.values("structured_name"):
        family, given, *_ = parts_of(parts, NAME_PARTS)
        return f"{given} {family}".strip() or "?"
    return next((it for field in _TELLING for it in portrait.values(field)), "?")


def _folded(line: str) -> bytes:
    """A line in pieces (RFC 6350 3.2), none of which begins in the middle of a character."""
    if not line.isprintable():
        line = _CONTROL.sub(" ", line)
    octets = line.encode("utf-8", "replace")
    if len(octets) <= _LONGEST_LINE:
        return octets + b"\r\n"
    pieces: list[bytes] = []
    start, room = 0, _LONGEST_LINE
    while len(octets) - start > room:
        stop = start + room
        while octets[stop] & 0b1100_0000 == 0b1000_0000:
            stop -= 1
        pieces.append(octets[start:stop])
        start, room = stop, _LONGEST_LINE - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
