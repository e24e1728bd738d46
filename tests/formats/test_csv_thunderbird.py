"""Thunderbird's CSV: any order of columns, any delimiter, many encodings."""

from __future__ import annotations

import pytest

from krmd.formats.csv_headings_thunderbird import THUNDERBIRD
from krmd.formats.csv_reading import CsvReader
from krmd.formats.reading import Read
from krmd.formats.sniffing import sniff
from krmd.ledger.portrait import Fact
from tests.formats.reading_all import portraits, read_file, said, without_structure

HEADINGS = (
    "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,"
    "Work Phone,Home Phone,Fax Number,Pager Number,Mobile Number,Home Address,Home Address 2,"
    "Home City,Home State,Home ZipCode,Home Country,Work Address,Work Address 2,Work City,"
    "Work State,Work ZipCode,Work Country,Job Title,Department,Organization,Web Page 1,Web Page 2,"
    "Birth Year,Birth Month,Birth Day,Custom 1,Custom 2,Custom 3,Custom 4,Notes,"
).split(",")
NILS = {
    "First Name": "Nils", "Last Name": "Åberg", "Display Name": "Nils Åberg", "Nickname": "Nisse",
    "Primary Email": "nils@aberg.example", "Secondary Email": "n@work.example",
    "Screen Name": "nisse7", "Work Phone": "1", "Fax Number": "2", "Mobile Number": "3",
    "Home Address": "Storgatan 1", "Home Address 2": "3 tr", "Home City": "Lund",
    "Home Country": "Sweden", "Work City": "Malmö", "Job Title": "Baker", "Organization": "Bröd AB",
    "Web Page 1": "https://brod.example", "Web Page 2": "https://aberg.example",
    "Birth Year": "1970", "Birth Month": "3", "Birth Day": "12", "Custom 1": "left-handed",
    "Notes": "knows Ida",
}  # fmt: skip
FACTS = (
    Fact("nickname", "Nisse"),
    Fact("email", "nils@aberg.example"),
    Fact("email", "n@work.example"),
    Fact("phone", "1", "work"),
    Fact("phone", "2", "fax"),
    Fact("phone", "3", "mobile"),
    Fact("url", "https://brod.example", "work"),
    Fact("url", "https://aberg.example", "home"),
    Fact("handle", "nisse7", "chat"),
    Fact("postal", ";;Storgatan 1\n3 tr;Lund;;;Sweden", "home"),
    Fact("postal", ";;;Malmö", "work"),
    Fact("company", "Bröd AB"),
    Fact("role", "Baker"),
    Fact("birthday", "1970-03-12"),
    Fact("note", "knows Ida"),
    Fact("custom", "left-handed", "Custom 1"),
)


def _file(row: dict[str, str], headings: list[str] = HEADINGS, delimiter: str = ",") -> str:
    cells = (row.get(it, "") for it in headings)
    return f"{delimiter.join(headings)}\n{delimiter.join(cells)}\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_delimiter_and_encoding_are_found(delimiter: str, encoding: str) -> None:
    """With the empty heading at the end that it writes."""
    octets = _file(NILS, delimiter=delimiter).encode(encoding)
    [found] = portraits(octets)
    assert "Nils Åberg" == found.name
    assert set(FACTS) == set(without_structure(found))
    reader = sniff(octets)
    assert isinstance(reader, CsvReader)
    assert ("thunderbird", encoding) == (reader.source, reader.encoding)


def test_the_order_of_columns_doesnt_matter() -> None:
    """It differs between versions."""
    [found] = portraits(_file(NILS, HEADINGS[::-1]))
    assert set(FACTS) == set(without_structure(found))


def test_japanese_comes_in_shift_jis() -> None:
    """With Japanese headings, and with English ones."""
    [words] = [it for it in THUNDERBIRD if it.language == "ja"]
    headings = list(dict.fromkeys(words.slots))
    japanese = dict.fromkeys(headings, "") | {"名": "花子", "姓": "山田", "メモ": "友だち"}
    english = {"First Name": "花子", "Last Name": "山田", "Notes": "友だち"}
    for text in (_file(japanese, headings), _file(english)):
        reader = sniff(text.encode("cp932"))
        assert isinstance(reader, CsvReader)
        assert "cp932" == reader.encoding
        [found] = portraits(text.encode("cp932"))
        assert "山田 花子" == found.name
        assert [("友だち", "")] == said(found, "note")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("1970", "3", "12"), "1970-03-12"),
        (("", "3", "12"), "--03-12"),
        (("0", "3", "12"), "--03-12"),
        (("1904", "3", "12"), "--03-12"),
        (("1604", "02", "29"), "--02-29"),
        (("1970", "", ""), "1970"),
        (("1970", "3", ""), "1970-03"),
        (("", "", "12"), "---12"),
    ],
)
def test_birthdays_come_in_parts(parts: tuple[str, str, str], expected: str) -> None:
    """Each of which may be missing; 1904 stood for no year."""
    row = NILS | dict(zip(("Birth Year", "Birth Month", "Birth Day"), parts, strict=True))
    [found] = portraits(_file(row))
    assert [(expected, "")] == said(found, "birthday")


def test_a_birthday_that_is_none_is_kept_as_text() -> None:
    """And told."""
    [found] = read_file(_file(NILS | {"Birth Month": "2", "Birth Day": "30"}))
    assert isinstance(found, Read)
    assert [("1970-2-30", "birthday")] == said(found.portrait, "date_text")
    assert ("“1970-2-30”, the birthday, is no day of the calendar",) == found.remarks


@pytest.mark.parametrize("words", THUNDERBIRD, ids=lambda it: it.language)
def test_headings_come_in_many_languages(words: object) -> None:
    """A German `Geburtstag` is a day here, and French cities come twice."""
    [language] = [it for it in THUNDERBIRD if it is words]
    headings: list[str] = []
    slots: list[str] = []
    for key, several in language.slots.items():
        if not {*slots} & {*several}:  # one spelling of each
            headings += [key] * len(several)
            slots += several
    values = {"given": "Jo", "family": "Ek", "email": "jo@ek.example", "birth_year": "1970",
              "birth_month": "3", "birth_day": "12", "town=work": "Lund"}  # fmt: skip
    row = ",".join(values.get(slot, "") for slot in slots)
    [found] = portraits(f"{','.join(headings)}\n{row}\n")
    assert {("jo@ek.example", "")} == {*said(found, "email")}
    assert [("1970-03-12", "")] == said(found, "birthday")
    assert [(";;;Lund", "work")] == said(found, "postal")
