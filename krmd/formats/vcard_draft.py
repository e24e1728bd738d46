"""A portrait in the making: what the properties of one card have said so far, and its limits."""

from __future__ import annotations

from krmd.formats.content_lines import Head
from krmd.formats.vcard_dates import THUNDERBIRD_NO_YEAR
from krmd.formats.vcard_labels import label_of_types
from krmd.formats.vcard_own import LABEL, YEAR_MEANT
from krmd.formats.vcard_text import unescaped
from krmd.ledger.partial_date import PartialDate
from krmd.ledger.portrait import (
    FACT_FIELDS,
    LONGEST_TEXT,
    Fact,
    FactField,
    Portrait,
    clean,
    compound,
    fact,
)

MOST_FACTS = 5_000
"""Facts of one card that are kept: decades of dated notes, and no fifty thousand addresses."""
LONGEST_KEY = 255
"""Characters of a UID."""

_MOST_REMARKS = 20
_QUOTED = 60
_RANK = {field: number for number, field in enumerate(FACT_FIELDS)}
_TELLING: frozenset[FactField] = frozenset(("email", "phone", "handle", "url", "postal", "company"))
"""Of somebody without a name one of these must be known."""


class Draft:
    """What is known of one person while their card is read. Every method may be called at will;
    what is too much is left out with a remark.
    """

    def __init__(self, labels: dict[str, str]) -> None:
        """`labels` are the X-ABLabel of each group, the group in capitals."""
        self.name = ""
        self.parts: list[str] = []
        self.key = ""
        self.kind = "individual"
        self.is_nameless = False
        self.shows_company = False
        self.postal_labels: list[tuple[str, str]] = []
        self._labels = labels
        self._facts: dict[Fact, None] = {}
        self._single: dict[FactField, str] = {}
        self._birthday: tuple[PartialDate, Head] | None = None
        self._remarks: dict[str, None] = {}

    def add(self, field: FactField, value: str, label: str = "") -> None:
        """One fact more, unless nothing is left of it."""
        made = fact(field, value, label)
        if made is None:
            return
        if len(value) > LONGEST_TEXT:
            self.remark(
                f"The {_spoken(field)} is longer than {LONGEST_TEXT} characters;"
                " the rest is left out."
            )
        if len(self._facts) < MOST_FACTS:
            self._facts[made] = None
        else:
            self.remark(f"The card says more than {MOST_FACTS} things; the rest is left out.")

    def add_single(self, field: FactField, value: str, label: str = "") -> None:
        """One fact of which a person has one; a second value becomes a `custom` fact."""
        if value and self._single.setdefault(field, value) != value:
            self.add("custom", value, _spoken(field))
        else:
            self.add(field, value, label)

    def born(self, day: PartialDate, head: Head) -> None:
        """The birthday; whether its year is one, only the whole card tells."""
        if self._birthday is None:
            self._birthday = day, head
        elif self._birthday[0] != day:
            self.add("custom", str(day), "birthday")

    def no_date(self, value: str, label: str) -> None:
        """A date that is none, kept as text."""
        text = unescaped(value)
        if text.strip():
            self.add("date_text", text, label or "date")
            self.remark(f"“{_short(text)}” ({label or 'date'}) is no date; it is kept as a text.")

    def remark(self, sentence: str) -> None:
        """A sentence about what could not be used; of very many, the first."""
        if len(self._remarks) < _MOST_REMARKS:
            self._remarks[sentence] = None
        elif len(self._remarks) == _MOST_REMARKS:
            self._remarks["More of this card could not be used."] = None

    def unusable(self, value: str, why: str) -> None:
        """A value that is left out: `“ada(at)x” is no address.`"""
        self.remark(f"“{_short(value)}” {why}.")

    def label(self, head: Head) -> str:
        """What a phone, an address … is called: krmd's label, Apple's, else the types."""
        own = head.parameter(LABEL)
        if own is not None:
            return own
        return (head.group and self._labels.get(head.group)) or label_of_types(head.types)

    def apple_label(self, head: Head) -> str:
        """What the X-ABLabel of the property's group says, or ""."""
        return self._labels.get(head.group, "")

    def relation(self, kind: str, who: str, label: str) -> None:
        """Somebody of theirs, in plain words: `spouse: Bob`."""
        if who.strip():
            self.add("relation", f"{kind}: {who}" if kind else who, label)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What could not be used, one sentence each."""
        return tuple(self._remarks)

    def portrait(self) -> Portrait | None:
        """The person, or None where the card tells nothing of anybody."""
        name = "" if self.is_nameless else self._best_name()
        self._conclude(name)
        facts = tuple(sorted(self._facts, key=_rank))
        enough = facts if self.is_nameless else name or any(it.field in _TELLING for it in facts)
        return Portrait(name, facts, self.key) if enough else None

    def _best_name(self) -> str:
        if self.name and not self.shows_company:
            return self.name
        company = clean(self._single.get("company", ""))
        if self.shows_company and company:
            return company
        family, given, additional, prefixes, suffixes = (*self.parts, "", "", "", "", "")[:5]
        structured = clean(f"{prefixes} {given} {additional} {family} {suffixes}")
        return self.name or structured or company or self._first("email")

    def _first(self, field: FactField) -> str:
        return next((clean(it.value) for it in self._facts if it.field == field), "")

    def _conclude(self, name: str) -> None:
        said = [part for part in self.parts if part]
        # Whose name has no parts is all family name to most programs.
        if said and (len(said) > 1 or clean(said[0]) != name):
            self.add("structured_name", compound(self.parts))
        if self._birthday is not None:
            self._conclude_birthday(*self._birthday)
        if self.postal_labels and not self._first("postal"):
            for text, label in self.postal_labels:
                self.add("postal", compound(("", "", text)), label)

    def _conclude_birthday(self, day: PartialDate, head: Head) -> None:
        if day.year == THUNDERBIRD_NO_YEAR and day.is_anniversary:
            is_dead = any(it.field == "died" for it in self._facts)
            if not is_dead and YEAR_MEANT not in head.parameters:
                day = day._replace(year=None)
        self.add("birthday", str(day), head.parameter(LABEL) or "")


def _rank(it: Fact) -> int:
    return _RANK[it.field]


def _spoken(field: FactField) -> str:
    return field.replace("_", " ")


def _short(text: str) -> str:
    text = clean(text, most=_QUOTED + 1)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
