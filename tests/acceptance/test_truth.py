"""`krmd sync` on a real server finds what the generator knows, twice nothing, and touches nothing.

KRMD_TEST_MAILS=20000 runs the form that the project promises; 2,000 is what CI has time for.
"""

import datetime as dt
import os
import random
from pathlib import Path
from typing import Any

from krmd.app.cards import show
from krmd.base.errors import UserError
from krmd.base.instant import Instant, to_datetime
from krmd.ledger.recency import NEVER
from tests.acceptance.owner import OTHER, OWNER, Owner
from tests.mailgen import Truth, generate, truth, write_maildir
from tests.servers.dovecot import Mailbox

MAILS = int(os.environ.get("KRMD_TEST_MAILS", "2000"))
SAMPLED = 200
FOLDERS = ("INBOX", "Sent", "Archive")


def test_two_hundred_people_are_known_as_the_generator_knows_them(
    owner: Owner, mailbox: Mailbox
) -> None:
    """Last contacted, outbound, inbound and both counts, to the second; then nothing is new, and
    neither flags nor files of the mailbox have changed.
    """
    known = _fill(mailbox)
    # In new/ and so \Recent: for the owner's own client to see, not for krmd to steal.
    mailbox.put(b"From: late@a.example\nTo: kim@example.org\nMessage-ID: <late@a>\n\nHi\n")
    flags = {folder: mailbox.flags(folder) for folder in FOLDERS}
    files = _files(mailbox)

    first = owner.run_process("sync", "--json")
    second = owner.run_process("sync", "--json")

    assert (0, 0) == (first.code, second.code), first.err + second.err
    read = {it["folder"]: it for it in owner.folders_read(first.json)}
    assert MAILS + 1 == sum(it["seen"] for it in read.values())
    assert 0 == sum(it["quarantined"] for it in read.values())
    assert [] == [it for it in owner.folders_read(second.json) if it["seen"] or it["recorded"]]
    sample = random.Random(MAILS).sample(sorted(known), min(SAMPLED, len(known)))
    assert {who: known[who] for who in sample} == all_found(owner, sample)
    assert flags == {folder: mailbox.flags(folder) for folder in FOLDERS}
    assert any("\\Recent" in each for each in flags["INBOX"].values())
    assert files == _files(mailbox)
    owner.assert_right()


def test_the_card_on_the_screen_says_the_same(owner: Owner, mailbox: Mailbox) -> None:
    """`show --json` has the dates of the generator, and `timeline` as many that count."""
    known = _fill(mailbox, 300)
    owner.sync()
    sample = random.Random(3).sample([who for who in sorted(known) if known[who] != Truth()], 8)
    for who in sample:
        assert known[who] == _found(owner, who)
        entries = owner.ask("timeline", who)["items"]
        expected = known[who].email_inbound + known[who].email_outbound
        assert expected == sum(entry["counts"] for entry in entries)


def _fill(mailbox: Mailbox, count: int = MAILS) -> dict[str, Truth]:
    who = mailbox.server.identity
    mails = generate(count, 7, [OWNER, OTHER], folders=FOLDERS)
    return truth(write_maildir(mailbox.maildir(), mails, uid=who.uid, gid=who.gid))


def _files(mailbox: Mailbox) -> dict[Path, float]:
    return {file: file.stat().st_mtime for folder in FOLDERS for file in mailbox.files(folder)}


def all_found(owner: Owner, sample: list[str]) -> dict[str, Truth]:
    """What the cards of these people say; nothing of somebody who is unknown."""
    found = {}
    with owner.reading() as tx:
        for who in sample:
            try:
                recency = show(tx, who).recency
            except UserError:  # somebody who only stands in what is no interaction
                recency = NEVER
            found[who] = Truth(
                _moment(recency.last_contacted),
                _moment(recency.last_outbound),
                _moment(recency.last_inbound),
                recency.email_outbound,
                recency.email_inbound,
            )
    return found


def _moment(instant: Instant | None) -> dt.datetime | None:
    return None if instant is None else to_datetime(instant)


def _found(owner: Owner, who: str) -> Truth:
    card: dict[str, Any] = owner.ask("show", who)
    return Truth(
        _read(card["last_contacted"]),
        _read(card["last_outbound"]),
        _read(card["last_inbound"]),
        card["counts"]["email_outbound"],
        card["counts"]["email_inbound"],
    )


def _read(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
