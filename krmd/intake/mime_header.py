"""The header of a MIME part as far as its text needs it: type, parameters, encoding, disposition.

Total and linear. The `email` package isn't: it guesses differently from version to version, and
raises on some parameters (see `krmd.intake.parse`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_HEADER = 8192
"""So many characters of a part's header are read."""
_LONGEST_VALUE = 2000
_MOST_PARAMETERS = 30

_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,80})\s*/\s*([a-z0-9!#$&^_.+-]{1,80})")
# A value in quotes, in which a backslash takes the next sign as it is, or up to a semicolon.
_PARAMETER = re.compile(
    r";\s*+([A-Za-z0-9_*-]{1,40})\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;\s\"]*+))", re.DOTALL
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*+\)")
# Exchange and others begin a parameter on a line of its own without the blank (RFC 5322 2.2.3).
_FOLDED = re.compile(r"\r?\n[ \t]|(?<=;)\r?\n(?=\w{1,20}=)")


class ContentType(NamedTuple):
    """A Content-Type (RFC 2045 5.1); what can't be read is text/plain, as 5.2 wants it."""

    main: str = "text"
    sub: str = "plain"
    charset: str = ""
    boundary: str = ""


class PartHeader(NamedTuple):
    """What a part says of itself."""

    type: ContentType
    encoding: str
    attached: bool


def content_type(value: str) -> ContentType:
    """The type that a field's value names."""
    value = _FOLDED.sub(" ", value[:_LONGEST_VALUE])
    found = _TYPE.match(value.lower())
    if found is None:
        return ContentType()
    parameters: dict[str, str] = {}
    for number, it in enumerate(_PARAMETER.finditer(value, found.end())):
        if number >= _MOST_PARAMETERS:
            break
        name = it[1].lower().rstrip("*")  # RFC 2231 4: with a charset and language before it
        text = _ESCAPE.sub(r"\1", it[2]) if it[2] is not None else it[3]
        parameters.setdefault(name, text.rpartition("'")[2] if it[1].endswith("*") else text)
    return ContentType(
        found[1], found[2], parameters.get("charset", "").lower(), parameters.get("boundary", "")
    )


def token(value: str) -> str:
    """The first word of a value, lowered, without comments and parameters."""
    return _COMMENT.sub(" ", value[:200]).partition(";")[0].strip().lower()


def part_header(block: str, default: ContentType) -> PartHeader:
    """What a part's header says; `default` is its type if it names none."""
    fields: dict[str, str] = {}
    for line in _FOLDED.sub(" ", block[:LONGEST_HEADER]).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value)
    kind = fields.get("content-type")
    return PartHeader(
        default if kind is None else content_type(kind),
        token(fields.get("content-transfer-encoding", "")),
        token(fields.get("content-disposition", "")) == "attachment",
    )
