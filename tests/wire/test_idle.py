"""Waiting for news: nothing is missed, and a dead line is noticed."""

import threading
import time

import pytest

from krmd.base.errors import UnreachableError
from krmd.wire.imap.session import ImapSession
from tests.servers.scripted import Peer, Routine, ScriptedImap, done, hang_up, saying, silence
from tests.wire.conftest import INBOX, Meet

NEVER = threading.Event()


def idling(*before: bytes, during: bytes = b"", after: bytes = b"") -> Routine:
    """Sends octets before, with and long after the `+`, and lines with the answer to DONE."""

    def answer(peer: Peer, tag: bytes, _rest: bytes) -> None:
        peer.send(b"".join(before))
        if during:
            time.sleep(0.1)
            peer.send(during)
        done(peer)
        peer.send(after + tag + b" OK idled\r\n")

    return answer


def opened(meet: Meet, routine: Routine) -> ImapSession:
    """A session on the INBOX whose IDLE is answered so."""
    session = meet(ScriptedImap({"IDLE": routine}))
    session.open(INBOX)
    return session


@pytest.mark.parametrize(
    "routine",
    [
        idling(b"+ idling\r\n", during=b"* 4 EXISTS\r\n"),
        idling(b"+ idling\r\n* 4 EXISTS\r\n"),
        idling(b"* 4 EXISTS\r\n+ idling\r\n"),
        idling(b"+ idling\r\n", during=b"* OK still here\r\n* 2 EXPUNGE\r\n"),
        idling(b"+ idling\r\n", during=b"* VANISHED 4:7\r\n"),
        idling(b"+\r\n", during=b"* 4 exists\r\n"),
    ],
    ids=["later", "with the plus", "before the plus", "expunged", "vanished", "odd spelling"],
)
def test_news_are_heard_wherever_they_stand(meet: Meet, routine: Routine) -> None:
    """Also in the same segment as `+ idling`, which imapclient sleeps over."""
    session = opened(meet, routine)
    started = time.monotonic()

    assert session.wait(30, NEVER)
    assert time.monotonic() - started < 1.0


def test_news_split_over_segments_are_heard(meet: Meet) -> None:
    """Imapclient breaks on them."""

    def answer(peer: Peer, tag: bytes, _rest: bytes) -> None:
        peer.trickle(b"+ idling\r\n* 4 EXI")
        time.sleep(0.7)
        peer.trickle(b"STS\r\n")
        done(peer)
        peer.say(tag + b" OK idled")

    assert opened(meet, answer).wait(30, NEVER)


def test_news_that_come_only_with_the_end_are_heard(meet: Meet) -> None:
    """Cyrus without idled tells them when DONE is said."""
    session = opened(meet, idling(b"+ idling\r\n", after=b"* 4 EXISTS\r\n"))

    assert session.wait(0.2, NEVER)


def test_silence_is_no_news_and_the_session_goes_on(meet: Meet) -> None:
    """Flags of others and `still here` aren't news either."""
    chatter = b"* OK still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
    session = opened(meet, idling(b"+ idling\r\n", during=chatter))

    assert not session.wait(0.4, NEVER)
    assert 3 == session.state(INBOX).messages


def test_news_before_the_wait_end_it_before_it_begins(meet: Meet) -> None:
    """A server says EXISTS once; with which answer is its own choice."""
    rules = {"NOOP": saying(b"* 4 EXISTS", b"TAG OK nothing")}
    server = ScriptedImap(rules)
    session = meet(server)
    session.open(INBOX)
    session.noop()

    assert session.wait(30, NEVER)
    assert [] == server.commands("IDLE")
    assert not session.wait(0.1, NEVER)


def test_the_stop_event_ends_a_wait(meet: Meet) -> None:
    """Within half a second, and DONE is said."""
    server = ScriptedImap()
    session = meet(server)
    session.open(INBOX)
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()

    assert not session.wait(30, stop)
    assert time.monotonic() - started < 1.2
    assert [b"DONE"] == server.commands("^DONE$")


@pytest.mark.parametrize(
    ("ending", "words"),
    [(hang_up, "closed the connection"), (saying(b"* BYE going down"), "going down")],
)
def test_an_end_during_idle_is_noticed_within_a_second(
    meet: Meet, ending: Routine, words: str
) -> None:
    """Imapclient reports nothing new, nineteen thousand times in a third of a second."""

    def answer(peer: Peer, tag: bytes, rest: bytes) -> None:
        peer.say(b"+ idling")
        time.sleep(0.3)
        ending(peer, tag, rest)

    session = opened(meet, answer)
    started = time.monotonic()

    with pytest.raises(UnreachableError, match=words):
        session.wait(30, NEVER)

    assert time.monotonic() - started < 1.3


def test_a_server_that_died_silently_is_noticed_by_done(meet: Meet) -> None:
    """Silence is normal in an IDLE; silence after DONE is not."""

    def answer(peer: Peer, tag: bytes, rest: bytes) -> None:
        peer.say(b"+ idling")
        silence(peer, tag, rest)

    session = opened(meet, answer)
    started = time.monotonic()

    with pytest.raises(UnreachableError, match="said nothing for 1 second"):
        session.wait(0.3, NEVER)

    assert time.monotonic() - started < 2.5


def test_a_server_that_ends_the_idle_by_itself_is_left(meet: Meet) -> None:
    """Some do after their own time, with OK; nothing may be waited for then."""
    session = opened(meet, saying(b"+ idling", b"TAG OK enough"))

    with pytest.raises(UnreachableError, match="enough"):
        session.wait(5, NEVER)


@pytest.mark.parametrize("offered", [True, False])
def test_without_idle_the_server_is_asked_now_and_then(meet: Meet, offered: bool) -> None:
    """Also where IDLE is announced and refused."""
    asked: list[bytes] = []

    def noop(peer: Peer, tag: bytes, rest: bytes) -> None:
        asked.append(rest)
        if len(asked) == 2:
            peer.say(b"* 4 EXISTS")
        peer.say(tag + b" OK nothing")

    server = ScriptedImap(
        {"NOOP": noop, "IDLE": saying(b"TAG BAD no such command")},
        capabilities="IMAP4rev1 AUTH=PLAIN" + (" IDLE" if offered else ""),
    )
    session = meet(server)
    session.open(INBOX)

    assert session.wait(10, NEVER)
    assert 2 == len(asked)
    assert offered == bool(server.commands("IDLE"))


def test_an_end_without_idle_is_noticed_at_once(meet: Meet) -> None:
    """The line is listened to between two NOOPs."""
    server = ScriptedImap(
        {"EXAMINE.*": saying(b"* 0 EXISTS", b"TAG OK opened")}, capabilities="IMAP4rev1 AUTH=PLAIN"
    )
    session = meet(server)
    session.open(INBOX)
    threading.Timer(0.1, server._peers[0].close).start()

    with pytest.raises(UnreachableError):
        session.wait(5, NEVER)
