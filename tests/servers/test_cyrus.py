"""The Cyrus fixture itself."""

import datetime as dt
import imaplib
import time

import pytest

from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import trusting
from tests.servers.processes import accepts

LETTER = b"From: ada@example.org\r\nSubject: a letter\r\n\r\nDear Kim\r\n"


@pytest.fixture
def user(cyrus: Cyrus) -> str:
    """A fresh user."""
    name = f"user{time.monotonic_ns()}"
    cyrus.add_user(name)
    return name


def test_it_is_cyrus_and_names_the_folders_uses(cyrus: Cyrus, user: str) -> None:
    """Another make indeed, with capabilities that Dovecot lacks and folders with their use."""
    with cyrus.session(user) as imap:
        assert b"Cyrus" in imap.welcome
        _, announced = imap.capability()
        _, lines = imap.list()
    assert {b"IDLE", b"UIDPLUS", b"CONDSTORE", b"OBJECTID"} <= set(announced[0].split())
    listed = b"\n".join(line for line in lines if isinstance(line, bytes))
    for use in (b"\\Drafts", b"\\Sent", b"\\Junk", b"\\Trash", b"\\Archive"):
        assert use in listed


def test_mail_can_be_appended_and_looked_at(cyrus: Cyrus, user: str) -> None:
    """UIDs, dates and flags are what was asked for; looking changes nothing."""
    long_ago = dt.datetime(2019, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
    assert 1 == cyrus.append(user, "INBOX", LETTER, internaldate=long_ago, flags=["\\Seen"])
    assert 2 == cyrus.append(user, "INBOX", LETTER)
    expected = {1: frozenset({"\\Seen", "\\Recent"}), 2: frozenset({"\\Recent"})}
    assert expected == cyrus.flags(user)
    assert expected == cyrus.flags(user)
    with cyrus.session(user) as imap:
        imap.select("INBOX", readonly=True)
        _, lines = imap.uid("FETCH", "1", "(INTERNALDATE)")
    assert b" 3-Feb-2019 04:05:06 +0000" in lines[0]


def test_tls_shows_the_good_certificate(cyrus: Cyrus, user: str) -> None:
    """A client that trusts the throw-away CA gets in."""
    context = trusting(cyrus.certificates)
    with imaplib.IMAP4_SSL("localhost", cyrus.tls_port, ssl_context=context) as imap:
        imap.login(user, cyrus.password)


def test_killed_and_started_again_it_has_the_same_port_and_mail(cyrus: Cyrus, user: str) -> None:
    """After SIGKILL nobody answers, and a start brings the mail back."""
    cyrus.append(user, "INBOX", LETTER)
    cyrus.kill()
    assert not accepts(cyrus.port)
    cyrus.start()
    assert [1] == list(cyrus.flags(user))
    cyrus.restart()
    assert [1] == list(cyrus.flags(user))
