"""LDIF: Thunderbird's address books and directories."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.formats.ldif import LdifReader
from krmd.formats.ldif_entries import LONGEST_ENTRY
from krmd.formats.reading import Raw, Read, Skipped
from krmd.formats.sniffing import sniff
from krmd.ledger.portrait import Fact
from tests.formats.reading_all import portraits, read_file, read_with, said, without_structure


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NILS = f"""dn: cn=Nils Berg,mail=nils@berg.example
objectclass: top
objectclass: person
objectclass: organizationalPerson
objectclass: inetOrgPerson
objectclass: mozillaAbPersonAlpha
givenName: Nils
sn: Berg
cn: Nils Berg
mozillaNickname: Nisse
mail: nils@berg.example
mozillaSecondEmail: n@work.example
telephoneNumber: 1
homePhone: 2
mobile: 3
mozillaHomeStreet: Storgatan 1, in a house whose name is so long that the line is
  folded
mozillaHomeStreet2: 3 tr
mozillaHomeLocalityName: Lund
mozillaHomeCountryName: Sweden
street: Torget 2
l:: {_base64("Malmö")}
postalCode: 21100
title: Baker
o: Brod AB
birthyear: 1970
birthmonth: 3
birthday: 12
mozillaCustom1: left-handed
description:: {_base64("knows Ida" + chr(10) + "since 1999")}
modifytimestamp: 1700000000Z
"""
INES = f"""dn:: {_base64("cn=Inés Roth,mail=INES@roth.example")}
objectclass: mozillaAbPersonAlpha
cn:: {_base64("Inés Roth")}
mail: Ines@roth.example
"""
LISTS = f"""dn: cn=Choir
objectclass: top
objectclass: groupOfNames
cn: Choir
member: cn=Nils Berg,mail=nils@berg.example
member:: {_base64("cn=Inés Roth,mail=ines@roth.example")}

dn: cn=Japan
objectclass: groupOfNames
cn: Japan
member: cn=Nils Berg,mail=nils@berg.example
member: cn=Nobody,mail=nobody@x.example
"""
BOOK = f"version: 1\n# exported\n#  folded comment\n\n{NILS}\n{INES}\n{LISTS}"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_book_of_thunderbird_is_read(end: str) -> None:
    """Folds, base64, comments and lists, which become categories."""
    text = BOOK.replace("\n", end)
    assert "thunderbird" == sniff(text.encode()).source
    nils, ines = portraits(text)
    assert ("Nils Berg", "") == (nils.name, nils.key)
    home = "Storgatan 1, in a house whose name is so long that the line is folded\n3 tr"
    assert (
        Fact("nickname", "Nisse"),
        Fact("email", "nils@berg.example"),
        Fact("email", "n@work.example"),
        Fact("phone", "1", "work"),
        Fact("phone", "2", "home"),
        Fact("phone", "3", "mobile"),
        Fact("postal", ";;Torget 2;Malmö;;21100", "work"),
        Fact("postal", f";;{home};Lund;;;Sweden", "home"),
        Fact("company", "Brod AB"),
        Fact("role", "Baker"),
        Fact("birthday", "1970-03-12"),
        Fact("note", "knows Ida\nsince 1999"),
        Fact("category", "Choir"),
        Fact("category", "Japan"),
        Fact("custom", "left-handed", "Custom 1"),
    ) == without_structure(nils)
    assert ("Inés Roth", [("Choir", "")]) == (ines.name, said(ines, "category"))


def test_entries_have_the_line_they_begin_in() -> None:
    """Whatever stands above."""
    lines = BOOK.split("\n")
    expected = [n for n, line in enumerate(lines, 1) if line.startswith(("dn: cn=Nils", "dn::"))]
    assert expected == [it.line for it in read_file(BOOK)]


def test_a_change_of_a_list_is_a_change_of_its_members() -> None:
    """What decides a person stands in the person's octets."""
    before = list(LdifReader(BOOK.encode()).pieces())
    after = list(LdifReader(BOOK.replace("cn: Japan", "cn: Nippon").encode()).pieces())
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_a_directory_has_keys() -> None:
    """Its entries' names, or better their UUIDs; Thunderbird's names change with the address."""
    entry = "dn: uid=ida,dc=example\nobjectClass: inetOrgPerson\ncn: Ida Falk\nmail: i@x.example\n"
    assert "ldif" == sniff(entry.encode()).source
    assert ["uid=ida,dc=example"] == [it.key for it in portraits(entry)]
    unique = "53e5b6a4-8e1f-4d7c-9a6b-000000000001"
    assert [unique] == [it.key for it in portraits(f"{entry}entryUUID: {unique}\n")]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("dn: ou=people\nobjectClass: organizationalUnit\nou: people\n",
         "is of no person but of “organizationalUnit”"),
        ("dn: cn=x\nchangetype: delete\n", "is a change of an entry, and no entry"),
        ("cn: somebody\nmail: x@y.example\n", "has no “dn:” and is no entry"),
        ("dn: cn=x\nobjectclass: person\n", "names nobody: no name, no address, no phone"),
    ],
)  # fmt: skip
def test_what_is_no_person_is_named(entry: str, reason: str) -> None:
    """With its line; the entries around it are read."""
    text = f"{INES}\n{entry}\n\n{NILS}"
    first, skipped, last = read_file(text)
    assert Skipped(6, reason) == skipped
    assert isinstance(first, Read)
    assert isinstance(last, Read)


def test_a_broken_line_costs_itself() -> None:
    """And is told; so is an address that is none."""
    text = f"{INES}no colon here\nmozillaSecondEmail: none\nphoto:: {'A' * 100_000}\nurl:< file:///etc/passwd\n"
    [found] = read_file(text)
    assert isinstance(found, Read)
    assert (
        "a line without an attribute: “no colon here”",
        "“none” is no email address",
    ) == found.remarks
    assert [] == said(found.portrait, "url")


def test_an_entry_without_end_costs_itself() -> None:
    """Its size is bounded."""
    text = f"{INES}\ndn: cn=x\nphoto:: {'A' * LONGEST_ENTRY}\n\n{NILS}"
    [_, skipped, last] = read_file(text)
    assert Skipped(6, f"has more than {LONGEST_ENTRY:,} octets") == skipped
    assert isinstance(last, Read)


def test_a_windows_code_page_is_read() -> None:
    """Though LDIF is UTF-8."""
    text = "dn: cn=x\nobjectclass: person\ncn: Jörg Groß\n"
    assert ["Jörg Groß"] == [it.name for it in portraits(text.encode("cp1252"))]


pieces = st.lists(
    st.sampled_from(
        ["dn: cn=x", "\n", "\r\n", " ", "\n\n", "cn: y", "mail:: !!", "objectclass: groupOfNames",
         "member: mail=a@b.c", "#", ":", "\x00", "\xff", "mail: a@b.example"]
    )
).map("".join)  # fmt: skip


@given(st.binary(max_size=200) | pieces.map(lambda it: it.encode("latin-1")))
def test_any_octets_are_read_to_their_end(octets: bytes) -> None:
    """Twice alike."""
    reader = LdifReader(octets)
    found = read_with(reader)
    assert found == read_with(reader)
    assert all(isinstance(it, Raw | Skipped) for it in reader.pieces())
