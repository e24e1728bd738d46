"""Which encoding a file of text is in, found by looking; and its text, a piece at a time.

Which of the old Windows code pages it is only the headings can tell: `legacy_candidates` gives the
choice, and `csv_dialect` chooses.
"""

from __future__ import annotations

import codecs
import io
import mmap
from collections.abc import Iterator

from krmd.formats.reading import Octets

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LEGACY = ("cp1252", "cp932", "cp1250", "cp1251", "cp1254")
"""Code pages that Outlook and Thunderbird write on Windows, the likeliest first."""
_CHUNK = 1 << 20
_LOOKED_AT = 4 << 20
_SAMPLE = 4096
_TYPOGRAPHY = bytes((0x80, 0x82, 0x84, 0x85, *range(0x91, 0x98), 0x99))
"""The euro, quotation marks, dashes, the ellipsis and the trade mark in Windows' pages."""
_MOSTLY = 10
"""So many right characters for one wrong, and a file is UTF-8 with a fault in it."""


def find_encoding(octets: Octets) -> str | None:
    """`utf-8`, `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be` or `utf-32`; None for no Unicode."""
    head = octets[:4]
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    return _unmarked_utf16(octets[:_SAMPLE]) or ("utf-8" if _is_utf8(octets) else None)


def legacy_candidates(octets: Octets) -> tuple[str, ...]:
    """The code pages in which the file's beginning has a meaning, the likeliest first."""
    head = octets[:_LOOKED_AT]
    pages = tuple(page for page in LEGACY if _decodes(head, page)) or ("cp1252",)
    if "cp932" in pages and _looks_japanese(head):
        return ("cp932", *(page for page in pages if page != "cp932"))
    return pages


def open_text(octets: Octets, encoding: str) -> io.TextIOWrapper:
    """The file as text, its line ends untouched; what can't be decoded becomes U+FFFD."""
    raw = io.BytesIO(octets) if isinstance(octets, bytes) else io.BufferedReader(_Map(octets))
    return io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")


def chunks(octets: Octets) -> Iterator[bytes]:
    """The file in pieces that fit into memory."""
    for start in range(0, len(octets), _CHUNK):
        yield octets[start : start + _CHUNK]


class _Map(io.RawIOBase):
    """A memory map as a stream of its own position, which several readers may have at once."""

    def __init__(self, octets: mmap.mmap) -> None:
        self._octets = octets
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        piece = self._octets[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _unmarked_utf16(sample: bytes) -> str | None:
    """Latin text in UTF-16 has a NUL in every second octet."""
    pairs = len(sample) // 2
    high, low = sample[0::2].count(0), sample[1::2].count(0)
    if pairs and low * 2 > pairs and high * 8 < pairs:
        return "utf-16-le"
    if pairs and high * 2 > pairs and low * 8 < pairs:
        return "utf-16-be"
    return None


def _is_utf8(octets: Octets) -> bool:
    """Whether it is UTF-8 throughout, or but for a few octets that somebody broke."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for chunk in chunks(octets):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return _is_nearly_utf8(octets)
    return True


def _is_nearly_utf8(octets: Octets) -> bool:
    right = wrong = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in chunks(octets):
        text = decoder.decode(chunk)
        faults = text.count("\ufffd")
        wrong += faults
        right += len(text) - len(text.encode("ascii", "ignore")) - faults
    return right > wrong * _MOSTLY


def _looks_japanese(octets: bytes) -> bool:
    """Half of the high octets begin a character of Shift_JIS, where a Western page has but a few
    quotation marks and dashes.
    """
    high = octets.translate(None, bytes(range(0x80)))
    first = high.translate(None, bytes(range(0xA0, 0x100)))
    return len(first) * 2 > len(high) and bool(first.translate(None, _TYPOGRAPHY))


def _decodes(octets: bytes, encoding: str) -> bool:
    try:
        # Not to its very end, which may lie within a character of two octets.
        codecs.getincrementaldecoder(encoding)("strict").decode(octets)
    except UnicodeDecodeError:
        return False
    return True
