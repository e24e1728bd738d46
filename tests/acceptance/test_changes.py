"""What happens to mailboxes in fifteen years: nothing is lost, and nothing counts twice."""

import contextlib
import datetime as dt
from collections import Counter
from typing import Any

from imapclient import imap_utf7

from tests.acceptance.owner import OTHER, OWNER, Owner
from tests.mailgen import GeneratedMail, generate, truth, write_maildir
from tests.servers.dovecot import Mailbox

COUNT = 150
ARRIVED = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)


def letter(key: str, sender: str = "Ada <ada@a.example>", *, to: str = OWNER) -> bytes:
    """A small mail that came by the network."""
    return (
        f"Received: from mx.example; Wed, 1 May 2024 11:59:00 +0000\nFrom: {sender}\nTo: {to}\n"
        f"Date: Wed, 1 May 2024 11:58:00 +0000\nMessage-ID: <{key}@mail.example>\n"
        f"Subject: {key}\n\nHello.\n"
    ).encode()


def filled(mailbox: Mailbox, *, seed: int = 11, count: int = COUNT) -> list[GeneratedMail]:
    """The mails that were put there."""
    who = mailbox.server.identity
    mails = generate(count, seed, [OWNER, OTHER])
    return write_maildir(mailbox.maildir(), mails, uid=who.uid, gid=who.gid)


def obey(mailbox: Mailbox, *commands: tuple[str, ...]) -> None:
    """Let the owner's other client do something: names of imaplib's methods with arguments."""
    with mailbox.session() as imap:
        for name, *words in commands:
            if name == "select":
                kind, lines = imap.select(wire(words[0]))
            else:
                kind, lines = getattr(imap, name)(*words)
            assert "OK" == kind, (name, words, lines)


def wire(name: str) -> str:
    """A folder's name as a client sends it."""
    encoded: bytes = imap_utf7.encode(name)
    return '"' + encoded.decode("ascii").replace("\\", "\\\\").replace('"', '\\"') + '"'


def seen(document: dict[str, Any]) -> Counter[str]:
    """How many mails a sync read of each folder."""
    return Counter({it["folder"]: it["seen"] for it in Owner.folders_read(document) if it["seen"]})


def assert_unchanged(owner: Owner, before: dict[str, Any]) -> None:
    """A sync finds nothing new, and the ledger is the same, by public ids and all they say."""
    assert 0 == owner.sync()
    assert before == owner.ledger()
    owner.assert_right()
    assert {} == seen(owner.ask("sync")), "a second sync reads nothing"


def test_another_uidvalidity_changes_nothing_in_the_ledger(owner: Owner, mailbox: Mailbox) -> None:
    """The folder is read again, matched by its mails; new mail comes in as ever, and where mails
    lie is known under the new numbers only.
    """
    filled(mailbox)
    owner.sync()
    before = owner.ledger()
    mailbox.server.bump_uidvalidity(mailbox.user)
    mailbox.server.bump_uidvalidity(mailbox.user, "Sent", renumber=True)

    assert_unchanged(owner, before)

    for folder in ("INBOX", "Sent"):
        row = owner.folders()[folder]
        assert mailbox.server.uidvalidity(mailbox.user, folder) == row.uidvalidity
        assert sorted(mailbox.flags(folder)) == owner.lying_in(folder)
    mailbox.put(letter("after"))
    assert 1 == owner.sync()
    assert len(before) + 1 == len(owner.ledger())


def test_a_uidvalidity_that_changes_at_every_look_loses_and_doubles_nothing(
    owner: Owner, mailbox: Mailbox
) -> None:
    """Five flips in a row, with a new mail between them."""
    filled(mailbox, count=60)
    owner.sync()
    known = set(owner.ledger())
    for number in range(5):
        mailbox.server.bump_uidvalidity(mailbox.user, renumber=number % 2 == 0)
        mailbox.put(letter(f"flip{number}"))
        assert 1 == owner.sync()
        assert len(known) + number + 1 == len(owner.ledger())
    assert known <= set(owner.ledger())
    owner.assert_right()


def test_a_uidvalidity_that_comes_back_is_read_again(sqlite_owner: Owner, mailbox: Mailbox) -> None:
    """A server restored from a backup has its old UIDVALIDITY and other mails: none is missed."""
    for number in range(6):
        mailbox.put(letter(f"early{number}"), flags=("\\Seen",))
    sqlite_owner.sync()
    maildir = mailbox.server._maildirs[mailbox.user]
    old = mailbox.server.uidvalidity(mailbox.user)
    mailbox.server.bump_uidvalidity(mailbox.user)
    sqlite_owner.sync()
    for file in mailbox.files()[:3]:
        file.unlink()
    for number in range(3):
        mailbox.put(letter(f"late{number}"), flags=("\\Seen",))
    with contextlib.suppress(Exception):
        mailbox.server.disconnect(mailbox.user)
    maildir.forget_uids("INBOX")
    mailbox.server.uidvalidity(mailbox.user)
    maildir.set_uidvalidity("INBOX", old)

    assert 3 == sqlite_owner.sync()

    assert sorted(mailbox.flags()) == sqlite_owner.lying_in("INBOX")
    assert 9 == len(sqlite_owner.ledger())


def test_a_renamed_folder_keeps_its_history(owner: Owner, mailbox: Mailbox) -> None:
    """The old name is gone from the store, the new one is read, the ledger is the same."""
    filled(mailbox)
    owner.sync()
    before = owner.ledger()
    obey(mailbox, ("rename", wire("Archive"), wire("Ältere Post/2015")))

    assert_unchanged(owner, before)

    there = set(owner.folders())
    assert "Archive" not in there
    assert "Ältere Post/2015" in there
    assert sorted(mailbox.flags("Ältere Post/2015")) == owner.lying_in("Ältere Post/2015")


def test_a_deleted_folder_takes_no_history_along_and_may_come_back(
    owner: Owner, mailbox: Mailbox
) -> None:
    """Deleted, recreated with other mails, then with a mail that is known already."""
    filled(mailbox)
    owner.sync()
    before = owner.ledger()
    obey(mailbox, ("delete", wire("Archive")))
    assert_unchanged(owner, before)
    assert "Archive" not in owner.folders()

    obey(mailbox, ("create", wire("Archive")))
    mailbox.append(letter("fresh").replace(b"\n", b"\r\n"), "Archive")
    assert 1 == owner.sync()
    assert len(before) + 1 == len(owner.ledger())
    assert [1] == owner.lying_in("Archive")


def test_half_the_mails_moved_to_the_archive_count_once(owner: Owner, mailbox: Mailbox) -> None:
    """MOVE of every other UID of INBOX and Sent; afterwards they are known to lie in Archive."""
    filled(mailbox)
    owner.sync()
    before = owner.ledger()
    archived = len(mailbox.flags("Archive"))
    moved = 0
    for folder in ("INBOX", "Sent"):
        half = sorted(mailbox.flags(folder))[::2]
        moved += len(half)
        uids = ",".join(map(str, half))
        obey(mailbox, ("select", folder), ("uid", "MOVE", uids, wire("Archive")))

    document = owner.ask("sync")

    assert {"Archive": moved} == seen(document)
    assert before == owner.ledger()
    owner.assert_right()
    assert archived + moved == len(owner.lying_in("Archive"))


def test_copies_in_several_folders_are_one_interaction(owner: Owner, mailbox: Mailbox) -> None:
    """Copied by another client before the first sync and after it."""
    filled(mailbox, count=60)
    mailbox.put(letter("once"))
    mailbox.put(letter("once"), "Projects/Denver")
    owner.sync()
    before = owner.ledger()
    assert 1 == Counter(owner.message_ids())["once@mail.example"]
    obey(
        mailbox,
        ("create", wire("Zwei & drei")),
        ("select", "INBOX"),
        ("uid", "COPY", "1:*", wire("Zwei & drei")),
        ("uid", "COPY", "1:*", wire("Archive")),
    )
    assert_unchanged(owner, before)


def test_expunged_mails_stay_in_the_history(owner: Owner, mailbox: Mailbox) -> None:
    """Everything is deleted, and the last one too, then a mail comes: it alone is new."""
    filled(mailbox)
    owner.sync()
    before = owner.ledger()
    for folder in ("INBOX", "Sent", "Archive"):
        obey(
            mailbox,
            ("select", folder),
            ("uid", "STORE", "1:*", "+FLAGS.SILENT", "(\\Deleted)"),
            ("expunge",),
        )
    assert_unchanged(owner, before)
    mailbox.put(letter("new"))
    assert 1 == owner.sync()
    assert before.items() < owner.ledger().items()


def test_the_same_mail_in_two_accounts_counts_once(owner: Owner, mailbox: Mailbox) -> None:
    """A second mailbox with the same mails, the owner's other address reads it: nothing doubles."""
    mails = filled(mailbox)
    owner.sync()
    before = owner.ledger()
    server = mailbox.server
    name = f"{mailbox.user}too"
    server.add_user(name)
    second = Mailbox(server, name, server.password(name))
    filled(second)
    server.put(name, "INBOX", letter("only-there", to=OTHER))
    owner.accounts["work"] = second

    assert 1 == owner.sync()

    after = owner.ledger()
    assert before.items() < after.items()
    assert len(before) + 1 == len(after)
    assert set(truth(mails)) <= {part[0] for entry in after.values() for part in entry.parts} | {
        person for mail in mails for person in mail.people
    }
    owner.assert_right()
    assert 0 == owner.sync()


def test_since_reads_what_arrived_later_and_an_earlier_since_reads_the_rest(
    owner: Owner, mailbox: Mailbox
) -> None:
    """By time of arrival; taken away, everything is read, moved mails among it."""
    for year in range(2015, 2025):
        arrived = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
        mailbox.put(letter(f"in{year}"), internaldate=arrived, flags=("\\Seen",))
    owner.lines["home"] = "since = 2020-01-01"
    assert 5 == owner.sync()
    assert 0 == owner.sync()
    owner.lines["home"] = "since = 2017-01-01"
    assert 3 == owner.sync()
    owner.lines["home"] = ""
    assert 2 == owner.sync()
    assert 0 == owner.sync()
    assert 10 == len(owner.ledger())


def test_mails_too_old_that_are_moved_are_read_when_since_goes(
    owner: Owner, mailbox: Mailbox
) -> None:
    """Also from a folder that was empty when `since` was in force."""
    arrived = dt.datetime(2015, 6, 1, tzinfo=dt.UTC)
    for number in range(4):
        mailbox.put(letter(f"old{number}"), internaldate=arrived, flags=("\\Seen",))
    owner.lines["home"] = "since = 2020-01-01"
    assert 0 == owner.sync()
    obey(mailbox, ("select", "INBOX"), ("uid", "MOVE", "1:4", wire("Archive")))
    assert 0 == owner.sync()
    owner.lines["home"] = ""
    assert 4 == owner.sync()


def test_folder_patterns_choose_and_a_change_of_mind_is_obeyed(
    owner: Owner, mailbox: Mailbox
) -> None:
    """What is left out isn't read, what was read stays, what comes in later is read whole."""
    for folder in ("INBOX", "Lists/Dev", "Lists/Friends", "Junk", "Clients/Ärzte"):
        mailbox.put(letter(folder.replace("/", ".").replace("Ä", "A")), folder)
    owner.lines["home"] = 'folders = ["*", "!Lists/*"]'
    assert {"INBOX": 1, "Clients/Ärzte": 1} == seen(owner.ask("sync"))
    owner.lines["home"] = 'folders = ["*", "!Lists/*", "Lists/Friends"]'
    assert {"Lists/Friends": 1} == seen(owner.ask("sync"))
    owner.lines["home"] = 'folders = ["INBOX", "Clients/*"]'
    mailbox.put(letter("more"), "Lists/Friends")
    assert {} == seen(owner.ask("sync"))
    owner.lines["home"] = ""
    assert {"Lists/Friends": 1, "Lists/Dev": 1} == seen(owner.ask("sync"))
    assert 5 == len(owner.ledger())


def test_a_mail_that_moves_between_two_syncs_of_a_half_read_mailbox_is_not_lost(
    sqlite_owner: Owner, mailbox: Mailbox
) -> None:
    """It leaves a folder before that is read, into one that is read already."""
    filled(mailbox, count=40)
    sqlite_owner.lines["home"] = 'folders = ["Archive"]'
    sqlite_owner.sync()
    sqlite_owner.lines["home"] = ""
    uids = ",".join(map(str, sorted(mailbox.flags())))
    obey(mailbox, ("select", "INBOX"), ("uid", "MOVE", uids, wire("Archive")))
    sqlite_owner.sync()
    moved = sqlite_owner.ledger()

    fresh = Owner(
        sqlite_owner.folder / "fresh",
        f"sqlite:///{sqlite_owner.folder}/fresh/krmd.sqlite3",
        accounts=sqlite_owner.accounts,
    )
    fresh.folder.mkdir()
    fresh.sync()
    assert fresh.ledger() == moved
