"""vCards as phones and their servers export them, each with its habits. All are invented."""

from __future__ import annotations

from krmd.ledger.portrait import Portrait
from tests.formats.cards import card, facts, person


def test_apple_contacts_are_read() -> None:
    """Groups with labels, a birthday without its year, a wedding day, related names, profiles."""
    octets = card(
        "PRODID:-//Apple Inc.//macOS 14.5//EN",
        "N:Okafor;Grace;Ifeoma;Dr.;",
        "FN:Dr. Grace Ifeoma Okafor",
        "X-MAIDENNAME:Eze",
        "NICKNAME:Gigi",
        "X-PHONETIC-FIRST-NAME:Grays",
        "ORG:Harbour Labs;Optics;",
        "TITLE:Physicist",
        "item1.EMAIL;type=INTERNET:grace@old.example",
        "item1.X-ABLabel:_$!<School>!$_",
        "EMAIL;type=INTERNET;type=HOME;type=pref:grace@okafor.example",
        "TEL;type=IPHONE;type=CELL;type=VOICE;type=pref:+44 7700 900123",
        "TEL;type=HOME;type=FAX:+44 20 7946 0000",
        "item2.TEL:+44 20 7946 0111",
        "item2.X-ABLabel:Boat house",
        "item3.ADR;type=HOME;type=pref:;;1 Quay Lane\\nFlat 2;Hull;;HU1 1AA;England",
        "item3.X-ABADR:gb",
        "item4.URL;type=pref:http\\://grace.example",
        "item4.X-ABLabel:_$!<HomePage>!$_",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-16",
        "item5.X-ABDATE;type=pref:2009-08-08",
        "item5.X-ABLabel:_$!<Anniversary>!$_",
        "item6.X-ABDATE:2011-02-01",
        "item6.X-ABLabel:First sail",
        "item7.X-ABRELATEDNAMES;type=pref:Tom Okafor",
        "item7.X-ABLabel:_$!<Spouse>!$_",
        "X-SOCIALPROFILE;type=twitter;x-user=gokafor:http://twitter.com/gokafor",
        "IMPP;X-SERVICE-TYPE=Skype;type=HOME;type=pref:skype:grace.okafor",
        "NOTE:Met in Oslo\\, she sails.\\nCalls on Sundays.",
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD",
        " /4AAQSkZJRgABAQAAAQABAAD==",
        "UID:5E2C0F0B-1111-4222-8333-944444444444",
        "X-ABUID:5E2C0F0B-1111-4222-8333-944444444444:ABPerson",
        "REV:2024-05-01T10:00:00Z",
    )

    assert Portrait(
        "Dr. Grace Ifeoma Okafor",
        facts(
            ("structured_name", "Okafor;Grace;Ifeoma;Dr."),
            ("nickname", "Gigi"),
            ("former_name", "Eze"),
            ("email", "grace@okafor.example", "home"),
            ("email", "grace@old.example", "school"),
            ("phone", "+44 7700 900123", "mobile"),
            ("phone", "+44 20 7946 0000", "home fax"),
            ("phone", "+44 20 7946 0111", "Boat house"),
            ("url", "http://grace.example", "home page"),
            ("handle", "grace.okafor", "skype"),
            ("handle", "gokafor", "twitter"),
            ("postal", ";;1 Quay Lane\nFlat 2;Hull;;HU1 1AA;England", "home"),
            ("company", "Harbour Labs"),
            ("department", "Optics"),
            ("role", "Physicist"),
            ("birthday", "--04-16"),
            ("date", "2009-08-08", "anniversary"),
            ("date", "2011-02-01", "First sail"),
            ("relation", "spouse: Tom Okafor"),
            ("note", "Met in Oslo, she sails.\nCalls on Sundays."),
        ),
        "5E2C0F0B-1111-4222-8333-944444444444",
    ) == person(octets)


def test_an_apple_company_is_called_as_the_company() -> None:
    """X-ABShowAs:COMPANY; the name in it is of whom one asks for."""
    octets = card("N:Berg;Ida;;;", "FN:Ida Berg", "ORG:Kiln & Sons;", "X-ABShowAs:COMPANY")

    portrait = person(octets)

    assert "Kiln & Sons" == portrait.name
    assert ("Berg;Ida",) == portrait.values("structured_name")


def test_google_contacts_are_read() -> None:
    """Labels in groups, escaped colons, the group of everybody ignored."""
    octets = card(
        "FN:Maria Silva",
        "N:Silva;Maria;;;",
        "NICKNAME:Mia",
        "EMAIL;TYPE=INTERNET;TYPE=WORK:maria@work.example",
        "item1.EMAIL;TYPE=INTERNET:maria@choir.example",
        "item1.X-ABLabel:Choir",
        "TEL;TYPE=CELL:+351 912 345 678",
        "item2.ADR:;;Rua Azul 5;Porto;;4000-001;Portugal;PT",
        "item2.X-ABLabel:",
        "ORG:Casa Azul",
        "TITLE:Baker",
        "BDAY:--0203",
        "item3.X-ABDATE:2004-06-19",
        "item3.X-ABLabel:_$!<Anniversary>!$_",
        "item4.X-ABRELATEDNAMES:João",
        "item4.X-ABLabel:_$!<Brother>!$_",
        "item5.URL:http\\://maria.example",
        "item5.X-ABLabel:PROFILE",
        "CATEGORIES:myContacts,Choir,starred",
        "NOTE:Sings alto\\, knows Ana",
    )

    assert Portrait(
        "Maria Silva",
        facts(
            ("structured_name", "Silva;Maria"),
            ("nickname", "Mia"),
            ("email", "maria@work.example", "work"),
            ("email", "maria@choir.example", "Choir"),
            ("phone", "+351 912 345 678", "mobile"),
            ("url", "http://maria.example", "PROFILE"),
            ("postal", ";;Rua Azul 5;Porto;;4000-001;Portugal"),
            ("company", "Casa Azul"),
            ("role", "Baker"),
            ("birthday", "--02-03"),
            ("date", "2004-06-19", "anniversary"),
            ("relation", "brother: João"),
            ("note", "Sings alto, knows Ana"),
            ("category", "Choir"),
        ),
    ) == person(octets)


def test_android_is_read() -> None:
    """Version 2.1 in quoted-printable UTF-8, what 2.1 has no property for in X-ANDROID-CUSTOM."""
    octets = card(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9F=D0=B5=D1=82=D1=80=D0=BE=D0=B2=D0=B0;=",
        "=D0=9E=D0=BB=D1=8C=D0=B3=D0=B0;;;",
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9E=D0=BB=D1=8C=D0=B3=D0=B0=20=D0=9F=D0=",
        "=B5=D1=82=D1=80=D0=BE=D0=B2=D0=B0",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Olya;1;;;;;;;;;;;;;",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/contact_event;2007-09-01;1;;;;;;;;;;;;;",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/contact_event;--05-24;0;Name day;;;;;;;;;;;;",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;Igor;14;;;;;;;;;;;;;",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;Rex;0;Dog;;;;;;;;;;;;",
        "TEL;CELL;PREF:+7 900 123-45-67",
        "TEL;X-Dacha:8 496 123",
        "EMAIL;HOME:olga@dom.example",
        "BDAY:1979-11-30",
        version="2.1",
    )

    assert Portrait(
        "Ольга Петрова",
        facts(
            ("structured_name", "Петрова;Ольга"),
            ("nickname", "Olya"),
            ("email", "olga@dom.example", "home"),
            ("phone", "+7 900 123-45-67", "mobile"),
            ("phone", "8 496 123", "x-dacha"),
            ("birthday", "1979-11-30"),
            ("date", "2007-09-01", "anniversary"),
            ("date", "--05-24", "Name day"),
            ("relation", "spouse: Igor"),
            ("relation", "Dog: Rex"),
        ),
    ) == person(octets)


def test_nextcloud_is_read() -> None:
    """A year that its parameter takes back, profiles by type, a relation by TYPE."""
    octets = card(
        "PRODID:-//Sabre//Sabre VObject 4.5.4//EN",
        "UID:0d7e1f44-0000-4000-8000-5f5f5f5f5f5f",
        "FN:Lena Vogt",
        "N:Vogt;Lena;;;",
        "BDAY;VALUE=DATE;X-APPLE-OMIT-YEAR=2022:20221102",
        "X-SOCIALPROFILE;TYPE=MASTODON:https://social.example/@lena",
        'EMAIL;TYPE="HOME,PREF":lena@vogt.example',
        "X-MANAGERSNAME:Uwe",
        "RELATED;TYPE=friend:Kai",
        "RELATED;TYPE=contact:urn:uuid:0d7e1f44-0000-4000-8000-666666666666",
        "CATEGORIES:Chor\\, alt,Nachbarn",
    )

    assert Portrait(
        "Lena Vogt",
        facts(
            ("structured_name", "Vogt;Lena"),
            ("email", "lena@vogt.example", "home"),
            ("handle", "https://social.example/@lena", "mastodon"),
            ("birthday", "--11-02"),
            ("relation", "manager: Uwe"),
            ("relation", "friend: Kai"),
            ("category", "Chor, alt"),
            ("category", "Nachbarn"),
        ),
        "0d7e1f44-0000-4000-8000-5f5f5f5f5f5f",
    ) == person(octets)


def test_blackberry_is_read() -> None:
    """Version 2.1 with TYPE=, a picture whose lines aren't indented, an empty note."""
    octets = card(
        "FN:Noor Aziz",
        "N:Aziz;Noor;;;",
        "ORG:Cedar Works",
        "TEL;TYPE=CELL:+96170123456",
        "PHOTO;ENCODING=BASE64:/9j/4QFaRXhpZgAASUkqAAgAAAAAABABAgAB",
        "AAAAhgAAABsBBQABAAAAjgAAACgBAwABAAAAAgAAADEBAgAWAAAAlgAAADIBAgAB==",
        "",
        "NOTE:",
        version="2.1",
    )

    assert Portrait(
        "Noor Aziz",
        facts(
            ("structured_name", "Aziz;Noor"),
            ("phone", "+96170123456", "mobile"),
            ("company", "Cedar Works"),
        ),
    ) == person(octets)
