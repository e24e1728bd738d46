"""What a signature says of its sender: what is plainly said, and nothing of anybody else."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.intake.quoting import own_lines
from krmd.intake.signature import LONGEST_TEXT, read_signature
from krmd.ledger.portrait import Fact

SECONDS = 1.5
"""Against growth, not for speed: what it guards against takes minutes."""

PHONE = "+49 30 1234567"
ENGLISH = """\
Hi Bob,

the plans are attached.

Best regards,
Ada

--\x20
Ada Lovelace, PhD
Chief Technology Officer
Engines Ltd
Tel: +44 20 7946 0958 | Mobile: +44 7911 123456
Fax: +44 20 7946 0959
12 St James's Square, London SW1Y 4JH
ada@engines.example
www.engines.example | linkedin.com/in/ada-l

This e-mail is confidential. Tel: +44 20 7946 0000
"""
GERMAN = """\
Hallo Bob,

anbei die Pläne.

Mit freundlichen Grüßen
i.A. Ada Lovelace
Vertriebsleiterin

Engines GmbH & Co. KG
Musterstraße 12a
D-10117 Berlin
Tel.: 030 / 123 45 67
Mobil: 0171 1234567
Telefax: 030/1234568
Hotline: 030 7654321
Web: https://www.engines.example

Amtsgericht Charlottenburg HRA 12345
Geschäftsführer: Max Mustermann, +49 30 9999999
"""
FRENCH = """\
Bonjour Bob,

Bien cordialement,

Ada LOVELACE
Directrice technique - Engines SARL
10 rue de la Paix
75002 Paris
France
Tél : +33 1 44 55 66 77 - Port. : +33 6 12 34 56 78
"""
AMERICAN = """\
see you

Ada Lovelace
CTO | Engines, Inc.
M: (415) 555-2671 | O: 415.555.2672 x12
1600 Amphitheatre Pkwy, Mountain View, CA 94043
"""


def facts(text: str, region: str | None = None) -> list[tuple[str, str, str]]:
    """What the signature of Ada Lovelace says."""
    found = read_signature(text, name="Ada Lovelace", address="ada@engines.example", region=region)
    return [(it.field, it.value, it.label) for it in found]


def test_an_english_signature_is_read() -> None:
    """The fax, and what stands in the disclaimer, are left out."""
    assert [
        ("phone", "+44 20 7946 0958", "work"),
        ("phone", "+44 7911 123456", "mobile"),
        ("company", "Engines Ltd", ""),
        ("role", "Chief Technology Officer", ""),
        ("url", "https://www.engines.example", ""),
        ("url", "https://linkedin.com/in/ada-l", ""),
        ("postal", ";;12 St James's Square;London;;SW1Y 4JH", "work"),
    ] == facts(ENGLISH)


def test_a_german_signature_is_read() -> None:
    """Numbers without their country's code only where the country is told."""
    rest = [
        ("company", "Engines GmbH & Co. KG", ""),
        ("role", "Vertriebsleiterin", ""),
        ("url", "https://www.engines.example", ""),
        ("postal", ";;Musterstraße 12a;Berlin;;10117", "work"),
    ]
    phones = [("phone", PHONE, "work"), ("phone", "+49 171 1234567", "mobile")]

    assert phones + rest == facts(GERMAN, "DE")
    assert rest == facts(GERMAN)


def test_a_french_signature_is_read() -> None:
    """Without a separator, behind the last words of farewell."""
    assert [
        ("phone", "+33 1 44 55 66 77", "work"),
        ("phone", "+33 6 12 34 56 78", "mobile"),
        ("company", "Engines SARL", ""),
        ("role", "Directrice technique", ""),
        ("postal", ";;10 rue de la Paix;Paris;;75002;France", "work"),
    ] == facts(FRENCH)


def test_an_american_signature_is_read() -> None:
    """Without a farewell, behind the name."""
    assert [
        ("phone", "+1 415-555-2671", "mobile"),
        ("phone", "+1 415-555-2672 ext. 12", "work"),
        ("company", "Engines, Inc.", ""),
        ("role", "CTO", ""),
        ("postal", ";;1600 Amphitheatre Pkwy;Mountain View;CA;94043", "work"),
    ] == facts(AMERICAN, "US")


@pytest.mark.parametrize(
    "farewell",
    [
        "Best", "Kind regards,", "Cheers!", "Many thanks,\n", "Viele Grüße,", "LG", "MfG", "Dein",
        "Cordialement,", "À bientôt", "Un saludo,", "Atentamente", "Cordiali saluti", "Groetjes,",
        "Met vriendelijke groet,", "Abraços,", "Med vänlig hälsning", "Mvh", "Terveisin",
        "Pozdrawiam", "S pozdravem", "Üdvözlettel", "Cu stimă,", "Saygılarımla,", "Με εκτίμηση,",
        "С уважением,", "З повагою,", "敬具", "Best regards, Ada", "LG Ada", "--", "-- ",
    ],
)  # fmt: skip
def test_farewells_are_known(farewell: str) -> None:
    """In the languages of Europe and a few more; with the name behind, or on its own line."""
    text = f"Some words.\n\n{farewell}\nAda\n{PHONE}\n"

    assert [("phone", PHONE, "")] == facts(text)


@pytest.mark.parametrize(
    "quoted",
    [
        f"> Best regards\n> Ada Lovelace\n> {PHONE}",
        f"On Mon, 1 Jan 2024 at 10:00, Bob <bob@x.example> wrote:\n\nBest,\nAda\n{PHONE}",
        f"Am 01.02.2024 um 10:00 schrieb Bob\n<bob@x.example>:\n\nGruß\nAda\n{PHONE}",
        f"Le lun. 1 janv. 2024 à 10:00, Bob <bob@x.example> a écrit :\nAda\n{PHONE}",
        f"El lun, 1 ene 2024 a las 10:00, Bob (<bob@x.example>) escribió:\nAda\n{PHONE}",
        f"Il giorno lun 1 gen 2024 alle ore 10:00 Bob ha scritto:\nAda\n{PHONE}",
        f"Op ma 1 jan 2024 om 10:00 schreef Bob <bob@x.example>:\nAda\n{PHONE}",
        f"W dniu 1.01.2024 o 10:00, Bob pisze:\nAda\n{PHONE}",
        f"пн, 1 янв. 2024 г. в 10:00, Bob <bob@x.example>:\nAda\n{PHONE}",
        f"2024年1月1日(月) 10:00 Bob <bob@x.example>:\nAda\n{PHONE}",
        f"From: Bob\nSent: Monday\nTo: Ada\nSubject: x\n\nBest,\nAda\n{PHONE}",
        f"*Von:* Bob\n*Gesendet:* Montag\n*An:* Ada\n\nGruß\nAda\n{PHONE}",
        f"De : Bob\nEnvoyé : lundi\nÀ : Ada\n\nAda\n{PHONE}",
        f"Da: Bob\nInviato: lunedì\nA: Ada\n\nAda\n{PHONE}",
        f"Van: Bob\nVerzonden: maandag\nAan: Ada\n\nAda\n{PHONE}",
        f"От: Bob\nОтправлено: понедельник\nКому: Ada\n\nAda\n{PHONE}",
        f"-----Original Message-----\nFrom: Bob\n\nAda\n{PHONE}",
        f"---------- Forwarded message ---------\n\nAda\n{PHONE}",
        f"Begin forwarded message:\n\nAda\n{PHONE}",
        f"> {'a' * 70}\nAda\n> {PHONE}",
    ],
)
def test_what_is_quoted_is_nobodys_signature(quoted: str) -> None:
    """Whoever wrote it, and however it is marked."""
    assert [] == facts(f"Thanks!\n\n{quoted}\n")


def test_a_signature_below_a_quotation_is_read() -> None:
    """As those who answer below have it."""
    text = (
        "On Mon, 1 Jan 2024 at 10:00, Bob <bob@x.example> wrote:\n> Hello\n> Bob\n\n"
        f"Hello Bob!\n\nBest,\nAda\n{PHONE}\n"
    )

    assert [("phone", PHONE, "")] == facts(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        f"Call Bob at {PHONE}.\n\nAda",
        f"Best,\nBob\n{PHONE}",
        f"Ada Lovelace and I have met\n{PHONE}",
        "Best,\nAda\nThe director sends greetings",
        f"Best,\nAda\nbob@x.example\n{PHONE}",
        f"Best,\nAda\ncharles@engines.example\n{PHONE}",
        f"Best,\nAda\n\nPS: Bob's number is {PHONE}",
        f"Best,\nAda\n\n\n\nHello Ada,\nmine is {PHONE}",
        f"Best,\nAda\nFax {PHONE}",
        f"Best,\nAda\nF: {PHONE}",
        f"Best,\nAda\nAssistant: Charles, {PHONE}",
        "Best,\nAda\n+49 30 1\n+999 12345678\n2024-01-01 10:00\n1234567890123456",
        "Best,\nAda\n0800 1234567\n+1 800 555 1234\n+44 871 234 5678",
        "Best,\nAda\nIBAN DE89 3704 0044 0532 0130 00",
        "Best,\nAda\nI am the director of this.\nWe sold Engines Ltd",
        "Best,\nAda\nGet Outlook for iOS <https://aka.ms/o0ukef>\nwww.avast.com",
        "Best,\nAda\nhttps://tracker.example/click/1234",
        "Best,\nAda\nMusterstraße 12a\nBerlin",
        f"-- \nList info: https://lists.example.org\n{PHONE}",
    ],
)
def test_nothing_is_better_than_something_wrong(text: str) -> None:
    """No name, another's name or address, a postscript, sentences, hotlines, advertisements."""
    assert [] == facts(text, "DE")


@pytest.mark.parametrize(
    ("line", "label"),
    [
        (f"Tel. {PHONE}", ""),
        (f"Mobil: {PHONE}", "mobile"),
        (f"Cell {PHONE}", "mobile"),
        (f"M {PHONE}", "mobile"),
        (f"Handy {PHONE}", "mobile"),
        (f"Büro: {PHONE}", "work"),
        (f"Direct: {PHONE}", "work"),
        (f"Durchwahl {PHONE}", "work"),
        (f"privat {PHONE}", "home"),
        (f"{PHONE} (mobile)", "mobile"),
        (f"Tel./Fax: {PHONE}", ""),
        (f"Fax +49 30 7654321, Tel. {PHONE}", ""),
        (f"T: {PHONE} F: +49 30 7654321", ""),
        ("Tel. 0049 30 1234567", ""),
        ("Tel. +49 (0)30 1234567", ""),
        ("Tel. +49-30-123 45 67", ""),
    ],
)
def test_a_phone_is_labelled_by_the_word_before_it(line: str, label: str) -> None:
    """And told as the library writes it."""
    assert [("phone", PHONE, label)] == facts(f"Best,\nAda\n{line}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ada Lovelace, Head of Engines", ("role", "Head of Engines", "")),
        ("Ada Lovelace | CTO", ("role", "CTO", "")),
        ("Ada Lovelace\nGeschäftsführerin", ("role", "Geschäftsführerin", "")),
        ("Ada Lovelace\nProjektmanagerin Maschinen", ("role", "Projektmanagerin Maschinen", "")),
        ("Ada Lovelace\nResponsable des machines", ("role", "Responsable des machines", "")),
        ("Ada Lovelace\nDirectora general", ("role", "Directora general", "")),
        ("Ada Lovelace\nResponsabile tecnico", ("role", "Responsabile tecnico", "")),
        ("Ada Lovelace\nHoofd techniek", ("role", "Hoofd techniek", "")),
        ("Ada Lovelace\nEngines B.V.", ("company", "Engines B.V.", "")),
        ("Ada Lovelace\nEngines S.p.A.", ("company", "Engines S.p.A.", "")),
        ("Ada Lovelace\nEngines sp. z o.o.", ("company", "Engines sp. z o.o.", "")),
        ("Ada Lovelace\nEngines AG | Zürich", ("company", "Engines AG", "")),
        ("Ada Lovelace\n株式会社エンジン", ("company", "株式会社エンジン", "")),
    ],
)
def test_roles_and_companies_are_told_by_their_words(
    line: str, expected: tuple[str, str, str]
) -> None:
    """Titles in six languages, legal forms of many countries."""
    assert [expected] == facts(f"Best,\n{line}")


def test_role_and_company_on_one_line_are_two_facts() -> None:
    """With a comma, a dash, a word between."""
    expected = [("company", "Engines Ltd", ""), ("role", "CTO", "")]

    for line in ("CTO, Engines Ltd", "CTO - Engines Ltd", "CTO at Engines Ltd", "CTO\nEngines Ltd"):
        assert expected == facts(f"Best,\nAda Lovelace\n{line}")


def test_the_address_names_a_sender_without_a_name() -> None:
    """Or with one that is only the address."""
    text = f"Best,\nAda Lovelace\n{PHONE}"
    expected = (Fact("phone", PHONE, ""),)

    for name in ("", "ada.lovelace@x.example"):
        assert expected == read_signature(text, name=name, address="ada.lovelace@x.example")
    assert () == read_signature(text, name="", address="al@x.example")


def test_a_name_in_another_script_is_found() -> None:
    """Cyrillic, kana."""
    for name in ("Ольга Иванова", "山田 太郎"):
        text = f"Text\n\n-- \n{name}\nTel. {PHONE}"
        found = read_signature(text, name=name, address="x@x.example")
        assert (Fact("phone", PHONE, ""),) == found


UNITS = (
    "\n", " ", "--\n", "> \n", ">", "Ada\n", "Best,\nAda\n", "+", "+49 30 1234567 ", "1 ", "(", "-",
    "+49 30 1234567\n", "From:\n", "From: a\nTo: b\n", "a@b.example ", "a@", "@", "www.", "http://",
    "www.a.example/", "On 1 ", "wrote:\n", "schrieb 1:\n", "a.", "GmbH ", "CTO, ", "| ", "é", "山",
    "Musterstr. 12, ", "10117 Berlin, ", "CA 94043 ", "\u0301", "\ud800", "\x00", "0", "00", "Tel ",
    "on 2020 ",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_is_read_in_no_time(unit: str) -> None:
    """64 KB of anything, alone and as a signature, on one line and on many."""
    body = (unit * LONGEST_TEXT)[:LONGEST_TEXT]

    begun = process_time()
    for text in (body, f"Best,\nAda\n{body}", body.replace("\n", " "), f"-- \nAda {body}"):
        facts(text, "DE")
        own_lines(text)

    assert process_time() - begun < SECONDS


words = st.sampled_from(
    [
        *UNITS,
        "Best regards,\n",
        "Ada Lovelace",
        "Engines Ltd\n",
        ", ",
        PHONE,
        "Mobil: ",
        "ada@engines.example",
    ]
)


@given(
    st.lists(words | st.text(max_size=6), max_size=30).map("".join),
    st.sampled_from([None, "DE", "US", "XX", ""]),
)
def test_any_text_can_be_read(text: str, region: str | None) -> None:
    """Total; few facts, each once, none of them empty or on two lines."""
    found = facts(text, region)

    assert len(found) <= 10
    assert len(set(found)) == len(found)
    assert all(value and "\n" not in value for _, value, _ in found)
