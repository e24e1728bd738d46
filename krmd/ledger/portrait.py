"""What is said of a person: facts, one at a time, and the portrait that a source draws of them.

An address book, a file and the owner each say facts of a person. What they all say together is the
person's card; which of them said what is kept, so that each may change its mind about its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern
from typing import Literal, NamedTuple, get_args

FactField = Literal[
    "name",
    "structured_name",
    "nickname",
    "former_name",
    "salutation",
    "email",
    "phone",
    "url",
    "handle",
    "postal",
    "company",
    "department",
    "role",
    "birthday",
    "died",
    "date",
    "date_text",
    "connected",
    "met",
    "introduced_by",
    "relation",
    "language",
    "note",
    "category",
    "custom",
    "cadence_days",
    "attention",
    "no_mailings",
    "added",
    "dropped",
]
"""What a fact is about. The names are stored: add, never rename.

`structured_name`: `compound` of family, given, additional, prefixes, suffixes (RFC 6350 6.2.2).
`email`: an `EmailAddress`. `handle`: an account elsewhere, its label names the service.
`postal`: `compound` of post office box, extended, street, locality, region, code, country (RFC 6350
6.3.1). `birthday`, `died`, `date`: `str` of a PartialDate; `died` is "" where only the fact is
known; the label of a `date` says of what (`anniversary`, `name day`). `date_text`: a date that is
none, its label the field it stood in. `connected`: since when the two know each other elsewhere,
its label says where. `met`: how and where. `relation`: in plain words (`sister of Grace`).
`note`: its label is its day, `YYYY-MM-DD`, or "". `custom`: anything else, its label the heading it
stood under. `cadence_days`, `attention`, `no_mailings` and `dropped` (`true`), `added` (RFC 3339,
in UTC): as the contact's own columns, from an export.
"""

FACT_FIELDS: tuple[FactField, ...] = get_args(FactField)
SINGLE: frozenset[FactField] = frozenset(
    (
        "name", "structured_name", "salutation", "company", "department", "role", "birthday",
        "died", "met", "introduced_by", "language", "cadence_days", "attention", "no_mailings",
        "added", "dropped",
    )
)  # fmt: skip
"""Of these a person has one; where sources differ, the owner's word counts, else the newest."""

LONGEST_NAME = 200
LONGEST_TEXT = 10_000
"""So many characters of a value are kept."""
_OFTEN_ALIKE: frozenset[FactField] = frozenset(("category", "company", "department", "role"))
"""What many people have in common is held once, however many there are of them."""
_LINES_KEPT: frozenset[FactField] = frozenset(("note", "custom", "postal"))
# Halves of surrogate pairs too, which a shell or JSON lets through and no database takes.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")
_CONTROL_IN_LINES = re.compile(
    r" ?[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+ ?"
)


class Fact(NamedTuple):
    """One thing said of a person. Made by `fact`, which cleans what comes from outside."""

    field: FactField
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A person as one source has them: a display name ("" for none) and facts.

    `key` is the source's own for this person (UID, URL), "" for none. `facts` holds no `name`, and
    none twice.
    """

    name: str
    facts: tuple[Fact, ...]
    key: str = ""

    def values(self, field: FactField) -> tuple[str, ...]:
        """What is said in one field."""
        return tuple(it.value for it in self.facts if it.field == field)


def fact(field: FactField, value: str, label: str = "") -> Fact | None:
    """A fact as it may be kept, or None where nothing is left of the value (but for `died`)."""
    value = clean_lines(value) if field in _LINES_KEPT else clean(value, most=LONGEST_TEXT)
    if not value and field != "died":
        return None
    if field in _OFTEN_ALIKE:
        value = intern(value)
    return Fact(field, value, intern(clean(label)) if label else "")


def clean(text: str, *, most: int = LONGEST_NAME) -> str:
    """A text as it may be kept: NFC, one line, without control and bidi characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:most].rstrip()
    plain = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
    return " ".join(plain.split())[:most].rstrip()


def clean_lines(text: str, *, most: int = LONGEST_TEXT) -> str:
    """As `clean`, with the line breaks kept."""
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    lines = (_CONTROL_IN_LINES.sub(" ", line).rstrip() for line in plain.split("\n"))
    return "\n".join(lines).strip()[:most].rstrip()


def compound(parts: Sequence[str]) -> str:
    """Several texts as one value: joined by semicolons, escaped as RFC 6350 3.4 does; empty parts
    at the end are left out.
    """
    escaped = [part.replace("\\", "\\\\").replace(";", "\\;") for part in parts]
    while escaped and not escaped[-1]:
        escaped.pop()
    return ";".join(escaped)


def parts_of(value: str, count: int) -> list[str]:
    """The parts of a compound value, `count` of them, "" for those missing."""
    parts = [""]
    escaped = False
    for sign in value:
        if escaped:
            parts[-1] += sign
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == ";":
            parts.append("")
        else:
            parts[-1] += sign
    return (parts + [""] * count)[:count]
