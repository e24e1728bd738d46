"""`why` names mail and rule; whatever is taken back or changed, `show` equals a rebuild."""

import datetime as dt
from typing import Any

import pytest

from tests.acceptance.owner import OTHER, OWNER, Owner
from tests.mailgen import generate, write_maildir
from tests.servers.dovecot import Mailbox

ADA, BO = "ada@a.example", "bo@b.example"
PEOPLE = (ADA, BO, "cy@c.example", "bo.home@b.example")


def letter(key: str, sender: str, to: str, day: int, *more: str) -> bytes:
    """A mail of a day in May 2024."""
    fields = [
        f"From: {sender}",
        f"To: {to}",
        f"Date: {day:02} May 2024 08:00:00 +0000",
        f"Message-ID: <{key}@mail.example>",
        f"Subject: about {key}",
        *more,
    ]
    if OWNER not in sender:
        fields.insert(0, "Received: from mx.example")
    return ("\n".join(fields) + "\n\nHello.\n").encode()


@pytest.fixture
def reader(owner: Owner, mailbox: Mailbox) -> Owner:
    """Somebody with a few mails, read."""
    arrived = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    for folder, raw in (
        ("INBOX", letter("in1", f"Ada Lovelace <{ADA}>", OWNER, 3)),
        ("INBOX", letter("in2", f"Ada Lovelace <{ADA}>", f"{BO}, {OWNER}", 5)),
        ("Sent", letter("out1", OWNER, f"{ADA}, {BO}", 4)),
        ("Sent", letter("out2", OWNER, BO, 7, f"Cc: {ADA}")),
        ("INBOX", letter("list", f"Ada <{ADA}>", "club@l.example", 20, "List-Id: <l.example>")),
        ("INBOX", letter("old", "Kim <kim@old.example>", BO, 21)),
        ("INBOX", letter("home", f"Bo <{PEOPLE[3]}>", OWNER, 22)),
        ("INBOX", letter("cy", f"Cy <{PEOPLE[2]}>", OWNER, 23)),
    ):
        mailbox.put(raw, folder, internaldate=arrived, flags=("\\Seen",))
    owner.sync()
    return owner


def cards(owner: Owner) -> dict[str, Any]:
    """What `show` says of everybody, and `why`."""
    shown = {}
    for who in PEOPLE:
        said = owner.krmd("show", who, "--json")
        if said.code == 0:
            shown[who] = (said.json, owner.ask("why", who))
    return shown


def assert_equals_rebuild(owner: Owner) -> None:
    """The stored sums are what a rebuild finds, and a rebuild changes nothing that is shown."""
    owner.assert_right()
    before = cards(owner)
    rebuilt = owner.ask("rebuild")
    assert (False, 0, 0) == (rebuilt["changed"], rebuilt["verdicts"], rebuilt["recencies"])
    assert before == cards(owner)
    for card, why in before.values():
        for name, reason in why.items():
            assert card[name] == (None if reason is None else reason["at"])


def test_why_names_the_mail_and_the_rule_behind_each_date(reader: Owner) -> None:
    """Message-ID, folder, account and rule; in words too."""
    why = reader.ask("why", ADA)
    names = ("message_id", "folder", "account", "at", "rule")
    assert {
        "last_contacted": ("in2@mail.example", "INBOX", "home", "2024-05-05T08:00:00Z", "inbound"),
        "last_inbound": ("in2@mail.example", "INBOX", "home", "2024-05-05T08:00:00Z", "inbound"),
        "last_outbound": (
            "out1@mail.example",
            "Sent",
            "home",
            "2024-05-04T08:00:00Z",
            "outbound_to",
        ),
        "last_mailed": None,
    } == {date: it and tuple(it[name] for name in names) for date, it in why.items()}
    counts = {it["message_id"]: it["counts"] for it in reader.ask("timeline", ADA)["items"]}
    assert {"in1": True, "in2": True, "out1": True, "out2": False, "list": False} == {
        key.partition("@")[0]: counting for key, counting in counts.items()
    }
    said = reader.krmd("why", ADA)
    assert "about in2" in said.out
    assert_equals_rebuild(reader)


def test_after_undo_the_dates_go_back(reader: Owner) -> None:
    """A call is logged and taken back; twice, and the undo of nothing is refused."""
    before = cards(reader)
    assert 0 == reader.krmd("log", ADA, "called about the engine").code
    assert before != cards(reader)
    assert 1 == reader.ask("show", ADA)["counts"]["call"]
    assert_equals_rebuild(reader)
    assert 0 == reader.krmd("undo").code
    assert before == cards(reader)
    assert_equals_rebuild(reader)


def test_after_an_address_moved_history_follows(reader: Owner) -> None:
    """It joins a contact, leaves it again, and moves to another."""
    assert 0 == reader.krmd("contacts", "add", "Bo Example", "--address", BO).code
    alone = reader.ask("show", "Bo Example")
    assert_equals_rebuild(reader)
    assert 0 == reader.krmd("contacts", "edit", "Bo Example", "--add-address", PEOPLE[3]).code
    both = reader.ask("show", "Bo Example")
    assert ("2024-05-22T08:00:00Z", 1) == (both["last_inbound"], both["counts"]["email_inbound"])
    assert_equals_rebuild(reader)
    assert 0 == reader.krmd("undo").code
    assert alone == reader.ask("show", "Bo Example")
    assert_equals_rebuild(reader)


def test_after_an_address_is_ignored_it_is_nowhere_and_comes_back(reader: Owner) -> None:
    """A domain, then an address; taken out again, all is as it was."""
    before = cards(reader)
    for entry in ("@a.example", BO):
        reader.more = f'\n[counting]\nignore = ["{entry}"]\n'
        assert_equals_rebuild(reader)
        assert before != cards(reader)
        reader.more = ""
        assert_equals_rebuild(reader)
        assert before == cards(reader)


def test_after_a_new_own_address_mail_is_judged_again(reader: Owner) -> None:
    """What came from the old address was a stranger's letter and is the owner's now."""
    before = cards(reader)
    assert "2024-05-23T08:00:00Z" == reader.ask("show", PEOPLE[2])["last_inbound"]
    reader.addresses = (OWNER, OTHER, PEOPLE[2], "kim@old.example")
    assert_equals_rebuild(reader)
    assert PEOPLE[2] not in {it for it in cards(reader) if cards(reader)[it][0]["last_contacted"]}
    reader.addresses = (OWNER, OTHER)
    assert before == cards(reader)
    assert_equals_rebuild(reader)


def test_a_whole_mailbox_stays_right_through_all_of_it(owner: Owner, mailbox: Mailbox) -> None:
    """Mail, changed settings and commands in turns: never a difference."""
    who = mailbox.server.identity
    mails = write_maildir(
        mailbox.maildir(), generate(250, 23, [OWNER, OTHER]), uid=who.uid, gid=who.gid
    )
    friends = sorted({person for mail in mails for person, _ in mail.moves})
    owner.sync()
    owner.more = f'\n[counting]\nignore = ["@{friends[0].partition("@")[2]}"]\n'
    owner.assert_right()
    owner.more = "\n[counting]\npersonal_recipients = 2\n"
    mailbox.put(letter("late", f"<{friends[1]}>", OWNER, 9))
    owner.sync()
    owner.assert_right()
    owner.addresses = (OWNER,)
    owner.more = ""
    owner.assert_right()
    assert 0 == owner.krmd("contacts", "add", "Friend", "--address", friends[1]).code
    assert 0 == owner.krmd("log", "Friend", "met for lunch").code
    owner.assert_right()
    assert 0 == owner.krmd("undo").code
    assert 0 == owner.krmd("undo").code
    owner.addresses = (OWNER, OTHER)
    owner.assert_right()
    owner.ask("contacts", "list")
    assert 0 == owner.sync()
