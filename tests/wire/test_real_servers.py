"""The truth: Dovecot and Cyrus, over TLS, STARTTLS and in plain text."""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from krmd.base.errors import CertificateError, LoginError, TryLaterError, UnreachableError
from krmd.base.instant import Instant
from krmd.intake.mailbox import HIGHEST_UID, Folder, UidRange
from krmd.wire.imap.endpoint import Endpoint, Login, Timeouts
from krmd.wire.imap.session import ImapSession, connect
from tests.conftest import DovecotFactory
from tests.servers.certificates import Certificate
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot, Mailbox
from tests.servers.dovecot_conf import DovecotOptions
from tests.wire.conftest import FIELDS, INBOX

ARRIVED = dt.datetime(2020, 7, 17, 9, 44, 25, tzinfo=dt.UTC)
NEVER = threading.Event()
BRIEF = Timeouts(connect=5, read=10, command=30, done=5, poll=1)


def raw(number: int, *, received: bool = True) -> bytes:
    """A small mail."""
    trace = b"Received: from somewhere\r\n" if received else b""
    return trace + (
        b"From: Ada <ada@example.org>\r\nTo: bob@example.org\r\n"
        b"Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?= %d\r\nMessage-ID: <%d@example.org>\r\n"
        b"X-Other: no\r\n\r\nbody\r\n"
    ) % (number, number)


Sessions = Callable[[Mailbox], ImapSession]


@pytest.fixture
def session_of() -> Iterator[Sessions]:
    """Sessions in plain text, closed with the test."""
    with contextlib.ExitStack() as stack:

        def start(mailbox: Mailbox) -> ImapSession:
            endpoint = Endpoint("127.0.0.1", mailbox.server.port, "plain")
            who = Login(mailbox.user, lambda: mailbox.password)
            return stack.enter_context(connect(endpoint, who, timeouts=BRIEF))

        yield start


def ada(server: Dovecot) -> Mailbox:
    """The user of a server of one's own."""
    return Mailbox(server, "ada", server.password("ada"))


def by_name(session: ImapSession, name: str) -> Folder:
    """A folder that is there."""
    return next(folder for folder in session.folders() if folder.name == name)


def test_a_mailbox_is_read_and_nothing_in_it_changes(
    mailbox: Mailbox, session_of: Sessions
) -> None:
    r"""Flags before and after are the same, \Recent too."""
    for number in range(1, 31):
        flags = ("\\Draft",) if number == 7 else (("\\Seen",) if number % 3 == 0 else ())
        mailbox.put(raw(number, received=number != 9), internaldate=ARRIVED, flags=flags)
    before = mailbox.flags()
    session = session_of(mailbox)
    state = session.open(INBOX)

    ranges = [UidRange(low, low + 9) for low in range(1, 31, 10)]
    fetched = list(session.fetch(ranges, header_fields=FIELDS))
    session.logout()

    mails = [mail for part in fetched for mail in part.mails]
    assert (31, 30) == (state.uidnext, state.messages)
    assert list(range(1, 31)) == [mail.uid for mail in mails]
    assert {int(ARRIVED.timestamp())} == {mail.received for mail in mails}
    assert [7] == [mail.uid for mail in mails if mail.draft]
    assert [9] == [mail.uid for mail in mails if not mail.has_received]
    assert b"Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?= 5\r\n" in mails[4].header
    assert b"X-Other" not in mails[4].header
    assert before == mailbox.flags()


def test_folders_are_known_with_their_use(mailbox: Mailbox, session_of: Sessions) -> None:
    """Special use by LIST, names decoded, wire names kept."""
    mailbox.put(raw(1), "Lists/日本語 & more")
    session = session_of(mailbox)

    found = {folder.name: folder for folder in session.folders()}

    assert {
        "INBOX": "inbox",
        "Sent": "sent",
        "Drafts": "drafts",
        "Junk": "junk",
        "Trash": "trash",
        "Archive": "archive",
        "Lists/日本語 & more": "none",
    } == {name: folder.role for name, folder in found.items() if folder.holds_mail}
    assert 1 == session.open(found["Lists/日本語 & more"]).messages


def test_roles_are_guessed_where_the_server_keeps_them_to_itself(
    dovecot_with: DovecotFactory, session_of: Sessions
) -> None:
    """By usual names, and the parent that can't be selected holds no mail."""
    server = dovecot_with(DovecotOptions(special_use=False))
    server.add_user("ada", folders=("Gesendet", "Papierkorb", "Clients/Sent"))
    session = session_of(ada(server))

    found = {folder.name: folder.role for folder in session.folders() if folder.holds_mail}

    assert {
        "INBOX": "inbox",
        "Gesendet": "sent",
        "Papierkorb": "trash",
        "Clients/Sent": "none",
    } == found


@pytest.mark.parametrize("without", [frozenset[str](), frozenset({"LIST-STATUS", "CONDSTORE"})])
def test_states_agree_with_open(
    dovecot_with: DovecotFactory, without: frozenset[str], session_of: Sessions
) -> None:
    """In one round trip or in many, with HIGHESTMODSEQ or without."""
    server = dovecot_with(DovecotOptions(without=without))
    server.add_user("ada")
    for number in range(1, 6):
        server.put("ada", "Archive", raw(number))
    session = session_of(ada(server))
    folders = session.folders()
    gone = replace(folders[0], wire="gone", name="gone")

    states = session.states([*folders, gone])

    assert {folder.wire: session.open(folder) for folder in folders} == states
    assert ("CONDSTORE" in without) == (states["Archive"].modseq is None)
    with pytest.raises(TryLaterError, match="gone"):
        session.open(gone)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_good_certificate_is_trusted(mailbox: Mailbox, security: str) -> None:
    """By the CA in ca_file alone."""
    server = mailbox.server
    port = server.tls_port if security == "tls" else server.port
    who = Login(mailbox.user, lambda: mailbox.password)
    mailbox.put(raw(1))
    endpoint = Endpoint("localhost", port, security, server.certificates.ca)  # type: ignore[arg-type]

    session = connect(endpoint, who)
    session.open(INBOX)
    (fetched,) = session.fetch([UidRange(1, 9)], header_fields=FIELDS)
    session.logout()
    assert 1 == len(fetched.mails)

    with pytest.raises(CertificateError, match="unknown authority"):
        connect(replace(endpoint, ca_file=None), who)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Certificate.EXPIRED, "has expired"),
        (Certificate.WRONG_HOST, "made out to another host"),
        (Certificate.OTHER_CA, "unknown authority"),
        (Certificate.SELF_SIGNED, "unknown authority"),
    ],
)
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_bad_certificate_is_refused_and_no_password_sent(
    dovecot_with: DovecotFactory, kind: Certificate, words: str, security: str
) -> None:
    """Each in the words for what is wrong with it."""
    server = dovecot_with(DovecotOptions(certificate=kind))
    server.add_user("ada")
    port = server.tls_port if security == "tls" else server.port
    endpoint = Endpoint("localhost", port, security, server.certificates.ca)  # type: ignore[arg-type]
    asked: list[str] = []

    def secret() -> str:
        asked.append("x")
        return "secret"

    with pytest.raises(CertificateError, match=words):
        connect(endpoint, Login("ada", secret))

    assert [] == asked


def test_a_self_signed_certificate_may_be_trusted_itself(dovecot_with: DovecotFactory) -> None:
    """Named as ca_file it is its own authority."""
    server = dovecot_with(DovecotOptions(certificate=Certificate.SELF_SIGNED))
    server.add_user("ada")
    own: Path = server.certificates.chain(Certificate.SELF_SIGNED)

    session = connect(
        Endpoint("localhost", server.tls_port, "tls", own), Login("ada", lambda: "secret")
    )

    session.logout()


def test_a_wrong_password_is_a_refused_login(mailbox: Mailbox, session_of: Sessions) -> None:
    """It names the user and nothing more."""
    with pytest.raises(LoginError, match=mailbox.user) as raised:
        session_of(replace(mailbox, password="wr0ng"))

    assert "wr0ng" not in str(raised.value)


def test_one_connection_too_many_asks_for_patience(
    dovecot_with: DovecotFactory, session_of: Sessions
) -> None:
    """[UNAVAILABLE] Maximum number of connections: the account isn't to blame."""
    server = dovecot_with(DovecotOptions(connections=1))
    server.add_user("ada")
    first = session_of(ada(server))

    with pytest.raises(UnreachableError) as raised:
        session_of(ada(server))
    first.logout()

    assert not isinstance(raised.value, LoginError)
    assert raised.value.retry_after


@pytest.mark.parametrize("without", [frozenset[str](), frozenset({"IDLE"})])
def test_new_mail_ends_a_wait(
    dovecot_with: DovecotFactory, without: frozenset[str], session_of: Sessions
) -> None:
    """With IDLE, and by asking now and then where there is none."""
    server = dovecot_with(DovecotOptions(without=without))
    server.add_user("ada")
    session = session_of(ada(server))
    state = session.open(INBOX)
    assert not session.wait(0.3, NEVER)
    threading.Timer(0.3, server.append, ("ada", "INBOX", raw(1))).start()
    started = time.monotonic()

    assert session.wait(20, NEVER)

    assert time.monotonic() - started < 5
    (fetched,) = session.fetch([UidRange(state.uidnext, 2**32 - 1)], header_fields=FIELDS)
    assert [state.uidnext] == [mail.uid for mail in fetched.mails]
    session.logout()


@pytest.mark.parametrize("how", [Dovecot.kill, Dovecot.stop])
def test_a_server_that_goes_is_noticed_while_idling(
    dovecot_with: DovecotFactory, how: Callable[[Dovecot], None], session_of: Sessions
) -> None:
    """Within the second, killed or stopped in order."""
    server = dovecot_with(DovecotOptions())
    server.add_user("ada")
    session = session_of(ada(server))
    session.open(INBOX)
    ended: list[float] = []

    def end() -> None:
        how(server)
        ended.append(time.monotonic())

    ending = threading.Timer(0.5, end)
    ending.start()
    with pytest.raises(UnreachableError):
        session.wait(30, NEVER)
    noticed = time.monotonic()
    ending.join()

    assert noticed - ended[0] < 1.0


def test_cancel_ends_a_wait_over_tls(mailbox: Mailbox) -> None:
    """From another thread, at once, in the midst of TLS."""
    server = mailbox.server
    endpoint = Endpoint("localhost", server.tls_port, "tls", server.certificates.ca)
    session = connect(endpoint, Login(mailbox.user, lambda: mailbox.password))
    session.open(INBOX)
    threading.Timer(0.3, session.cancel).start()
    started = time.monotonic()

    with pytest.raises(UnreachableError, match="cut from this side"):
        session.wait(30, NEVER)

    assert time.monotonic() - started < 1.5
    session.close()


def test_cyrus_is_read_like_dovecot(cyrus: Cyrus) -> None:
    """The second make: login, folders, states, mails and their flags."""
    cyrus.add_user("grace")
    for number in range(1, 21):
        cyrus.append(
            "grace", "INBOX", raw(number, received=number != 3), internaldate=ARRIVED,
            flags=("\\Draft",) if number == 4 else (),
        )  # fmt: skip
    before = cyrus.flags("grace", "INBOX")
    session = connect(
        Endpoint("127.0.0.1", cyrus.port, "plain"), Login("grace", lambda: "any"), timeouts=BRIEF
    )
    folders = session.folders()
    states = session.states(folders)
    inbox = by_name(session, "INBOX")
    state = session.open(inbox)

    fetched = list(session.fetch([UidRange(1, 10), UidRange(11, 20)], header_fields=FIELDS))

    assert {"inbox", "sent", "drafts", "junk", "trash", "archive"} == {f.role for f in folders}
    assert state == states[inbox.wire]
    assert 20 == state.messages
    mails = [mail for part in fetched for mail in part.mails]
    assert list(range(1, 21)) == [mail.uid for mail in mails]
    assert {int(ARRIVED.timestamp())} == {mail.received for mail in mails}
    assert [4] == [mail.uid for mail in mails if mail.draft]
    assert [3] == [mail.uid for mail in mails if not mail.has_received]
    assert before == cyrus.flags("grace", "INBOX")
    session.logout()


def test_cyrus_tells_of_new_mail(cyrus: Cyrus) -> None:
    """At once or with the end of the IDLE."""
    cyrus.add_user("hedy")
    session = connect(
        Endpoint("127.0.0.1", cyrus.port, "plain"), Login("hedy", lambda: "any"), timeouts=BRIEF
    )
    session.open(by_name(session, "INBOX"))
    threading.Timer(0.3, cyrus.append, ("hedy", "INBOX", raw(1))).start()

    assert session.wait(3, NEVER)
    session.logout()


def test_the_oldest_mail_wanted_is_found_by_its_arrival(
    mailbox: Mailbox, session_of: Sessions
) -> None:
    """Not by its UID: what was moved here last may be the oldest."""
    for number, days in ((1, 900), (2, 3), (3, 900)):
        mailbox.put(raw(number), internaldate=ARRIVED - dt.timedelta(days=days))
    session = session_of(mailbox)
    session.open(INBOX)
    wanted = {
        days: session.oldest_since(Instant(int((ARRIVED - dt.timedelta(days=days)).timestamp())))
        for days in (1000, 10, -10)
    }
    assert wanted == {1000: 1, 10: 2, -10: HIGHEST_UID + 1}
