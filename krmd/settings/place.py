"""Finds the line of a key in a TOML file, which neither tomllib nor tomlkit tells.

Looked up only when there is a problem to report, and only in files that tomllib could read.
"""

from __future__ import annotations

import re

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_DOTTED})[ \t]*\]\]?")
_ENTRY = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*'"""
    r"|#[^\n]*|.",
    re.DOTALL,
)

Keys = tuple[str, ...]


def lines_of(text: str) -> dict[Keys, int]:
    """The line, counted from 1, on which each table and each key of a TOML file begins."""
    places: dict[Keys, int] = {}
    table: Keys = ()
    at = 0
    while at < len(text):
        if header := _HEADER.match(text, at):
            table = _split(header[1])
            places.setdefault(table, _line(text, header.start(1)))
            at = header.end()
        elif entry := _ENTRY.match(text, at):
            keys = table + _split(entry[1])
            for depth in range(len(table) + 1, len(keys) + 1):
                places.setdefault(keys[:depth], _line(text, entry.start(1)))
            at = entry.end()
        at = _end_of_statement(text, at)
    return places


def nearest_line(places: dict[Keys, int], keys: Keys) -> int | None:
    """The line of a key, else that of the table it stands or would stand in."""
    for depth in range(len(keys), 0, -1):
        if keys[:depth] in places:
            return places[keys[:depth]]
    return None


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
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
