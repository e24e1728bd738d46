"""`krmd sync` against a real Dovecot: what it says, what it leaves, how it fails."""

import signal
import socket
import time
from pathlib import Path

import pytest

from tests.cli.seeding import CONFIG, Desk
from tests.servers.dovecot import Mailbox

LETTER = (
    "From: Grace Hopper <grace@navy.example>\r\nTo: ada@example.org\r\n"
    "Subject: dinner\r\nDate: Fri, 20 Nov 2020 18:03:00 +0000\r\n"
    "Message-ID: <{number}@navy.example>\r\n\r\nhello\r\n"
)
ACCOUNT = """
[accounts.{name}]
imap = "imap://127.0.0.1:{port}"
user = "{user}"
password = "{password}"
"""


@pytest.fixture
def connected(tmp_path: Path, mailbox: Mailbox) -> Desk:
    """Settings that lead to a mailbox with three mails."""
    for number in range(3):
        mailbox.put(LETTER.format(number=number).encode())
    return desk_for(tmp_path, mailbox)


def desk_for(folder: Path, mailbox: Mailbox, password: str | None = None) -> Desk:
    """Settings that lead to this mailbox."""
    desk = Desk(folder, port=mailbox.server.port)
    desk.write(
        CONFIG.replace('"ada"', f'"{mailbox.user}"').replace(
            '"secret"', f'"{password or mailbox.password}"'
        )
    )
    return desk


def test_sync_tells_what_it_did_in_one_document(connected: Desk) -> None:
    """`sync --json` has the fields of INTERFACE.md, and a second one has seen nothing new."""
    first = connected.krmd("sync", "--json")
    assert (0, "") == (first.code, first.err)
    account = first.json["accounts"][0]
    inbox = next(it for it in account["folders"] if it["folder"] == "INBOX")
    assert ("home", None) == (account["account"], account["error"])
    assert {"folder": "INBOX", "seen": 3, "recorded": 3, "ignored": {}, "quarantined": 0} == inbox
    assert first.json["seconds"] > 0
    second = connected.krmd("sync", "--json").json["accounts"][0]
    assert 0 == sum(folder["seen"] for folder in second["folders"])
    assert (
        "2020-11-20T18:03:00Z"
        == (connected.krmd("show", "grace@navy.example", "--json").json["last_contacted"])
    )


def test_sync_says_a_line_for_each_account(connected: Desk) -> None:
    """In a pipe there are the result lines and nothing else."""
    said = connected.krmd("sync")
    assert (0, "home: 3 mails read, 3 recorded\n", "") == (said.code, said.out, said.err)


def test_sync_on_a_terminal_shows_how_far_it_is(connected: Desk) -> None:
    """The bar goes to standard error and is gone at the end; the answer stays."""
    said = connected.krmd("sync", terminal=True)
    assert 0 == said.code
    assert "mails read" in said.out
    assert "Took" in said.err


def test_a_wrong_password_is_one_sentence_and_69(tmp_path: Path, mailbox: Mailbox) -> None:
    """The server's refusal is told without a traceback, and the password isn't."""
    desk = desk_for(tmp_path, mailbox, password="mistaken-secret")
    said = desk.krmd("sync")
    assert 69 == said.code
    assert "home: not read: " in said.out
    assert "Traceback" not in said.out + said.err
    assert "mistaken-secret" not in said.out + said.err
    document = desk.krmd("sync", "--json")
    assert 69 == document.code
    assert "refuses the login" in document.json["accounts"][0]["error"]


def test_one_broken_account_does_not_stop_the_other(connected: Desk) -> None:
    """The one is read, the other is named with its error, and the exit code is 69."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        broken = ACCOUNT.format(name="work", port=port, user="ada", password="x")
        connected.config.write_text(connected.config.read_text() + broken)
        said = connected.krmd("sync", "--json")
    home, work = said.json["accounts"]
    assert 69 == said.code
    assert (None, True) == (home["error"], home["complete"])
    assert "refuses connections" in work["error"]
    assert 0 == connected.krmd("sync", "--account", "home").code


def test_an_account_that_is_not_there_is_named_with_those_that_are(desk: Desk) -> None:
    """`--account` takes the names of krmd.toml only."""
    said = desk.krmd("sync", "--account", "hone", "--json")
    assert (2, ["home"]) == (said.code, said.json["candidates"])


def test_sync_while_another_holds_the_account_ends_with_75(connected: Desk) -> None:
    """Reading an account belongs to one process at a time."""
    from krmd.store.engine import Store
    from krmd.store.holding import Hold

    assert 0 == connected.krmd("sync").code
    store = Store(f"sqlite:///{connected.store}")
    with Hold(store, "home"):
        said = connected.krmd("sync")
    store.close()
    assert 75 == said.code
    assert "held by" in said.out


def test_an_interrupt_keeps_what_was_read(connected: Desk) -> None:
    """Ctrl-C, whenever it comes, leaves no traceback; the next sync goes on, nothing is lost."""
    process = connected.process("sync")
    time.sleep(0.7)  # somewhere between the first import and the last commit
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 130), (out, err)
    assert "Traceback" not in err
    assert 0 == connected.krmd("sync").code
    assert 3 == len(connected.krmd("timeline", "grace@navy.example", "--json").items)


def test_a_second_interrupt_ends_at_once(tmp_path: Path) -> None:
    """The first is heard and told while a server is silent, the second doesn't wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = Desk(tmp_path, port=silent.getsockname()[1]).process("sync")
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert "once more ends at once" in process.stderr.readline()
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert 130 == process.returncode
    assert time.monotonic() - began < 2


def test_a_server_that_is_not_there_is_one_sentence(desk: Desk) -> None:
    """No such port: 69, and the sentence says which."""
    said = desk.krmd("sync")
    assert 69 == said.code
    assert "127.0.0.1 port 9 refuses connections" in said.out
    assert "Traceback" not in said.out + said.err


def test_run_says_that_another_holds_the_store(connected: Desk) -> None:
    """A second daemon on SQLite ends with 75; the first goes on until SIGTERM and ends with 0."""
    first = connected.process("run")
    try:
        assert first.stderr is not None
        while "daemon.started" not in (line := first.stderr.readline()):
            assert line, "it ended before it was ready"
        second = connected.krmd("run")
        assert 75 == second.code
        assert "Traceback" not in second.err
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=30)
    assert 0 == first.returncode
