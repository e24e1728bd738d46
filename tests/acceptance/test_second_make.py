"""The same on Cyrus: login, folders, backfill, new mail, nothing touched."""

import itertools
import socket
from pathlib import Path

import pytest

from tests.acceptance.owner import OTHER, OWNER, Owner, Place
from tests.acceptance.test_truth import all_found
from tests.mailgen import GeneratedMail, Truth, generate, truth
from tests.servers.cyrus import Cyrus

_numbers = itertools.count(1)


@pytest.fixture
def cyrus_user(cyrus: Cyrus) -> str:
    """A fresh user with the usual folders."""
    name = f"acceptance{next(_numbers)}"
    cyrus.add_user(name)
    return name


@pytest.fixture
def owner(tmp_path: Path, store_url: str, cyrus: Cyrus, cyrus_user: str) -> Owner:
    """Reads that user's mailbox, on each database."""
    place = Place(f"imap://127.0.0.1:{cyrus.port}", cyrus_user, cyrus.password)
    return Owner(tmp_path, store_url, accounts={"home": place})


def fill(cyrus: Cyrus, user: str, count: int) -> list[GeneratedMail]:
    """Append generated mails; Cyrus refuses what isn't quite mail, so those are left out."""
    kept = []
    with cyrus.session(user) as imap:
        # Else each literal waits 40 ms for an acknowledgement.
        imap.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for mail in generate(count, 31, [OWNER, OTHER]):
            when = f'"{mail.internaldate:%d-%b-%Y %H:%M:%S} +0000"'
            flags = f"({' '.join(mail.flags)})"
            kind, _ = imap.append(mail.folder, flags, when, mail.wire().replace(b"\0", b""))
            if kind == "OK":
                kept.append(mail)
    return kept


def test_a_mailbox_on_cyrus_is_read_as_truly(owner: Owner, cyrus: Cyrus, cyrus_user: str) -> None:
    """Everybody's dates and counts; then nothing is new, no flag has changed, new mail comes in."""
    kept = fill(cyrus, cyrus_user, 250)
    known = truth(kept)
    assert 240 < len(kept)
    flags = {folder: cyrus.flags(cyrus_user, folder) for folder in ("INBOX", "Sent", "Archive")}

    owner.sync()

    expected = {who: it for who, it in known.items() if it != Truth()}
    assert expected == all_found(owner, list(expected))
    assert [] == [it for it in owner.folders_read(owner.ask("sync")) if it["seen"]]
    assert flags == {folder: cyrus.flags(cyrus_user, folder) for folder in flags}
    new = b"Received: x\r\nFrom: ada@a.example\r\nTo: kim@example.org\r\nMessage-ID: <n@x>\r\n\r\n"
    cyrus.append(cyrus_user, "INBOX", new)
    assert 1 == owner.sync()
    owner.assert_right()


def test_moves_renames_and_new_numbers_on_cyrus_change_nothing(
    owner: Owner, cyrus: Cyrus, cyrus_user: str
) -> None:
    """MOVE to Archive, a folder renamed, one deleted and made anew: the ledger is the same."""
    fill(cyrus, cyrus_user, 80)
    with cyrus.session(cyrus_user) as imap:
        assert "OK" == imap.create("Projects")[0]
        imap.select("INBOX")
        assert "OK" == imap.uid("COPY", "1:10", "Projects")[0]
    owner.sync()
    before = owner.ledger()
    with cyrus.session(cyrus_user) as imap:
        imap.select("INBOX")
        assert "OK" == imap.uid("MOVE", "1:20", "Archive")[0]
        imap.unselect()
        assert "OK" == imap.rename("Archive", '"Abgelegt &- mehr"')[0]
        assert "OK" == imap.delete("Projects")[0]
        assert "OK" == imap.create("Projects")[0]
    assert 0 == owner.sync()
    assert before == owner.ledger()
    assert "Abgelegt & mehr" in owner.folders()
    assert 0 == sum(it["seen"] for it in owner.folders_read(owner.ask("sync")))
    owner.assert_right()
