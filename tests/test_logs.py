"""The log: readable, one line an event, and free of secrets, contents and forged lines."""

import base64
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from krmd import logs
from krmd.base.errors import UserError
from krmd.logs.cleaning import clean

SECRET = 'correct "horse" bätt/ery'


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """As a terminal answers."""
        return True


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, text: str) -> int:
        """As a full disk answers."""
        raise OSError(28, f"no space left for {len(text)} characters")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What was logged; the log is as before afterwards."""
    handlers = list(logging.getLogger().handlers)
    yield io.StringIO()
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    """The events that were logged as JSON."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object_a_line_where_nobody_watches(stream: io.StringIO) -> None:
    """Off a terminal each event is one JSON object: time, level and event first."""
    logs.configure(stream=stream)
    structlog.get_logger().info("mail.recorded", account="home", uid=5)
    [line] = lines(stream)
    assert ["timestamp", "level", "event", "account", "uid"] == list(line)
    assert ("mail.recorded", "home", 5) == (line["event"], line["account"], line["uid"])


def test_an_event_is_a_readable_line_on_a_terminal(stream: io.StringIO) -> None:
    """On a terminal: time, level, event, then key=value, quoted where it holds blanks."""
    terminal = Terminal()
    logs.configure(stream=terminal)
    logs.get_logger().info("folder.opened", folder="Old mail", uids=3)
    assert terminal.getvalue().endswith(' folder="Old mail" uids=3\n')
    assert "{" not in terminal.getvalue()


def test_colours_are_left_out_off_a_terminal(stream: io.StringIO) -> None:
    """A line for people in a file holds no escape sequences."""
    logs.configure(stream=stream, as_json=False)
    logs.get_logger().warning("account.blind", account="home")
    assert "\x1b" not in stream.getvalue()


def test_what_lies_under_the_level_is_not_written(stream: io.StringIO) -> None:
    """The level is a floor."""
    logs.configure("warning", stream=stream)
    logs.get_logger().info("mail.recorded")
    logs.get_logger().error("store.full")
    assert ["store.full"] == [line["event"] for line in lines(stream)]


def test_an_unknown_level_is_the_users_mistake() -> None:
    """The sentence names the levels there are."""
    with pytest.raises(UserError, match="debug, info, warning, error"):
        logs.configure("loud")


@pytest.mark.parametrize(
    "key",
    ["password", "smtp_password", "client_secret", "access-token", "Authorization", "store_key",
     "apiKey", "set_cookie"],
)  # fmt: skip
def test_values_under_secret_keys_are_masked(key: str) -> None:
    """Whatever stands under such a key is hidden, also inside tables."""
    assert {key: "***"} == clean({key: "x"})
    assert {"values": {key: "***"}} == clean({"values": {key: ["x"]}})


@pytest.mark.parametrize("key", ["monkey", "keyed", "author", "tokenizer"])
def test_keys_that_only_resemble_secret_ones_are_shown(key: str) -> None:
    """Words are compared whole."""
    assert {key: "x"} == clean({key: "x"})


@pytest.mark.parametrize("key", ["subject", "body", "new_text", "html"])
def test_contents_of_mails_are_left_out(key: str) -> None:
    """The log says that a mail came, never what it says."""
    assert {key: "(content)"} == clean({key: "Dear Ada"})


def test_a_registered_secret_is_masked_wherever_it_turns_up(stream: io.StringIO) -> None:
    """In values, inside other text, in the event, in other spellings, and in tracebacks."""
    logs.register_secret(SECRET)
    logs.configure(stream=stream)
    log = logs.get_logger()
    log.info("x", url=f"https://a:{SECRET}@x.example", nested=[{"a": SECRET}], said=repr(SECRET))
    log.info("x", json=json.dumps(SECRET), raw=SECRET.encode())
    try:
        raise ValueError(f"LOGIN ada {SECRET}")
    except ValueError as error:
        log.exception("login.failed", error=error)
    logging.getLogger("other").warning("sent %s", SECRET)
    assert 4 == len(lines(stream))
    assert "horse" not in stream.getvalue()
    assert "ValueError: LOGIN ada ***" in str(lines(stream)[2]["exception"])


@pytest.mark.parametrize("user", ["", "a", "ad", "ada"])
def test_a_registered_secret_is_masked_within_base64(user: str) -> None:
    """SASL PLAIN and XOAUTH2 carry it encoded, whatever stands before it."""
    logs.register_secret(SECRET)
    encoded = base64.b64encode(f"\0{user}\0{SECRET}\1".encode()).decode()
    shown = str(clean({"sasl": encoded})["sasl"])
    assert "***" in shown
    assert len(shown) < len("***") + 4 * (len(user) + 3)


def test_short_secrets_do_not_blacken_every_line() -> None:
    """Three characters turn up everywhere by chance."""
    logs.register_secret("ada")
    assert {"address": "ada@example.org"} == clean({"address": "ada@example.org"})


@pytest.mark.parametrize("dangerous", ["\n", "\r", "\x1b[2J", "\x9b", "\u202e", "\u2066", "\u2028"])
def test_control_and_bidi_characters_are_escaped(dangerous: str) -> None:
    """Nothing read from a mail can begin a line or repaint a terminal."""
    shown = str(clean({"folder": f"a{dangerous}b"})["folder"])
    assert shown.startswith("a\\")
    assert shown.isprintable()


@given(st.text(), st.text(min_size=1))
def test_any_event_is_exactly_one_line(event: str, value: str) -> None:
    """Whatever comes in, one line goes out, on a terminal too."""
    for as_json in (True, False):
        stream = io.StringIO()
        logs.configure(stream=stream, as_json=as_json)
        logs.get_logger().info(event, folder=value, values={value: [value]})
        assert 1 == len(stream.getvalue().splitlines())
        stream.getvalue().encode()
    structlog.reset_defaults()


def test_lines_of_a_traceback_are_marked(stream: io.StringIO) -> None:
    """A message with a line break in it can't pass for an event of its own."""
    logs.configure(stream=stream, as_json=False)
    try:
        raise ValueError("x\n12:00:00Z info    mailing.approved")
    except ValueError:
        logs.get_logger().exception("mail.failed")
    first, *others = stream.getvalue().splitlines()
    assert first.endswith("mail.failed")
    assert all(line.startswith("    | ") for line in others)


def test_a_full_disk_does_not_stop_who_logs(stream: io.StringIO) -> None:
    """The daemon outlives its log."""
    logs.configure(stream=Full())
    logs.get_logger().error("store.full")


def test_a_broken_value_does_not_stop_who_logs() -> None:
    """A value that can't be shown is named by its type."""

    class Broken:
        def __str__(self) -> str:
            raise ValueError

    assert {"value": "(Broken)"} == clean({"value": Broken()})


def test_other_libraries_are_heard_from_warnings_upwards(stream: io.StringIO) -> None:
    """At debug level they show mail."""
    logs.configure("debug", stream=stream)
    logging.getLogger("imapclient").debug("a subject")
    logging.getLogger("imapclient").warning("odd %s", "answer")
    assert [("odd answer", "imapclient")] == [
        (line["event"], line["logger"]) for line in lines(stream)
    ]


def test_a_wrong_format_string_elsewhere_stops_nothing(stream: io.StringIO) -> None:
    """What another library meant to say is shown as it wrote it."""
    logs.configure(stream=stream)
    handler = logging.getLogger().handlers[-1]
    handler.handle(logging.makeLogRecord({"msg": "odd %d", "args": ("x",), "levelno": 40}))
    assert ["odd %d"] == [line["event"] for line in lines(stream)]


def test_nobody_hears_foreign_records_twice(stream: io.StringIO) -> None:
    """Configuring again, as SIGHUP does, replaces what was there."""
    logs.configure(stream=stream)
    logs.configure(stream=stream)
    logging.getLogger("other").error("once")
    assert 1 == len(lines(stream))


def test_the_journal_gets_priorities() -> None:
    """Where $JOURNAL_STREAM names standard error, lines begin with sd-daemon(3)'s prefix."""
    program = (
        "import os; from krmd import logs; s = os.fstat(2);"
        "os.environ['JOURNAL_STREAM'] = f'{s.st_dev}:{s.st_ino}';"
        "logs.configure(); logs.get_logger().warning('account.blind')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.startswith('<4>{"timestamp"')


def test_an_unconfigured_log_writes_to_standard_error() -> None:
    """Standard output belongs to the command's one JSON document."""
    program = "from krmd import logs; logs.get_logger().warning('x')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "" == done.stdout
    assert "x" == json.loads(done.stderr)["event"]


def test_importing_the_log_does_not_import_structlog() -> None:
    """It costs more than all else a short command needs."""
    program = "import sys, krmd.logs; sys.exit('structlog' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode
