"""The address book from the shell: taken in from every format, given out, cleaned."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.seeding import Desk

VCARDS = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u-ada\r\nFN:Ada Example\r\nN:Example;Ada;;;\r\n"
    "EMAIL;TYPE=HOME:ada@home.example\r\nEMAIL;TYPE=WORK,PREF:ada@work.example\r\n"
    "TEL;TYPE=CELL:+49 171 1234567\r\nORG:Engines;Research\r\nTITLE:Countess\r\n"
    "item1.X-ABDATE;type=pref:2010-05-03\r\nitem1.X-ABLabel:_$!<Anniversary>!$_\r\n"
    "BDAY;X-APPLE-OMIT-YEAR=1604:1604-12-10\r\nCATEGORIES:Japan,Old School\r\n"
    "ADR;TYPE=HOME:;;Main St 1;Denver;CO;80202;USA\r\nNOTE:met at Expo\\, 2019\\nlikes =SUM(A1)\r\n"
    "END:VCARD\r\n"
    'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u-bob\r\nFN:=Bob\\, "the" Builder\r\nTEL:+1 555 0100\r\n'
    "END:VCARD\r\n"
)
OUTLOOK = (
    '"First Name","Last Name","Categories","Birthday","E-mail Address","E-mail Type"\r\n'
    '"Ada","Example","Japan;Friends;Old School","0/0/00","ada@a.example","SMTP"\r\n'
)
LINKEDIN = (
    "Notes:\r\n"
    '"When exporting your connection data, you may notice that some of the emails are missing."\r\n'
    "\r\n"
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\n"
    "Ada,Example,https://www.linkedin.com/in/ada,,Engines,Countess,08 Feb 2026\r\n"
)


@pytest.fixture
def other(tmp_path: Path) -> Desk:
    """Another desk with an empty store."""
    folder = tmp_path / "other"
    folder.mkdir()
    return Desk(folder)


def written(desk: Desk, name: str, text: str) -> str:
    """The path of a file with this text."""
    path = desk.folder / name
    path.write_text(text, newline="")
    return str(path)


def counted(desk: Desk, *words: str, code: int = 0) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, skipped of an import."""
    said = desk.krmd("contacts", "import", *words, "--json")
    assert code == said.code, said
    document = said.json
    return (
        document["created"],
        document["updated"],
        document["unchanged"],
        len(document["skipped"]),
    )


def book(desk: Desk) -> list[dict[str, Any]]:
    """The whole book, without who said what since when."""
    listed = [desk.krmd("contacts", "list", *more, "--json").items for more in ((), ("--dropped",))]
    people = [it for some in listed for it in some]
    for it in people:
        kept = {"attention", "no_mailings"}
        it["facts"] = sorted(
            (fact["field"], fact["value"], fact["label"])
            for fact in it["facts"]
            if fact["field"] not in {"cadence_days", "added", "dropped", "died", "email", *kept}
            and fact["field"] not in {"name", "category"}
        )
        it["addresses"] = sorted(address["address"] for address in it["addresses"])
    return people


def filled(desk: Desk) -> Desk:
    """A book with people of every kind, taken in and edited."""
    assert (2, 0, 0, 0) == counted(desk, written(desk, "book.vcf", VCARDS))
    for words in (
        ("edit", "Ada Example", "--every", "30", "--attention", "more", "--no-mailings"),
        ("edit", "Ada Example", "--say", "relation=sister of Grace", "--met", "Expo 2019"),
        ("edit", "Ada Example", "--say", "introduced_by=Grace", "--note", "second\tnote"),
        ("edit", "Ada Example", "--say", "died=2019-05-02", "--deceased"),
        ("add", "Cy", "Dropped", "--address", "cy@c.example", "--category", "Japan"),
        ("drop", "Cy Dropped"),
        ("add", "Zoë Only"),
    ):
        said = desk.krmd("contacts", *words)
        assert 0 == said.code, said
    return desk


@pytest.mark.parametrize("form", ["vcard", "vcard3", "csv", "json"])
def test_what_is_exported_comes_back_equal(desk: Desk, other: Desk, form: str) -> None:
    """Into an empty store, with the same ids; and a second time everything is unchanged."""
    filled(desk)
    file = str(desk.folder / "export")
    said = desk.krmd("contacts", "export", file, "--format", form, "--dropped")
    assert 0 == said.code, said
    assert (4, 0, 0, 0) == counted(other, file)
    assert book(desk) == book(other)
    assert (0, 0, 4, 0) == counted(other, file)
    assert (0, 0, 4, 0) == counted(other, file, "--dry-run")


GOOGLE = (
    "First Name,Middle Name,Last Name,Nickname,Organization Name,Organization Title,Birthday,Notes,"
    "Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\r\n"
    "Ada,,Example,Addie,Engines,Countess, --12-10,likes tea,Japan ::: * myContacts,* Work,"
    "ada@a.example,Mobile,+49 171 1234567\r\n"
)
THUNDERBIRD = (
    "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Birth Year,"
    "Birth Month,Birth Day,Notes,\r\nAda,Example,Ada Example,,ada@a.example,ada@b.example,1985,12,"
    "10,likes tea,\r\n"
)
LDIF = (
    "dn: cn=Ada Example,mail=ada@a.example\nobjectclass: mozillaAbPersonAlpha\ncn: Ada Example\n"
    "givenName: Ada\nsn: Example\nmail: ada@a.example\nbirthyear: 1985\nbirthmonth: 12\n"
    "birthday: 10\n"
)
VENDORS = {
    "google.csv": GOOGLE,
    "outlook.csv": OUTLOOK,
    "Connections.csv": LINKEDIN,
    "thunderbird.csv": THUNDERBIRD,
    "book.ldif": LDIF,
}


@pytest.mark.parametrize("name", VENDORS)
def test_each_vendors_file_comes_in_goes_out_and_comes_in_equal(
    desk: Desk, other: Desk, name: str
) -> None:
    """And the same file twice is unchanged for all."""
    file = written(desk, name, VENDORS[name])
    assert (1, 0, 0, 0) == counted(desk, file)
    assert (0, 0, 1, 0) == counted(desk, file)
    assert 0 == desk.krmd("contacts", "export", str(desk.folder / "out.vcf")).code
    assert (1, 0, 0, 0) == counted(other, str(desk.folder / "out.vcf"))
    assert book(desk) == book(other)


def test_who_was_in_a_category_then_has_an_answer(desk: Desk) -> None:
    """Memberships are dated."""
    filled(desk)
    desk.krmd("contacts", "edit", "Ada Example", "--remove-category", "japan")
    listed = ("contacts", "list", "--category", "japan", "--json")
    assert [] == desk.krmd(*listed).items
    assert [] == desk.krmd(*listed, "--on", "2020-06-15").items
    assert 2 == desk.krmd("contacts", "list", "--on", "2020-06-15").code


def test_everything_is_exported_and_comes_back(desk: Desk, other: Desk) -> None:
    """People, categories with their cadences, and what was logged by hand."""
    filled(desk)
    desk.krmd("log", "Zoë Only", "met for lunch @yesterday")
    assert 0 == desk.krmd("categories", "edit", "japan", "--every", "90").code
    folder = str(desk.folder / "everything")
    assert 0 == desk.krmd("export", folder).code
    assert (4, 0, 0, 0) == counted(other, folder)
    assert 0 == other.krmd("log-import", f"{folder}/logged.jsonl").code
    assert book(desk) == book(other)
    groups = [it.krmd("categories", "list", "--json").items for it in (desk, other)]
    assert groups[0] == groups[1]
    said = desk.krmd("export", folder)
    assert 2 == said.code
    assert "isn't empty" in said.err
    entries = (desk.folder / "everything" / "ledger.jsonl").read_text().splitlines()
    assert ["meeting"] == [json.loads(line)["kind"] for line in entries]


def test_outlooks_three_categories_are_three(desk: Desk) -> None:
    """Not one that is called like all of them; 0/0/00 is no birthday."""
    assert (1, 0, 0, 0) == counted(desk, written(desk, "outlook.csv", OUTLOOK))
    card = desk.krmd("show", "ada@a.example", "--json").json
    assert (["Friends", "Japan", "Old School"], None) == (card["categories"], card["birthday"])


def test_linkedins_file_with_its_preamble_imports(desk: Desk) -> None:
    """The date of the connection is kept; the URL knows the person again."""
    assert (1, 0, 0, 0) == counted(desk, written(desk, "Connections.csv", LINKEDIN))
    changed = LINKEDIN.replace("Countess", "Queen")
    assert (0, 1, 0, 0) == counted(desk, written(desk, "Connections.csv", changed))
    facts = desk.krmd("show", "Ada Example", "--json").json["facts"]
    said = {it["field"]: it["value"] for it in facts}
    assert ("Queen", "2026-02-08") == (said["role"], said["connected"])


def test_an_apple_card_without_a_year_shows_none(desk: Desk) -> None:
    """As --MM-DD."""
    counted(desk, written(desk, "book.vcf", VCARDS))
    assert "--12-10" == desk.krmd("show", "Ada Example", "--json").json["birthday"]
    shown = desk.krmd("show", "Ada Example").out
    assert "10 December" in shown
    assert "1604" not in shown
    assert "Denver, USA" in shown


def test_a_broken_card_costs_that_card_and_is_named(desk: Desk) -> None:
    """With its line; the exit code is 2, all others are in."""
    broken = VCARDS + "BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:1\r\nBEGIN:VCARD\r\n" + VCARDS[-30:]
    said = desk.krmd("contacts", "import", written(desk, "book.vcf", broken))
    assert 2 == said.code
    assert "book.vcf:24: skipped: " in said.err
    assert "3 added" in said.out


def test_a_dry_run_shows_person_by_person(desk: Desk) -> None:
    """And changes nothing."""
    said = desk.krmd("contacts", "import", "--dry-run", written(desk, "book.vcf", VCARDS))
    assert 0 == said.code
    assert "+ Ada Example\n" in said.out
    assert "+ email: ada@work.example (work)" in said.out
    assert "2 would be added" in said.out
    assert [] == desk.krmd("contacts", "list", "--json").items


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("empty.vcf", "", "empty"),
        ("page.html", "<!DOCTYPE html><html><body>Log in</body></html>", "page"),
        ("wide.csv", "a" + ",b" * 1_000_000 + "\n1\n", "columns"),
        ("cal.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "calendar"),
    ],
)
def test_what_is_no_address_book_is_said_plainly(
    desk: Desk, name: str, text: str, sentence: str
) -> None:
    """Exit code 2, and the book is as before."""
    counted(desk, written(desk, "book.vcf", VCARDS))
    before = book(desk)
    said = desk.krmd("contacts", "import", written(desk, name, text))
    assert 2 == said.code
    assert sentence in said.err
    assert "bug" not in said.err
    assert before == book(desk)


def test_two_gigabytes_are_refused_before_they_are_read(desk: Desk) -> None:
    """A sparse file costs nothing here either."""
    path = desk.folder / "huge.vcf"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    said = desk.krmd("contacts", "import", str(path))
    assert 2 == said.code
    assert "2,048 MB" in said.err


def test_one_uid_for_two_people_leaves_the_book_as_it_was(desk: Desk) -> None:
    """Whom it means would depend on the order of the cards; both lines are named."""
    twice = VCARDS + VCARDS.replace("Ada", "Eve").replace("ada@", "eve@").replace("u-bob", "u-2")
    said = desk.krmd("contacts", "import", written(desk, "book.vcf", twice))
    assert 2 == said.code
    assert "u-ada" in said.err
    assert "Ada Example" in said.err
    assert "Eve Example" in said.err
    assert [] == desk.krmd("contacts", "list", "--json").items


def test_a_31st_of_february_is_refused(desk: Desk) -> None:
    """By hand with exit code 2; in a file it is kept as it is written, and said."""
    counted(desk, written(desk, "book.vcf", VCARDS))
    said = desk.krmd("contacts", "edit", "Ada Example", "--birthday", "1985-02-31")
    assert (2, True) == (said.code, "is no date" in said.err)
    odd = VCARDS.replace("BDAY;X-APPLE-OMIT-YEAR=1604:1604-12-10", "BDAY:1985-02-31")
    said = desk.krmd("contacts", "import", written(desk, "book.vcf", odd))
    assert 0 == said.code
    assert "1985-02-31" in said.err
    facts = desk.krmd("show", "Ada Example", "--json").json["facts"]
    assert ("date_text", "1985-02-31") in [(it["field"], it["value"]) for it in facts]


def test_merged_people_part_again_from_the_shell(desk: Desk) -> None:
    """The receipt says how."""
    filled(desk)
    before = book(desk)
    said = desk.krmd("contacts", "merge", "Zoë Only", "Ada Example")
    assert 0 == said.code
    assert "krmd contacts unmerge c_" in said.out
    assert before != book(desk)
    assert 2 == desk.krmd("contacts", "merge", "Ada Example", "Ada Example").code
    assert 0 == desk.krmd("contacts", "unmerge", "Ada Example").code
    assert before == book(desk)


def test_suggestions_are_told_done_and_declined(friends: Desk) -> None:
    """By their ids; what was declined isn't said again."""
    friends.krmd("contacts", "add", "Hopper, Grace", "--phone", "+1 (555) 0100")
    found = friends.krmd("contacts", "suggestions", "--kind", "duplicate", "--json").items
    assert 1 == len(found)
    assert "the same phone number" in found[0]["sentence"]
    said = friends.krmd("contacts", "suggestions", "--decline", found[0]["id"])
    assert (0, True) == (said.code, "Won't be suggested again" in said.out)
    assert [] == friends.krmd("contacts", "suggestions", "--kind", "duplicate", "--json").items
    friends.krmd("undo")
    said = friends.krmd("contacts", "suggestions", "--accept", found[0]["id"][:14])
    assert (0, True) == (said.code, "is one with" in said.out)
    assert 1 == len(friends.krmd("contacts", "list", "--json").items)
    kinds = {it["kind"] for it in friends.krmd("contacts", "suggestions", "--json").items}
    assert "unkept" in kinds


def test_new_addresses_and_names_are_noticed(friends: Desk) -> None:
    """A correspondent of a contact's name, and a contact with another family name in From."""
    from tests.cli.seeding import OWNER, Mail

    friends.record(
        [
            Mail("Grace Hopper <grace@home.example>", OWNER, 3),
            Mail("Grace Murray <grace@navy.example>", OWNER, 2),
        ]
    )
    found = friends.krmd("contacts", "suggestions", "--json").items
    said = {it["kind"]: it["sentence"] for it in found}
    assert "grace@home.example" in said["new_address"]
    assert "Grace Murray" in said["new_name"]


def test_an_ambiguous_date_is_asked_for(desk: Desk) -> None:
    """By option where nobody can be asked."""
    text = "name,email,birthday\nAda,ada@a.example,3/4/1985\n"
    said = desk.krmd("contacts", "import", written(desk, "x.csv", text))
    assert 2 == said.code
    assert "--dates" in said.err
    assert (1, 0, 0, 0) == counted(desk, written(desk, "x.csv", text), "--dates", "dmy")
    assert "1985-04-03" == desk.krmd("show", "Ada", "--json").json["birthday"]


def test_any_csv_is_read_by_a_map(desk: Desk) -> None:
    """A heading that isn't there, or a word that isn't known, is named."""
    text = "Wer,Wo,Womit\nAda Example,Denver,ada@a.example\n"
    path = written(desk, "x.csv", text)
    mapping = ("--map", "Wer=name", "--map", "Wo=town", "--map", "Womit=email")
    assert (1, 0, 0, 0) == counted(desk, path, *mapping)
    assert "Denver" in desk.krmd("show", "Ada Example").out
    said = desk.krmd("contacts", "import", path, "--map", "Wen=name")
    assert 2 == said.code
    assert "Wen" in said.err
