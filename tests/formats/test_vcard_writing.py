"""vCards as krmd writes them: what other programs see of each fact, in both versions."""

from __future__ import annotations

from typing import get_args

import pytest

from krmd.formats.reading import Read
from krmd.formats.vcard_writing import Version, write_vcard
from krmd.ledger.portrait import Fact, FactField, Portrait, compound
from tests.formats.cards import facts, person, read_all

UID = "urn:uuid:00000000-0000-4000-8000-000000000001"


def _lines(*said: Fact, name: str = "Ada", old: bool = False) -> list[str]:
    """The unfolded lines between those that every card has."""
    octets = write_vcard(Portrait(name, said), version="3.0" if old else "4.0", uid="")
    return octets.decode().replace("\r\n ", "").split("\r\n")[3:-2]


def test_a_card_is_whole() -> None:
    """Version, who wrote it, the key, both names; nothing that changes from day to day."""
    portrait = Portrait("Ada Lovelace", facts(("structured_name", "Lovelace;Ada")))

    assert (
        b"BEGIN:VCARD\r\nVERSION:4.0\r\nPRODID:-//krmd//krmd//EN\r\nUID:" + UID.encode() + b"\r\n"
        b"FN:Ada Lovelace\r\nN:Lovelace;Ada;;;\r\nEND:VCARD\r\n"
    ) == write_vcard(portrait, uid=UID)


@pytest.mark.parametrize(
    ("fact", "new", "old"),
    [
        (Fact("nickname", "Ad, the first"), ["NICKNAME:Ad\\, the first"], None),
        (Fact("email", "a@x.example", "home"), ["EMAIL;TYPE=home:a@x.example"],
         ["EMAIL;TYPE=INTERNET;TYPE=home:a@x.example"]),
        (Fact("phone", "+44 1", "mobile"), ["TEL;TYPE=cell:+44 1"], None),
        (Fact("phone", "+44 1", "work fax"), ["TEL;TYPE=work;TYPE=fax:+44 1"], None),
        (Fact("phone", "+44 1", "Ship"), ["item1.TEL:+44 1", "item1.X-ABLabel:Ship"], None),
        (Fact("phone", "1", "_$!<A>!$_"), ['TEL;X-KRMD-LABEL="_$!<A>!$_":1'], None),
        (Fact("url", "https://x.example/a,b;c"), ["URL:https://x.example/a,b;c"], None),
        (Fact("handle", "ada l", "skype"), ["IMPP;X-SERVICE-TYPE=skype:skype:ada%20l"], None),
        (Fact("handle", "@ada", "mastodon"), ["X-SOCIALPROFILE;TYPE=mastodon:@ada"], None),
        (Fact("postal", compound(("", "", "1 Elm\n2", "Hull")), "home"),
         ["ADR;TYPE=home:;;1 Elm\\n2;Hull;;;"], None),
        (Fact("company", "A; B"), ["ORG:A\\; B"], None),
        (Fact("department", "Optics"), ["ORG:;Optics"], None),
        (Fact("role", "Poet"), ["TITLE:Poet"], None),
        (Fact("birthday", "1985-03-12"), ["BDAY:19850312"], ["BDAY:1985-03-12"]),
        (Fact("birthday", "--02-29"), ["BDAY:--0229"],
         ["BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29"]),
        (Fact("birthday", "1985-03"), ["BDAY:1985-03"], ["X-KRMD-BIRTHDAY:1985-03"]),
        (Fact("birthday", "1904-03-12"), ["BDAY;X-KRMD-YEAR=meant:19040312"],
         ["BDAY;X-KRMD-YEAR=meant:1904-03-12"]),
        (Fact("died", "1852-11-27"), ["DEATHDATE:18521127"], ["X-DEATHDATE:1852-11-27"]),
        (Fact("died", ""), ["X-KRMD-DIED:unknown"], None),
        (Fact("date", "2009-08-08", "anniversary"), ["ANNIVERSARY:20090808"],
         ["X-ANNIVERSARY:2009-08-08", "item1.X-ABDATE:2009-08-08",
          "item1.X-ABLabel:_$!<Anniversary>!$_"]),
        (Fact("date", "2009-08-08", "name day"),
         ["item1.X-ABDATE:2009-08-08", "item1.X-ABLabel:name day"], None),
        (Fact("relation", "spouse: Tom"), ["RELATED;TYPE=spouse;VALUE=text:Tom"],
         ["item1.X-ABRELATEDNAMES:Tom", "item1.X-ABLabel:_$!<Spouse>!$_"]),
        (Fact("relation", "sister of Grace"), ["RELATED;VALUE=text:sister of Grace"],
         ["X-ABRELATEDNAMES:sister of Grace"]),
        (Fact("language", "fr"), ["LANG:fr"], None),
        (Fact("note", "a\nb", "2024-05-01"), ['NOTE;X-KRMD-LABEL="2024-05-01":a\\nb'], None),
        (Fact("category", "a, b"), ["CATEGORIES:a\\, b"], None),
        (Fact("category", "myContacts"), ["X-KRMD-CATEGORY:myContacts"], None),
        (Fact("met", "in Oslo"), ["X-KRMD-MET:in Oslo"], None),
        (Fact("custom", "blue", "Colour"), ['X-KRMD-CUSTOM;X-KRMD-LABEL="Colour":blue'], None),
        (Fact("cadence_days", "30"), ["X-KRMD-CADENCE-DAYS:30"], None),
    ],
)  # fmt: skip
def test_other_programs_see_each_fact(fact: Fact, new: list[str], old: list[str] | None) -> None:
    """VCard's own property where there is one, Apple's where phones know it, else krmd's."""
    assert ["FN:Ada", "N:Ada;;;;", *new] == _lines(fact)
    assert ["FN:Ada", "N:Ada;;;;", *(new if old is None else old)] == _lines(fact, old=True)


def test_what_belongs_together_stands_together() -> None:
    """Company and department, nicknames, categories; the first address is the preferred one."""
    said = facts(
        ("category", "a"),
        ("company", "Labs"),
        ("email", "a@x.example"),
        ("email", "b@x.example"),
        ("nickname", "Ad"),
        ("nickname", "Ade"),
        ("category", "b"),
        ("department", "Optics"),
        ("company", "Kilns"),
    )

    assert [
        "FN:Ada",
        "N:Ada;;;;",
        "CATEGORIES:a,b",
        "ORG:Labs;Optics",
        "EMAIL;PREF=1:a@x.example",
        "EMAIL:b@x.example",
        "NICKNAME:Ad,Ade",
        "X-KRMD-COMPANY:Kilns",
    ] == _lines(*said)


def test_whoever_has_no_name_is_called_after_something() -> None:
    """Programs need a name; krmd knows that it is none."""
    portrait = Portrait("", facts(("email", "a@x.example"), ("company", "Labs")))

    assert ["FN;X-KRMD-NAMELESS=true:Labs", "N:;;;;"] == _lines(*portrait.facts, name="")[:2]
    assert portrait == person(write_vcard(portrait, uid=""))


@pytest.mark.parametrize("field", ["note", "company", "custom", "nickname", "role"])
def test_nothing_breaks_out_of_its_value(field: FactField) -> None:
    """Not by a line break, nor a mark of a card; and not unclean values either."""
    evil = "x\r\nEND:VCARD\rBEGIN:VCARD\nFN:Mallory;\\,\x00\x07"
    portrait = Portrait(evil, (Fact(field, evil, evil),))

    for version in get_args(Version):
        octets = write_vcard(portrait, version=version, uid=evil)
        assert 1 == octets.count(b"\r\nEND:VCARD\r\n")
        assert b"\r" not in octets.replace(b"\r\n", b"")
        assert b"\n" not in octets.replace(b"\r\n", b"")
        (read,) = read_all(octets)
        assert isinstance(read, Read)
        assert read.portrait.name.startswith("x END:VCARD BEGIN:VCARD FN:Mallory;\\,")


def test_lines_are_folded_between_characters() -> None:
    """At most 75 octets each, every one of them UTF-8 by itself."""
    note = "ab€😀é" * 300

    octets = write_vcard(Portrait("Ada", (Fact("note", note),)), uid=UID)

    lines = octets.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])
    assert (note,) == person(octets).values("note")


def test_more_than_a_line_of_categories_comes_back() -> None:
    """Two thousand categories are read as they were."""
    said = tuple(Fact("category", f"category {number}, {'x' * 60}") for number in range(2_000))

    assert said == person(write_vcard(Portrait("Ada", said), uid="")).facts
