"""The text of a mail out of the beginning of its body: the first part that a person reads.

Total, and bounded in time and memory, on any octets; a body that is torn off is the usual case.
Nothing of it is kept: what comes out is read in memory and forgotten.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from krmd.intake import mime_header
from krmd.intake.html_text import html_text
from krmd.intake.mime_header import LONGEST_HEADER, ContentType, PartHeader, part_header
from krmd.intake.words import decode

LONGEST_BODY = 65_536
"""So many octets of a body are looked at."""
MOST_PARTS = 100
DEEPEST = 20

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_TORN_ESCAPE = re.compile(rb"=[0-9A-Fa-f]?\Z")
_PLAIN = ContentType()
_MESSAGE = ContentType("message", "rfc822")


def newest_text(octets: bytes, *, content_type: str, transfer_encoding: str) -> str:
    """The text of a mail whose header has these two fields, "" for none.

    `octets` are the beginning of its body (BODY[TEXT], without the header). Of a text in several
    forms the plain one is taken; HTML is told as lines, in which quotations begin with `>`.
    Attachments and forwarded mails are not the mail's text. Never raises.
    """
    kind, encoding = mime_header.content_type(content_type), mime_header.token(transfer_encoding)
    header = PartHeader(kind, encoding, attached=False)
    found = _Reader().text_of(header, octets[:LONGEST_BODY], 0)
    return (found or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


class _Reader:
    """Walks the parts of one mail, and counts them."""

    def __init__(self) -> None:
        self._parts = 0

    def text_of(self, header: PartHeader, octets: bytes, depth: int) -> str | None:
        """The text of a part, None where it has none."""
        self._parts += 1
        if self._parts > MOST_PARTS or depth > DEEPEST or header.attached:
            return None
        kind = header.type
        if kind.main == "multipart":
            return self._text_of_parts(kind, octets, depth)
        if kind.main != "text" or kind.sub not in ("plain", "html"):
            return None
        text = decode(_complete(_decoded(octets, header.encoding), kind.charset), kind.charset)
        if kind.sub == "html":
            text = html_text(text)
        return text if text.strip() else None

    def _text_of_parts(self, kind: ContentType, octets: bytes, depth: int) -> str | None:
        """Of alternatives the plain one, else the first part that has a text (RFC 2046 5.1)."""
        default = _MESSAGE if kind.sub == "digest" else _PLAIN
        first = None
        for part in _parts(octets, kind.boundary):
            header, body = _split(part, default)
            text = self.text_of(header, body, depth + 1)
            if text is not None and (kind.sub != "alternative" or header.type.sub == "plain"):
                return text
            first = first or text
        return first


def _parts(octets: bytes, boundary: str) -> Iterator[bytes]:
    """The parts between the lines that begin with the boundary (RFC 2046 5.1.1); the last one ends
    where the octets do, if they are torn off.
    """
    line = b"--" + boundary.encode("latin-1", "replace").rstrip()
    pieces = (b"\n" + octets).split(b"\n" + line, MOST_PARTS) if boundary.strip() else []
    part: bytes | None = None
    for piece in pieces[1:]:
        rest, newline, body = piece.partition(b"\n")
        end = rest.strip()
        if end and end != b"--":  # a longer boundary, of a part within
            part = None if part is None else part + b"\n" + line + piece
            continue
        if part is not None:
            yield part.removesuffix(b"\r")  # the line's end before a boundary belongs to that
        part = body if newline and not end else None
    if part is not None:
        yield part


def _split(part: bytes, default: ContentType) -> tuple[PartHeader, bytes]:
    """A part's header and body; one that begins with an empty line has no header."""
    if part.startswith((b"\n", b"\r\n")):
        return part_header("", default), part.lstrip(b"\r\n")
    end = _HEADER_END.search(part)
    if end is None:
        return part_header(part[:LONGEST_HEADER].decode("latin-1"), default), b""
    return part_header(part[: end.start()].decode("latin-1"), default), part[end.end() :]


def _decoded(octets: bytes, encoding: str) -> bytes:
    """Without the transfer encoding (RFC 2045 6); what it tears in the middle is left out."""
    if encoding == "base64":
        digits = _NO_BASE64.sub(b"", octets)
        if len(digits) % 4 == 1:  # six bits make no octet
            digits = digits[:-1]
        return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
    if encoding == "quoted-printable":
        return binascii.a2b_qp(_TORN_ESCAPE.sub(b"", octets))
    return octets


def _complete(octets: bytes, charset: str) -> bytes:
    """Without the beginning of a UTF-8 character whose rest was torn off."""
    if charset not in ("", "utf-8", "utf8"):
        return octets
    for back in range(1, min(4, len(octets) + 1)):
        octet = octets[-back]
        if octet < 0x80:
            return octets
        if octet >= 0xC0:
            needed = 2 if octet < 0xE0 else 3 if octet < 0xF0 else 4
            return octets[:-back] if back < needed else octets
    return octets
