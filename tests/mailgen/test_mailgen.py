"""The generator itself: it repeats itself, holds every kind, and its bytes say what it means."""

import datetime as dt
import email.utils
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest

from tests.mailgen import Direction, GeneratedMail, Kind, Truth, generate, truth, write_maildir
from tests.mailgen.truth import when_it_happened
from tests.servers.dovecot import Mailbox

OWNERS = ("kim@example.org", "kim.odegard@work.example")
ALL_FOLDERS = ("INBOX", "Sent", "Archive", "Drafts", "Junk", "Trash")
NOBODY_MOVES = {
    Kind.CROWD_IN, Kind.CROWD_OUT, Kind.BCC_MANY, Kind.BCC_ME, Kind.LIST, Kind.NEWSLETTER,
    Kind.NO_REPLY, Kind.BOUNCE, Kind.AUTO_REPLY, Kind.CALENDAR_REPLY, Kind.DRAFT, Kind.SELF,
    Kind.FORGED, Kind.NO_SENDER, Kind.JUNK, Kind.TRASH,
}  # fmt: skip


@pytest.fixture(scope="module")
def mails() -> list[GeneratedMail]:
    """A mailbox with every folder, large enough to hold every kind."""
    return list(generate(4000, 7, OWNERS, folders=ALL_FOLDERS))


def test_the_same_arguments_give_the_same_bytes() -> None:
    """In another process with other hash values too; another seed gives other mail."""
    script = (
        "import hashlib\n"
        "from tests.mailgen import generate\n"
        f"mails = generate(300, 3, {OWNERS!r})\n"
        "print(hashlib.sha256(b''.join(mail.raw for mail in mails)).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    here = hashlib.sha256(b"".join(mail.raw for mail in generate(300, 3, OWNERS)))
    assert {here.hexdigest()} == digests
    other = hashlib.sha256(b"".join(mail.raw for mail in generate(300, 4, OWNERS)))
    assert here.hexdigest() != other.hexdigest()


def test_there_are_as_many_as_asked_and_every_kind(mails: list[GeneratedMail]) -> None:
    """Copies are counted; no kind and no folder is left out."""
    assert 4000 == len(mails)
    assert set(Kind) == {mail.kind for mail in mails}
    assert set(ALL_FOLDERS) == {mail.folder for mail in mails}


def test_without_junk_and_trash_their_mail_is_not_made() -> None:
    """Where a folder isn't named its kinds don't come, but drafts do, flagged."""
    few = list(generate(1500, 7, OWNERS))
    assert {"INBOX", "Sent", "Archive"} == {mail.folder for mail in few}
    assert not {Kind.JUNK, Kind.TRASH} & {mail.kind for mail in few}
    drafts = [mail for mail in few if mail.kind is Kind.DRAFT]
    assert drafts
    assert all("\\Draft" in mail.flags for mail in drafts)


def test_groups_and_crowds_stay_on_their_side_of_twelve(mails: list[GeneratedMail]) -> None:
    """A group has at most 12 people, a crowd more, and one crowd is very large."""
    groups = {Kind.GROUP_IN, Kind.GROUP_OUT}
    crowds = {Kind.CROWD_IN, Kind.CROWD_OUT}
    assert 12 == max(len(mail.people) for mail in mails if mail.kind in groups)
    assert 13 == min(len(mail.people) for mail in mails if mail.kind in crowds)
    assert 1990 < max(len(mail.people) for mail in mails)


def test_only_personal_kinds_move_anybody(mails: list[GeneratedMail]) -> None:
    """The kinds that PRODUCT's table lets nobody be moved by move nobody; all others do."""
    assert NOBODY_MOVES == {mail.kind for mail in mails if not mail.moves}
    assert not NOBODY_MOVES & {mail.kind for mail in mails if mail.moves}


def test_the_bytes_name_the_people_that_are_meant(mails: list[GeneratedMail]) -> None:
    """From, To, Cc and Bcc hold exactly the people and the owner, however they are spelled."""
    fields = re.compile(rb"^(?:From|To|Cc|Bcc):(.*(?:\n[ \t].*)*)", re.MULTILINE)
    address = re.compile(rb"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+")
    for mail in mails:
        head = mail.raw.partition(b"\n\n")[0]
        found = {
            word.decode().lower()
            for value in fields.findall(head)
            for word in address.findall(value)
        }
        assert set(mail.people) <= found
        others = found - set(mail.people)
        assert {re.sub(r"\+.*@", "@", other) for other in others} <= set(OWNERS)


def test_the_bytes_hold_the_date_that_is_meant(mails: list[GeneratedMail]) -> None:
    """Whatever form the Date header has, it means the recorded moment."""
    parser = BytesHeaderParser()
    for mail in mails:
        if mail.date is not None:
            parts = email.utils.parsedate_tz(str(parser.parsebytes(mail.raw)["Date"]))
            assert parts is not None
            assert mail.date.timestamp() == email.utils.mktime_tz(parts)


def test_what_was_sent_lies_in_sent_and_what_came_was_received(mails: list[GeneratedMail]) -> None:
    """Outbound mail proves itself by its folder or by never having travelled."""
    in_sent = {mail.serial for mail in mails if mail.folder == "Sent"}
    for mail in mails:
        travelled = b"\nReceived: " in mail.raw.partition(b"\n\n")[0]
        assert travelled or mail.folder != "INBOX"
        if any(direction is Direction.OUTBOUND for _, direction in mail.moves):
            assert mail.serial in in_sent or not travelled


def test_oddities_are_there_but_rare(mails: list[GeneratedMail]) -> None:
    """Missing and repeated Message-IDs, absurd dates and copies: each some, none many."""
    ids = Counter(mail.message_id for mail in mails)
    serials = Counter(mail.serial for mail in mails)
    odd = Counter(mail.oddity for mail in mails)
    assert 0 < ids[None] < 100
    assert 0 < sum(1 for n in serials.values() if n > 1) < 200
    for oddity in ("date-missing", "date-absurd", "date-ahead", "to-group", "junk-line"):
        assert 0 < odd[oddity] < 100


def test_the_truth_is_a_fold_that_order_and_copies_do_not_change(
    mails: list[GeneratedMail],
) -> None:
    """Backwards, and with every mail twice, it is the same."""
    assert truth(mails) == truth([*reversed(mails), *mails])


def test_the_truth_of_one_correspondence_is_what_one_counts_by_hand(
    mails: list[GeneratedMail],
) -> None:
    """Letters count for both directions, the newest of them decides; a list counts for nobody."""
    known = truth(mails)
    busiest = max(known, key=lambda address: known[address].email_outbound)
    mine = {m.serial: m for m in mails if (busiest, Direction.OUTBOUND) in m.moves}
    assert len(mine) == known[busiest].email_outbound > 20
    last = known[busiest].last_contacted
    assert last == max(filter(None, (known[busiest].last_outbound, known[busiest].last_inbound)))
    posters = {m.people[0] for m in mails if m.kind is Kind.LIST}
    assert Truth() in {known[address] for address in posters}


def test_the_date_decides_only_between_1990_and_the_delivery() -> None:
    """PRODUCT: *at* is the Date header in that range, else *received*."""
    received = dt.datetime(2020, 5, 1, tzinfo=dt.UTC)
    day = dt.timedelta(days=1)
    assert received - day == when_it_happened(received - day, received)
    assert received == when_it_happened(received + day, received)
    assert received == when_it_happened(dt.datetime(1989, 12, 31, tzinfo=dt.UTC), received)
    assert received == when_it_happened(None, received)


def test_dovecot_serves_what_was_written(mailbox: Mailbox, tmp_path: Path) -> None:
    """Order, dates, sizes and flags arrive as generated, in every folder."""
    who = mailbox.server.identity
    written = write_maildir(
        mailbox.maildir(),
        generate(200, 5, OWNERS, folders=ALL_FOLDERS),
        uid=who.uid,
        gid=who.gid,
    )
    for folder in ALL_FOLDERS:
        expected = [frozenset(mail.flags) for mail in written if mail.folder == folder]
        found = mailbox.flags(folder)
        assert list(range(1, len(expected) + 1)) == list(found)
        assert expected == [flags - {"\\Recent"} for flags in found.values()]
    with mailbox.session() as imap:
        imap.select("INBOX", readonly=True)
        _, lines = imap.uid("FETCH", "1:*", "(INTERNALDATE)")
    dates = [
        dt.datetime.strptime(line.decode().split('"')[1].strip(), "%d-%b-%Y %H:%M:%S %z")
        for line in lines
        if isinstance(line, bytes)
    ]
    assert [mail.internaldate for mail in written if mail.folder == "INBOX"] == dates
