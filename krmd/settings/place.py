"""Finds where in a TOML file a table or a key stands, which neither tomllib nor tomlkit tells.

Reads only files that tomllib could read; used when there is a problem to report, or an edit.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_DOTTED})[ \t]*\]\]?")
_ENTRY = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|.",
    re.DOTALL,
)
_PLAIN_PART = re.compile(r"[A-Za-z0-9_-]+\Z")

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A table's heading (`table` is true) or a key with its value, from `begin` to `end`.

    `keys` are whole, the table's included; what is spelled in this place lies from `name_begin` to
    `name_end`. All are offsets; `end` is behind the line break.
    """

    keys: Keys
    table: bool
    begin: int
    name_begin: int
    name_end: int
    end: int


def statements(text: str) -> Iterator[Statement]:
    """All statements of a TOML file, in order."""
    table: Keys = ()
    at = 0
    while at < len(text):
        header = _HEADER.match(text, at)
        found = header or _ENTRY.match(text, at)
        end = _end_of_statement(text, found.end() if found else at)
        if found:
            spelled = _split(found[1])
            table = spelled if header else table
            keys = spelled if header else table + spelled
            yield Statement(keys, header is not None, at, *found.span(1), end)
        at = end


def lines_of(text: str) -> dict[Keys, int]:
    """The line, counted from 1, on which each table and each key of a TOML file first stands."""
    places: dict[Keys, int] = {}
    for statement in statements(text):
        line = text.count("\n", 0, statement.name_begin) + 1
        for depth in range(1, len(statement.keys) + 1):
            places.setdefault(statement.keys[:depth], line)
    return places


def nearest_line(places: dict[Keys, int], keys: Keys) -> int | None:
    """The line of a key, else that of the table it stands or would stand in."""
    for depth in range(len(keys), 0, -1):
        if keys[:depth] in places:
            return places[keys[:depth]]
    return None


def spell(keys: Keys) -> str:
    """Keys as a TOML heading spells them."""
    return ".".join(key if _PLAIN_PART.match(key) else _quote(key) for key in keys)


def _end_of_statement(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        assert token is not None
        at = token.end()
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        elif token[0] == "\n" and depth <= 0:
            return at
    return at


def _split(dotted: str) -> Keys:
    return tuple(_unquote(part) for part in re.findall(_PART, dotted))


def _unquote(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    return str(tomllib.loads(f"key = {part}")["key"]) if part[0] == '"' else part


def _quote(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", escaped) + '"'
