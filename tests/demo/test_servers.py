"""The embedded servers hold what was put in, say what is new, and are gone when they end."""

from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from krmd.demo.mail import ARCHIVE, FOLDERS, INBOX, DemoMail
from krmd.demo.servers import EmbeddedServers
from krmd.demo.world import World, build_world
from krmd.wire.imap.endpoint import Endpoint, Login
from krmd.wire.imap.session import connect

Client = Any
"""An IMAPClient; its decorated methods carry no types."""
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    """A world cut short: what servers do with two hundred mails they do with two thousand."""
    whole = build_world(NOW, 1)
    return replace(whole, mails=whole.mails[-200:])


@pytest.fixture(scope="module")
def servers(world: World) -> Iterator[EmbeddedServers]:
    """Both servers, running, for all tests of this module."""
    with EmbeddedServers(world) as running:
        yield running


@pytest.fixture
def client(servers: EmbeddedServers) -> Iterator[Client]:
    """A client that has logged in."""
    connection: Client = IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=10)
    connection.login(servers.user, servers.password)
    connection.normalise_times = False
    yield connection
    connection.logout()


def in_folder(world: World, folder: str) -> list[DemoMail]:
    """The mails of one folder in their order."""
    return [mail for mail in world.mails if mail.folder == folder]


def test_folders_are_those_of_the_world(client: Client) -> None:
    """Found by name, since pymap knows no special use."""
    assert list(FOLDERS) == [name for _, _, name in client.list_folders()]


def test_each_folder_serves_what_was_put_in(client: Client, world: World) -> None:
    """Bytes, flags and INTERNALDATE, in the order they went in, and reading changes no flag."""
    for folder in (INBOX, ARCHIVE):
        client.select_folder(folder, readonly=True)
        mails = in_folder(world, folder)
        uids = client.search("ALL")
        answers = client.fetch(uids, ["INTERNALDATE", "FLAGS", "BODY.PEEK[]"])
        served = [
            (answers[uid][b"INTERNALDATE"], answers[uid][b"FLAGS"], answers[uid][b"BODY[]"])
            for uid in uids
        ]
        expected = [(m.received, tuple(f.encode() for f in m.flags), m.raw) for m in mails]
        assert expected == served


def test_header_fields_are_served_in_part(client: Client, world: World) -> None:
    """What krmd asks for: some fields, and the first eight bytes of another."""
    client.select_folder(INBOX, readonly=True)
    uid = client.folder_status(INBOX)[b"UIDNEXT"] - 1
    wanted = ["BODY.PEEK[HEADER.FIELDS (FROM DATE)]", "BODY.PEEK[HEADER.FIELDS (RECEIVED)]<0.8>"]
    answer = client.fetch([uid], wanted)[uid]
    assert b"Received" == answer[b"BODY[HEADER.FIELDS (RECEIVED)]<0>"]
    assert answer[b"BODY[HEADER.FIELDS (DATE FROM)]"].startswith(b"From: ")


def test_status_counts_without_opening_a_folder(client: Client, world: World) -> None:
    """How folders without IDLE are watched."""
    status = client.folder_status(ARCHIVE, ["MESSAGES", "UIDNEXT", "UIDVALIDITY"])
    assert len(in_folder(world, ARCHIVE)) == status[b"MESSAGES"]
    assert status[b"UIDVALIDITY"] > 0


def test_idling_client_hears_of_an_appended_mail(
    client: Client, servers: EmbeddedServers, world: World
) -> None:
    """New mail shows at once, without a poll."""
    before = client.folder_status(INBOX)[b"MESSAGES"]
    # Not by imapclient, whose idle_check now and then reads half a line and loses the other.
    login = Login(servers.user, lambda: servers.password)
    with connect(Endpoint("127.0.0.1", servers.imap_port, "plain"), login) as session:
        inbox = next(it for it in session.folders() if it.role == "inbox")
        session.open(inbox)
        servers.append(replace(world.mails[-1], folder=INBOX, received=NOW + timedelta(minutes=1)))
        assert session.wait(5, threading.Event())
    assert before + 1 == client.folder_status(INBOX)[b"MESSAGES"]


def test_wrong_password_is_refused(servers: EmbeddedServers) -> None:
    """The password is made anew for each run; another doesn't open the mailbox."""
    with IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=10) as stranger:
        with pytest.raises(LoginError):
            stranger.login(servers.user, "demo")
        stranger.login(servers.user, servers.password)


def test_smtp_server_keeps_what_it_is_given(servers: EmbeddedServers) -> None:
    """The sink takes mail and sends nothing on."""
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, timeout=10) as sender:
        sender.login(servers.user, servers.password)
        sender.sendmail("ada@example.org", ["grace@okonkwo.example"], b"Subject: Hi\r\n\r\nHi\r\n")
    assert servers.sent[-1].startswith(b"Subject: Hi")


def test_stop_leaves_no_thread_no_port_and_no_connection(world: World) -> None:
    """Also with a client in the middle of IDLE."""
    threads = threading.active_count()
    with EmbeddedServers(world) as servers:
        ports = (servers.imap_port, servers.smtp_port)
        client: Client = IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=10)
        client.login(servers.user, servers.password)
        client.select_folder(INBOX, readonly=True)
        client.idle()
    assert threads >= threading.active_count()  # others may have ended theirs meanwhile
    for port in ports:
        with socket.socket() as probe:
            assert 0 != probe.connect_ex(("127.0.0.1", port))
    client.shutdown()


def test_a_mail_for_a_folder_that_is_not_there_is_refused(
    servers: EmbeddedServers, world: World
) -> None:
    """A slip in the demo is a bug to see, not a mail to lose."""
    with pytest.raises(KeyError):
        servers.append(replace(world.mails[-1], folder="Nowhere"))


def test_missing_extra_is_said_in_one_sentence() -> None:
    """Without pymap the room still imports, and the demo says what to install."""
    program = (
        "import sys; sys.modules['pymap'] = None\n"
        "from datetime import datetime, UTC\n"
        "from krmd.base.errors import UserError\n"
        "from krmd.demo.servers import EmbeddedServers\n"
        "from krmd.demo.world import build_world\n"
        "import krmd.demo.show\n"
        "try:\n"
        "    EmbeddedServers(build_world(datetime.now(UTC))).__enter__()\n"
        "except UserError as error:\n"
        "    print(error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert "pip install 'krmd[demo]'" in done.stdout
    assert "" == done.stderr
