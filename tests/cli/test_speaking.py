"""What people read: the card, the table, the sentences of `why`, and what is asked key by key."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from krmd.base.instant import Instant
from krmd.cli.spoken import ago, birthday, duration, span
from krmd.settings.find import local_zone
from tests.cli.seeding import ALAN, NOW, OWNER, Desk, Mail, with_friends


def test_a_card_is_taken_in_at_a_glance(friends: Desk) -> None:
    """Who, how to reach them, when last, which rhythm, what of; who owes whom an answer."""
    said = friends.krmd("show", "Grace")
    lines = said.out.splitlines()
    assert "Grace Hopper  ·  navy" == lines[0]
    assert ["grace@navy.example", "+1 555 0100"] == lines[1:3]
    for part in (
        r"Last contacted +3 weeks ago",
        r"you wrote +4 weeks ago",
        r"an answer may be owed",
        r"Rhythm +every 14 days, overdue by 7 days",
        r"Birthday +9 December 1906",
        r"So far +1 mail to them, 1 mail from them",
        r"← email +the compiler",
    ):
        assert re.search(part, said.out), part
    assert "\x1b" not in said.out


def test_colours_are_for_terminals_that_want_them(friends: Desk) -> None:
    """NO_COLOR and dumb terminals get none; a card is the same words without."""
    coloured = friends.krmd("show", "grace", terminal=True).out
    friends.environ["NO_COLOR"] = "1"
    plain = friends.krmd("show", "grace", terminal=True).out
    assert "\x1b[1m" in coloured
    assert plain == re.sub("\x1b\\[[0-9]*m", "", coloured)


def test_why_reads_as_sentences(friends: Desk) -> None:
    """Which mail, which folder, which rule in words, and why there is no date."""
    said = friends.krmd("why", "grace").out
    assert "The email “the compiler” in INBOX of the account home. They wrote to the owner." in said
    assert "The email “dinner?” in Sent of the account home. The owner wrote to them." in said
    assert "Last mailed: never. No mailing of yours went to them." in said


def test_why_tells_what_was_logged_by_hand(friends: Desk) -> None:
    """An entry of the owner's own is named as that."""
    friends.krmd("log", "grace", "met", "at", "the", "harbour")
    said = friends.krmd("why", "grace").out
    assert "The meeting “met at the harbour”. You logged it by hand." in said


def test_words_and_options_say_the_same_of_a_log(friends: Desk) -> None:
    """TEXT may be several words; @when in it, --at, --with, --kind, --direction are understood."""
    friends.krmd("contacts", "add", "Alan Turing", "--address", "alan@park.example")
    said = friends.krmd(
        "log", "grace", "lunch", "by", "the", "sea", "--with", "alan", "--at", "2020-02-03 12:30",
        "--kind", "meeting",
    )  # fmt: skip
    assert 0 == said.code, said.err
    for who in ("grace", "alan"):
        entry = friends.krmd("timeline", who, "--json").items[-1]
        assert ("2020-02-03T11:30:00Z", "meeting", "mutual", "lunch by the sea") == (
            entry["at"],
            entry["kind"],
            entry["direction"],
            entry["summary"],
        )


def test_what_went_to_a_whole_category_is_logged_as_to_many(friends: Desk) -> None:
    """`--audience` names everybody in it, and last contacted doesn't move."""
    before = friends.krmd("show", "grace", "--json").json
    said = friends.krmd("log", "--audience", "navy", "--kind", "letter", "the yearly letter")
    assert 0 == said.code, said.err
    card = friends.krmd("show", "grace", "--json").json
    assert before["last_contacted"] == card["last_contacted"]
    assert (1, True) == (card["counts"]["mailing"], card["last_mailed"] is not None)


def test_undo_takes_back_and_says_what(friends: Desk) -> None:
    """The last command first, and only once."""
    friends.krmd("log", "grace", "called")
    assert "Undone: Logged call" in friends.krmd("undo").out
    assert 0 == friends.krmd("show", "grace", "--json").json["counts"]["call"]


def test_a_log_from_a_file_comes_once(friends: Desk) -> None:
    """CSV as spreadsheets write it; lines that can't be are named and skipped."""
    file = friends.folder / "calls.csv"
    file.write_bytes(
        "\ufeffat,kind,who,text\r\n2026-01-02,call,grace,compilers\r\n2026-01-03,call,nobody,x\r\n".encode()
    )
    first = friends.krmd("log-import", str(file), "--json").json
    assert (1, 0) == (first["created"], first["unchanged"])
    assert [3] == [it["line"] for it in first["skipped"]]
    again = friends.krmd("log-import", str(file), "--json").json
    assert (0, 1) == (again["created"], again["unchanged"])


def test_contacts_are_edited_in_every_field(friends: Desk) -> None:
    """One command for all of it; what isn't named stays."""
    said = friends.krmd(
        "contacts", "edit", "grace", "--name", "Grace B. Hopper", "--add-address", "g@yale.example",
        "--add-category", "yale", "--remove-category", "navy", "--phone", "+1 555 0199",
        "--remove-phone", "+1 555 0100", "--birthday", "--12-09", "--every", "30", "--attention",
        "more", "--no-mailings", "--note", "likes clocks",
    )  # fmt: skip
    assert 0 == said.code, said.err
    card = friends.krmd("show", "g@yale.example", "--json").json
    assert ("Grace B. Hopper", ["yale"], ["+1 555 0199"], "--12-09", 30, "more", True) == (
        card["name"],
        card["categories"],
        card["phones"],
        card["birthday"],
        card["cadence_days"],
        card["attention"],
        card["no_mailings"],
    )
    assert ["likes clocks"] == card["notes"]
    assert 0 == friends.krmd("contacts", "edit", "g@yale.example", "--deceased").code
    assert [] == friends.krmd("due", "--all", "--json").items


def test_keep_and_drop_are_each_others_inverse(friends: Desk) -> None:
    """A correspondent becomes a contact with their history; dropped, they are out of the list."""
    assert 0 == friends.krmd("contacts", "keep", "alan@park.example").code
    card = friends.krmd("show", "alan", "--json").json
    assert (True, 1) == (card["kept"], card["counts"]["email_inbound"])
    assert 0 == friends.krmd("contacts", "drop", "alan").code
    names = [it["name"] for it in friends.krmd("contacts", "list", "--json").items]
    assert ["Grace Hopper"] == names
    dropped = friends.krmd("contacts", "list", "--dropped", "--json").items
    assert ["Alan Turing"] == [it["name"] for it in dropped]


def test_categories_are_made_renamed_merged_and_removed(friends: Desk) -> None:
    """All of it by name, without regard to case."""
    for words in (
        ["add", "Yale", "--every", "60", "--description", "the old school"],
        ["rename", "navy", "Fleet"],
        ["edit", "FLEET", "--every", "30"],
        ["merge", "fleet", "yale"],
    ):
        said = friends.krmd("categories", *words)
        assert 0 == said.code, said.err
    item = friends.krmd("categories", "list", "--json").items
    assert [("Yale", 1, 60)] == [(it["name"], it["contacts"], it["cadence_days"]) for it in item]
    assert 0 == friends.krmd("categories", "remove", "yale").code
    assert [] == friends.krmd("categories", "list", "--json").items


def test_review_in_a_pipe_is_a_list(friends: Desk) -> None:
    """Warmest first, and nobody is asked."""
    friends.record([Mail(OWNER, "cool@far.example", 900)], role="sent")
    lines = friends.krmd("contacts", "review").out.splitlines()
    assert ["alan@park.example", "cool@far.example"] == [line.split("\t")[0] for line in lines]


def test_review_on_a_terminal_takes_a_key_each(friends: Desk) -> None:
    """K keeps, n declines, s skips, q quits; what was answered is done at once."""
    for number in range(3):
        friends.record([Mail(OWNER, f"p{number}@x.example", 100 + number)], role="sent")
    said = friends.krmd("contacts", "review", terminal=True, keys="?knq")
    assert 0 == said.code, said.err
    assert "Added Alan Turing." in said.out
    assert "p0@x.example> won't be proposed again" in said.out
    left = [it["address"] for it in friends.krmd("contacts", "review", "--json").items]
    assert ["p1@x.example", "p2@x.example"] == left


def test_review_reads_keys_from_a_real_terminal(friends: Desk) -> None:
    """No return key is needed, and Ctrl-C ends it with 130."""
    friends.record([Mail(OWNER, "far@away.example", 100)], role="sent")
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "krmd", "contacts", "review", "--config", str(friends.config)],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**friends.environ, "NO_COLOR": "1"},
        start_new_session=True,
    )
    os.close(child)
    try:
        shown = _until(parent, b"keep?")
        os.write(parent, b"k")
        shown += _until(parent, b"keep?")
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30)
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    assert b"Added Alan Turing." in shown
    assert 130 == code


def _until(handle: int, wanted: bytes) -> bytes:
    shown, until = b"", time.monotonic() + 30
    while wanted not in shown and time.monotonic() < until:
        if select.select([handle], [], [], 0.2)[0]:
            shown += os.read(handle, 4096)
    assert wanted in shown, shown
    return shown


def test_rebuild_says_whether_anything_was_wrong(friends: Desk) -> None:
    """A date changed behind krmd's back is found (1) and mended."""
    import sqlite3

    with sqlite3.connect(friends.store) as connection:
        connection.execute("UPDATE recency SET last_contacted = 1")
    connection.close()
    assert 1 == friends.krmd("rebuild", "--check").code
    assert 0 == friends.krmd("rebuild").code
    assert 0 == friends.krmd("rebuild", "--check").code
    assert "db" not in friends.krmd("db", "check").err


def test_status_of_an_account_never_read_is_not_well(desk: Desk) -> None:
    """1, and the reason; after it was read 0."""
    said = desk.krmd("status")
    assert 1 == said.code
    assert "home" in said.out


def test_own_addresses_are_noticed_and_the_way_out_is_told(desk: Desk) -> None:
    """Mail in Sent from an address that isn't set."""
    desk.record(
        [Mail("ada@other.example", ALAN, number, str(number)) for number in (1, 2, 3)], "sent"
    )
    said = desk.krmd("status")
    assert "krmd accounts own ada@other.example" in said.out


def test_an_mbox_is_read_once_however_often(desk: Desk) -> None:
    """`sync --mbox`: mail from a file beside what comes by IMAP; the second time nothing is new."""
    file = desk.folder / "old.mbox"
    file.write_text(
        "From grace@navy.example Fri Nov 20 18:03:00 2020\n"
        "From: Grace Hopper <grace@navy.example>\nTo: ada@example.org\nSubject: old days\n"
        "Date: Fri, 20 Nov 2020 18:03:00 +0000\nMessage-ID: <1@navy.example>\n\nhello\n\n"
    )
    said = desk.krmd("sync", "--mbox", str(file), "--json")
    assert 0 == said.code, said.out
    assert (1, 1) == (
        said.json["accounts"][0]["folders"][0]["seen"],
        said.json["accounts"][0]["folders"][0]["recorded"],
    )
    again = desk.krmd("sync", "--mbox", str(file), "--json").json
    assert 0 == again["accounts"][0]["folders"][0]["recorded"]
    assert 1 == len(desk.krmd("timeline", "grace@navy.example", "--json").items)
    assert 2 == desk.krmd("sync", "--mbox", str(desk.folder / "none")).code


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "yesterday"),
        (13, "13 days ago"),
        (21, "3 weeks ago"),
        (59, "8 weeks ago"),
        (61, "2 months ago"),
        (365, "12 months ago"),
        (731, "2 years ago"),
        (3653, "10 years ago"),
    ],
)
def test_times_are_said_as_people_say_them(days: int, words: str) -> None:
    """In the largest unit that is still exact enough."""
    zone = local_zone({"TZ": "Europe/Berlin"})
    now = Instant(int(NOW.replace(hour=12).timestamp()))
    assert words == ago(Instant(now - days * 86400), now, zone)


def test_spans_birthdays_and_durations_have_words() -> None:
    """With and without a year; seconds and minutes."""
    assert ("12 March 1985", "29 February") == (birthday("1985-03-12"), birthday("--02-29"))
    assert ("0.4 s", "3 min 5 s", "1 day") == (duration(0.4), duration(185), span(1))


def test_the_demo_plays_one_round(tmp_path: Path) -> None:
    """`krmd demo --once`: the table, new mails, the table again; nothing is left behind."""
    done = subprocess.run(
        [sys.executable, "-m", "krmd", "demo", "--once"],
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "Before: whom you are losing" in done.stdout
    assert "Back in touch" in done.stdout
    assert [] == list(tmp_path.iterdir())


def test_what_starting_costs_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures for the reader; a machine that is busy would make a limit a lie."""
    desk = with_friends(Desk(tmp_path))
    calls = {
        "import typer": ["-c", "import typer"],
        "krmd --help": ["-m", "krmd", "--help"],
        "import sqlalchemy, typer, pydantic": ["-c", "import sqlalchemy, typer, pydantic"],
        "krmd show": ["-m", "krmd", "show", "grace", "--config", str(desk.config)],
    }
    with capsys.disabled():
        for name, words in calls.items():
            print(f"\n{name}: {1000 * min(_seconds(words, desk) for _ in range(3)):.0f} ms", end="")
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True
    ).stderr
    assert "" == loaded.strip()


_LOADED = """
import sys
from krmd.cli.door import run
import io
run(["--help"], {}, streams=(io.StringIO(), io.StringIO(), io.StringIO()))
heavy = {"sqlalchemy", "pydantic", "rich", "structlog", "imapclient", "alembic", "asyncio"}
print(" ".join(sorted(heavy & set(sys.modules))), file=sys.stderr)
"""


def _seconds(words: list[str], desk: Desk) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], capture_output=True, env=desk.environ, check=True)
    return time.perf_counter() - began
