"""Audiences: selectors over categories, and whom they name."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import NamedTuple

from krmd.base.errors import UserError
from krmd.ledger.category import category_key
from krmd.store import categories, contacts
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction


class Term(NamedTuple):
    """Categories a person must all be in."""

    every: tuple[str, ...]


class Audience(NamedTuple):
    """Who is in all of one of `terms` and in none of `without`; category keys."""

    terms: tuple[Term, ...]
    without: tuple[str, ...]

    def names(self, inside: frozenset[str]) -> bool:
        """Whether it names somebody who is in just the categories of these keys."""
        return inside.isdisjoint(self.without) and any(
            inside.issuperset(term.every) for term in self.terms
        )


def people_in(tx: Transaction, selector: str) -> list[ContactRow]:
    """The kept, living contacts an audience names, by name; UserError where it can't be read."""
    audience = read_audience(tx, selector)
    members = {key: set(_members(tx, key)) for key in _names(audience)}
    found: set[int] = set()
    for term in audience.terms:
        found |= set.intersection(*(members[key] for key in term.every))
    for key in audience.without:
        found -= members[key]
    rows = contacts.by_ids(tx, list(found)).values()
    living = [row for row in rows if row.kept and not row.deceased]
    return sorted(living, key=lambda row: (row.name_key, row.uuid))


def names_of(selector: str) -> set[str]:
    """The keys of the categories that a selector names; none where it is no selector."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.add(category_key(_bare(text)))
        return text

    with contextlib.suppress(UserError):
        _rewritten(selector, note)
    return found


def renamed(selector: str, key: str, name: str) -> str:
    """A selector that says another name for the category of that key; the rest as it stands.

    Raises UserError for a name that can't stand in one.
    """
    return _rewritten(
        selector, lambda text: _quoted(name) if category_key(_bare(text)) == key else text
    )


def read_audience(tx: Transaction, selector: str, *, suggest: bool = True) -> Audience:
    """Read `japan, technology` (either), `japan+technology` (both), `-family` (not).

    UserError where it can't be read; `suggest` lets that say what may be meant, and of how many.
    """
    known = {row.name_key: row.name for row in categories.all_of_them(tx)}
    terms: list[Term] = []
    without: list[str] = []
    for text in _split(selector, ","):
        every: list[str] = []
        for part in _split(text, "+"):
            name, *negated = _negations(part)
            if name:
                every.append(_known(tx, name, known, suggest=suggest))
            without += [_known(tx, it, known, suggest=suggest) for it in negated]
        if every:
            terms.append(Term(tuple(every)))
    if not terms:
        raise UserError(f"“{selector}” names nobody; begin with a category")
    return Audience(tuple(terms), tuple(without))


def _rewritten(selector: str, say: Callable[[str], str]) -> str:
    """A selector whose names are said otherwise."""
    terms = []
    for text in _split(selector, ","):
        every = []
        for part in _split(text, "+"):
            first, *negated = _negations(part)
            words = [say(first) if first else "", *(f"-{say(it)}" for it in negated)]
            every.append(" ".join(it for it in words if it))
        terms.append("+".join(every))
    return ", ".join(it for it in terms if it)


def _split(text: str, at: str) -> list[str]:
    parts, quoted = [""], False
    for sign in text:
        quoted ^= sign == '"'
        if sign == at and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    if quoted:
        raise UserError(f"a quotation mark is missing in “{text}”")
    return [part.strip() for part in parts]


def _negations(text: str) -> list[str]:
    """The name before the first ` -`, then each name that is taken out."""
    parts = re.split(r'(?:^|\s)-(?=\S)(?=(?:[^"]*"[^"]*")*[^"]*$)', text)
    return [part.strip() for part in parts]


def _bare(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if quoted else text


def _quoted(name: str) -> str:
    """A category's name as a selector may hold it."""
    if '"' in name:
        raise UserError(f"an audience can't name “{name}”: there is a quotation mark in it")
    return f'"{name}"' if re.search(r"[,+]|(?:^|\s)-", name) else name


def _known(tx: Transaction, text: str, known: dict[str, str], *, suggest: bool) -> str:
    key = category_key(_bare(text))
    if key in known:
        return key
    if not suggest:
        raise UserError(f"there is no category “{_bare(text)}”")
    words = [category_key(word) for word in text.split()]
    if len(words) > 1 and all(word in known for word in words):
        names = [known[word] for word in words]
        either, both = ", ".join(names), "+".join(names)
        raise UserError(
            f"“{text}” is no category; did you mean “{either}” ({_count(tx, either)} people, in"
            f" one or the other) or “{both}” ({_count(tx, both)} people, in both)?",
            candidates=(either, both),
        )
    raise UserError(
        f"there is no category “{text}”; there are: {', '.join(known.values()) or 'none'}",
        candidates=tuple(known.values()),
    )


def _count(tx: Transaction, selector: str) -> int:
    return len(people_in(tx, selector))


def _members(tx: Transaction, key: str) -> list[int]:
    row = categories.find(tx, key)
    return categories.members(tx, row.id) if row is not None else []


def _names(audience: Audience) -> set[str]:
    return {key for term in audience.terms for key in term.every} | set(audience.without)
