"""vCards as programs export them, each with its habits. All people are invented."""

from __future__ import annotations

from krmd.formats.reading import Read
from krmd.ledger.portrait import Portrait
from tests.formats.cards import card, facts, people, person, read_all


def test_outlook_is_read() -> None:
    """Version 2.1 in Windows-1252: bare parameters, quoted-printable with soft line breaks."""
    lines = (
        "BEGIN:VCARD",
        "VERSION:2.1",
        "N;LANGUAGE=de;CHARSET=Windows-1252:Müller;Jörg;;Dr.",
        "FN;CHARSET=Windows-1252:Dr. Jörg Müller",
        "ORG;CHARSET=Windows-1252:Müllerbräu GmbH;Einkauf",
        "TITLE:Braumeister",
        "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=Windows-1252:Spielt Cello=3B trifft sich=",
        " am Freitag.=0D=0A=",
        "Mag Gr=FCnkohl.=0D=0A=",
        "",
        "TEL;WORK;VOICE:+49 (30) 123-456",
        "TEL;CELL;VOICE:+49 170 1234567",
        "ADR;WORK;PREF;CHARSET=Windows-1252:;;Straße 5;München;BY;80331;Deutschland",
        "LABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE:Stra=DFe 5=0D=0A=",
        "80331 M=FCnchen",
        "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2",
        "URL;WORK:http://brau.example",
        "BDAY:19620322",
        "X-MS-ANNIVERSARY:20110113",
        "EMAIL;INTERNET:second@brau.example",
        "EMAIL;PREF;INTERNET:joerg@brau.example",
        "X-MS-IMADDRESS:joerg@chat.example",
        "X-MS-SPOUSE:Elke",
        "CATEGORIES:Cello,Geschäft",
        "PHOTO;TYPE=JPEG;ENCODING=BASE64:",
        " /9j/4AAQSkZJRgABAQEAYABgAAD",
        " hYaHiImK==",
        "",
        'X-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns="http://card.example/"><a b="c"/></card>',
        "REV:20120305T131933Z",
        "END:VCARD",
        "",
    )

    (read,) = read_all("\r\n".join(lines).encode("cp1252"))

    assert isinstance(read, Read)
    assert (
        Portrait(
            "Dr. Jörg Müller",
            facts(
                ("structured_name", "Müller;Jörg;;Dr."),
                ("email", "joerg@brau.example"),
                ("email", "second@brau.example"),
                ("phone", "+49 (30) 123-456", "work"),
                ("phone", "+49 170 1234567", "mobile"),
                ("url", "http://brau.example", "work"),
                ("handle", "joerg@chat.example"),
                ("postal", ";;Straße 5;München;BY;80331;Deutschland", "work"),
                ("company", "Müllerbräu GmbH"),
                ("department", "Einkauf"),
                ("role", "Braumeister"),
                ("birthday", "1962-03-22"),
                ("date", "2011-01-13", "anniversary"),
                ("relation", "spouse: Elke"),
                ("note", "Spielt Cello; trifft sich am Freitag.\nMag Grünkohl."),
                ("category", "Cello"),
                ("category", "Geschäft"),
            ),
        )
        == read.portrait
    )
    assert ("The card isn't in UTF-8; it was read as Windows-1252.",) == read.remarks


def test_evolution_is_read() -> None:
    """Quoted X- parameters, its own properties for spouse, manager and wedding day."""
    octets = card(
        'X-AIM;TYPE=HOME;X-UUID="cb9e11fc:1":pavel77',
        'EMAIL;TYPE=WORK;X-UUID="83a7,5a5d":pavel.',
        " novak@labe.example",
        "N:Novák;Pavel;Jan\\, Karel;;",
        "X-EVOLUTION-FILE-AS:Novák\\, Pavel",
        "FN:Pavel Novák\\, Jr.",
        "X-EVOLUTION-SPOUSE:Jana",
        "X-EVOLUTION-MANAGER:Big Boss",
        "X-EVOLUTION-BLOG-URL:https://blog.example",
        "X-EVOLUTION-ANNIVERSARY:1999-05-01",
        "BDAY:1970-01-02",
        "CATEGORIES:VIP",
        "UID:pas-id-477343C8",
    )

    assert Portrait(
        "Pavel Novák, Jr.",
        facts(
            ("structured_name", "Novák;Pavel;Jan, Karel"),
            ("email", "pavel.novak@labe.example", "work"),
            ("url", "https://blog.example", "blog"),
            ("handle", "pavel77", "aim"),
            ("birthday", "1970-01-02"),
            ("date", "1999-05-01", "anniversary"),
            ("relation", "spouse: Jana"),
            ("relation", "manager: Big Boss"),
            ("category", "VIP"),
        ),
        "pas-id-477343C8",
    ) == person(octets)


def test_thunderbird_and_cardbook_are_read() -> None:
    """Own fields, and a year that stands for none: 1904 with one, bare 1604 with the other."""
    thunderbird = card(
        "EMAIL;PREF=1:sam@home.example",
        "EMAIL:sam@work.example",
        "FN:Sam Hill",
        "N:Hill;Sam;;;",
        "BDAY;VALUE=DATE:1904-07-09",
        "X-CUSTOM1;VALUE=TEXT:plays whist",
        "X-MOZILLA-HTML;VALUE=BOOLEAN:FALSE",
        "UID:11111111-2222-4333-8444-555555555555",
        version="4.0",
    )
    cardbook = card("FN:Ann Hill", "N:Hill;Ann;;;", "BDAY:16040229", "X-SPOUSE:Sam")

    assert (
        facts(
            ("structured_name", "Hill;Sam"),
            ("email", "sam@home.example"),
            ("email", "sam@work.example"),
            ("birthday", "--07-09"),
            ("custom", "plays whist", "custom 1"),
        )
        == person(thunderbird).facts
    )
    assert (
        facts(("structured_name", "Hill;Ann"), ("birthday", "--02-29"), ("relation", "spouse: Sam"))
        == person(cardbook).facts
    )


def test_lotus_notes_is_read() -> None:
    """A fold whose next line begins with two blanks, one of which is the text's; LABEL and ADR."""
    octets = card(
        "N:Ruiz;Eva;;Ms.;",
        "FN:Ms. Eva Ruiz",
        "NICKNAME:Evita\\,Evi",
        "EMAIL;type=INTERNET;type=WORK:eva@faro.example",
        "ADR;TYPE=HOME:;;Calle Mayor 1;Soria;;42001;Spain",
        "LABEL;TYPE=HOME:Eva Ruiz\\nCalle",
        "  Mayor 1\\nSoria",
        "NOTE:keeps",
        "  bees",
        "CLASS:Public",
        "PROFILE:VCard",
        "MAILER:Somebody's",
    )

    portrait = person(octets)

    assert ("Evita,Evi",) == portrait.values("nickname")
    assert (";;Calle Mayor 1;Soria;;42001;Spain",) == portrait.values("postal")
    assert ("keeps bees",) == portrait.values("note")


def test_version_4_is_read() -> None:
    """URIs for phones, quoted lists of types, PREF by number, partial dates."""
    octets = card(
        "FN:Yuki Tanaka",
        "N:Tanaka;Yuki;;;ing. jr,M.Sc.",
        "BDAY:1985-04",
        "ANNIVERSARY:20090808T1430-0500",
        "DEATHDATE:20210314",
        "GENDER:F",
        "LANG;PREF=2:en",
        "LANG;PREF=1:ja",
        'TEL;VALUE=uri;PREF=2;TYPE="work,voice":tel:+1-418-656-9254;ext=102',
        'TEL;VALUE=uri;PREF=1;TYPE="cell,text":tel:+1-418-262-6501',
        "IMPP;PREF=1:xmpp:yuki@chat.example",
        "RELATED;TYPE=sibling;VALUE=text:Ren",
        "HOBBY:kites",
        "KEY:data:application/pgp-keys;base64,MICAgICAgICAg",
        "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        version="4.0",
    )

    assert Portrait(
        "Yuki Tanaka",
        facts(
            ("structured_name", "Tanaka;Yuki;;;ing. jr,M.Sc."),
            ("phone", "+1-418-262-6501", "mobile"),
            ("phone", "+1-418-656-9254 ext. 102", "work"),
            ("handle", "yuki@chat.example", "xmpp"),
            ("birthday", "1985-04"),
            ("died", "2021-03-14"),
            ("date", "2009-08-08", "anniversary"),
            ("relation", "sibling: Ren"),
            ("language", "ja"),
            ("custom", "en", "language"),
            ("custom", "female", "gender"),
            ("custom", "kites", "hobby"),
        ),
        "urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
    ) == person(octets)


def test_the_examples_way_of_writing_in_rfc_2426_is_read() -> None:
    """`BEGIN:vCard`, no N, a fold before a semicolon, several cards."""
    octets = (
        b"BEGIN:vCard\nVERSION:3.0\nFN:Ole Lund\nADR;TYPE=WORK,POSTAL,PARCEL:;;6 Elm Drive\n"
        b" ;Oslo;; 0150;Norway\nEMAIL;TYPE=INTERNET,PREF:Ole@Lund.example\nEND:vCard\n"
        b"begin:vcard\nfn:Una Lund\nend:vcard\n"
    )

    assert [
        Portrait(
            "Ole Lund",
            facts(
                ("email", "ole@lund.example"),
                ("postal", ";;6 Elm Drive;Oslo;;0150;Norway", "work"),
            ),
        ),
        Portrait("Una Lund", ()),
    ] == people(octets)
