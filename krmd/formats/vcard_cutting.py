"""A file cut into cards, from BEGIN:VCARD to END:VCARD, each with the line it begins in.

The file may be larger than memory: only one card at a time is copied out of it, and pictures not
even then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from krmd.base.errors import UserError
from krmd.formats.reading import Octets, Raw, Skipped

LARGEST_CARD = 8 << 20
"""Octets of one card, its pictures not counted."""
LARGEST_RECODED = 64 << 20
"""Octets of a file that isn't UTF-8 in lines, and is therefore read at once."""

_BLOCK = 1 << 20
_SMALL_CARD = 4096
"""Octets of a card in which a picture may stay."""
_MARK = rb"[ \t]*+:[ \t]*+VCARD(?=[ \t\r]*+(?:\n|\Z|BEGIN[ \t]*:))"
_FIRST = re.compile(rb"\s*+(?:\xef\xbb\xbf\s*+)?(BEGIN)" + _MARK, re.IGNORECASE)
# No blank in front: a text may go on in the next line with ` END:VCARD`.
_EDGE = re.compile(rb"\n(?:\xef\xbb\xbf)?(?:(BEGIN)|END)" + _MARK, re.IGNORECASE)
# Cards joined by a program that forgot the line break between them.
_AT_ONCE = re.compile(rb"[ \t\r]*+(BEGIN)" + _MARK, re.IGNORECASE)
_AGENT = re.compile(rb"\n(?:[\w-]+\.)?AGENT(?:;[^:\n]*)?:\s*\Z", re.IGNORECASE)
_LONGEST_AGENT = 200
# Written so by all programs; `Photo:` may begin a line of a quoted-printable note.
_PICTURE = re.compile(
    rb"\n(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|X-MS-CARDPICTURE|photo|logo|sound|key)[;:]"
)
# Base64 has neither colons nor semicolons, whether or not it is indented.
_NEXT_PROPERTY = re.compile(rb"\n(?=(?:[\w-]+\.)?[\w-]+[;:])")
_BLANK = b" \t\r\n\x00\x1a\xef\xbb\xbf"


class _Edge(NamedTuple):
    """A line that says BEGIN:VCARD or END:VCARD."""

    start: int
    stop: int
    begins: bool


class _Span(NamedTuple):
    """A stretch of a file: a card, if there is no `fault`; the holes are the cards in it."""

    start: int
    stop: int
    fault: str = ""
    holes: tuple[tuple[int, int], ...] = ()


def cards_of(octets: Octets) -> Iterator[Raw | Skipped]:
    """The cards of a file in order, and what isn't one; UserError where there is none at all.

    A card in a card (vCard 2.1 AGENT) is left out.
    """
    place, line = 0, 1
    for span in _spans(octets):
        yield from _rubbish(octets, place, span.start, line)
        line += _lines(octets, place, span.start)
        yield Skipped(line, span.fault) if span.fault else _card(octets, span, line)
        line += _lines(octets, span.start, span.stop)
        place = span.stop
    if place == 0 and (len(octets) > _BLOCK or octets[:].strip(_BLANK)):
        raise UserError("There is no card in the file: no line says BEGIN:VCARD.")
    yield from _rubbish(octets, place, len(octets), line)


def _spans(octets: Octets) -> Iterator[_Span]:
    begin: _Edge | None = None
    agents: list[_Edge] = []
    holes: list[tuple[int, int]] = []
    for edge in _edges(octets):
        if begin is not None and edge.begins and _is_agent(octets, edge):
            agents.append(edge)
            continue
        if agents and not edge.begins:
            holes.append((agents.pop().start, edge.stop))
            continue
        if begin is None:
            if not edge.begins:
                yield _Span(edge.start, edge.stop, "There is an END:VCARD without a BEGIN:VCARD.")
        elif edge.begins:
            yield _Span(begin.start, edge.start, "The card has no END:VCARD before the next one.")
        else:
            yield _Span(begin.start, edge.stop, holes=tuple(holes))
        begin = edge if edge.begins else None
        agents, holes = [], []
    if begin is not None:
        fault = "The card has no END:VCARD; the file may be cut off."
        yield _Span(begin.start, len(octets), fault)


def _edges(octets: Octets) -> Iterator[_Edge]:
    found = _FIRST.match(octets)
    place = 0
    while found is not None or (found := _EDGE.search(octets, place)) is not None:
        place = found.end()
        begins = found[1] is not None
        yield _Edge(found.start(1) if begins else found.start() + 1, place, begins)
        found = _AT_ONCE.match(octets, place)


def _is_agent(octets: Octets, edge: _Edge) -> bool:
    return _AGENT.search(octets[max(0, edge.start - _LONGEST_AGENT) : edge.start]) is not None


def _rubbish(octets: Octets, start: int, stop: int, line: int) -> Iterator[Skipped]:
    gap = octets[start : min(stop, start + _BLOCK)]
    text = gap.lstrip(_BLANK)
    if text or stop - start > _BLOCK:
        line += gap[: len(gap) - len(text)].count(b"\n")
        yield Skipped(line, "What stands here is in no card.")


def _card(octets: Octets, span: _Span, line: int) -> Raw | Skipped:
    if span.stop - span.start <= _SMALL_CARD and not span.holes:
        return Raw(line, octets[span.start : span.stop])
    kept: list[bytes] = []
    size = 0
    for start, stop in _worth_keeping(octets, span):
        size += stop - start
        if size > LARGEST_CARD:
            return Skipped(line, f"The card is larger than {LARGEST_CARD >> 20} MB.")
        kept.append(octets[start:stop])
    return Raw(line, b"".join(kept))


def _worth_keeping(octets: Octets, span: _Span) -> Iterator[tuple[int, int]]:
    """The stretches of a card without pictures and without cards in it."""
    start = span.start
    # Of cards in cards the outermost hole comes last.
    for first, last in sorted(span.holes):
        if first >= start:
            yield from _without_pictures(octets, start, first)
            start = last
    yield from _without_pictures(octets, start, span.stop)


def _without_pictures(octets: Octets, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while (picture := _PICTURE.search(octets, start, stop)) is not None:
        yield start, picture.start()
        following = _NEXT_PROPERTY.search(octets, picture.end(), stop)
        if following is None:
            return
        start = following.start()
    yield start, stop


def _lines(octets: Octets, start: int, stop: int) -> int:
    """How many lines end between two places."""
    count = 0
    for place in range(start, stop, _BLOCK):
        count += octets[place : min(place + _BLOCK, stop)].count(b"\n")
    return count


def in_lines_of_utf8(octets: Octets) -> Octets:
    """A file as it is cut: UTF-16 recoded, lines that end in CR alone ended as usual."""
    head = octets[:_BLOCK]
    encoding = _utf16(head)
    bare_returns = b"\n" not in head and b"\r" in head
    if encoding is None and not bare_returns:
        return octets
    if len(octets) > LARGEST_RECODED:
        raise UserError(
            f"The file is in {'UTF-16' if encoding else 'lines that end in CR'} and larger than"
            f" {LARGEST_RECODED >> 20} MB; convert it to UTF-8 with usual line ends first."
        )
    whole = octets[:]
    if encoding is not None:
        whole = whole.decode(encoding, "replace").encode("utf-8", "replace")
    return whole if b"\n" in whole else whole.replace(b"\r", b"\n")


def _utf16(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(b"B\0E\0"):
        return "utf-16-le"
    return "utf-16-be" if head.startswith(b"\0B\0E") else None
