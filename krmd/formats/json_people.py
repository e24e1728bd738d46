"""krmd's own JSON: people with every fact, where it comes from and since when; written and read.

    {"krmd": 1, "contacts": [
    {"uid": "urn:uuid:…", "name": "Ada", "kept": true, "added": "2026-11-20T18:03:00Z", "facts": [
    {"field": "email", "value": "ada@example.org", "label": "work", "source": "google",
    "since": "2026-11-20T18:03:00Z"}]},
    …
    ]}

A contact is a line, so that a big file is read without being held. Another layout of the same is
read as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from krmd.base.errors import UserError
from krmd.base.instant import Instant, from_datetime, to_rfc3339
from krmd.formats.reading import Octets, Raw, Read, Skipped
from krmd.formats.sketch import LONGEST_KEY, MOST_OWN_FACTS, checked, quoted
from krmd.ledger.portrait import (
    FACT_FIELDS,
    LONGEST_NAME,
    Fact,
    FactField,
    Portrait,
    clean,
    fact,
)

SOURCE = "krmd"
VERSION = 1
"""The version of the format; a reader refuses a newer one."""
LONGEST_CONTACT = 32 << 20
"""Octets of one contact."""
DEEPEST = 50

# One bracket, with all before it that is none: strings are passed over whole, in linear time.
_BRACKET = re.compile(
    rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+([{}\[\]])', re.DOTALL
)
_LIST_OF_CONTACTS = re.compile(rb'"contacts"\s*:\s*\Z')
_STATED_VERSION = re.compile(rb'"krmd"\s*:\s*(\d{1,9})\s*[,}]')
_BLANK = b", \t\r\n"
_HEAD = 4096
_LONGEST_TIME = 40
_FIELDS: Mapping[str, FactField] = {name: name for name in FACT_FIELDS if name != "name"}


class SourcedFact(NamedTuple):
    """A fact, which source says it (`owner`, `google` …), and since when, if that is known."""

    fact: Fact
    source: str
    since: Instant | None


@dataclass(frozen=True, slots=True)
class KrmdPerson:
    """A contact as krmd writes and reads them: everything it knows but the history."""

    uid: str
    name: str
    facts: tuple[SourcedFact, ...]
    kept: bool = True
    added: Instant | None = None

    @property
    def portrait(self) -> Portrait:
        """What is said of the person, whoever says it, none twice; `kept` and `added` too."""
        facts = dict.fromkeys(it.fact for it in self.facts)
        if self.added is not None:
            facts[Fact("added", to_rfc3339(self.added))] = None
        if not self.kept:
            facts[Fact("dropped", "true")] = None
        return Portrait(self.name, tuple(facts), self.uid)


def write_json(people: Iterable[KrmdPerson]) -> bytes:
    """The people as krmd's own JSON, UTF-8, a line each."""
    lines = ["\n" + json.dumps(_object(it), ensure_ascii=False) for it in people]
    text = f'{{"krmd": {VERSION}, "contacts": [{",".join(lines)}\n]}}\n'
    return text.encode("utf-8", "replace")


class KrmdJsonReader:
    """Reads krmd's own JSON: `PeopleReader`."""

    source = SOURCE
    encoding = "utf-8"
    habits = b"krmd-json-1"

    def __init__(self, octets: Octets) -> None:
        """Raises UserError where the file is JSON of another kind, or of a newer krmd."""
        self._octets = octets
        stated = _STATED_VERSION.search(octets[:_HEAD]) or _STATED_VERSION.search(octets[-_HEAD:])
        if stated is None:
            raise UserError("it is JSON, but not krmd's own: there is no “krmd” in it")
        if int(stated[1]) > VERSION:
            raise UserError(
                f"a newer krmd wrote it (version {int(stated[1])}; this one reads {VERSION})"
            )

    def pieces(self) -> Iterator[Raw | Skipped]:
        """The objects in the list of contacts, in order."""
        return _contacts(self._octets)

    def parse(self, raw: Raw) -> Read | Skipped:
        """The portrait of one contact."""
        found = self.person(raw)
        if isinstance(found, Skipped):
            return found
        person, remarks = found
        return Read(raw.line, person.portrait, remarks)

    def person(self, raw: Raw) -> tuple[KrmdPerson, tuple[str, ...]] | Skipped:
        """One contact with the sources of its facts, and remarks."""
        try:
            said = json.loads(raw.octets.decode("utf-8", "replace"), parse_constant=_no_number)
        except (ValueError, RecursionError):
            return Skipped(raw.line, "is no JSON")
        if not isinstance(said, dict):
            return Skipped(raw.line, "is no contact: an object is wanted")
        remarks: list[str] = []
        person = KrmdPerson(
            uid=clean(_text(said, "uid", remarks), most=LONGEST_KEY),
            name=clean(_text(said, "name", remarks)),
            facts=tuple(_facts(said.get("facts"), remarks)),
            kept=said.get("kept") is not False,
            added=_instant(said, "added", remarks),
        )
        if not (person.name or person.facts or person.uid):
            return Skipped(raw.line, "says nothing of anybody")
        return person, tuple(remarks[:20])


def _contacts(octets: Octets) -> Iterator[Raw | Skipped]:
    """The objects in the list of contacts, found by their brackets alone."""
    at, line = _list_begin(octets)
    depth = start = 0
    is_deep = False
    while found := _BRACKET.match(octets, at):
        bracket, end = found[1], found.end()
        if depth == 0:
            between = octets[at : end - 1]
            if said := between.lstrip(_BLANK):
                begun = line + between[: len(between) - len(said)].count(b"\n")
                yield Skipped(begun, "is no contact: an object is wanted")
            line += between.count(b"\n")
            start, is_deep = end - 1, False
        depth += 1 if bracket in b"{[" else -1
        at = end
        if depth < 0:
            return
        is_deep = is_deep or depth > DEEPEST
        if depth == 0:
            yield _contact(line, octets, slice(start, end), is_deep=is_deep)
            line += octets[start:end].count(b"\n")
    if depth or at < len(octets):
        yield Skipped(line, "breaks off within a contact: the file isn't whole")


def _list_begin(octets: Octets) -> tuple[int, int]:
    """Where the list of contacts begins, and in which line; the file's end where there is none."""
    at = depth = 0
    while found := _BRACKET.match(octets, at):
        at = found.end()
        before = octets[max(0, at - 80) : at - 1]
        if depth == 1 and found[1] == b"[" and _LIST_OF_CONTACTS.search(before):
            return at, 1 + octets[:at].count(b"\n")
        depth += 1 if found[1] in b"{[" else -1
    return len(octets), 1


def _contact(line: int, octets: Octets, where: slice, *, is_deep: bool) -> Raw | Skipped:
    if is_deep:
        return Skipped(line, "is nested too deeply for a contact")
    if where.stop - where.start > LONGEST_CONTACT:
        return Skipped(line, f"has more than {LONGEST_CONTACT:,} octets")
    return Raw(line, octets[where])


def _object(person: KrmdPerson) -> dict[str, object]:
    return {
        "uid": person.uid,
        "name": person.name,
        "kept": person.kept,
        "added": None if person.added is None else to_rfc3339(person.added),
        "facts": [
            {
                "field": it.fact.field,
                "value": it.fact.value,
                "label": it.fact.label,
                "source": it.source,
                "since": None if it.since is None else to_rfc3339(it.since),
            }
            for it in person.facts
        ],
    }


def _facts(said: object, remarks: list[str]) -> Iterator[SourcedFact]:
    if not isinstance(said, list):
        if said is not None:
            remarks.append("“facts” is no list")
        return
    if len(said) > MOST_OWN_FACTS:
        remarks.append(f"of more than {MOST_OWN_FACTS} facts the rest wasn't taken")
    for number, it in enumerate(said[:MOST_OWN_FACTS], 1):
        name, value = (it.get("field"), it.get("value")) if isinstance(it, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(value, str):
            remarks.append(f"fact {number} has no field and value that are texts")
        elif (field := _FIELDS.get(name)) is None:
            remarks.append(f"{quoted(name)} is no field of krmd's")
        elif (usable := checked(field, value)) is None:
            remarks.append(f"{quoted(value)} is nothing that “{field}” can hold")
        elif (made := fact(field, usable, _text(it, "label", remarks))) is not None:
            source = _source(_text(it, "source", remarks)[:LONGEST_NAME])
            yield SourcedFact(made, source, _instant(it, "since", remarks))


def _text(said: dict[str, Any], key: str, remarks: list[str]) -> str:
    text = said.get(key)
    if isinstance(text, str):
        return text
    if text is not None:
        remarks.append(f"“{key}” is no text")
    return ""


def _instant(said: dict[str, Any], key: str, remarks: list[str]) -> Instant | None:
    if not (text := _text(said, key, remarks)):
        return None
    instant = _read_instant(text[:_LONGEST_TIME])
    if instant is None:
        remarks.append(f"“{key}” is no time: {quoted(text)}")
    return instant


@lru_cache(maxsize=1024)
def _source(text: str) -> str:
    return clean(text)


@lru_cache(maxsize=4096)
def _read_instant(text: str) -> Instant | None:
    try:
        return from_datetime(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _no_number(_name: str) -> None:
    """NaN and Infinity, which are no JSON."""
