"""The Dovecot fixture itself: if these fail, no other failure on IMAP means anything."""

import contextlib
import datetime as dt
import imaplib
import ssl
import time

import psutil
import pytest

from tests.conftest import DovecotFactory
from tests.servers.certificates import Certificate
from tests.servers.dovecot import Dovecot, Mailbox, trusting
from tests.servers.dovecot_conf import DovecotOptions
from tests.servers.processes import accepts

LETTER = b"From: ada@example.org\r\nSubject: a letter\r\n\r\nDear Kim\r\n"
LONG_AGO = dt.datetime(2019, 2, 3, 4, 5, 6, tzinfo=dt.UTC)


def test_a_fresh_mailbox_names_its_special_folders(mailbox: Mailbox) -> None:
    """LIST gives the five uses of RFC 6154, and every folder is empty."""
    with mailbox.session() as imap:
        _, lines = imap.list()
        _, selected = imap.select("Sent", readonly=True)
    listed = b"\n".join(line for line in lines if isinstance(line, bytes))
    for use in (b"\\Drafts", b"\\Sent", b"\\Junk", b"\\Trash", b"\\Archive"):
        assert use in listed
    assert [b"0"] == selected


def test_a_message_put_into_the_maildir_keeps_its_date_flags_and_order(mailbox: Mailbox) -> None:
    """INTERNALDATE is what was asked for, UIDs follow the calls, and looking changes no flag."""
    mailbox.put(LETTER, internaldate=LONG_AGO)
    mailbox.put(LETTER, flags=["\\Seen", "\\Answered"])
    with mailbox.session() as imap:
        imap.select("INBOX", readonly=True)
        _, lines = imap.uid("FETCH", "1", "(INTERNALDATE RFC822.SIZE)")
    assert (
        f'INTERNALDATE "03-Feb-2019 04:05:06 +0000" RFC822.SIZE {len(LETTER)})'.encode() in lines[0]
    )
    expected = {1: frozenset({"\\Recent"}), 2: frozenset({"\\Seen", "\\Answered", "\\Recent"})}
    assert expected == mailbox.flags()
    assert expected == mailbox.flags()


def test_append_delivers_and_gives_the_uid(mailbox: Mailbox) -> None:
    """A client's copy in Sent has the UID, the date and the flags that were asked for."""
    assert 1 == mailbox.append(LETTER, "Sent", internaldate=LONG_AGO, flags=["\\Seen"])
    assert 2 == mailbox.append(LETTER, "Sent")
    assert "\\Seen" in mailbox.flags("Sent")[1]


def test_folders_with_any_name_can_be_made(mailbox: Mailbox) -> None:
    """Names travel in modified UTF-7 (RFC 3501, 5.1.3) and nest at the slash."""
    mailbox.put(LETTER, "Freunde/Köln & Umgebung")
    assert [1] == list(mailbox.flags("Freunde/Köln & Umgebung"))
    with mailbox.session() as imap:
        _, lines = imap.list()
    assert any(
        b'"Freunde/K&APY-ln &- Umgebung"' in line for line in lines if isinstance(line, bytes)
    )


def test_uidvalidity_changes_with_or_without_the_uids(mailbox: Mailbox) -> None:
    """A bump keeps the messages; renumbering gives them UIDs from 1 without gaps."""
    for _ in range(3):
        mailbox.put(LETTER)
    assert [1, 2, 3] == list(mailbox.flags())
    mailbox.files()[0].unlink()
    kept = list(mailbox.flags())
    before = mailbox.server.uidvalidity(mailbox.user)
    assert before != mailbox.server.bump_uidvalidity(mailbox.user)
    assert kept == list(mailbox.flags())
    mailbox.server.bump_uidvalidity(mailbox.user, renumber=True)
    assert [1, 2] == list(mailbox.flags())


def test_a_cold_server_keeps_uids(mailbox: Mailbox) -> None:
    """Removing the index removes only what can be made anew."""
    mailbox.put(LETTER)
    before = mailbox.server.uidvalidity(mailbox.user), mailbox.flags().keys()
    mailbox.server.remove_index(mailbox.user)
    assert before == (mailbox.server.uidvalidity(mailbox.user), mailbox.flags().keys())


def test_killed_and_started_again_it_has_the_same_ports_and_mail(mailbox: Mailbox) -> None:
    """After SIGKILL connections end at once, nobody answers, and a start brings all back."""
    server = mailbox.server
    mailbox.put(LETTER)
    with mailbox.session() as imap:
        server.kill()
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            imap.noop()
    assert not accepts(server.port)
    server.start()
    assert [1] == list(mailbox.flags())
    server.restart()
    assert [1] == list(mailbox.flags())


def test_tls_and_starttls_show_the_good_certificate(mailbox: Mailbox) -> None:
    """A client that trusts the throw-away CA gets in by both ways."""
    context = trusting(mailbox.server.certificates)
    with imaplib.IMAP4_SSL("localhost", mailbox.server.tls_port, ssl_context=context) as imap:
        imap.login(mailbox.user, mailbox.password)
    with imaplib.IMAP4("localhost", mailbox.server.port) as imap:
        imap.starttls(context)
        imap.login(mailbox.user, mailbox.password)


@pytest.mark.parametrize("kind", [kind for kind in Certificate if kind is not Certificate.GOOD])
def test_bad_certificates_are_refused(kind: Certificate, dovecot_with: DovecotFactory) -> None:
    """Each of the four bad kinds fails verification by an ordinary client."""
    server = dovecot_with(DovecotOptions(certificate=kind))
    context = trusting(server.certificates)
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL("localhost", server.tls_port, ssl_context=context)


def test_a_server_can_hide_idle_and_special_use(dovecot_with: DovecotFactory) -> None:
    """What a poor provider lacks isn't announced."""
    server = dovecot_with(
        DovecotOptions(without=frozenset({"IDLE", "CONDSTORE"}), special_use=False)
    )
    server.add_user("ada")
    with server.session("ada") as imap:
        _, announced = imap.capability()
        _, lines = imap.list()
    words = announced[0].split()
    assert not {b"IDLE", b"CONDSTORE", b"SPECIAL-USE"} & set(words)
    assert not [line for line in lines if isinstance(line, bytes) and b"\\Sent" in line]


def test_a_small_connection_limit_refuses_the_next_login(dovecot_with: DovecotFactory) -> None:
    """As providers do: [UNAVAILABLE] or [LIMIT], not a wrong password."""
    server = dovecot_with(DovecotOptions(connections=2))
    server.add_user("ada")
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(server.session("ada"))
        with pytest.raises(imaplib.IMAP4.error, match="mail_max_userip_connections"):
            stack.enter_context(server.session("ada"))


def test_a_wrong_password_is_answered_at_once(mailbox: Mailbox) -> None:
    """No test waits for the delay that slows attackers; a changed password counts at once."""
    started = time.monotonic()
    with (
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
        imaplib.IMAP4("127.0.0.1", mailbox.server.port) as imap,
    ):
        imap.login(mailbox.user, "wrong")
    assert time.monotonic() - started < 2
    mailbox.server.set_password(mailbox.user, "another")
    with mailbox.session() as imap:
        assert "OK" == imap.noop()[0]


def test_no_process_of_it_is_roots_and_none_outlives_it() -> None:
    """Every process runs unprivileged, and leaving the block ends them all."""
    with Dovecot() as server:
        server.add_user("ada")
        with server.session("ada"):
            # All that live now: helpers of the start have come and gone.
            family = [process for process in server.processes() if process.is_running()]
            owners = {process.uids().effective for process in family}
    alive = [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert [] == alive
    assert len(family) > 3
    assert 0 not in owners


def test_a_message_put_into_the_maildir_wakes_an_idle_client(mailbox: Mailbox) -> None:
    """What is laid on the disk is told to who idles (RFC 2177), within two seconds."""
    with mailbox.session() as imap:
        imap.select("INBOX", readonly=True)
        imap.send(b"x1 IDLE\r\n")
        assert imap.readline().startswith(b"+ ")
        mailbox.put(LETTER)
        imap.sock.settimeout(2)
        assert b"* 1 EXISTS\r\n" == imap.readline()
        imap.send(b"DONE\r\n")
        while not imap.readline().startswith(b"x1 OK"):
            pass
