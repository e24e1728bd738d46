"""Character sets, folds, parameters, addresses and names in vCards, one habit at a time."""

from __future__ import annotations

import base64

import pytest

from krmd.formats.reading import Read, Skipped
from krmd.ledger.portrait import FactField
from tests.formats.cards import card, person, read_all, remarks, said


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("FN:Zoë".encode(), "Zoë"),
        (b"FN:Zo\xeb", "Zoë"),
        (b"FN:Zo\x81\xeb", "Zo\ufffdë"),
        (b"FN;CHARSET=ISO-8859-1:Zo\xeb \x80", "Zoë €"),
        (b"FN;CHARSET=iso-8859-2:\xa3ucja", "Łucja"),
        (b"FN;CHARSET=KOI8-R:\xef\xcc\xd8\xc7\xc1", "Ольга"),
        (b"FN;CHARSET=Shift_JIS:\x8e\xc4\x97t", "柴葉"),
        (b"FN;CHARSET=no-such-thing:Zo\xc3\xab", "Zoë"),
        (b"FN;CHARSET=unicode_escape:Zo\xc3\xab", "Zoë"),
        (b"FN;CHARSET=us-ascii:Zo\xc3\xab", "Zoë"),
        (b"FN;CHARSET=utf-8:Zo\xeb", "Zoë"),
        (b"FN;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB", "Zoë"),
        (b"FN;QUOTED-PRINTABLE;CHARSET=windows-1252:Zo=EB", "Zoë"),
        (b"FN;ENCODING=QUOTED-PRINTABLE:Z=\r\no=C3=\r\n=AB", "Zoë"),
        (b"FN;ENCODING=QUOTED-PRINTABLE:50=25 =ZZ", "50% =ZZ"),
        (b"FN;ENCODING=BASE64:" + base64.b64encode("Zoë".encode()), "Zoë"),
        (b"FN;ENCODING=b:%%%", ""),
        (b"FN:Zo\xc3\r\n \xab", "Zoë"),
        (b"FN:Z\r\n o\r\n\t\xc3\xab", "Zoë"),
        (b"FN:Z\r\n\r\n o", "Z"),
        (b"FN:Z\\, o\\;e\\:\\\\n", r"Z, o;e:\n"),
        (b"FN:Z\\no", "Z o"),
        (b"FN:Z\\x", r"Z\x"),
        (b"FN:Z\\", "Z\\"),
        (b"item7.fn:Zo", "Zo"),
        (b"FN ;X=1:Zo", "Zo"),
        ("FN:\u202eZ\x07o\ufeff".encode(), "Z o"),
    ],
)
def test_a_name_is_decoded(value: bytes, name: str) -> None:
    """As it says, else as UTF-8, else as Windows-1252."""
    octets = b"BEGIN:VCARD\r\nVERSION:2.1\r\n" + value + b"\r\nTEL:1\r\nEND:VCARD\r\n"

    (read,) = read_all(octets)

    assert isinstance(read, Read)
    assert name == read.portrait.name


@pytest.mark.parametrize(
    ("head", "label"),
    [
        ("TEL", ""),
        ("TEL;CELL;VOICE", "mobile"),
        ("TEL;TYPE=cell", "mobile"),
        ("TEL;TYPE=FAX;TYPE=WORK", "work fax"),
        ('TEL;TYPE="work,voice"', "work"),
        ("TEL;TYPE=work,home", "work home"),
        ("TEL;VOICE;CHARSET=UTF-8", ""),
        ('TEL;X-A="a;b:c,d";TYPE=home', "home"),
        ('TEL;TYPE=home;X-A="a', "home"),
        ("TEL;=;;TYPE=", ""),
        ('TEL;X-KRMD-LABEL="^^a^n^\'b, ^x;:"', '^a "b, ^x;:'),
        ("item1.TEL;TYPE=home", "Ship"),
        ("ITEM1.tel", "Ship"),
        ("item2.TEL;TYPE=home", "home"),
        ("item3.TEL", "assistant phone"),
    ],
)
def test_a_phone_is_labelled(head: str, label: str) -> None:
    """By krmd's label, Apple's, or the types in plain words."""
    octets = card(
        "FN:Ada",
        f"{head}:+1 2",
        "item1.X-ABLabel:Ship",
        "item2.X-ABLabel:",
        "item3.X-ABLabel:_$!<AssistantPhone>!$_",
    )

    assert [("+1 2", label)] == said(octets, "phone")


@pytest.mark.parametrize(
    ("line", "emails"),
    [
        ("EMAIL:Ada@Engines.Example", ["ada@engines.example"]),
        ("EMAIL:mailto:ada@x.example", ["ada@x.example"]),
        ("EMAIL:Ada <ada@x.example>", ["ada@x.example"]),
        ("EMAIL:a@x.example\\; b@x.example", ["a@x.example", "b@x.example"]),
        ("EMAIL:a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
        ("EMAIL;PREF:", []),
        ("EMAIL: ", []),
    ],
)
def test_an_address_is_read_out_of_what_stands_around_it(line: str, emails: list[str]) -> None:
    """Names in front, several in one property, none at all."""
    octets = card("FN:Ada", line)

    assert [(it, "") for it in emails] == said(octets, "email")
    assert () == remarks(octets)


def test_the_preferred_address_comes_first() -> None:
    """By the number of PREF, then the type `pref`, then the order in the card."""
    octets = card(
        "FN:Ada", "EMAIL:c@x.example", "EMAIL;PREF=2:b@x.example", "EMAIL;PREF=1:a@x.example"
    )
    old = card("FN:Ada", "EMAIL;type=home:c@x.example", "EMAIL;type=home;type=pref:a@x.example")

    assert ["a@x.example", "b@x.example", "c@x.example"] == [it for it, _ in said(octets, "email")]
    assert ["a@x.example", "c@x.example"] == [it for it, _ in said(old, "email")]


def test_an_address_that_is_none_costs_itself_alone() -> None:
    """The card stays, and what was wrong is said."""
    octets = card("FN:Ada", "EMAIL:ada(at)x.example", "EMAIL:ada@x.example", "EMAIL:/o=X/cn=ada")

    assert [("ada@x.example", "")] == said(octets, "email")
    assert (
        "“ada(at)x.example” is no email address.",
        "“/o=X/cn=ada” is no email address.",
    ) == remarks(octets)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("FN:Ada Lovelace", "N:Other;One;;;"), "Ada Lovelace"),
        (("FN:", "N:Lovelace;Ada;King;Lady;jr"), "Lady Ada King Lovelace jr"),
        (("N:Lovelace;Ada",), "Ada Lovelace"),
        (("ORG:Engines Ltd;Analysis", "EMAIL:a@x.example"), "Engines Ltd"),
        (("EMAIL:a@x.example", "TEL:1"), "a@x.example"),
        (("TEL:1",), ""),
        (("FN;X-KRMD-NAMELESS=true:Engines Ltd", "ORG:Engines Ltd"), ""),
    ],
)
def test_a_name_is_found(lines: tuple[str, ...], name: str) -> None:
    """FN, else N, the company, the address, or none where only a phone is known."""
    assert name == person(card(*lines)).name


def test_a_name_without_parts_has_none() -> None:
    """Programs put a whole name where the family's belongs, if they don't know better."""
    assert () == person(card("FN:Ada Lovelace", "N:Ada Lovelace;;;;")).facts


@pytest.mark.parametrize(
    ("line", "handle"),
    [
        ("X-SKYPE-USERNAME:ada", ("ada", "skype")),
        ("X-JABBER;TYPE=HOME:ada@x.example", ("ada@x.example", "jabber")),
        ("X-TWITTER:@ada", ("@ada", "twitter")),
        ("IMPP;X-SERVICE-TYPE=AIM;type=HOME:aim:goim?screenname=ada", ("ada", "aim")),
        ("IMPP:skype:ada%20l?chat", ("ada l", "skype")),
        ("IMPP:ada", ("ada", "")),
        ("IMPP;TYPE=home:https://chat.example/a?b", ("https://chat.example/a?b", "")),
        (
            "X-SOCIALPROFILE;type=facebook:http://f.example/ada",
            ("http://f.example/ada", "facebook"),
        ),
        ("X-SOCIALPROFILE;type=myspace;x-user=ada:x-apple:ada", ("ada", "myspace")),
        ("X-SOCIALPROFILE;type=wechat:x-apple:ada", ("ada", "wechat")),
        (
            "SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://m.example/@a",
            ("https://m.example/@a", "mastodon"),
        ),
    ],
)
def test_an_account_elsewhere_is_read(line: str, handle: tuple[str, str]) -> None:
    """The account's own name, and the service it is with."""
    assert [handle] == said(card("FN:Ada", line), "handle")


def test_a_printed_address_is_taken_where_there_is_no_other() -> None:
    """LABEL stands for ADR, and is left out beside it."""
    assert [(";;1 Elm\nHull", "home")] == said(
        card("FN:Ada", "LABEL;TYPE=home:1 Elm\\nHull"), "postal"
    )


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("X-KRMD-EMAIL:nobody", "email"),
        ("X-KRMD-BIRTHDAY:soon", "birthday"),
        ("X-KRMD-DATE:1985-02-30", "date"),
        ("X-KRMD-CADENCE-DAYS:0", "cadence_days"),
        ("X-KRMD-CADENCE-DAYS:99999", "cadence_days"),
        ("X-KRMD-CADENCE-DAYS:٣٠", "cadence_days"),
        ("X-KRMD-ATTENTION:all", "attention"),
        ("X-KRMD-NO-MAILINGS:false", "no_mailings"),
    ],
)
def test_a_strangers_x_krmd_property_is_checked(line: str, field: FactField) -> None:
    """Whoever writes a card may write anything into it."""
    octets = card("FN:Ada", line)

    assert [] == said(octets, field)
    assert 1 == len(remarks(octets))


def test_a_uid_that_is_too_long_is_none() -> None:
    """The card stays, without a key of its own."""
    (read,) = read_all(card("FN:Ada", f"UID:{'x' * 256}"))

    assert isinstance(read, Read)
    assert "" == read.portrait.key
    assert 1 == len(read.remarks)


def test_a_line_that_is_none_is_said() -> None:
    """And the next lines are read."""
    octets = card("FN:Ada", "what is this", "§:1", "TEL:1")

    assert [("1", "")] == said(octets, "phone")
    assert (
        "“what is this” is no property of a card.",
        "“§:1” is no property of a card.",
    ) == remarks(octets)


@pytest.mark.parametrize(
    "lines",
    [(), ("FN:", "N:;;;;"), ("NOTE:who?",), ("CATEGORIES:friends", "BDAY:1985-03-12")],
)
def test_nobody_is_skipped_with_the_reason(lines: tuple[str, ...]) -> None:
    """A card by which nobody could be known."""
    assert [Skipped(1, "The card has no name and nothing to know a person by.")] == read_all(
        card(*lines)
    )


def test_a_place_is_no_person() -> None:
    """RFC 6350 6.1.4 has cards of locations, RFC 6869 of devices."""
    assert [Skipped(1, "The card describes no person: its kind is location.")] == read_all(
        card("KIND:location", "FN:The Harbour")
    )
