"""krmd's own JSON: every fact with its source and since when."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.formats.json_people import (
    DEEPEST,
    KrmdJsonReader,
    KrmdPerson,
    SourcedFact,
    write_json,
)
from krmd.formats.reading import Raw, Read, Skipped
from krmd.formats.sniffing import sniff
from krmd.ledger.portrait import Fact, Portrait, clean
from tests.formats.portraits import portraits, texts
from tests.formats.reading_all import read_with

SINCE = Instant(1_764_000_000)
ADA = KrmdPerson(
    "urn:uuid:00000000-0000-4000-8000-000000000001",
    "Ada Falk",
    (
        SourcedFact(Fact("email", "ada@falk.example", "work"), "google", SINCE),
        SourcedFact(Fact("email", "ada@falk.example", "work"), "owner", None),
        SourcedFact(Fact("note", "two\nlines"), "", None),
    ),
    kept=False,
    added=Instant(1_700_000_000),
)
instants = st.none() | st.integers(-(10**9), 4 * 10**9).map(Instant)


@st.composite
def people(draw: st.DrawFn) -> KrmdPerson:
    """Contacts of any kind."""
    portrait = draw(portraits())
    facts = tuple(SourcedFact(it, clean(draw(texts)), draw(instants)) for it in portrait.facts)
    return KrmdPerson(portrait.key, portrait.name, facts, draw(st.booleans()), draw(instants))


def _people(octets: bytes) -> list[KrmdPerson]:
    reader = KrmdJsonReader(octets)
    found = [reader.person(it) for it in reader.pieces() if isinstance(it, Raw)]
    assert not [it for it in found if isinstance(it, Skipped) or it[1]]
    return [it[0] for it in found if not isinstance(it, Skipped)]


@given(st.lists(people(), max_size=4), st.sampled_from([None, 2]))
def test_what_is_written_is_read_as_it_was(several: list[KrmdPerson], indent: int | None) -> None:
    """In krmd's own layout and in another program's."""
    octets = write_json(several)
    if indent:
        octets = json.dumps(json.loads(octets), indent=indent, sort_keys=True).encode()
    assert several == _people(octets)
    reader = sniff(octets)
    assert "krmd" == reader.source
    read = [it.portrait for it in read_with(reader) if isinstance(it, Read)]
    assert [it.portrait for it in several] == read


def test_a_portrait_has_each_fact_once() -> None:
    """Whoever says it; and that she is kept no longer, and since when she was."""
    facts = (
        Fact("email", "ada@falk.example", "work"),
        Fact("note", "two\nlines"),
        Fact("added", "2023-11-14T22:13:20Z"),
        Fact("dropped", "true"),
    )
    assert Portrait("Ada Falk", facts, ADA.uid) == ADA.portrait
    assert [Read(2, ADA.portrait)] == read_with(KrmdJsonReader(write_json([ADA])))


def test_it_is_json_a_line_each() -> None:
    """For other programs as well."""
    octets = write_json([ADA, ADA])
    said = json.loads(octets)
    assert 1 == said["krmd"]
    assert {
        "field": "email", "value": "ada@falk.example", "label": "work", "source": "google",
        "since": "2025-11-24T16:00:00Z",
    } == said["contacts"][0]["facts"][0]  # fmt: skip
    assert 4 == len(octets.splitlines())
    assert {"krmd": 1, "contacts": []} == json.loads(write_json([]))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"contacts": []}',
        '{"krmd": "1"}',
        '{"version": 1}',
        '{"krmd": 2, "contacts": []}',
    ],
)
def test_other_json_is_refused(text: str) -> None:
    """And what a newer krmd wrote."""
    with pytest.raises(UserError):
        KrmdJsonReader(text.encode())


@pytest.mark.parametrize(
    ("contact", "reason"),
    [
        ("3", "is no contact: an object is wanted"),
        ('["x"]', "is no contact: an object is wanted"),
        ('{"name": }', "is no JSON"),
        ("{]", "is no JSON"),
        ("{}", "says nothing of anybody"),
        ('{"name": "\\ud83d"}', "says nothing of anybody"),
        ("{" + '"a":[' * 200 + "]" * 200 + "}", "is nested too deeply for a contact"),
        ('{"uid": ' + "9" * 5000 + "}", "is no JSON"),
    ],
)
def test_what_is_no_contact_is_named(contact: str, reason: str) -> None:
    """By its line; those around it are read."""
    assert DEEPEST < 200
    text = f'{{"krmd": 1, "contacts": [\n{{"name": "A"}},\n{contact},\n{{"name": "B"}}\n]}}'
    first, skipped, last = read_with(KrmdJsonReader(text.encode()))
    assert isinstance(skipped, Skipped)
    assert (3, reason) == skipped
    assert [2, 4] == [first.line, last.line]


def test_wrong_types_cost_themselves() -> None:
    """The rest of the contact is taken; unknown keys don't matter."""
    contact = """{"name": ["x"], "uid": "u", "kept": "perhaps", "added": "soon", "future": {},
    "facts": [{"field": "email", "value": 3}, {"field": "shoe_size", "value": "46"}, 7,
              {"field": "name", "value": "Y"}, {"field": "email", "value": "x(at)y"},
              {"field": "note", "value": "kept", "label": 3, "since": "x", "source": null},
              {"field": "note", "value": NaN}]}"""
    reader = KrmdJsonReader(f'{{"krmd": 1, "contacts": [{contact}]}}'.encode())
    [raw] = reader.pieces()
    assert isinstance(raw, Raw)
    found = reader.person(raw)
    assert not isinstance(found, Skipped)
    person, remarks = found
    assert KrmdPerson("u", "", (SourcedFact(Fact("note", "kept"), "", None),)) == person
    assert (
        "“name” is no text",
        "fact 1 has no field and value that are texts",
        "“shoe_size” is no field of krmd's",
        "fact 3 has no field and value that are texts",
        "“name” is no field of krmd's",
        "“x(at)y” is nothing that “email” can hold",
        "“label” is no text",
        "“since” is no time: “x”",
        "fact 7 has no field and value that are texts",
        "“added” is no time: “soon”",
    ) == remarks


def test_a_file_that_breaks_off_says_so() -> None:
    """What came before is read."""
    octets = write_json([ADA, ADA])
    found = read_with(KrmdJsonReader(octets[: len(octets) - 60]))
    assert isinstance(found[0], Read)
    assert isinstance(found[-1], Skipped)
    assert "breaks off" in found[-1].reason


brackets = st.text(st.sampled_from('{}[]",:\\ n\n'), max_size=80)


@given(brackets, st.binary(max_size=40))
def test_any_octets_are_read_to_their_end(text: str, octets: bytes) -> None:
    """Twice alike."""
    reader = KrmdJsonReader(b'{"krmd": 1, "contacts": [' + text.encode() + octets)
    assert read_with(reader) == read_with(reader)
