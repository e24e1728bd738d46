"""krmd's own properties and parameters in a vCard, so that what it exports comes back as it was.

Where vCard has a property of its own, that is written, for other programs to see. What it has none
for stands in X-KRMD-<FIELD>, checked when read, since anybody can write one.
"""

from __future__ import annotations

import re

from krmd.base.address import parse_address
from krmd.base.instant import from_rfc3339
from krmd.formats.vcard_text import escaped, parameter_value
from krmd.ledger.cadence import LONGEST_CADENCE
from krmd.ledger.partial_date import read_partial_date
from krmd.ledger.portrait import FACT_FIELDS, Fact, FactField

PREFIX = "X-KRMD-"
LABEL = "X-KRMD-LABEL"
"""The parameter with a fact's label as it is."""
NAMELESS = "X-KRMD-NAMELESS"
"""The parameter of a name that other programs need and the person hasn't got."""
YEAR_MEANT = "X-KRMD-YEAR"
"""The parameter that says of a year which elsewhere stands for none that it is meant."""

OWN_FIELDS: dict[str, FactField] = {
    PREFIX + field.upper().replace("_", "-"): field for field in FACT_FIELDS if field != "name"
}
"""krmd's properties and the fields they tell."""

_NAMES = {field: name for name, field in OWN_FIELDS.items()}
_ATTENTIONS = ("less", "normal", "more", "muted")
_DAYS = re.compile(r"[1-9][0-9]{0,4}")
_NO_DAY_KNOWN = "unknown"


def own_line(fact: Fact) -> str:
    """A fact as krmd's own property."""
    label = f";{LABEL}={parameter_value(fact.label)}" if fact.label else ""
    value = fact.value or (_NO_DAY_KNOWN if fact.field == "died" else "")
    return f"{_NAMES[fact.field]}{label}:{escaped(value)}"


def own_value(field: FactField, text: str) -> str | None:
    """The value that krmd's property for `field` holds, or None if no such fact can have it."""
    match field:
        case "email":
            return parse_address(text)
        case "died" if text == _NO_DAY_KNOWN:
            return ""
        case "birthday" | "died" | "date":
            found = read_partial_date(text)
            return None if found is None else str(found)
        case "cadence_days":
            usable = _DAYS.fullmatch(text) and int(text) <= LONGEST_CADENCE
        case "attention":
            usable = text in _ATTENTIONS
        case "no_mailings" | "dropped":
            usable = text == "true"
        case "added":
            usable = from_rfc3339(text) is not None
        case _:
            usable = True
    return text if usable else None
