"""The lines of a card in the making: how labels, groups and dates stand in each version."""

from __future__ import annotations

from collections.abc import Iterable

from krmd.formats.vcard_dates import APPLE_NO_YEAR, PLACEHOLDERS, basic
from krmd.formats.vcard_labels import label_of_apple, types_of_label
from krmd.formats.vcard_own import LABEL, YEAR_MEANT, own_line
from krmd.formats.vcard_text import escaped, parameter_value
from krmd.ledger.partial_date import PartialDate
from krmd.ledger.portrait import Fact, FactField


class Sheet:
    """Lines, not yet folded, of a card in vCard 4.0 or else 3.0."""

    def __init__(self, *, is_four: bool) -> None:
        self.is_four = is_four
        self.lines: list[str] = []
        self._groups = 0
        self._said: set[FactField] = set()

    def is_first(self, field: FactField) -> bool:
        """Whether this is the first time it is asked for that field; a reader wants no second."""
        first = field not in self._said
        self._said.add(field)
        return first

    def line(self, name: str, value: str, parameters: Iterable[str] = ()) -> None:
        """A property; the value is escaped already, and so are the parameters."""
        self.lines.append(f"{';'.join((name, *parameters))}:{value}")

    def own(self, fact: Fact) -> None:
        """A fact as krmd's own property."""
        self.lines.append(own_line(fact))

    def labelled(self, name: str, value: str, label: str, parameters: Iterable[str] = ()) -> None:
        """A property with its label as types, if the usual ones say it, else as Apple's label."""
        types = types_of_label(label) if label else ()
        if types is None:
            self.grouped(name, value, label, parameters)
        else:
            self.line(name, value, (*parameters, *(f"TYPE={it}" for it in types)))

    def grouped(self, name: str, value: str, label: str, parameters: Iterable[str] = ()) -> None:
        """A property in a group with an X-ABLabel, which most programs show."""
        if not label:
            self.line(name, value, parameters)
        elif label_of_apple(label) != label:
            self.line(name, value, (*parameters, own_label(label)))
        else:
            self._group(name, value, escaped(label), parameters)

    def built_in(self, name: str, value: str, label: str, parameters: Iterable[str] = ()) -> None:
        """A property with one of the labels that Apple's programs translate."""
        self._group(name, value, f"_$!<{label.capitalize()}>!$_", parameters)

    def _group(self, name: str, value: str, label: str, parameters: Iterable[str]) -> None:
        self._groups += 1
        self.line(f"item{self._groups}.{name}", value, parameters)
        self.line(f"item{self._groups}.X-ABLabel", label)


def own_label(label: str) -> str:
    """A label as it is, in krmd's parameter."""
    return f"{LABEL}={parameter_value(label)}"


def labels(label: str) -> tuple[str, ...]:
    """The same, or no parameter for no label."""
    return (own_label(label),) if label else ()


def new_date(day: PartialDate) -> tuple[str, tuple[str, ...]]:
    """A date of vCard 4.0: value and parameters."""
    return basic(day), _year_meant(day)


def old_date(day: PartialDate) -> tuple[str, tuple[str, ...]] | None:
    """A date of vCard 3.0, without a year as Apple has it; None where it has no month or day."""
    if not day.is_anniversary:
        return None
    if day.year is not None:
        return str(day), _year_meant(day)
    # 1604 is a leap year, so 29 February stands in it.
    return f"{APPLE_NO_YEAR}{str(day)[1:]}", (f"X-APPLE-OMIT-YEAR={APPLE_NO_YEAR}",)


def _year_meant(day: PartialDate) -> tuple[str, ...]:
    return (f"{YEAR_MEANT}=meant",) if day.year in PLACEHOLDERS else ()
