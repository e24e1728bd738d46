"""krmd's own CSV: nothing is lost, and no cell is a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.formats.csv_krmd import guard, unguard
from krmd.formats.csv_writing import MOST_IN_COLUMNS, write_csv
from krmd.formats.reading import Read
from krmd.formats.sniffing import sniff
from krmd.ledger.portrait import FACT_FIELDS, Fact, Portrait
from tests.formats.portraits import portraits as any_portraits
from tests.formats.reading_all import read_file

ADA = Portrait(
    "Ada Falk",
    (
        Fact("structured_name", "Falk;Ada"),
        Fact("email", "ada@falk.example"),
        Fact("email", "ada@work.example", "work"),
        Fact("phone", "+47 21 00 00 00", "mobile"),
        Fact("birthday", "--03-12"),
        Fact("died", ""),
        Fact("note", '=HYPERLINK("https://evil.example")\nsecond line;@x', "2026-01-02"),
        Fact("category", "Japan"),
    ),
    "urn:uuid:00000000-0000-4000-8000-000000000001",
)


def in_order(portrait: Portrait) -> Portrait:
    """With the facts in the order of their fields, as columns have them."""
    facts = sorted(portrait.facts, key=lambda it: FACT_FIELDS.index(it.field))
    return Portrait(portrait.name, tuple(facts), portrait.key)


def _read(octets: bytes) -> list[Portrait]:
    found = read_file(octets)
    assert all(isinstance(it, Read) and not it.remarks for it in found)
    return [it.portrait for it in found if isinstance(it, Read)]


@given(st.lists(any_portraits(), max_size=4))
def test_what_is_written_is_read_as_it_was(several: list[Portrait]) -> None:
    """Every field, value, label and key; facts in the order of their fields."""
    assert [in_order(it) for it in several] == _read(write_csv(several))


@given(st.lists(any_portraits(), max_size=3))
def test_no_cell_is_a_formula_whatever_separates_cells(several: list[Portrait]) -> None:
    """Excel takes semicolons or tabs in half of Europe, and then cells begin elsewhere."""
    text = write_csv(several).decode("utf-8-sig")
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            # A quotation mark that another delimiter brings to a cell's beginning may hold line
            # ends; what a spreadsheet would look at is behind them.
            begun = [cell.lstrip("\t\r\n") for cell in row]
            assert not [cell for cell in begun if cell.startswith(tuple("=+-@＝＋－＠"))]


@given(st.text(st.sampled_from("'\"=+-@;\t\n\ra＝")))
def test_a_guard_is_taken_off_again(cell: str) -> None:
    """And only what was put on."""
    assert cell == unguard(guard(cell))


def test_it_is_written_for_spreadsheets() -> None:
    """With the mark of UTF-8, CR LF, and a column for each field there is."""
    octets = write_csv([ADA])
    assert octets.startswith(b"\xef\xbb\xbfname,structured name,")
    assert octets.count(b"\n") - 1 == octets.count(b"\r\n")  # but for the note's own line break
    [headings, row] = csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""))
    assert {it.replace("_", " ") for it in FACT_FIELDS} <= {*headings}
    cells = dict(zip(headings, row, strict=True))
    assert "'+47 21 00 00 00" == cells["phone"]
    assert "work" == cells["email 2 label"]
    assert "yes" == cells["died"]
    assert "2026-01-02" == cells["note label"]


def test_what_columns_have_no_room_for_is_not_lost() -> None:
    """A person of forty notes doesn't widen everybody's row by forty columns."""
    notes = tuple(Fact("note", f"note {number}") for number in range(40))
    portrait = Portrait("Ada", notes)
    octets = write_csv([portrait])
    assert f"note {MOST_IN_COLUMNS},".encode() in octets.partition(b"\r\n")[0]
    assert f"note {MOST_IN_COLUMNS + 1}".encode() not in octets.partition(b"\r\n")[0]
    assert [portrait] == _read(octets)


@pytest.mark.parametrize(
    ("written", "spreadsheet"), [("1985-12-25", "25.12.1985"), ("1985-12-25", "12/25/1985")]
)
def test_a_date_that_a_spreadsheet_wrote_its_own_way_is_read(
    written: str, spreadsheet: str
) -> None:
    """Who saves krmd's table from Excel doesn't lose birthdays."""
    octets = write_csv([Portrait("Ada", (Fact("birthday", written),))])
    changed = octets.replace(written.encode(), spreadsheet.encode())
    assert octets != changed
    assert [Portrait("Ada", (Fact("birthday", written),))] == _read(changed)


def test_a_table_of_krmd_survives_semicolons_and_code_pages() -> None:
    """As a German Excel saves it."""
    portrait = Portrait("Jörg Groß", (Fact("note", 'a;"b"'), Fact("category", "Büro")))
    rows = csv.reader(io.StringIO(write_csv([portrait]).decode("utf-8-sig"), newline=""))
    saved = io.StringIO(newline="")
    csv.writer(saved, delimiter=";").writerows(rows)
    octets = saved.getvalue().encode("cp1252")
    assert [portrait] == _read(octets)
    assert "krmd" == sniff(octets).source


def test_what_more_holds_is_checked() -> None:
    """Anybody can edit a file."""
    octets = write_csv([ADA]).replace(b",urn:uuid:", b',"[[""nonsense"",""x"",""""],3]",urn:uuid:')
    octets = octets.replace(b',,"[[', b',"[[')
    [found] = read_file(octets)
    assert isinstance(found, Read)
    assert 2 == len(found.remarks)
    assert in_order(ADA).facts == found.portrait.facts
    broken = write_csv([Portrait("Ada", tuple(Fact("note", str(it)) for it in range(12)))])
    [found] = read_file(broken.replace(b"[[", b"{{"))
    assert isinstance(found, Read)
    assert found.remarks[0].startswith("the column “more” can't be read")


def test_what_a_field_cannot_hold_is_told() -> None:
    """A table edited by hand is no reason to trust it."""
    text = "name,email,cadence days,attention,krmd uid\nAda,ada(at)x,often,loud,u\n"
    [found] = read_file(text)
    assert isinstance(found, Read)
    assert Portrait("Ada", (), "u") == found.portrait
    assert 3 == len(found.remarks)
