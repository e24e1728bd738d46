"""Which format a file is in, by looking; and what is none is refused in plain words."""

from __future__ import annotations

import contextlib
import mmap
import tempfile
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import UserError
from krmd.formats.reading import Read, Skipped
from krmd.formats.sniffing import columns_left_out, date_in_doubt, sniff
from tests.formats.reading_all import read_file, read_with

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ida Falk\r\nN:Falk;Ida;;;\r\nEND:VCARD\r\n"
CSV = "name,email\nIda Falk,ida@falk.example\n"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (CARD, "vcard"),
        (CARD.lower().replace("ida falk", "Ida Falk"), "vcard"),
        (f"\ufeff\r\n\r\n{CARD}", "vcard"),
        (f"some words of a phone\r\n{CARD}", "vcard"),
        (CSV, "csv"),
        (f"\n\n{CSV}", "csv"),
        ('name,note\nIda,"\nBEGIN:VCARD\n"\n', "csv"),
        ("dn: cn=Ida\ncn: Ida\n", "ldif"),
        ("\ufeffdn: cn=Ida\ncn: Ida\n", "ldif"),
        ("# x\nversion: 1\n\ndn:: Y249SWRh\ncn: Ida\nmozillaNickname: I\n", "thunderbird"),
        ('{"krmd": 1, "contacts": []}', "krmd"),
    ],
)
def test_the_format_is_found_by_looking(text: str, source: str) -> None:
    """Whatever the file is called."""
    assert source == sniff(text.encode(), file_name="people.txt").source


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\xef\xbb\xbf\n", "is empty"),
        (b"PK\x03\x04" + b"x" * 40 + b"xl/workbook.xml", "spreadsheet; save it as CSV"),
        (b"PK\x03\x04" + b"x" * 40 + b"Connections.csv", "zip archive; unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Office file"),
        (b"%PDF-1.7", "PDF"),
        (b"SQLite format 3\x00...", "export it there"),
        (b"!BDN....", ".pst"),
        (b"\x1f\x8b\x08", "unpack it"),
        (b"<!DOCTYPE html>\n<html><body>Sign in", "web page"),
        (b"\n<HTML>", "web page"),
        (b'<?xml version="1.0"?><contacts/>', "XML"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "calendar"),
        (b"{\\rtf1 Ida}", "RTF"),
        (b'// <!-- <mdb:mork:z v="1.4"/> -->', "old address book"),
        (bytes(range(32)) * 40, "is no text"),
        (b"Dear all,\nhow are you?\n", "--map HEADING=FIELD"),
        (b"ida@falk.example,Ida Falk\n", "first line holds a person"),
        (b'{"people": []}', "not krmd's own"),
        ('{"krmd": 1, "contacts": []}'.encode("utf-16"), "save it as UTF-8"),
        (b"a," * 5_000, "5,001 columns, more than 2,000"),
        (b"a," * 1_000_000, "more than 1,000,000 characters"),
        (b"name,email" + b"x" * 3_000_000, "more than 1,000,000 characters"),
        (b",,,\n,,,\n", "--map"),
    ],
)
def test_what_is_no_file_of_people_is_refused(octets: bytes, words: str) -> None:
    """With the file's name, what it is, and what to do."""
    with pytest.raises(UserError) as raised:
        sniff(octets, file_name="people.csv")
    assert raised.value.message.startswith("people.csv: ")
    assert words in raised.value.message


def test_the_name_decides_ties_alone() -> None:
    """What is called a card and holds none is told as that."""
    with pytest.raises(UserError, match=r"no line says BEGIN:VCARD"):
        sniff(b"Ida Falk\n", file_name="ida.vcf")
    with pytest.raises(UserError, match=r"spreadsheet"):
        sniff(b"PK\x03\x04whatever", file_name="people.xlsx")
    assert "csv" == sniff(CSV.encode(), file_name="people.vcf").source


def test_a_mapping_is_for_the_files_that_have_its_headings() -> None:
    """Others are read as they are."""
    google = b"Name,E-mail 1 - Value\nIda,ida@falk.example\n"
    assert "google" == sniff(google, mapping={"Wer": "name"}).source
    assert "csv" == sniff(google, mapping={"name": "nickname", "E-mail 1 - Value": "email"}).source


def test_a_map_of_memory_is_read_as_its_octets() -> None:
    """Big files needn't fit into memory; several readers may read at once."""
    octets = CSV.encode() + b"".join(b"P%d,p%d@x.example\n" % (n, n) for n in range(5_000))
    with tempfile.TemporaryFile() as file:
        file.write(octets)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            reader = sniff(mapped)
            first = reader.pieces()
            assert next(first) == next(reader.pieces())
            del first
            assert read_file(octets) == read_with(reader)


def test_questions_are_for_tables() -> None:
    """A card has neither columns nor dates in doubt."""
    reader = sniff(CARD.encode())
    assert (None, ()) == (date_in_doubt(reader), columns_left_out(reader))


tables = st.builds(
    lambda head, rows, end: end.join([head, *rows]),
    st.sampled_from(
        ["name,email", "Name,E-mail 1 - Value", "First Name,Last Name,URL,Email,Connected On",
         "name;birthday;note;category", "krmd uid,name,birthday,more", "Notes:\n\nVorname,Nachname"]
    ),
    st.lists(st.text(st.sampled_from('aé,;"\'\n\r\t=@.1/-:[]') | st.characters(), max_size=40)),
    st.sampled_from(["\n", "\r\n", "\r"]),
)  # fmt: skip


@given(
    st.binary(max_size=300)
    | st.builds(
        lambda text, encoding: text.encode(encoding, "replace"),
        tables,
        st.sampled_from(["utf-8", "utf-16", "cp1252", "cp932", "utf-16-le"]),
    )
)
def test_any_octets_are_refused_or_read_to_their_end(octets: bytes) -> None:
    """Twice alike, and nothing else is raised."""
    try:
        reader = sniff(octets)
    except UserError:
        return
    found = read_with(reader)
    assert found == read_with(reader)
    assert all(isinstance(it, Read | Skipped) for it in found)
    lines = [it.line for it in found]
    assert sorted(lines) == lines


@pytest.mark.parametrize(
    "octets",
    [
        b"name,email\n" + b'"' * 400_000 + b"\n",
        b"name,email\n" + b'"a\n' * 150_000,
        b"name,note\n" + b'x,"' + b'""' * 600_000 + b'"\n',
        b"name,birthday\n" + b"x,1/2/3/4/5/6/7/8\n" * 20_000,
        b"# x\n" * 100_000 + b"name,email\n",
        b"\n" * 400_000,
        b"dn: x\n" + b" \n" * 200_000,
        b"dn: x\n" + b"cn:: " + b"A" * 3_000_000 + b"\n",
        b'{"krmd": 1, "contacts": [' + b"[" * 300_000,
        b'{"krmd": 1, "contacts": [{"a": "' + b'\\"' * 400_000,
        b"<!--" * 100_000,
        b"name\n" + b"x@" * 200_000 + b"\n",
        b"email\n" + b"x@y;" * 200_000 + b"\n",
    ],
)
def test_no_file_takes_quadratic_time(octets: bytes) -> None:
    """Bombs of quotation marks, brackets, folds and blanks."""
    begun = time.process_time()
    with contextlib.suppress(UserError):
        read_file(octets)
    assert time.process_time() - begun < 10
