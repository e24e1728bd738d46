"""Reading a mailbox for the first time: newest first, in pieces, whatever its folders look like."""

import contextlib
import datetime as dt
import re

import pytest

from krmd.app.reading_plan import Progress
from krmd.bootstrap import open_krmd
from krmd.daemon.one_pass import AccountResult, Pass
from tests.acceptance.cutting import CuttingProxy
from tests.acceptance.owner import OWNER, Owner, Place
from tests.servers.dovecot import Mailbox

NEWEST = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def letter(key: str, when: dt.datetime = NEWEST, sender: str = "ada@a.example") -> bytes:
    """A small mail that came by the network."""
    return (
        f"Received: from mx.example; {when:%a, %d %b %Y %H:%M:%S} +0000\nFrom: {sender}\n"
        f"To: {OWNER}\nDate: {when:%a, %d %b %Y %H:%M:%S} +0000\n"
        f"Message-ID: <{key}@mail.example>\nSubject: {key}\n\nHello.\n"
    ).encode()


def fill(mailbox: Mailbox, count: int, folder: str = "INBOX") -> None:
    """Mails a day apart, the last one on the newest day, each tenth from Bo."""
    for number in range(count):
        when = NEWEST - dt.timedelta(days=count - 1 - number)
        sender = "bo@b.example" if number % 10 == 9 else "ada@a.example"
        raw = letter(f"{folder.lower()}{number}", when, sender)
        mailbox.put(raw, folder, internaldate=when, flags=("\\Seen",))


def pass_of(owner: Owner, *, ranges: int) -> AccountResult:
    """One pass that is asked to stop after so many ranges were read."""
    owner.write()
    krmd = open_krmd(owner.config, {})
    seen = 0

    def enough(_: Progress) -> None:
        nonlocal seen
        seen += 1
        if seen >= ranges:
            reading.stop()

    jobs = [krmd.job(account) for account in krmd.settings.accounts.values()]
    reading = Pass(krmd.store, jobs, clock=krmd.clock, progress=enough)
    try:
        return reading.run()[0]
    finally:
        krmd.close()


def test_an_interrupted_backfill_has_the_newest_mail_and_goes_on_where_it_stopped(
    owner: Owner, mailbox: Mailbox
) -> None:
    """After the first range last contacted is right; each pass reads on, none reads twice."""
    fill(mailbox, 2600)
    fill(mailbox, 1200, "Archive")
    read = 0
    lows = []
    result = AccountResult("home")
    for _ in range(12):
        result = pass_of(owner, ranges=1)
        assert result.error is None
        read += sum(report.recorded.seen for report in result.folders)
        assert read == len(owner.ledger())
        assert "2026-06-01T00:00:00Z" == owner.ask("show", "bo@b.example")["last_contacted"]
        lows.append(owner.folders()["INBOX"].low)
        if result.complete:
            break
    assert result.complete
    assert 3 < len(lows), "it was interrupted at least thrice"
    assert 3800 == read == len(owner.ledger())
    assert sorted(lows, reverse=True) == lows
    assert {1} == {row.low for row in owner.folders().values()}
    assert 0 == owner.sync()
    owner.assert_right()


@pytest.mark.parametrize("octets", [40, 700, 5_000, 60_000])
def test_a_line_cut_within_an_answer_loses_and_doubles_nothing(
    sqlite_owner: Owner, mailbox: Mailbox, octets: int
) -> None:
    """The sync says so and ends with 69; what was read is kept; the next goes on."""
    fill(mailbox, 1500)
    owner = sqlite_owner
    with CuttingProxy(mailbox.server.port, octets) as proxy:
        place = Place(f"imap://127.0.0.1:{proxy.port}", mailbox.user, mailbox.password)
        owner.accounts["home"] = place
        counts = [0]
        for _ in range(3):
            said = owner.krmd("sync")
            assert 69 == said.code, said
            assert "Traceback" not in said.everything
            assert "home: not read: " in said.out
            counts.append(len(owner.ledger()))
        assert 3 <= proxy.cuts
    assert sorted(counts) == counts
    owner.accounts["home"] = mailbox
    assert 1500 - counts[-1] == owner.sync()
    assert 1500 == len(owner.ledger())
    assert 0 == owner.sync()
    owner.assert_right()


def test_what_came_before_the_cut_is_kept(owner: Owner, mailbox: Mailbox) -> None:
    """Whole ranges that were read are in the ledger, and the next pass reads the others only."""
    fill(mailbox, 2500)
    with CuttingProxy(mailbox.server.port, 1_000_000) as proxy:
        place = Place(f"imap://127.0.0.1:{proxy.port}", mailbox.user, mailbox.password)
        owner.accounts["home"] = place
        assert 69 == owner.krmd("sync").code
    kept = len(owner.ledger())
    assert 1000 == kept
    owner.accounts["home"] = mailbox
    assert 1500 == owner.sync()
    assert 2500 == len(owner.ledger())
    owner.assert_right()


def test_fifty_thousand_uids_with_few_mails_are_read_quickly(
    sqlite_owner: Owner, mailbox: Mailbox
) -> None:
    """Holes cost nothing; neither do servers that number mails by the time of day."""
    fill(mailbox, 50)
    renumber(mailbox, lambda number: number * 1000)
    fill(mailbox, 3, "Archive")
    renumber(mailbox, lambda number: 4_000_000_000 + number * 7, "Archive")

    document = sqlite_owner.ask("sync")

    assert 53 == len(sqlite_owner.ledger())
    assert [number * 1000 for number in range(1, 51)] == sqlite_owner.lying_in("INBOX")
    assert 4_000_000_021 == sqlite_owner.folders()["Archive"].high
    assert 5 > document["seconds"]
    mailbox.put(letter("last"))
    assert 1 == sqlite_owner.sync()
    assert 50_001 == sqlite_owner.lying_in("INBOX")[-1]


def renumber(mailbox: Mailbox, uid_of: object, folder: str = "INBOX") -> None:
    """Give the mails of a folder other, rising UIDs."""
    assert callable(uid_of)
    mailbox.server.uidvalidity(mailbox.user, folder)  # lets Dovecot write its list
    with contextlib.suppress(Exception):
        mailbox.server.disconnect(mailbox.user)
    listing = mailbox.maildir(folder) / "dovecot-uidlist"
    head, *lines = listing.read_text().splitlines()
    new = [re.sub(r"^\d+", str(uid_of(number)), line) for number, line in enumerate(lines, start=1)]
    head = re.sub(r"\bN\d+", f"N{uid_of(len(lines)) + 1}", head)
    mailbox.server.remove_index(mailbox.user, folder)
    listing.write_text("\n".join([head, *new]) + "\n")


def test_empty_folders_and_a_folder_with_one_mail_are_read(owner: Owner, mailbox: Mailbox) -> None:
    """Nothing is asked of the empty ones, and their first mail comes in as new."""
    mailbox.put(letter("one"), "Archive")
    assert 1 == owner.sync()
    assert [1] == owner.lying_in("Archive")
    assert {"INBOX", "Sent", "Archive"} == set(owner.folders())
    assert all(row.is_complete for row in owner.folders().values())
    mailbox.put(letter("first"))
    mailbox.put(letter("second"), "Archive")
    assert 2 == owner.sync()


def test_three_hundred_folders_are_read_and_looked_at_again_quickly(
    sqlite_owner: Owner, mailbox: Mailbox
) -> None:
    """One mail each; the second pass asks once for all of them."""
    for number in range(300):
        mailbox.put(letter(f"m{number}"), f"Filed/Project {number:03}")
    assert 300 == sqlite_owner.sync()
    again = sqlite_owner.ask("sync")
    assert [] == [it for it in sqlite_owner.folders_read(again) if it["seen"]]
    assert 2 > again["seconds"]
    mailbox.put(letter("new"), "Filed/Project 299")
    assert 1 == sqlite_owner.sync()


NAMES = (
    "Entwürfe von früher",
    "日本語",
    "a&b",
    "&",
    "R&D/Ärzte & Co/日本",
    'he said "hi"',
    "back\\slash",
    'both\\"',
    "per%cent *star*",
    "two  blanks ",
    "{5}",
    "(paren) [bracket]",
    "NIL",
    "Ελλάδα~+-",
    "emoji 🎂",
)


def test_folders_of_every_name_are_read_under_that_name(owner: Owner, mailbox: Mailbox) -> None:
    """Modified UTF-7, nested, with quotes, backslashes and what else IMAP has a meaning for."""
    for number, name in enumerate(NAMES):
        mailbox.put(letter(f"n{number}"), name)

    document = owner.ask("sync")

    found = {it["folder"]: it["seen"] for it in owner.folders_read(document) if it["seen"]}
    assert dict.fromkeys(NAMES, 1) == found
    assert 0 == owner.sync()
    for number, name in enumerate(NAMES):
        mailbox.put(letter(f"again{number}"), name)
    assert len(NAMES) == owner.sync()
