"""`krmd forget`: shown, asked, done, and finished in the store's files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from krmd.store import meta
from krmd.store.engine import Store
from tests.cli.seeding import ALAN, GRACE, OWNER, Desk, Mail

TRACES = ("Hopper", "hopper", "grace@", "compiler", "dinner", "555 0100")


def holding(desk: Desk, traces: tuple[str, ...] = TRACES) -> list[str]:
    """Which files of the desk hold any of these."""
    return [
        f"{path.name}: {it}"
        for path in sorted(desk.folder.iterdir())
        for it in traces
        if it.encode() in path.read_bytes()
    ]


def test_a_dry_run_shows_what_goes_and_changes_nothing(friends: Desk) -> None:
    """In words and as one document; no key is made for it."""
    said = friends.krmd("forget", "grace", "--dry-run")
    assert 0 == said.code
    for part in ("Grace Hopper", "grace@navy.example", "+1 555 0100", "2 entries", "mailbox"):
        assert part in said.out
    document = friends.krmd("forget", "grace", "--dry-run", "--json").json
    assert (False, False, 2, 0) == tuple(
        document[it] for it in ("forgotten", "finished", "entries", "shared")
    )
    assert ["grace@navy.example"] == document["addresses"]
    assert "Grace Hopper" == friends.krmd("show", "grace", "--json").json["name"]
    assert not (friends.folder / "key").exists()


def test_elsewhere_than_on_a_terminal_it_takes_yes(friends: Desk) -> None:
    """Else nothing is done, and the option is named."""
    said = friends.krmd("forget", "grace")
    assert 2 == said.code
    assert "--yes" in said.err
    assert 0 == friends.krmd("show", "grace").code


def test_on_a_terminal_it_shows_and_asks(friends: Desk) -> None:
    """No is no; yes is for good."""
    said = friends.krmd("forget", "grace", terminal=True, keys="n\n")
    assert 130 == said.code
    assert "Grace Hopper" in said.out
    assert 0 == friends.krmd("show", "grace").code
    said = friends.krmd("forget", "grace", terminal=True, keys="y\n")
    assert 0 == said.code
    assert "Forgot Grace Hopper." in said.out
    assert 2 == friends.krmd("show", "grace").code


def test_nothing_is_left_and_nobody_comes_back(friends: Desk) -> None:
    """The files' bytes tell nothing; the key lies beside, for its owner alone."""
    assert [] != holding(friends)
    document = friends.krmd("forget", "grace", "--yes", "--json").json
    assert (True, True) == (document["forgotten"], document["finished"])
    assert [] == holding(friends)
    assert 0o600 == (friends.folder / "key").stat().st_mode & 0o777
    assert 64 == len((friends.folder / "key").read_text().strip())
    for words in (("rebuild", "--check"), ("db", "check"), ("show", "alan")):
        assert 0 == friends.krmd(*words).code
    assert "nothing to undo" in friends.krmd("undo").err
    again = friends.krmd("forget", "grace@navy.example", "--yes")
    assert 2 == again.code
    assert "already" in again.err


def test_what_others_shared_stays_theirs(friends: Desk) -> None:
    """Without the subject; the plan tells how many."""
    friends.record([Mail(GRACE, f"{OWNER}, {ALAN}", 2, "secretly for both")])
    friends.record([Mail(ALAN, OWNER, 1, "Grace Hopper writes a compiler")])
    document = friends.krmd("forget", "grace", "--yes", "--json").json
    assert (2, 1, 1) == (document["entries"], document["shared"], document["texts"])
    subjects = [it["summary"] for it in friends.krmd("timeline", "alan", "--json").items]
    assert [None, "machines", "tests"] == subjects
    assert [] == holding(friends, (*TRACES, "secretly"))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ((), "whom to forget"),
        (("grace", "--finish"), "whom to forget"),
        (("ada@example.org", "--yes"), "your own"),
        (("nobody known", "--yes"), "nobody"),
        (("--lost-key", "--finish"), "whom to forget"),
    ],
)
def test_what_can_not_be_is_told(friends: Desk, words: tuple[str, ...], part: str) -> None:
    """In a sentence, and nothing is done."""
    said = friends.krmd("forget", *words)
    assert 2 == said.code
    assert part in said.err


def test_who_uses_the_store_is_waited_for_and_then_told_of(friends: Desk) -> None:
    """75, and the way to finish; meanwhile they are forgotten."""
    other = Store(f"sqlite:///{friends.store}")
    with other.reading() as tx:
        meta.read(tx, "rules")
        said = friends.krmd("forget", "grace", "--yes", "--json")
        assert 75 == said.code
        assert (True, False) == (said.json["forgotten"], said.json["finished"])
        assert "krmd forget --finish" in said.err
        assert 2 == friends.krmd("show", "grace").code
        assert [] != holding(friends)
    other.close()
    said = friends.krmd("forget", "--finish")
    assert (0, []) == (said.code, holding(friends))
    assert {"finished": True} == json.loads(friends.krmd("forget", "--finish", "--json").out)


def test_a_kill_before_the_files_are_done_is_made_good_for(friends: Desk) -> None:
    """By the next who forgets somebody."""
    program = (
        "import os, sys, krmd.store.shredding\n"
        "krmd.store.shredding.shred = lambda *_, **__: os.kill(os.getpid(), 9)\n"
        "from krmd.cli.door import run\n"
        "run(['forget', 'grace', '--yes', '--config', sys.argv[1]])\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(friends.config)], check=False)
    assert -9 == killed.returncode
    assert [] != holding(friends)
    assert 0 == friends.krmd("forget", "alan", "--yes").code
    assert [] == holding(friends, (*TRACES, "Turing", "machines"))


def test_a_lost_key_is_told_and_can_be_given_up(friends: Desk) -> None:
    """Without it nothing is read; with --lost-key another is made, and they may come back."""
    assert 0 == friends.krmd("forget", "grace", "--yes").code
    said = friends.krmd("forget", "--lost-key", "--yes")
    assert (2, True) == (said.code, "nothing is lost" in said.err)
    key = friends.folder / "key"
    first = key.read_text()
    key.unlink()
    said = friends.krmd("forget", "alan", "--yes")
    assert 2 == said.code
    for part in (str(key), "backup", "--lost-key"):
        assert part in said.err
    assert not key.exists()
    assert 0 == friends.krmd("show", "alan").code
    said = friends.krmd("forget", "--lost-key", "--yes", "--json")
    assert 0 == said.code
    assert said.json["tombstones"] > 0
    assert 0 == friends.krmd("forget", "alan", "--yes").code
    assert first != key.read_text()


def test_a_key_that_is_none_stops_before_anything_is_done(friends: Desk) -> None:
    """With the setting's name."""
    key: Path = friends.folder / "key"
    key.touch(mode=0o600)
    key.write_text("garbage\n")
    said = friends.krmd("forget", "grace", "--yes")
    assert 2 == said.code
    assert "store.key" in said.err
    assert "garbage" not in said.err
    assert 0 == friends.krmd("show", "grace").code
