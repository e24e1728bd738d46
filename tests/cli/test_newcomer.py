"""What a newcomer types in their first hour: slips are named, and nothing is guessed silently."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from krmd.cli.menu import MENU, PLANNED
from tests.cli.seeding import Desk

LOG = """\
at,kind,who,text
2026-01-02,call,grace,compilers
2026-01-03,call,nobody,x
yesterdy,call,grace,y
"""


@pytest.mark.parametrize("flags", [(), ("--quiet",)], ids=["", "quiet"])
def test_lines_that_were_not_logged_are_always_named(friends: Desk, flags: tuple[str, ...]) -> None:
    """With line and reason, --quiet or not; the exit code says that something is missing."""
    file = friends.folder / "log.csv"
    file.write_text(LOG)
    said = friends.krmd("log-import", str(file), *flags)
    assert 2 == said.code
    assert [f"{file}:{line}: skipped" for line in (3, 4)] == [
        line[: line.index(" skipped") + 8] for line in said.err.splitlines()
    ]
    assert 2 == friends.krmd("log-import", str(file), "--json").code
    file.write_text("".join(LOG.splitlines(keepends=True)[:2]))
    assert 0 == friends.krmd("log-import", str(file), *flags).code


@pytest.mark.parametrize(
    "words", [["due", "--json"], ["due"], ["status"], ["--help"]], ids=" ".join
)
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_full_disk_is_never_a_bug(friends: Desk, words: list[str], unbuffered: str) -> None:
    """Whether what is written fails at once or when all is flushed: 75 and a sentence."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "krmd", "--config", str(friends.config), *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**friends.environ, "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    assert 75 == done.returncode, done.stderr
    assert done.stderr.startswith("krmd: the answer can't be written")
    assert 1 == len(done.stderr.splitlines())


def test_the_demo_answers_scripts_with_one_document(tmp_path: Path) -> None:
    """Whom one is losing before and after, how many mails were read, and that the feed answers; the
    play is beside.
    """
    done = subprocess.run(
        [sys.executable, "-m", "krmd", "demo", "--once", "--json"],
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    document = json.loads(done.stdout)
    fields = {"before", "after", "read", "feed", "events"}
    assert (0, fields) == (done.returncode, set(document))
    assert document["feed"].startswith("http://127.0.0.1:")
    assert document["events"] > 0
    assert document["read"] > 100
    names = [{row["name"] for row in document[when]} for when in ("before", "after")]
    assert names[0] - names[1]
    assert "Back in touch" in done.stderr


def test_the_live_demo_has_no_document(desk: Desk) -> None:
    """It ends on Ctrl-C only; a script hears what it wants instead."""
    said = desk.krmd("demo", "--json")
    assert (2, "usage") == (said.code, said.json["error"])
    assert "--once" in said.json["message"]


@pytest.mark.parametrize(
    "words", [["bad@"], ["Typo", "<typo@>"], ["Typo <typo@>"], ["Ada", "@", "Work"]], ids=" ".join
)
def test_what_has_an_at_and_is_no_address_is_refused(friends: Desk, words: list[str]) -> None:
    """A slip becomes nobody's name."""
    said = friends.krmd("contacts", "add", *words)
    assert 2 == said.code
    assert "is no email address" in said.err
    assert 1 == len(friends.krmd("contacts", "list", "--json").items)


def test_a_second_contact_of_a_name_is_told(friends: Desk) -> None:
    """Two people may be called alike; without an address only the owner knows it was meant."""
    assert "another" not in friends.krmd("contacts", "add", "Ada Byron").err
    said = friends.krmd("contacts", "add", "ada byron", "--quiet")
    assert 0 == said.code
    assert "There is another contact called ada byron" in said.err
    assert "another" not in friends.krmd("contacts", "add", "Ada Byron", "-a", "ada@b.example").err


def test_a_category_is_not_edited_by_nothing(friends: Desk) -> None:
    """What to change must be said."""
    said = friends.krmd("categories", "edit", "navy")
    assert 2 == said.code
    assert "nothing to change" in said.err


@pytest.mark.parametrize("command", ["show", "timeline", "why"])
def test_a_name_of_several_words_wants_quotes(friends: Desk, command: str) -> None:
    """And the error says so."""
    said = friends.krmd(command, "Grace", "Hopper")
    assert 2 == said.code
    assert "a name of several words goes in quotes" in said.err


def test_what_is_still_to_come_is_no_typing_error(desk: Desk) -> None:
    """Commands that are promised say that they aren't there yet; slips get a suggestion."""
    for path, names in PLANNED.items():
        for name in names:
            said = desk.krmd(*path.split()[1:], name)
            assert (2, f"krmd: {path} {name} isn't there yet\n") == (said.code, said.err)
    assert not set(PLANNED["krmd"]) & set(MENU)
    assert "Did you mean 'list'" in desk.krmd("contacts", "lst").err


@pytest.mark.parametrize("words", [[], ["show"], ["contacts"], ["contacts", "edit"]], ids=" ".join)
def test_help_is_called_h_too_and_is_plain(desk: Desk, words: list[str]) -> None:
    """Without the spelling of programmers; every option says what it is."""
    said, long = (
        subprocess.run(
            [sys.executable, "-m", "krmd", *words, flag],
            capture_output=True,
            text=True,
            env=desk.environ,
            check=False,
        )
        for flag in ("-h", "--help")
    )
    assert (0, long.stdout) == (said.returncode, said.stdout)
    for sign in ("<str", "<list", "[[", "{"):
        assert sign not in said.stdout


def test_the_second_interrupt_leaves_the_prompt_a_line(tmp_path: Path) -> None:
    """On a terminal the shell goes on below."""
    parent, child = pty.openpty()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk = Desk(tmp_path, silent.getsockname()[1])
        process = subprocess.Popen(
            [sys.executable, "-m", "krmd", "--config", str(desk.config), "sync"],
            stdin=child,
            stdout=child,
            stderr=child,
            env={**desk.environ},
            start_new_session=True,
        )
        os.close(child)
        try:
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGINT)
                shown = b""
                while b"ends at once." not in shown:
                    shown += os.read(parent, 4096)
                process.send_signal(signal.SIGINT)
                assert 130 == process.wait(timeout=30)
                shown += _rest(parent)
        finally:
            process.kill()
            process.wait()
            os.close(parent)
    assert shown.endswith(b"\n")


def _rest(handle: int) -> bytes:
    shown = b""
    while True:
        try:
            piece = os.read(handle, 4096)
        except OSError:  # Linux's way of saying that nobody holds the other end
            return shown
        if not piece:
            return shown
        shown += piece
