"""LinkedIn's Connections.csv: notes above the headings, links for keys, the day of connecting."""

from __future__ import annotations

import pytest

from krmd.formats.csv_linkedin import NAMELESS
from krmd.formats.reading import Read, Skipped
from krmd.formats.sniffing import date_in_doubt, sniff
from krmd.ledger.portrait import Fact, Portrait
from tests.formats.reading_all import portraits, read_file, said

NOTES = (
    'Notes:\n"When exporting your connection data, you may notice that some of the email addresses'
    " are missing. You will only see email addresses for connections who have allowed it, see"
    ' https://www.linkedin.com/help, ""Email"", for more."\n\n'
)
HEADINGS = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
ROWS = (
    'Ida,Falk,https://www.linkedin.com/in/idafalk,,"Falk, Berg & Co",Partner,08 Feb 2026\n'
    "Omar,Sy,https://www.linkedin.com/in/omarsy,omar@sy.example,Sy SARL,Chef,12 Dec 2019\n"
)
IDA = Portrait(
    "Ida Falk",
    (
        Fact("structured_name", "Falk;Ida"),
        Fact("url", "https://www.linkedin.com/in/idafalk", "LinkedIn"),
        Fact("company", "Falk, Berg & Co"),
        Fact("role", "Partner"),
        Fact("connected", "2026-02-08", "LinkedIn"),
    ),
    "https://www.linkedin.com/in/idafalk",
)


def test_the_notes_above_are_passed_over() -> None:
    """The headings are found by what they are, and lines are counted from the file's first."""
    found = read_file(NOTES + HEADINGS + ROWS)
    assert [5, 6] == [it.line for it in found]
    assert Read(5, IDA) == found[0]
    assert "linkedin" == sniff((NOTES + HEADINGS + ROWS).encode()).source


@pytest.mark.parametrize(
    "above",
    [
        "",
        "\n\n",
        "Notes:\nOne line.\n",
        'Notes:\n"Wrapped\nover\nmany\nlines"\n\n\n',
        "\ufeff" + NOTES,
    ],
)
def test_the_notes_vary(above: str) -> None:
    """Older files have none, some wrap them; the people are the same."""
    assert IDA == portraits(above + HEADINGS + ROWS)[0]


def test_the_link_is_the_key() -> None:
    """Nearly nobody shows an address."""
    found = portraits(NOTES + HEADINGS + ROWS)
    assert [f"https://www.linkedin.com/in/{it}" for it in ("idafalk", "omarsy")] == [
        it.key for it in found
    ]
    assert [("omar@sy.example", "")] == said(found[1], "email")


def test_who_has_no_name_is_skipped() -> None:
    """Closed accounts leave their rows; empty ones are no loss."""
    text = f"{HEADINGS},,,,,,\n,,,,Gone Inc,,01 Jan 2020\n{ROWS}"
    assert Skipped(3, NAMELESS) == read_file(text)[0]
    assert 3 == len(read_file(text))


@pytest.mark.parametrize(
    ("headings", "day"),
    [
        ("Vorname,Nachname,URL,E-Mail-Adresse,Unternehmen,Position,Verbunden am", "08 Feb. 2026"),
        ("Prénom,Nom de famille,URL,Adresse e-mail,Entreprise,Poste,Connecté le", "08 févr. 2026"),
        ("Nombre,Apellidos,URL,Dirección de correo electrónico,Empresa,Cargo,Conectado el",
         "08 feb 2026"),
        ("Nome,Cognome,URL,Indirizzo email,Azienda,Posizione,Collegato il", "08 feb 2026"),
        ("Nome,Sobrenome,URL,Endereço de e-mail,Empresa,Cargo,Conectado em", "08 de fev de 2026"),
        ("Voornaam,Achternaam,URL,E-mailadres,Bedrijf,Functie,Verbonden op", "08 feb. 2026"),
        ("Imię,Nazwisko,URL,Adres e-mail,Firma,Stanowisko,Połączono", "08 lut 2026"),
        ("Förnamn,Efternamn,URL,E-postadress,Företag,Befattning,Kontakt sedan", "2026-02-08"),
        ("Vorname,Nachname,URL,Mailanschrift,Unternehmen,Position,Ein neues Wort", "8.2.2026"),
        ("First Name,Last Name,Email Address,Company,Position,Connected On", "08 Feb 2026"),
    ],
)  # fmt: skip
def test_headings_come_in_many_languages(headings: str, day: str) -> None:
    """A heading worded anew is known by its place; before 2020 there were no links."""
    link = "https://www.linkedin.com/in/idafalk," if ",URL," in headings else ""
    [found] = portraits(f'{headings}\nIda,Falk,{link},"Falk, Berg & Co",Partner,{day}\n')
    assert ("Ida Falk", link[:-1]) == (found.name, found.key)
    assert [("2026-02-08", "LinkedIn")] == said(found, "connected")
    assert [("Falk, Berg & Co", "")] == said(found, "company")


def test_a_day_in_doubt_is_asked_about() -> None:
    """An English file with slashes tells nothing."""
    text = f"{HEADINGS}Ida,Falk,https://l.example/ida,,,,02/08/2026\n"
    assert "02/08/2026" == date_in_doubt(sniff(text.encode()))
    assert [("2026-02-08", "LinkedIn")] == said(portraits(text, dates="mdy")[0], "connected")
