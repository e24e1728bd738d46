"""What can go wrong around a command: one sentence, the right exit code, never a traceback."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from krmd.cli.door import run
from tests.cli.seeding import CONFIG, Desk, Said, TerminalText


def refused(said: Said, code: int, *words: str) -> None:
    """The call failed as it should: in a sentence that holds these words."""
    assert code == said.code, said
    assert "Traceback" not in said.out + said.err
    for word in words:
        assert word in said.err


def test_all_problems_of_the_settings_are_told_at_once(desk: Desk) -> None:
    """Each on a line with its place, in JSON as a list."""
    desk.write(
        CONFIG.replace("timezone", "timezon").replace('user = "ada"\n', "poll_seconds = 1\n")
    )
    said = desk.krmd("show", "grace")
    refused(said, 2, "timezon", "did you mean timezone?", "poll_seconds")
    assert 3 == len(said.err.splitlines())
    document = desk.krmd("show", "grace", "--json").json
    assert "settings" == document["error"]
    assert 3 == len(document["problems"])


def test_settings_that_are_not_there(desk: Desk) -> None:
    """The way out is named."""
    desk.config.unlink()
    refused(desk.krmd("due"), 2, "krmd init")


def test_a_password_that_others_can_read_is_refused(desk: Desk) -> None:
    """With the command that mends it."""
    desk.config.chmod(0o644)
    refused(desk.krmd("due"), 2, "chmod 600")


def test_a_file_that_is_no_store(desk: Desk) -> None:
    """Something else lies where the store should be."""
    desk.store.write_bytes(b"this is no database at all, but something else\n" * 100)
    refused(desk.krmd("due"), 2, "no SQLite file or is damaged")


def test_a_damaged_store(friends: Desk) -> None:
    """Pages overwritten in the middle are noticed as damage, not as a bug."""
    with friends.store.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (friends.store.stat().st_size - 8192))
    for name in ("-wal", "-shm"):
        Path(f"{friends.store}{name}").unlink(missing_ok=True)
    refused(friends.krmd("contacts", "list"), 2, "damaged")
    said = friends.krmd("db", "check")
    assert said.code in (1, 2)
    assert "Traceback" not in said.out + said.err


def test_a_store_of_a_newer_krmd_is_refused(friends: Desk) -> None:
    """Nothing is written to what this version doesn't know."""
    with sqlite3.connect(friends.store) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused(friends.krmd("due"), 2, "newer krmd")
    refused(friends.krmd("db", "upgrade"), 2, "newer krmd")


def test_a_store_of_somebody_else_is_refused(desk: Desk) -> None:
    """A database with foreign tables isn't ours to migrate."""
    with sqlite3.connect(desk.store) as connection:
        connection.execute("CREATE TABLE sheep (name TEXT)")
    connection.close()
    refused(desk.krmd("due"), 2, "not krmd's")


def test_a_store_that_can_not_be_opened(desk: Desk) -> None:
    """A folder stands where the file should be."""
    desk.store.mkdir()
    refused(desk.krmd("due"), 2, "can't be opened")


def test_a_store_that_can_not_be_written(friends: Desk) -> None:
    """The one who calls may read the store and not write it: said in a sentence."""
    if os.getuid() == 0:
        # root may write everything; what root may not is a file marked immutable by SQLite's URI,
        # so the mode is tried as nobody.
        said = as_nobody(friends, "contacts", "add", "Eve")
    else:
        friends.store.chmod(0o400)
        said = friends.krmd("contacts", "add", "Eve")
    refused(said, 2, str(friends.store))


def as_nobody(desk: Desk, *words: str) -> Said:
    """Krmd called by a user who may read the desk and nothing else."""
    for folder in (desk.folder, *desk.folder.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    for file in desk.folder.iterdir():
        file.chmod(0o444)
    desk.write(CONFIG.replace('"secret"', '{ env = "HOME_PASSWORD" }'))
    desk.config.chmod(0o444)
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, "--config", str(desk.config), *words],
        capture_output=True,
        text=True,
        env={**desk.environ},
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


_AS_NOBODY = """
import os, sys
from krmd.cli.door import run
from krmd import bootstrap
import krmd.cli.contacts, alembic.command, krmd.app.people
os.setgid(65534); os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""


def test_a_bug_says_that_it_is_one(desk: Desk) -> None:
    """One line and 70; the traceback is for those who ask for it."""
    desk.environ["COLUMNS"] = "80"

    class Broken(TerminalText):
        def write(self, text: str) -> int:
            raise ZeroDivisionError(text)

    for words, wanted in (([], False), (["-v"], True)):
        err = TerminalText()
        streams = (TerminalText(), Broken(), err)
        code = run([*words, "--version"], desk.environ, streams=streams)
        assert 70 == code
        assert "bug in krmd (ZeroDivisionError)" in err.getvalue()
        assert wanted == ("Traceback" in err.getvalue())


def test_a_closed_pipe_is_no_error(friends: Desk) -> None:
    """`krmd contacts list | head -1` ends in silence."""
    for number in range(50):
        friends.krmd("contacts", "add", f"Person {number}", "--address", f"p{number}@x.example")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "krmd", "--config", str(friends.config), "contacts", "list"],
            stdout=pipe,
            stderr=subprocess.PIPE,
            env={**friends.environ},
            check=False,
        )
    assert (0, b"") == (done.returncode, done.stderr)


def test_a_full_disk_behind_the_answer_is_told(friends: Desk) -> None:
    """Who redirects to a full disk hears of it."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "krmd", "--config", str(friends.config), "due", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**friends.environ},
            check=False,
        )
    assert 75 == done.returncode
    assert "the answer can't be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["show", "--help"], ["contacts", "add", "--help"]])
def test_help_needs_no_settings(desk: Desk, words: list[str]) -> None:
    """Help is there before anything is set up, also in ASCII-only terminals."""
    done = subprocess.run(
        [sys.executable, "-m", "krmd", *words],
        capture_output=True,
        text=True,
        env={"HOME": str(desk.folder), "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "Usage: krmd" in done.stdout


def test_words_that_are_no_text_are_refused(friends: Desk) -> None:
    """Octets that aren't UTF-8 come as lone surrogates (PEP 383); no database takes them."""
    for words in (
        ["contacts", "add", "Na\udcffme"],
        ["show", "a\udcff@x.example"],
        ["contacts", "edit", "grace", "--note=\udcff"],
    ):
        refused(friends.krmd(*words), 2, "no text in UTF-8")
        said = friends.krmd(*words, "--json")
        assert "usage" == said.json["error"]
        (said.out + said.err).encode()
    assert 1 == len(friends.krmd("contacts", "list", "--json").items)


def test_a_file_is_found_whatever_octets_its_name_has(friends: Desk) -> None:
    """File systems know no character sets."""
    file = friends.folder / "caf\udce9.csv"
    file.write_text("at,kind,who\n2026-01-02,call,grace\n")
    assert 0 == friends.krmd("log-import", str(file)).code


def test_a_cadence_beyond_reason_is_refused(friends: Desk) -> None:
    """A number no database could keep is the user's mistake, not a bug."""
    refused(friends.krmd("contacts", "edit", "grace", "--every", "9" * 30), 2, "--every")


def test_closed_streams_are_no_bug(friends: Desk) -> None:
    """As under `>&-` and in services without any stream."""
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            'exec "$0" -m krmd --config "$1" due <&- >&-',
            sys.executable,
            str(friends.config),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env={**friends.environ},
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
