"""How each fact stands in a card: as vCard's own property where it reads as it is, else as krmd's.

One table from fields to spellers; a field without one has no property in vCard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from krmd.base.address import parse_address
from krmd.formats.vcard_days import ANNIVERSARY
from krmd.formats.vcard_fields import SYSTEM_CATEGORIES
from krmd.formats.vcard_handles import handle_line
from krmd.formats.vcard_sheet import Sheet, labels, new_date, old_date, own_label
from krmd.formats.vcard_text import (
    POSTAL_PARTS,
    escaped,
    escaped_uri,
    parts_if_exact,
    spelled,
)
from krmd.ledger.partial_date import PartialDate, read_partial_date
from krmd.ledger.portrait import Fact, FactField, Portrait

_LONGEST_LIST = 4_000

Speller = Callable[[Sheet, Fact, Portrait], None]
"""Adds a fact of a portrait to a sheet."""

# RFC 6350 6.6.6, and Apple's labels for related names.
_NEW_KINDS = frozenset(
    "contact acquaintance friend met co-worker colleague co-resident neighbor child parent sibling"
    " spouse kin muse crush date sweetheart me agent emergency".split()
)
_OLD_KINDS = frozenset(
    "mother father parent brother sister child friend spouse partner assistant manager".split()
)


def _text(name: str) -> Speller:
    def spell(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
        sheet.line(name, escaped(fact.value), labels(fact.label))

    return spell


def _single(name: str) -> Speller:
    def spell(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
        if sheet.is_first(fact.field):
            sheet.line(name, escaped(fact.value), labels(fact.label))
        else:
            sheet.own(fact)

    return spell


def _listed(name: str, unheard: frozenset[str] = frozenset()) -> Speller:
    """All without a label in one line, since many programs read only one."""

    def is_listed(fact: Fact) -> bool:
        return not fact.label and fact.value.casefold() not in unheard

    def spell(sheet: Sheet, fact: Fact, portrait: Portrait) -> None:
        if fact.value.casefold() in unheard:
            sheet.own(fact)
        elif fact.label:
            sheet.line(name, escaped(fact.value), labels(fact.label))
        elif sheet.is_first(fact.field):
            alike = [it for it in portrait.facts if it.field == fact.field and is_listed(it)]
            for values in _in_lines([escaped(it.value) for it in alike]):
                sheet.line(name, ",".join(values))

    return spell


def _in_lines(values: list[str]) -> Iterator[list[str]]:
    """Values in runs that a reader takes as one line."""
    run: list[str] = []
    size = 0
    for value in values:
        if run and size + len(value) > _LONGEST_LIST:
            yield run
            run, size = [], 0
        run.append(value)
        size += len(value)
    yield run


def _email(sheet: Sheet, fact: Fact, portrait: Portrait) -> None:
    if parse_address(fact.value) != fact.value:
        sheet.own(fact)
        return
    parameters = () if sheet.is_four else ("TYPE=INTERNET",)
    if sheet.is_first("email") and len(portrait.values("email")) > 1:
        parameters = (*parameters, "PREF=1" if sheet.is_four else "TYPE=pref")
    sheet.labelled("EMAIL", fact.value, fact.label, parameters)


def _phone(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    if fact.value[:4].lower() == "tel:":
        sheet.own(fact)
    else:
        sheet.labelled("TEL", escaped(fact.value), fact.label)


def _url(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    sheet.labelled("URL", escaped_uri(fact.value), fact.label)


def _handle(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    line = handle_line(fact.value, fact.label)
    if line is None:
        sheet.own(fact)
    else:
        sheet.lines.append(line)


def _postal(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    parts = parts_if_exact(fact.value, POSTAL_PARTS)
    if parts is None:
        sheet.own(fact)
    else:
        sheet.labelled("ADR", spelled(parts), fact.label)


def _company(sheet: Sheet, fact: Fact, portrait: Portrait) -> None:
    if not sheet.is_first("company"):
        sheet.own(fact)
        return
    department = next((it for it in portrait.facts if it.field == "department"), None)
    parts = [fact.value]
    if department is not None and not department.label:
        parts.append(department.value)
    sheet.line("ORG", spelled(parts), labels(fact.label))


def _department(sheet: Sheet, fact: Fact, portrait: Portrait) -> None:
    if not sheet.is_first("department") or fact.label:
        sheet.own(fact)
    elif not portrait.values("company"):
        sheet.line("ORG", spelled(("", fact.value)))


def _birthday(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    _day(sheet, fact, "BDAY", "BDAY")


def _died(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    _day(sheet, fact, "DEATHDATE", "X-DEATHDATE")


def _day(sheet: Sheet, fact: Fact, new_name: str, old_name: str) -> None:
    day = read_partial_date(fact.value)
    spelled_day = None if day is None else new_date(day) if sheet.is_four else old_date(day)
    if spelled_day is None or not sheet.is_first(fact.field):
        sheet.own(fact)
        return
    value, parameters = spelled_day
    sheet.line(new_name if sheet.is_four else old_name, value, (*parameters, *labels(fact.label)))


def _date(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    day = read_partial_date(fact.value)
    if day is None:
        sheet.own(fact)
    elif fact.label == ANNIVERSARY and sheet.is_four:
        value, parameters = new_date(day)
        sheet.line("ANNIVERSARY", value, parameters)
    else:
        _old_day(sheet, fact, day)


def _old_day(sheet: Sheet, fact: Fact, day: PartialDate) -> None:
    spelled_day = old_date(day)
    if spelled_day is None:
        sheet.own(fact)
        return
    value, parameters = spelled_day
    if fact.label == ANNIVERSARY:
        # Phones know the one, other programs the other.
        sheet.line("X-ANNIVERSARY", value, parameters)
        sheet.built_in("X-ABDATE", value, ANNIVERSARY, parameters)
    elif fact.label.casefold() == ANNIVERSARY:
        sheet.line("X-ABDATE", value, (*parameters, own_label(fact.label)))
    else:
        sheet.grouped("X-ABDATE", value, fact.label, parameters)


def _relation(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    kind, _, who = fact.value.partition(": ")
    name = "RELATED" if sheet.is_four else "X-ABRELATEDNAMES"
    parameters = (*(("VALUE=text",) if sheet.is_four else ()), *labels(fact.label))
    if not who or kind not in (_NEW_KINDS if sheet.is_four else _OLD_KINDS):
        sheet.line(name, escaped(fact.value), parameters)
    elif sheet.is_four:
        sheet.line(name, escaped(who), (f"TYPE={kind}", *parameters))
    else:
        sheet.built_in(name, escaped(who), kind, parameters)


def _own(sheet: Sheet, fact: Fact, _portrait: Portrait) -> None:
    sheet.own(fact)


_SPELLERS: Mapping[FactField, Speller] = {
    "nickname": _listed("NICKNAME"),
    "email": _email,
    "phone": _phone,
    "url": _url,
    "handle": _handle,
    "postal": _postal,
    "company": _company,
    "department": _department,
    "role": _single("TITLE"),
    "birthday": _birthday,
    "died": _died,
    "date": _date,
    "relation": _relation,
    "language": _single("LANG"),
    "note": _text("NOTE"),
    "category": _listed("CATEGORIES", SYSTEM_CATEGORIES),
}


def spell(sheet: Sheet, fact: Fact, portrait: Portrait) -> None:
    """Add a fact of a portrait, any but its names, to a sheet."""
    _SPELLERS.get(fact.field, _own)(sheet, fact, portrait)
