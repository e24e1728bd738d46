"""Responses into values, for any octets; and the gate before every command."""

import contextlib
import datetime as dt
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import UnreachableError, UserError
from krmd.wire.imap.answer import Gathered
from krmd.wire.imap.gate import field_names, mailbox_name, quoted
from krmd.wire.imap.grammar import UnreadableError, Untagged, parse, read_response
from krmd.wire.imap.internaldate import ArrivalTimes
from krmd.wire.imap.stream import Stream
from krmd.wire.modified_utf7 import decoded


def test_values_are_atoms_strings_lists_and_nil() -> None:
    """A number in a name's place stays what it was spelled."""
    parts = (
        rb'LIST (\Noselect) "/" 007 NIL "NIL" (a (b ""))',
        b"li(te\r\nral",
        rb' "q\"\\x" [G]/x',
    )

    assert [
        b"LIST", [b"\\Noselect"], b"/", b"007", None, b"NIL", [b"a", [b"b", b""]],
        b"li(te\r\nral", b'q"\\x', b"[G]/x",
    ] == parse(parts)  # fmt: skip


@pytest.mark.parametrize("text", [b"(", b")", b'"open', b"(" * 50 + b")" * 50])
def test_what_keeps_to_no_grammar_is_unreadable(text: bytes) -> None:
    """And nothing else is raised."""
    with pytest.raises(UnreadableError):
        parse((text,))


@given(st.binary(max_size=300))
def test_any_line_is_values_or_unreadable(text: bytes) -> None:
    """Never another exception, never without end."""
    with contextlib.suppress(UnreadableError):
        parse((text,))


@given(
    st.lists(
        st.binary(max_size=200) | st.sampled_from([b"* 1 FETCH (UID 1 ", b"{5}\r\n", b"* OK x\r\n"])
    )
)
def test_any_octets_are_a_response_or_an_unreachable_server(pieces: list[bytes]) -> None:
    """A server may say what it likes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(2)
        stream = Stream(ours, name="test", timeout=2)
        sender = threading.Thread(target=_say, args=(theirs, b"".join(pieces)))
        sender.start()
        with pytest.raises(UnreachableError):
            _read_on(stream)
        sender.join()


def _say(to: socket.socket, octets: bytes) -> None:
    to.sendall(octets)
    to.close()


def _read_on(stream: Stream) -> None:
    gathered = Gathered(ArrivalTimes(1_790_000_000))
    while True:
        stream.position, missing = gathered.scan(stream.buffer, stream.position)
        if missing:
            stream.fill(missing)
            continue
        response = read_response(stream, "test")
        if isinstance(response, Untagged):
            gathered.add(response)
            gathered.settle(1, 2**32)


@given(st.binary(max_size=60))
def test_any_stamp_is_an_instant(stamp: bytes) -> None:
    """Between 1990 and a day ahead of the reading."""
    assert 631152000 <= ArrivalTimes(1_790_000_000).at(stamp) <= 1_790_000_000 + 86400


@given(
    st.datetimes().filter(lambda d: 1991 <= d.year <= 2025),
    st.sampled_from(["+0000", "-0700", "+0545"]),
)
def test_a_stamp_means_its_instant(moment: dt.datetime, zone: str) -> None:
    """The same by the quick way and by the careful one."""
    stamp = moment.strftime(f"%d-%b-%Y %H:%M:%S {zone}")
    expected = int(dt.datetime.strptime(stamp, "%d-%b-%Y %H:%M:%S %z").timestamp())
    times = ArrivalTimes(1_790_000_000)
    for spelled in (stamp, stamp, stamp.removeprefix("0"), stamp.lower()):
        assert expected == times.at(spelled.encode())


@given(st.text())
def test_names_survive_modified_utf7(name: str) -> None:
    """What an honest server spells is read back; control characters aren't shown."""
    from imapclient.imap_utf7 import encode

    name = "".join(c for c in name if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)
    assert name == decoded(encode(name))


@given(st.binary())
def test_any_name_can_be_shown(raw: bytes) -> None:
    """Never an exception, never a control character."""
    assert all(c == "\ufffd" or c.isprintable() or ord(c) > 159 or c == " " for c in decoded(raw))


@pytest.mark.parametrize("bad", ["a\rb", "a\nb", "a\0b", "x\r\nA1 DELETE INBOX"])
def test_the_gate_lets_no_line_break_through(bad: str) -> None:
    """Nor a NUL; names of header fields are names of header fields."""
    with pytest.raises(UserError):
        quoted(bad.encode())
    with pytest.raises(UserError):
        mailbox_name(bad)
    for names in ((bad,), ("From)] BODY[",), ("",), ("X Y",)):
        with pytest.raises(ValueError, match="no header field"):
            field_names(names)


@given(st.binary().filter(lambda b: not set(b) & {0, 10, 13}))
def test_quoting_is_undone_by_parsing(argument: bytes) -> None:
    """Whatever passes the gate arrives as it was."""
    assert [argument] == parse((quoted(argument),))
