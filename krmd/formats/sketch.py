"""A portrait in the making: facts gathered from cells and attributes, cleaned, none twice.

What can't be used leaves a remark that quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

from krmd.base.address import parse_address
from krmd.formats.csv_dates import NoDate, read_date
from krmd.formats.csv_headings import DateOrder
from krmd.formats.vcard_own import own_value
from krmd.ledger.partial_date import PartialDate, partial_date
from krmd.ledger.portrait import (
    FACT_FIELDS,
    SINGLE,
    Fact,
    FactField,
    Portrait,
    clean,
    compound,
    fact,
)

MOST_FACTS = 500
"""So many facts of a person are taken from others' files."""
MOST_OWN_FACTS = 10_000
"""And so many from krmd's own, where notes gather over decades."""
LONGEST_KEY = 500
"""Characters of a source's own key."""
NamePart = Literal["name", "prefix", "given", "middle", "family", "suffix", "file_as"]
NAME_PARTS: tuple[NamePart, ...] = get_args(NamePart)

_RANK = {name: at for at, name in enumerate(FACT_FIELDS)}
_CHECKED = frozenset(
    ("email", "birthday", "died", "date", "cadence_days", "attention", "no_mailings")
)
_MOST_REMARKS = 20
_QUOTED = 60
_BETWEEN_ADDRESSES = re.compile(r"[;,\s]+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_FAMILY_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f\s]+\Z")
"""Kana, Han and Hangul: the family name comes first."""


class Sketch:
    """The facts of one person, as they are found. `order` is how slashed dates are written."""

    __slots__ = ("_addresses", "_facts", "_most", "_names", "_singles", "key", "order", "remarks")

    def __init__(self, order: DateOrder | None = None, *, most: int = MOST_FACTS) -> None:
        self.order = order
        self.key = ""
        self.remarks: list[str] = []
        self._most = most
        self._facts: dict[Fact, None] = {}
        self._singles: dict[FactField, str] = {}
        self._addresses: set[str] = set()
        self._names: dict[NamePart, str] = {}

    def keep(self, said: Fact | None) -> None:
        """Add a fact as it is."""
        if said is not None and len(self._facts) <= self._most:
            self._facts[said] = None

    def keep_own(self, field: FactField, value: str, label: str = "") -> None:
        """Add a fact that krmd wrote itself, or so they say."""
        if (usable := checked(field, value)) is None:
            self.remark(f"{quoted(value)} is nothing that “{field}” can hold")
        else:
            self.keep(fact(field, usable, label))

    def add(self, field: FactField, value: str, label: str = "") -> None:
        """Add a fact. Of what a person has one of, a second one becomes a `custom` fact."""
        said = fact(field, value, label)
        if said is None:
            return
        if field in SINGLE and self._singles.setdefault(field, said.value) != said.value:
            said = fact("custom", value, label or field)
        self.keep(said)

    def add_email(self, text: str, label: str = "") -> None:
        """Add the address or addresses in a text, also as `Ada <ada@example.org>`."""
        if (address := parse_address(text)) is not None:
            self._add_address(address, label)
            return
        if text.lstrip()[:3].lower() == "/o=":
            self.remark(f"{quoted(text)} is an address inside one Exchange server, and no email")
            return
        parts = _IN_BRACKETS.findall(text) or _BETWEEN_ADDRESSES.split(text)
        for part in [it for it in parts if "@" in it] or [text.strip()]:
            address = parse_address(part.strip().removeprefix("mailto:"))
            if address is not None:
                self._add_address(address, label)
            elif part:
                self.remark(f"{quoted(part)} is no email address")

    def add_date(self, field: FactField, text: str, label: str = "") -> None:
        """Add a date; one that is none, or that can't be told, as `date_text`."""
        found = read_date(text, self.order)
        if isinstance(found, PartialDate):
            self.add(field, str(found), label)
        elif found is not NoDate.MEANT:
            name = label if field == "date" and label else field
            self.keep(fact("date_text", text, name))
            self.remark(f"{quoted(text)}, the {name}, {found.value}")

    def add_date_parts(self, field: FactField, parts: Sequence[str], label: str = "") -> None:
        """Add a date of year, month and day, each digits or "" or 0 where it isn't known."""
        year, month, day = (int(it) or None if _is_number(it) else None for it in parts)
        # Thunderbird once put 1904 where there was no year.
        year = None if year in (1604, 1904) and month else year
        if not any(parts) or (year, month, day) == (None, None, None):
            return
        found = partial_date(year, month, day)
        if found is not None:
            self.add(field, str(found), label)
        else:
            text = "-".join(it.strip() or "?" for it in parts)
            self.keep(fact("date_text", text, label or field))
            self.remark(f"{quoted(text)}, the {label or field}, {NoDate.IMPOSSIBLE.value}")

    def add_categories(self, names: Sequence[str]) -> None:
        """Put the person into categories."""
        for name in names:
            self.keep(fact("category", name))

    def add_postal(self, parts: Sequence[str], label: str = "") -> None:
        """Add a postal address of the seven parts of RFC 6350 6.3.1."""
        plain = [part.strip() for part in parts]
        if any(plain):
            self.keep(fact("postal", compound(plain), label))

    def set_name(self, part: NamePart, text: str) -> None:
        """Set a part of the name; the first text for a part counts."""
        if text := clean(text):
            self._names.setdefault(part, text)

    def remark(self, sentence: str) -> None:
        """Say what could not be used."""
        if len(self.remarks) < _MOST_REMARKS:
            self.remarks.append(sentence)

    @property
    def has_name(self) -> bool:
        """Whether there is a name of a person."""
        return bool(self._display_name())

    def portrait(self) -> Portrait | None:
        """The portrait, its facts in the order of `FACT_FIELDS`, or None where nothing says whom
        it is of.
        """
        name = self._display_name()
        self.keep(self._structured_name(name))
        facts = self._kept()
        if not name:
            said = {it.field: it.value for it in reversed(facts)}
            name = clean(said.get("nickname") or said.get("company") or "")
            if not name and not said.keys() & {"email", "phone", "handle"}:
                return None
        return Portrait(name, tuple(sorted(facts, key=_rank)), self._cleaned_key())

    def exact_portrait(self) -> Portrait:
        """The portrait of what was kept and nothing inferred: what krmd wrote itself."""
        return Portrait(self._names.get("name", ""), tuple(self._kept()), self._cleaned_key())

    def _kept(self) -> list[Fact]:
        facts = list(self._facts)
        if len(facts) > self._most:
            self.remark(f"of more than {self._most} facts the rest wasn't taken")
        return facts[: self._most]

    def _cleaned_key(self) -> str:
        return clean(self.key, most=LONGEST_KEY) if self.key else ""

    def _add_address(self, address: str, label: str) -> None:
        if address not in self._addresses:
            self._addresses.add(address)
            self.keep(fact("email", address, label))

    def _display_name(self) -> str:
        names = self._names
        if whole := names.get("name"):
            return whole
        given, family = names.get("given", ""), names.get("family", "")
        if given and family and _FAMILY_FIRST.match(family + given):
            return f"{family} {given}"
        parts = (given, names.get("middle", ""), family)
        return " ".join(part for part in parts if part) or names.get("file_as", "")

    def _structured_name(self, whole: str) -> Fact | None:
        """The name in its parts, where they tell more than the whole."""
        names = self._names
        parts = [names.get(it, "") for it in ("family", "given", "middle", "prefix", "suffix")]
        if not any(parts[:2]) or (names.get("family") == whole and not any(parts[1:])):
            return None
        return fact("structured_name", compound(parts))


def checked(field: FactField, value: str) -> str | None:
    """A value from krmd's own file as its field holds it, or None where it can't. The files are
    edited by hand, and by others.
    """
    return own_value(field, value) if value and field in _CHECKED else value


def quoted(text: str) -> str:
    """A stranger's text as a sentence may hold it."""
    short = clean(text, most=_QUOTED + 1)
    return f"“{short[:_QUOTED]}…”" if len(short) > _QUOTED else f"“{short}”"


def _rank(said: Fact) -> int:
    return _RANK[said.field]


def _is_number(text: str) -> bool:
    return text.strip().isdecimal() and len(text.strip()) <= 4
