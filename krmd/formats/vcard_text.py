"""How texts stand in a vCard: escaped, in lists and in parts, both ways (RFC 6350 3.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from krmd.ledger.portrait import compound, parts_of

NAME_PARTS = 5
"""Family, given, additional, prefixes, suffixes (RFC 6350 6.2.2)."""
POSTAL_PARTS = 7
"""Post office box, extended, street, locality, region, code, country (RFC 6350 6.3.1)."""

# vCard 3.0 has colons escaped too, by Apple and Google. Any other backslash is one.
_ESCAPED = re.compile(r"\\([\\,;:nN])")
_BETWEEN_COMMAS = re.compile(r"((?:[^,\\]++|\\.|\\)*+)(,|\Z)", re.DOTALL)
_BETWEEN_SEMICOLONS = re.compile(r"((?:[^;\\]++|\\.|\\)*+)(;|\Z)", re.DOTALL)
_TO_ESCAPE = re.compile(r"[\\,;\r\n]")
_LINE_BREAKS = re.compile(r"\r\n?|\n")


def unescaped(value: str) -> str:
    """The text that a value spells."""
    return _ESCAPED.sub(_meant, value) if "\\" in value else value


def _meant(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def escaped(text: str) -> str:
    """A text as a value, or as a part of one: on one line, whatever stands in it."""
    if _TO_ESCAPE.search(text) is None:
        return text
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return _LINE_BREAKS.sub(r"\\n", text)


def escaped_uri(text: str) -> str:
    """A URI as a value: commas and semicolons stand in it as they are (RFC 6350 4.2)."""
    return _LINE_BREAKS.sub(r"\\n", text.replace("\\", "\\\\"))


def list_of(value: str) -> list[str]:
    """The texts between the commas of a value."""
    if "\\" not in value:
        return value.split(",")
    return _between(_BETWEEN_COMMAS, value)


def components_of(value: str) -> list[str]:
    """The texts between the semicolons of a value, blanks around them gone."""
    parts = value.split(";") if "\\" not in value else _between(_BETWEEN_SEMICOLONS, value)
    return [part.strip() for part in parts]


def _between(pattern: re.Pattern[str], value: str) -> list[str]:
    texts: list[str] = []
    for text, sign in pattern.findall(value):
        texts.append(unescaped(text))
        if not sign:
            break
    return texts


def spelled(parts: Iterable[str]) -> str:
    """Texts as the parts of one value."""
    return ";".join(map(escaped, parts))


def parts_if_exact(value: str, count: int) -> list[str] | None:
    """The parts of a fact's compound value, or None where a vCard can't tell them as they are:
    more than `count`, none at all, blanks around one.
    """
    parts = parts_of(value, count)
    return parts if compound([part.strip() for part in parts]) == value and any(parts) else None


def parameter_value(text: str) -> str:
    """A text as a parameter's value, between quotation marks (RFC 6868)."""
    text = text.replace("^", "^^").replace('"', "^'")
    return f'"{_LINE_BREAKS.sub("^n", text)}"'
