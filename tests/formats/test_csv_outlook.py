"""Outlook's CSV: classic and from the web, in the languages it speaks."""

from __future__ import annotations

import pytest

from krmd.formats.csv_headings_outlook import OUTLOOK
from krmd.formats.csv_reading import CsvReader
from krmd.formats.reading import Read, Skipped
from krmd.formats.sniffing import date_in_doubt, sniff
from krmd.ledger.portrait import Fact
from tests.formats.reading_all import portraits, read_file, said, table, without_structure

CLASSIC = (
    "Title|First Name|Middle Name|Last Name|Suffix|Company|Department|Job Title|Business Street"
    "|Business Street 2|Business Street 3|Business City|Business State|Business Postal Code"
    "|Business Country/Region|Home Street|Home Street 2|Home Street 3|Home City|Home State"
    "|Home Postal Code|Home Country/Region|Other Street|Other Street 2|Other Street 3|Other City"
    "|Other State|Other Postal Code|Other Country/Region|Assistant's Phone|Business Fax"
    "|Business Phone|Business Phone 2|Callback|Car Phone|Company Main Phone|Home Fax|Home Phone"
    "|Home Phone 2|ISDN|Mobile Phone|Other Fax|Other Phone|Pager|Primary Phone|Radio Phone"
    "|TTY/TDD Phone|Telex|Account|Anniversary|Assistant's Name|Billing Information|Birthday"
    "|Business Address PO Box|Categories|Children|Directory Server|E-mail Address|E-mail Type"
    "|E-mail Display Name|E-mail 2 Address|E-mail 2 Type|E-mail 2 Display Name|E-mail 3 Address"
    "|E-mail 3 Type|E-mail 3 Display Name|Gender|Government ID Number|Hobby|Home Address PO Box"
    "|Initials|Internet Free Busy|Keywords|Language|Location|Manager's Name|Mileage|Notes"
    "|Office Location|Organizational ID Number|Other Address PO Box|Priority|Private|Profession"
    "|Referred By|Sensitivity|Spouse|User 1|User 2|User 3|User 4|Web Page"
).split("|")
FRESH = {
    "Anniversary": "0/0/00", "Birthday": "0/0/00", "Gender": "Unspecified", "Priority": "Normal",
    "Private": "False", "Sensitivity": "Normal", "Initials": "X.Y.",
}  # fmt: skip
ZOE = FRESH | {
    "First Name": "Zoë", "Last Name": "Marsh", "Title": "Ms.", "Company": "Marsh & Söhne",
    "Job Title": "Owner", "Business Street": "Dock 1", "Business Street 2": "Floor 2",
    "Business City": "Hull", "Business Country/Region": "UK", "Home Address PO Box": "PO 7",
    "Business Phone": "+44 1", "Mobile Phone": "+44 2", "Home Fax": "+44 3",
    "E-mail Address": "zoe@marsh.example", "E-mail Type": "SMTP",
    "E-mail 2 Address": "/o=Marsh/ou=First/cn=Recipients/cn=zoe", "E-mail 2 Type": "EX",
    "Categories": "Personal;Old School; Japan", "Spouse": "Finn Marsh", "Referred By": "Tove",
    "Notes": "Sails.\r\nLikes tea.", "User 1": "berth 12", "Web Page": "https://marsh.example",
    "Language": "English", "Birthday": "12/25/1980",
}  # fmt: skip


def _classic(*rows: dict[str, str], delimiter: str = ",") -> str:
    return table(delimiter, *rows, headings=CLASSIC)


def test_ninety_two_columns_and_three_categories() -> None:
    """In Windows' code page, every cell quoted."""
    [found] = portraits(_classic(ZOE).encode("cp1252"))
    assert "Zoë Marsh" == found.name
    assert (
        Fact("email", "zoe@marsh.example"),
        Fact("phone", "+44 1", "work"),
        Fact("phone", "+44 3", "home fax"),
        Fact("phone", "+44 2", "mobile"),
        Fact("url", "https://marsh.example"),
        Fact("postal", ";;Dock 1\nFloor 2;Hull;;;UK", "work"),
        Fact("postal", "PO 7", "home"),
        Fact("company", "Marsh & Söhne"),
        Fact("role", "Owner"),
        Fact("birthday", "1980-12-25"),
        Fact("introduced_by", "Tove"),
        Fact("relation", "spouse: Finn Marsh"),
        Fact("language", "English"),
        Fact("note", "Sails.\nLikes tea."),
        Fact("category", "Personal"),
        Fact("category", "Old School"),
        Fact("category", "Japan"),
        Fact("custom", "berth 12", "User 1"),
    ) == without_structure(found)


def test_an_exchange_path_is_no_address() -> None:
    """It is told, and not taken."""
    [found] = read_file(_classic(ZOE))
    assert isinstance(found, Read)
    [remark] = found.remarks
    assert remark.startswith("“/o=Marsh/ou=First")


def test_an_entry_that_nobody_filled_is_nobody() -> None:
    """Outlook's defaults say nothing of a person."""
    assert [Skipped(2, "names nobody: no name, no address, no phone")] == read_file(_classic(FRESH))


def test_a_date_in_doubt_is_asked_about() -> None:
    """Until it is told, it is kept as text; then it is read."""
    text = _classic(ZOE | {"Birthday": "3/4/1980"}).encode()
    assert "3/4/1980" == date_in_doubt(sniff(text))
    [doubted] = portraits(text)
    assert [("3/4/1980", "birthday")] == said(doubted, "date_text")
    assert [] == said(doubted, "birthday")
    [told] = portraits(text, dates="dmy")
    assert [("1980-04-03", "")] == said(told, "birthday")
    assert date_in_doubt(sniff(text, dates="dmy")) is None
    assert sniff(text).habits != sniff(text, dates="dmy").habits


def test_one_day_beyond_twelve_settles_the_whole_column() -> None:
    """Wherever it stands, the anniversaries' column too."""
    text = _classic(
        ZOE | {"Birthday": "3/4/1980"},
        ZOE | {"First Name": "Al", "Anniversary": "31/1/2001", "Birthday": "0/0/00"},
    )
    assert [("1980-04-03", "")] == said(portraits(text)[0], "birthday")


def test_headings_in_german_settle_it_as_well() -> None:
    """There the day comes first."""
    text = _localised("de", {"given": "Jörg", "family": "Groß", "birthday": "3/4/1980"})
    assert [("1980-04-03", "")] == said(portraits(text.encode("cp1252"))[0], "birthday")


def _localised(language: str, values: dict[str, str]) -> str:
    """A file whose headings are in a language, values by their slots."""
    [words] = [it for it in OUTLOOK if it.language == language]
    places: dict[str, str] = {}
    for key, slots in words.slots.items():
        for slot in slots:
            places.setdefault(slot, key)
    return table(",", {places[slot]: it for slot, it in values.items()}, headings=list(words.slots))


@pytest.mark.parametrize(
    ("language", "page"),
    [("de", "cp1252"), ("fr", "cp1252"), ("es", "cp1252"), ("it", "cp1252"), ("nl", "cp1252"),
     ("pt", "cp1252"), ("pt-br", "cp1252"), ("sv", "cp1252"), ("pl", "cp1250")],
)  # fmt: skip
def test_headings_come_in_the_owners_language(language: str, page: str) -> None:
    """In its code page, which the headings tell."""
    given = "Łucja" if page == "cp1250" else "Éloïse"
    text = _localised(
        language,
        {
            "given": given, "family": "Holm", "email": "e@holm.example", "category": "A;B;C",
            "birthday": "25.12.1980", "town=home": "Oslo", "phone=mobile": "1", "note": "x",
        },
    )  # fmt: skip
    reader = sniff(text.encode(page))
    assert isinstance(reader, CsvReader)
    assert ("outlook", page) == (reader.source, reader.encoding)
    [found] = portraits(text.encode(page))
    assert f"{given} Holm" == found.name
    assert (
        Fact("email", "e@holm.example"),
        Fact("phone", "1", "mobile"),
        Fact("postal", ";;;Oslo", "home"),
        Fact("birthday", "1980-12-25"),
        Fact("note", "x"),
        Fact("category", "A"),
        Fact("category", "B"),
        Fact("category", "C"),
    ) == without_structure(found)


@pytest.mark.parametrize(
    "headings",
    [
        (
            "Anrede;Vorname;Weitere Vornamen;Nachname;Suffix;Firma;Abteilung;Position;"
            "Straße geschäftlich;Ort geschäftlich;Land geschäftlich;Ort privat;E-Mail-Adresse;"
            "E-Mail-Typ;E-Mail: Angezeigter Name;Geburtstag;Kategorien"
        ),
        (
            "Titre;Prénom;Deuxième prénom;Nom;Suffixe;Société;Service;Titre;Rue (bureau);"
            "Ville (bureau);Pays (bureau);Ville (domicile);Adresse de messagerie;"
            "Type de messagerie;Nom complet de l'adresse de messagerie;Anniversaire;Catégories"
        ),
    ],
)
def test_headings_as_outlook_spells_them(headings: str) -> None:
    """With brackets, hyphens and a heading that comes twice; semicolons between them."""
    row = "Dr.;Ines;;Roth;;Roth GmbH;Einkauf;Leiterin;;Ulm;DE;Bonn;i@roth.example;SMTP;x;1.2.1980;A"
    [found] = portraits(f"{headings}\r\n{row}\r\n".encode("cp1252"))
    assert "Ines Roth" == found.name
    assert [("Roth;Ines;;Dr.", "")] == said(found, "structured_name")
    assert [("Leiterin", "")] == said(found, "role")
    assert [("1980-02-01", "")] == said(found, "birthday")
    assert [(";;;Ulm;;;DE", "work"), (";;;Bonn", "home")] == said(found, "postal")
    assert [] == said(found, "custom")


def test_the_web_writes_fewer_columns_in_utf_8() -> None:
    """With nicknames, and without categories."""
    headings = (
        "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,"
        "E-mail Address,E-mail 2 Address,E-mail 3 Address,Home Phone,Home Phone 2,Business Phone,"
        "Business Phone 2,Mobile Phone,Car Phone,Other Phone,Primary Phone,Pager,Business Fax,"
        "Home Fax,Other Fax,Company Main Phone,Callback,Radio Phone,Telex,TTY/TDD Phone,IMAddress,"
        "Job Title,Department,Company,Office Location,Manager's Name,Assistant's Name,"
        "Assistant's Phone,Company Yomi,Business Street,Business City,Business State,"
        "Business Postal Code,Business Country/Region,Home Street,Home City,Home State,"
        "Home Postal Code,Home Country/Region,Other Street,Other City,Other State,"
        "Other Postal Code,Other Country/Region,Personal Web Page,Spouse,Schools,Hobby,Location,"
        "Web Page,Birthday,Anniversary,Notes"
    )
    row = {
        "First Name": "Åke", "Last Name": "Berg", "Nickname": "Akki",
        "E-mail Address": "ake@berg.example", "Mobile Phone": "+46 1", "Birthday": "1980-05-06",
    }  # fmt: skip
    text = "\ufeff" + table(",", row, headings=headings.split(","))
    [found] = portraits(text)
    assert ("outlook", "Åke Berg") == (sniff(text.encode()).source, found.name)
    assert [("Akki", "")] == said(found, "nickname")
    assert [("1980-05-06", "")] == said(found, "birthday")
