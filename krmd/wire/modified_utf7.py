"""Folder names as servers and Maildirs spell them (modified UTF-7, RFC 3501 5.1.3), for people."""

import binascii
import re
import unicodedata

_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")


def decoded(raw: bytes) -> str:
    """The name that the bytes spell.

    Servers that don't keep to the standard send raw UTF-8, which is read too; what is neither is
    shown octet by octet. Never raises, and control characters never survive.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if raw.isascii() and b"&" in raw:
        text = _from_utf7(raw)
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cs"} else "\ufffd" for c in text)


def _from_utf7(raw: bytes) -> str:
    pieces: list[str] = []
    place = 0
    for shifted in _SHIFTED.finditer(raw):
        pieces.append(raw[place : shifted.start()].decode("ascii"))
        pieces.append(_shifted_text(shifted))
        place = shifted.end()
    pieces.append(raw[place:].decode("ascii"))
    return "".join(pieces)


def _shifted_text(shifted: re.Match[bytes]) -> str:
    letters = shifted[1].replace(b",", b"/")
    if not letters:
        return "&"
    try:
        octets = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        return octets[: len(octets) // 2 * 2].decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return shifted[0].decode("ascii")
