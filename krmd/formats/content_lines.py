"""Content lines (RFC 6350 3.3, RFC 2426, vCard 2.1): octets unfolded, cut and decoded, no meaning.

It takes what programs have written in thirty years: folds that split a character, quoted-printable
with soft line breaks, bare parameters (`TEL;HOME;VOICE:`), any character set. It is total, and its
time grows with the octets and nothing else.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST_VALUE = 65_536
"""Characters of a value that are looked at."""
NO_PREFERENCE = 101
"""One more than the least preferred of RFC 6350 5.3."""

_LONGEST_HEAD = 8_192
_LONGEST_CACHED_HEAD = 200
_HEAD = re.compile(r"(?:([\w-]++)\.)?+([\w-]++)[ \t]*+(?:;|\Z)", re.ASCII)
_PARAMETER = re.compile(r'((?:[^;"]++|"[^"]*+"|")*+)(?:;|\Z)')
_PARAMETER_VALUE = re.compile(r'"([^"]*+)"|([^",]++)')
_PREFERENCE = re.compile(r"[0-9]{1,2}|100")
_COLON = re.compile(r'[^":]*+(?:"[^"]*+"[^":]*+)*+:')
_CARET = re.compile(r"\^([n^'])")
_CARETS = {"n": "\n", "^": "^", "'": '"'}
_QUOTED_PRINTABLE = re.compile(rb"[^:]*[;=][ \t]*QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_BARE_ENCODINGS = frozenset(("QUOTED-PRINTABLE", "BASE64", "7BIT", "8BIT", "B"))
_ENCODINGS = (b"ENCODING", b"QUOTED-PRINTABLE", b"BASE64")
# No codec by any name a stranger writes: some of Python's take quadratic time, some aren't text.
_CHARSET = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-?8859-?[0-9]{1,2}|(?:windows|cp)-?[0-9]{3,4}"
    r"|koi8-[ru]|shift[_-]?jis|euc-?(?:jp|kr)|iso-2022-jp|gbk|gb2312|gb18030|big5|macroman",
    re.IGNORECASE,
)
# What calls itself Latin-1 is Windows' code page (WHATWG Encoding 4.2); no text has C1 controls.
_LATIN_1 = frozenset(("iso-8859-1", "iso8859-1"))
BINARY = frozenset(("PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE"))
"""Names of properties whose values are pictures, sounds or keys: never decoded."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What stands before the colon.

    `group` and `name` are in capitals. `types` holds the values of TYPE and bare parameters in
    small letters, without `pref`; `preference` is 1 for the most preferred, NO_PREFERENCE for none.
    `is_plain`: there is neither group nor preference, so the line stands by itself.
    """

    group: str
    name: str
    parameters: Mapping[str, tuple[str, ...]]
    types: tuple[str, ...]
    preference: int
    is_plain: bool

    def parameter(self, name: str) -> str | None:
        """The first value of a parameter, or None if it isn't there."""
        values = self.parameters.get(name)
        return None if values is None else values[0] if values else ""


class ContentLine(NamedTuple):
    """One property: its head, and its value, still escaped."""

    head: Head
    value: str


class Contents(NamedTuple):
    """A card's lines. `broken` are those that are no property; `is_plain`: no line has a group or a
    preference; `guessed`: some text was neither UTF-8 nor in a character set it names, and was read
    as Windows-1252.
    """

    lines: list[ContentLine]
    broken: list[str]
    is_plain: bool
    guessed: bool


def contents_of(octets: bytes) -> Contents:
    """The content lines of a card."""
    capitals = octets.upper()
    plain = octets.replace(b"\r", b"")
    if b"CHARSET" not in capitals and not any(word in capitals for word in _ENCODINGS):
        unfolded = plain.replace(b"\n ", b"").replace(b"\n\t", b"")
        try:
            return _cut(unfolded.decode(), None)
        except UnicodeDecodeError:
            pass
    lines = _joined(plain.split(b"\n"))
    return _cut(b"\n".join(lines).decode("latin-1"), _Decoder())


def _cut(text: str, decoder: _Decoder | None) -> Contents:
    """The lines of a text; if there is a decoder, they are octets taken for Latin-1."""
    lines: list[ContentLine] = []
    broken: list[str] = []
    is_plain, is_binary = True, False
    for line in text.split("\n"):
        start, colon, value = line.partition(":")
        if '"' in start and start.count('"') % 2:
            start, colon, value = _cut_behind_quotes(line)
        head = head_of(start if decoder is None else decoder.text(start)) if colon else None
        if head is None:
            # vCard 2.1 lets base64 go on without a blank in front: those lines are no properties.
            if not is_binary and line.strip():
                broken.append(line[:LONGEST_VALUE] if decoder is None else decoder.text(line))
            continue
        is_binary = head.name in BINARY
        if is_binary:
            continue
        if decoder is not None:
            value = decoder.value(head, value)
        lines.append(ContentLine(head, value[:LONGEST_VALUE]))
        if not head.is_plain:
            is_plain = False
    return Contents(lines, broken, is_plain, decoder is not None and decoder.guessed)


def _cut_behind_quotes(text: str) -> tuple[str, str, str]:
    """Head and value where a colon stands between quotation marks; at the first one, if those
    have no end.
    """
    found = _COLON.match(text)
    return text.partition(":") if found is None else (found[0][:-1], ":", text[found.end() :])


def _joined(physical: list[bytes]) -> list[bytes]:
    """Lines unfolded where some may be quoted-printable, in which `=` at the end goes on too."""
    logical: list[list[bytes]] = []
    quoted = soft = False
    for line in physical:
        if soft:
            # What stands in front of the rest belongs to the value, be it a blank.
            logical[-1].append(line.removesuffix(b"="))
        elif line[:1] in (b" ", b"\t") and logical:
            logical[-1].append(line[1:].removesuffix(b"=") if quoted else line[1:])
        else:
            quoted = _QUOTED_PRINTABLE.match(line) is not None
            logical.append([line.removesuffix(b"=") if quoted else line])
        soft = quoted and line.endswith(b"=")
    return [b"".join(parts) for parts in logical]


def head_of(text: str) -> Head | None:
    """The head that `text` spells, or None if it spells none."""
    if len(text) <= _LONGEST_CACHED_HEAD:
        return _known_head(text)
    return _read_head(text) if len(text) <= _LONGEST_HEAD else None


@lru_cache(maxsize=4096)
def _known_head(text: str) -> Head | None:
    return _read_head(text)


def _read_head(text: str) -> Head | None:
    found = _HEAD.match(text)
    if found is None:
        return None
    said: dict[str, list[str]] = {}
    for part in _PARAMETER.findall(text, found.end()):
        name, equals, value = part.partition("=")
        name = name.strip().upper()
        if not equals and name:
            # vCard 2.1 names types and encodings without saying that they are.
            name, value = ("ENCODING" if name in _BARE_ENCODINGS else "TYPE"), name
        if name:
            said.setdefault(name, []).extend(_values(value.strip()))
    parameters = {name: tuple(values) for name, values in said.items()}
    types = _types(parameters.get("TYPE", ()))
    preferred = _preference(parameters.get("PREF", ()), "pref" in types)
    types = tuple(it for it in types if it != "pref")
    group, name = (found[1] or "").upper(), found[2].upper()
    is_plain = not group and preferred == NO_PREFERENCE
    return Head(group, name, parameters, types, preferred, is_plain)


def _values(text: str) -> list[str]:
    """The values of a parameter, free of quotation marks and of carets (RFC 6868)."""
    if '"' not in text:
        values = text.split(",")
    else:
        values = [quoted or bare for quoted, bare in _PARAMETER_VALUE.findall(text)]
    if "^" in text:
        values = [_CARET.sub(lambda found: _CARETS[found[1]], it) for it in values]
    return values


def _types(values: tuple[str, ...]) -> tuple[str, ...]:
    """Types one by one: some programs put them all between one pair of quotation marks."""
    return tuple(
        dict.fromkeys(it.strip().lower() for it in ",".join(values).split(",") if it.strip())
    )


def _preference(values: tuple[str, ...], preferred: bool) -> int:
    """PREF (RFC 6350 5.3), or the type `pref` of before."""
    for value in values:
        if _PREFERENCE.fullmatch(value):
            return int(value)
    return 1 if preferred or values else NO_PREFERENCE


class _Decoder:
    """Decodes what a card's octets, taken for Latin-1, stand for: ENCODING, then CHARSET."""

    def __init__(self) -> None:
        self.guessed = False

    def value(self, head: Head, value: str) -> str:
        octets = value.encode("latin-1")
        encoding = (head.parameter("ENCODING") or "").upper()
        if encoding == "QUOTED-PRINTABLE":
            octets = binascii.a2b_qp(octets)
        elif encoding in ("B", "BASE64"):
            octets = _from_base64(octets)
        return self._decoded(octets, head.parameter("CHARSET"))

    def text(self, value: str) -> str:
        return self._decoded(value.encode("latin-1"), None)

    def _decoded(self, octets: bytes, charset: str | None) -> str:
        if charset and _CHARSET.fullmatch(charset) and not octets.isascii():
            name = "cp1252" if charset.lower() in _LATIN_1 else charset
            try:
                return octets.decode(name)
            except (UnicodeDecodeError, LookupError):
                pass
        try:
            return octets.decode()
        except UnicodeDecodeError:
            self.guessed = True
            return octets.decode("cp1252", "replace")


def _from_base64(octets: bytes) -> bytes:
    try:
        return binascii.a2b_base64(octets)
    except binascii.Error:
        return octets
