"""`krmd log-import` of calendars and of large files, as from a shell."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from krmd.cli import log_file
from tests.cli.seeding import Desk
from tests.formats.calendars import calendar, meeting

OWN = "ada@example.org"
GRACE = "grace@navy.example"
ALAN = "alan@park.example"
EVENTS = (
    meeting("1", "20240305T113000Z", who=GRACE, summary="Lunch \x1b[31m\u202e"),
    meeting("2", "20240306T113000Z", who="stranger@x.example"),
    meeting("3", "20240231T113000Z", who=GRACE),
    meeting("4", "20240307T113000Z", "STATUS:CANCELLED", who=GRACE),
    meeting("5", "20990307T113000Z", who=GRACE),
    meeting("6", "20240305T113000", who=ALAN).replace("DTSTART", "DTSTART;TZID=Mars"),
    meeting("7", "20240309T113000Z", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWN}", who=GRACE),
)


@pytest.fixture
def file(friends: Desk) -> Path:
    """A meeting with Grace, one with Alan, and events that are none; its name is no calendar's."""
    file = friends.folder / "home.csv"
    file.write_bytes(calendar(*EVENTS))
    return file


def test_a_calendar_is_told_in_one_document(friends: Desk, file: Path) -> None:
    """What was entered, what was known, what was skipped and why, what was none."""
    said = friends.krmd("log-import", str(file), "--json")
    assert 2 == said.code
    assert {
        "created": 2,
        "unchanged": 0,
        "skipped": [
            {"file": str(file), "line": 16, "reason": "has no date in DTSTART: “20240231T113000Z”"}
        ],
        "skipped_unnamed": 0,
        "ignored": 4,
        "ignored_for": {"cancelled": 1, "declined": 1, "nobody_known": 1, "not_over": 1},
        "remarks": [
            {
                "file": str(file),
                "line": 35,
                "remark": "nobody knows the time zone “Mars”; yours is taken for it",
            }
        ],
    } == said.json
    assert "" == said.err
    again = friends.krmd("log-import", str(file), "--json").json
    assert (0, 2) == (again["created"], again["unchanged"])
    met = friends.krmd("timeline", "alan", "--json").items[-1]
    assert ("2024-03-05T10:30:00Z", "meeting") == (met["at"], met["kind"])


def test_a_calendar_is_told_in_words(friends: Desk, file: Path) -> None:
    """Lines with their reasons beside it; one undo takes all of it back."""
    said = friends.krmd("log-import", str(file))
    assert 2 == said.code
    assert (
        "2 logged, 0 were known, 1 not. Left out: 1 cancelled, 1 you declined or never answered,"
        " 1 with nobody you know, 1 not over yet.\n"
    ) == said.out
    assert [f"{file}:16: skipped", f"{file}:35: nobody"] == [
        " ".join(line.split()[:2]).rstrip(":") for line in said.err.splitlines()
    ]
    assert "\x1b" not in friends.krmd("timeline", "grace").out
    assert "Undone: 2 entries from home.csv" in friends.krmd("undo").out
    counts = friends.krmd("show", "grace", "--json").json["counts"]
    assert 0 == counts["meeting"]


def test_the_crowd_is_as_large_as_the_settings_say(friends: Desk) -> None:
    """[counting] personal_recipients, as with mail."""
    friends.write(friends.config.read_text() + "\n[counting]\npersonal_recipients = 2\n")
    crowd = [f"ATTENDEE:mailto:guest{it}@x.example" for it in range(2)]
    file = friends.folder / "crowd.ics"
    file.write_bytes(calendar(meeting("1", "20240305T113000Z", *crowd, who=GRACE)))
    assert 0 == friends.krmd("log-import", str(file)).code
    met = friends.krmd("timeline", "grace", "--json").items[-1]
    assert ("meeting", "group", False) == (met["kind"], met["reach"], met["counts"])


def test_standard_input_may_be_a_calendar(friends: Desk) -> None:
    """As may be a pipe, which can be read once only."""
    text = calendar(EVENTS[0]).decode()
    assert 1 == friends.krmd("log-import", "-", "--json", keys=text).json["created"]
    pipe = friends.folder / "pipe"
    os.mkfifo(pipe)
    for octets, created in (
        (calendar(meeting("9", "20240305T113000Z", who=GRACE)), 1),
        (b"at,kind,who\n2026-01-02,call,grace\n2026-01-03,call,grace\n", 2),
    ):
        writer = threading.Thread(target=pipe.write_bytes, args=(octets,))
        writer.start()
        assert created == friends.krmd("log-import", str(pipe), "--json").json["created"]
        writer.join()


def test_a_long_file_shows_how_far_it_is(friends: Desk) -> None:
    """On a terminal, and leaves nothing of it behind; in a pipe nothing."""
    file = friends.folder / "long.ics"
    events = (meeting(str(it), "20240305T113000Z", who="stranger@x.example") for it in range(1_200))
    file.write_bytes(calendar(*events))
    said = friends.krmd("log-import", str(file), terminal=True)
    assert "\rCome to line 5,998" in said.err
    assert said.err.endswith("  \r")
    assert "1,200 with nobody you know" in said.out
    assert "" == friends.krmd("log-import", str(file)).err
    assert "" == friends.krmd("log-import", str(file), "--quiet", terminal=True).err


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"BEGIN:VCALENDAR\n" + b"X-A:" + b"a" * log_file.LARGEST_CALENDAR, "larger than 50 MB"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 200_001, "200,000 events"),
        (b"at,kind,who\n2026-01-02,call,grace\n" + b"2026-01-03,call,\xff\n", "no UTF-8 text"),
        (b"\x00" * 100, "this is no log"),
        (b"", "this is no log"),
    ],
    ids=["large", "many", "latin", "zeros", "empty"],
)
def test_what_cannot_be_taken_in_changes_nothing(friends: Desk, octets: bytes, why: str) -> None:
    """One plain sentence, exit code 2, the book as before."""
    file = friends.folder / "file"
    file.write_bytes(octets)
    said = friends.krmd("log-import", str(file))
    assert (2, "") == (said.code, said.out)
    assert why in said.err
    assert 1 == len(said.err.splitlines())
    assert 0 == friends.krmd("show", "grace", "--json").json["counts"]["call"]


@pytest.mark.parametrize("name", ["/dev/zero", "/proc/self/mem", "."])
def test_what_is_no_file_is_refused(friends: Desk, name: str) -> None:
    """Endless, unreadable, a folder."""
    said = friends.krmd("log-import", name)
    assert 2 == said.code
    assert 1 == len(said.err.splitlines())


def test_a_line_without_end_costs_itself(friends: Desk) -> None:
    """Memory stays bounded, and the lines after it have their numbers."""
    file = friends.folder / "log.jsonl"
    fine = '{"at": "2026-01-02", "who": "grace", "kind": "call"}\n'
    with file.open("w") as opened:
        opened.write(fine + '{"at": "')
        for _ in range(60):
            opened.write("x" * 1_000_000)
        opened.write('"}\n' + fine.replace("01-02", "01-03") + "nonsense\n")
    script = (
        "import sys; from krmd.cli.door import run; code = run(sys.argv[1:]);"
        "print(open('/proc/self/status').read(), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "log-import", str(file), "--config", str(friends.config)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **friends.environ},
        check=False,
    )
    lines = done.stderr.splitlines()
    assert ["2", "4"] == [line.split(":")[1] for line in lines[:2]], done.stderr
    assert (2, "2 logged, 0 were known, 2 not.\n") == (done.returncode, done.stdout)
    assert int(done.stderr.partition("VmHWM:")[2].split()[0]) < 150_000
