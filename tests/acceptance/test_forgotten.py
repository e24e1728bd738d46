"""Somebody forgotten is nowhere in the store, and no mailbox, file or daemon brings them back."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from krmd.app.forgetting import UNFINISHED, is_unfinished
from krmd.store import meta
from krmd.store.engine import Store
from tests.acceptance.owner import OWNER, Owner
from tests.app.forgetful import telling
from tests.servers.dovecot import Mailbox

ARRIVED = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
ZOE = "=?utf-8?q?Zo=C3=AB_Quxhaven?= <zoe@quxhaven.example>"
BOB = "Bob Example <bob@b.example>"
TRACES = ("Quxhaven", "quxhaven", "Zoë", "secretly", "zq4711", "teapots", "5550123")


def letter(key: str, sender: str, to: str, subject: str, *more: str) -> bytes:
    """A mail of May 2024."""
    fields = [
        f"From: {sender}",
        f"To: {to}",
        "Date: 5 May 2024 08:00:00 +0000",
        f"Message-ID: <{key}@mail.example>",
        f"Subject: {subject}",
        *more,
    ]
    if OWNER not in sender:
        fields.insert(0, "Received: from mx.example")
    return ("\n".join(fields) + "\n\nHello.\n").encode()


LETTERS = (
    ("INBOX", letter("zq4711", ZOE, OWNER, "secretly")),
    ("INBOX", letter("zq4711b", ZOE, f"{OWNER}, {BOB}", "secretly for both")),
    ("INBOX", letter("b1", BOB, OWNER, "dinner")),
    ("INBOX", letter("b2", BOB, OWNER, "secretly", f"Cc: {ZOE}")),
    ("Sent", letter("s1", OWNER, ZOE, "Re: secretly")),
    ("Sent", letter("s2", OWNER, f"{ZOE}, {BOB}", "secretly, you two")),
    ("Archive", letter("zq4711", ZOE, OWNER, "secretly")),
)


@pytest.fixture
def keeper(owner: Owner, mailbox: Mailbox) -> Owner:
    """Somebody who reads these mails and keeps Zoë, with a note."""
    for folder, raw in LETTERS:
        mailbox.put(raw, folder, internaldate=ARRIVED, flags=("\\Seen",))
    owner.sync()
    for words in (
        ("contacts", "add", "Zoë Quxhaven", "--address", "zoe@quxhaven.example",
         "--phone", "+49 30 5550123", "--category", "friends", "--note", "collects teapots"),
        ("contacts", "add", "Bob Example", "--address", "bob@b.example"),
        ("log", "Zoë Quxhaven", "called about teapots"),
    ):  # fmt: skip
        said = owner.krmd(*words)
        assert 0 == said.code, said
    return owner


def traces(owner: Owner) -> list[str]:
    """What tells of her in the store, and in the bytes of the files beside it."""
    with _store(owner) as store:
        return telling(store, TRACES)


def forget(owner: Owner) -> None:
    """Forget her, and look whether it is so."""
    assert [] != traces(owner)
    document = owner.ask("forget", "zoe@quxhaven.example", "--yes")
    assert (True, True) == (document["forgotten"], document["finished"])
    assert [] == traces(owner)
    assert 2 == owner.krmd("show", "zoe@quxhaven.example").code
    owner.assert_right()


def bob(owner: Owner) -> tuple[object, ...]:
    """What is known of who is left, but for the words."""
    card = owner.ask("show", "bob@b.example")
    entries = owner.ask("timeline", "bob@b.example")["items"]
    left = tuple((it["id"], it["at"], it["rule"], it["counts"]) for it in entries)
    return card["last_contacted"], card["counts"], left


def test_no_sync_brings_them_back(keeper: Owner, mailbox: Mailbox) -> None:
    """Neither the next one, nor after other UIDVALIDITYs, nor with new mail of theirs; the cursor
    passes what is left out.
    """
    counts = bob(keeper)[:2]
    forget(keeper)
    assert counts == bob(keeper)[:2]
    left, ledger = bob(keeper), keeper.ledger()
    assert 0 == keeper.sync()
    for folder in ("INBOX", "Sent", "Archive"):
        mailbox.server.bump_uidvalidity(mailbox.user, folder, renumber=True)
    document = keeper.ask("sync")
    ignored = [it["ignored"].get("forgotten", 0) for it in Owner.folders_read(document)]
    assert 3 == sum(ignored)
    assert len(LETTERS) == sum(it["seen"] for it in Owner.folders_read(document))
    assert (left, ledger) == (bob(keeper), keeper.ledger())
    assert [] == traces(keeper)
    mailbox.put(letter("zq4711c", ZOE, OWNER, "secretly again"), "INBOX", internaldate=ARRIVED)
    mailbox.put(letter("b3", BOB, OWNER, "lunch"), "INBOX", internaldate=ARRIVED)
    assert 1 == keeper.sync()
    assert 0 == keeper.sync()
    assert [] == traces(keeper)
    keeper.assert_right()


def test_no_file_brings_them_back(keeper: Owner, tmp_path: Path) -> None:
    """Nor does judging everything by other settings."""
    forget(keeper)
    mbox = tmp_path / "all.mbox"
    mbox.write_bytes(
        b"".join(b"From x Wed May  1 12:00:00 2024\n" + raw + b"\n" for _, raw in LETTERS)
    )
    before = keeper.ledger()
    said = keeper.krmd("sync", "--mbox", str(mbox), "--json")
    assert 0 == said.code, said
    assert before == keeper.ledger()
    keeper.more = '\n[counting]\nignore = ["@somewhere.example"]\npersonal_recipients = 2\n'
    assert 0 == keeper.krmd("rebuild").code
    mbox.unlink()
    assert [] == traces(keeper)
    keeper.assert_right()


def test_a_daemon_that_reads_along_forgets_too(keeper: Owner, mailbox: Mailbox) -> None:
    """Somebody is forgotten beside it, and mail of theirs that comes after doesn't come in."""
    with _store(keeper) as store, store.transaction() as tx:
        meta.write(tx, UNFINISHED, "as after a kill")
    daemon = keeper.process("run")
    try:
        # What an earlier forgetting left undone it does first.
        _until(lambda: not _is_unfinished(keeper))
        document = keeper.ask("forget", "zoe@quxhaven.example", "--yes")
        assert document["finished"]
        mailbox.put(letter("zq4711d", ZOE, OWNER, "secretly again"), "INBOX", internaldate=ARRIVED)
        mailbox.put(letter("b4", BOB, OWNER, "at last"), "INBOX", internaldate=ARRIVED)
        _until(lambda: "b4@mail.example" in keeper.message_ids())
    finally:
        daemon.terminate()
        out, err = daemon.communicate(timeout=30)
    assert "quxhaven" not in (out + err).lower()
    assert [] == traces(keeper)
    keeper.assert_right()


def _is_unfinished(owner: Owner) -> bool:
    with owner.reading() as tx:
        return is_unfinished(tx)


@contextmanager
def _store(owner: Owner) -> Iterator[Store]:
    store = Store(owner.store_url)
    try:
        yield store
    finally:
        store.close()


def _until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.1)
