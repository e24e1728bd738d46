"""CSV of nobody in particular: by the owner's mapping, or by headings that say what they are."""

from __future__ import annotations

import pytest

from krmd.base.errors import UserError
from krmd.formats.csv_other import FIELD_WORDS
from krmd.formats.reading import Read
from krmd.formats.sniffing import columns_left_out, sniff
from krmd.ledger.portrait import Fact
from tests.formats.reading_all import portraits, read_file, said, without_structure


def test_a_mapping_says_what_columns_hold() -> None:
    """Headings are known whatever their case; some words take a label."""
    text = (
        "Wer;E-Post;Geb.;Kreise;Steuernr.;Rest\n"
        'Ida Falk;ida@falk.example;25/12/1980;"Kolleginnen, Japan; Chor";4711;x\n'
    )
    mapping = {
        "Wer": "name", "e-post": "email:work", "Geb.": "birthday", "Kreise": "category",
        "Steuernr.": "custom:tax number",
    }  # fmt: skip
    [found] = read_file(text, mapping=mapping)
    assert isinstance(found, Read)
    assert "Ida Falk" == found.portrait.name
    assert (
        Fact("email", "ida@falk.example", "work"),
        Fact("birthday", "1980-12-25"),
        Fact("category", "Kolleginnen"),
        Fact("category", "Japan"),
        Fact("category", "Chor"),
        Fact("custom", "4711", "tax number"),
    ) == found.portrait.facts
    assert ("Rest",) == columns_left_out(sniff(text.encode(), mapping=mapping))


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"Wehr": "name"}, "“Wehr” is no heading of this file; did you mean “Wer”?"),
        ({"Wer": "nmae"}, "“nmae” is nothing a column can hold; did you mean “name”?"),
        ({"Wer": "name:x"}, "“name” takes no label behind a colon"),
        ({"Wer": "company"}, "krmd doesn't know what its columns hold"),
    ],
)
def test_a_mapping_that_doesnt_fit_says_so(mapping: dict[str, str], sentence: str) -> None:
    """With what may have been meant."""
    with pytest.raises(UserError) as raised:
        sniff(b"Wer,Was\nIda,x\n", mapping={"Was": "note", **mapping}, file_name="a.csv")
    assert raised.value.message.startswith(f"a.csv: {sentence}")


@pytest.mark.parametrize("word", FIELD_WORDS)
def test_every_word_of_a_mapping_is_understood(word: str) -> None:
    """None of them is an accident for any cell."""
    text = "Who,X,Y\nIda,2001,x\nOmar,yes,y\nTove,,\n"
    assert 3 == len(read_file(text, mapping={"Who": "name", "X": word, "Y": word}))


def test_headings_that_say_what_they_are_need_no_mapping() -> None:
    """What they don't say is left out, and told."""
    text = (
        "Name,email,Phone,Tags,Birthday,Company,Job Title,Town,Zodiac\n"
        'Ida Falk,ida@falk.example,1,"a; b,c",1980-12-25,Falk & Co,Partner,Oslo,Aries\n'
    )
    [found] = portraits(text)
    assert (
        Fact("email", "ida@falk.example"),
        Fact("phone", "1"),
        Fact("postal", ";;;Oslo"),
        Fact("company", "Falk & Co"),
        Fact("role", "Partner"),
        Fact("birthday", "1980-12-25"),
        Fact("category", "a"),
        Fact("category", "b"),
        Fact("category", "c"),
    ) == found.facts
    assert ("Zodiac",) == columns_left_out(sniff(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "Name;Vorname;E-Mail;Geburtstag\nFalk;Ida;ida@falk.example;3/4/1980\n",
        "sep=;\r\nVorname;Nachname;Mail;Geburtsdatum\r\nIda;Falk;ida@falk.example;3.4.1980\r\n",
        "Prénom,Nom,Courriel,Date de naissance\nIda,Falk,ida@falk.example,03/04/1980\n",
        "Nombre|Apellidos|Correo|Cumpleaños\nIda|Falk|ida@falk.example|3-4-1980\n",
        "Voornaam\tAchternaam\tE-mailadres\tVerjaardag\nIda\tFalk\tida@falk.example\t3-4-1980\n",
        "first name,last name,email,dob\nIda,Falk,ida@falk.example,1980-04-03\n",
    ],
)
def test_headings_are_understood_in_many_languages(text: str) -> None:
    """And tell how dates are written there."""
    [found] = portraits(text)
    assert "Ida Falk" == found.name
    assert (Fact("email", "ida@falk.example"), Fact("birthday", "1980-04-03")) == without_structure(
        found
    )


def test_the_dead_and_the_muted_are_understood() -> None:
    """By words, or by a day."""
    text = (
        "name,died,attention,no mailings,cadence\n"
        "Ida,yes,Muted,true,30\nOmar,1999-01-02,loud,no,soon\nTove,no,,,\n"
    )
    mapping = {"attention": "attention", "no mailings": "no_mailings", "cadence": "cadence"}
    ida, omar, tove = (it for it in read_file(text, mapping=mapping) if isinstance(it, Read))
    assert {
        Fact("died", ""), Fact("attention", "muted"), Fact("no_mailings", "true"),
        Fact("cadence_days", "30"),
    } == {*ida.portrait.facts}  # fmt: skip
    assert [("1999-01-02", "")] == said(omar.portrait, "died")
    assert (
        "“loud” is no attention; there are less, normal, more, muted",
        "“soon” is no number of days",
    ) == tuple(sorted(omar.remarks))
    assert () == tove.portrait.facts


def test_a_row_with_more_cells_than_headings_says_so() -> None:
    """What has a heading is taken."""
    [found] = read_file("name,email\nIda,ida@falk.example,surplus,,x\n")
    assert isinstance(found, Read)
    assert ("the row has more cells than there are headings: 2",) == found.remarks


def test_headings_that_come_again_are_no_person() -> None:
    """Where files were put together."""
    text = "name,email\nIda,ida@falk.example\nname,email\nOmar,omar@sy.example\n"
    assert ["Ida", "Omar"] == [it.name for it in portraits(text)]


def test_a_person_has_five_hundred_facts_at_most() -> None:
    """More are a trap; that some were left out is told."""
    text = f"name,tags\nIda,{';'.join(map(str, range(700)))}\n"
    [found] = read_file(text)
    assert isinstance(found, Read)
    assert 500 == len(found.portrait.facts)
    assert ("of more than 500 facts the rest wasn't taken",) == found.remarks
