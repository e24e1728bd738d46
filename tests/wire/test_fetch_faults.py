"""Reading mails from servers that have habits, and from servers that fail."""

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krmd.base.errors import UnreachableError
from krmd.intake.mailbox import FailedUid, Folder, UidRange
from krmd.wire.imap.session import connect
from tests.servers.scripted import (
    Mail,
    Peer,
    Routine,
    ScriptedImap,
    fetched,
    hang_up,
    saying,
    silence,
    usual_form,
)
from tests.wire.conftest import FIELDS, INBOX, NOW, QUICK, Meet, endpoint_of, fetch_all, login

HEADER = b"From: ada@example.org\r\nSubject: hello\r\n\r\n"
STAMPED = b'UID %d INTERNALDATE "17-Jul-2020 02:44:25 -0700" BODY[HEADER.FIELDS (FROM)] %s'
ARRIVED = 1594979065  # 17-Jul-2020 02:44:25 -0700


def uids(mails: tuple[object, ...]) -> list[int]:
    """The UIDs of mails."""
    return [mail.uid for mail in mails]  # type: ignore[attr-defined]


def refusing(*poison: int, words: bytes = b"NO can't") -> Routine:
    """Refuses every range with one of these UIDs in it, having sent what comes before."""

    def answer(peer: Peer, tag: bytes, rest: bytes) -> None:
        answers = list(peer.server.answer_fetch(rest))
        for uid, response in answers:
            if uid in poison:
                peer.say(tag + b" " + words)
                return
            peer.say(response)
        peer.say(tag + b" OK fetched")

    return answer


def test_fetch_gives_each_mail_once_with_what_it_was_asked_for(meet: Meet) -> None:
    r"""UID, INTERNALDATE in UTC, the header's octets, \Draft, and whether it has a Received."""
    server = ScriptedImap(mails={4: Mail(), 9: Mail(flags="\\Draft \\Seen", received=False)})

    fetched = fetch_all(meet(server))

    assert [4, 9] == uids(fetched.mails)
    assert [ARRIVED, ARRIVED] == [mail.received for mail in fetched.mails]
    assert [HEADER, HEADER] == [mail.header for mail in fetched.mails]
    assert [False, True] == [mail.draft for mail in fetched.mails]
    assert [True, False] == [mail.has_received for mail in fetched.mails]
    assert () == fetched.failed


def test_nothing_but_examine_and_peek_is_said(meet: Meet) -> None:
    """No SELECT, STORE, APPEND, EXPUNGE, and no BODY[ that isn't BODY.PEEK[."""
    server = ScriptedImap()

    session = meet(server)
    session.folders()
    fetch_all(session)
    session.wait(0.1, threading.Event())
    session.logout()

    words = {line.split(b" ")[1] for line in server.heard if b" " in line}
    assert {
        b"CAPABILITY",
        b"AUTHENTICATE",
        b"LIST",
        b"EXAMINE",
        b"UID",
        b"IDLE",
        b"LOGOUT",
    } == words
    assert [] == server.commands(r"UID (?!FETCH|INTERNALDATE)|BODY\[|RFC822|ENVELOPE")


def test_a_sent_folder_is_not_asked_for_received(meet: Meet) -> None:
    """What the owner sent proves nothing by it, so the octets are saved."""
    server = ScriptedImap()
    session = meet(server)
    session.open(Folder("Sent", "Sent", "sent", "/", holds_mail=True))

    (fetched,) = session.fetch([UidRange(1, 9)], header_fields=FIELDS)

    assert [] == server.commands("RECEIVED")
    assert [None, None, None] == [mail.has_received for mail in fetched.mails]


def test_lines_split_anywhere_are_read_the_same(meet: Meet) -> None:
    """Pymap and others send a line in several segments; here every octet comes alone."""

    def trickling(peer: Peer, tag: bytes, rest: bytes) -> None:
        for _, response in peer.server.answer_fetch(rest):
            peer.trickle(response + b"\r\n")
        peer.trickle(tag + b" OK fetched\r\n")

    fetched = fetch_all(meet(ScriptedImap({"UID FETCH.*": trickling})))

    assert [1, 2, 3] == uids(fetched.mails)
    assert {HEADER} == {mail.header for mail in fetched.mails}


def spelled_courier(uid: int, mail: Mail, items: bytes) -> bytes:
    """Courier quotes the field names and puts the items into its own order."""
    names = b'"FROM" "TO" "SUBJECT" "MESSAGE-ID"'
    return (
        b"BODY[HEADER.FIELDS (%s)] {%d}\r\n%s FLAGS (\\Seen) UID %d "
        b'BODY[HEADER.FIELDS ("RECEIVED")]<0> {8}\r\nreceived INTERNALDATE "%s"'
    ) % (names, len(mail.header), mail.header, uid, b" 7-Jul-2020 02:44:25 -0700")


def spelled_cyrus(uid: int, mail: Mail, items: bytes) -> bytes:
    """Cyrus has FLAGS first, whatever was asked first."""
    flags = b"FLAGS (%s)" % mail.flags.encode()
    return flags + b" " + usual_form(uid, mail, items).replace(b" " + flags, b"")


def spelled_pymap(uid: int, mail: Mail, items: bytes) -> bytes:
    """Pymap sorts the names."""
    form = usual_form(uid, mail, items)
    return form.replace(b"FROM TO SUBJECT MESSAGE-ID", b"FROM MESSAGE-ID SUBJECT TO")


def spelled_lower(uid: int, mail: Mail, items: bytes) -> bytes:
    """Keywords have no case (RFC 3501 9)."""
    form = usual_form(uid, mail, items)
    for word in (b"UID", b"INTERNALDATE", b"FLAGS", b"BODY", b"HEADER.FIELDS"):
        form = form.replace(word, word.lower())
    return form


def spelled_with_modseq(uid: int, mail: Mail, items: bytes) -> bytes:
    """RFC 7162 lets MODSEQ come unasked."""
    return usual_form(uid, mail, items) + b" MODSEQ (12121231000)"


@pytest.mark.parametrize(
    "shape", [spelled_courier, spelled_cyrus, spelled_pymap, spelled_lower, spelled_with_modseq]
)
def test_items_are_known_under_any_spelling(
    meet: Meet, shape: Callable[[int, Mail, bytes], bytes]
) -> None:
    """The answer isn't looked up by what was asked."""
    fetched = fetch_all(meet(ScriptedImap(shape=shape)))

    assert [1, 2, 3] == uids(fetched.mails)
    assert {HEADER} == {mail.header for mail in fetched.mails}
    assert {True} == {mail.has_received for mail in fetched.mails}
    assert () == fetched.failed


def test_an_unpadded_day_is_a_day(meet: Meet) -> None:
    """Some write ` 7-Jul` (RFC 3501), others `7-Jul`, few `07-Jul`."""
    stamps = (
        " 7-Jul-2020 02:44:25 -0700",
        "7-Jul-2020 02:44:25 -0700",
        "07-Jul-2020 02:44:25 -0700",
    )
    server = ScriptedImap(mails={n: Mail(stamp=s) for n, s in enumerate(stamps, start=1)})

    fetched = fetch_all(meet(server))

    assert {ARRIVED - 10 * 86400} == {mail.received for mail in fetched.mails}


@pytest.mark.parametrize(
    "stamp",
    [
        "01-Jan-1970 00:00:00 +0000",
        "31-Feb-2020 10:00:00 +0000",
        "01-Jan-9999 00:00:00 +0000",
        "17-Foo-2020 02:44:25 +0000",
        "17-Jul-2020 25:61:00 +0000",
        "yesterday",
        "",
    ],
)
def test_an_absurd_arrival_is_the_moment_of_reading(meet: Meet, stamp: str) -> None:
    """So that the Date header is believed, which must not be later than the arrival."""
    fetched = fetch_all(meet(ScriptedImap(mails={1: Mail(stamp=stamp)})))

    assert [int(NOW)] == [mail.received for mail in fetched.mails]


def test_one_mail_in_two_answers_is_one_mail(meet: Meet) -> None:
    """Split FETCH responses of one UID are merged, also where the second names no UID."""

    def split(peer: Peer, tag: bytes, rest: bytes) -> None:
        peer.say(
            b'* 1 FETCH (UID 1 INTERNALDATE "17-Jul-2020 02:44:25 -0700")',
            b"* 2 FETCH (FLAGS (\\Draft) UID 2)",
            b"* 1 FETCH (BODY[HEADER.FIELDS (FROM)] {%d}\r\n%s)" % (len(HEADER), HEADER),
            b'* 2 FETCH (UID 2 INTERNALDATE "17-Jul-2020 02:44:25 -0700" '
            b"BODY[HEADER.FIELDS (FROM)] {%d}\r\n%s)" % (len(HEADER), HEADER),
            tag + b" OK fetched",
        )

    fetched = fetch_all(meet(ScriptedImap({"UID FETCH.*": split})))

    assert [(1, HEADER, False), (2, HEADER, True)] == [
        (mail.uid, mail.header, mail.draft) for mail in fetched.mails
    ]


def test_what_was_not_asked_for_is_passed_over(meet: Meet) -> None:
    """Flags of others, EXISTS and EXPUNGE between the mails, and the last mail of `n:*`."""

    def chatty(peer: Peer, tag: bytes, rest: bytes) -> None:
        peer.say(
            b"* 2 FETCH (FLAGS (\\Seen \\Flagged))", b"* 77 FETCH (UID 770 FLAGS ())", b"* 9 EXISTS"
        )
        for _, response in peer.server.answer_fetch(rest):
            peer.say(response, b"* 8 EXPUNGE", b"* OK still here")
        peer.say(b"* 1 FETCH (UID 1 FLAGS (\\Seen))")
        peer.say(b"* 9 FETCH (%s)" % usual_form(900, Mail(), rest), tag + b" OK fetched")

    session = meet(ScriptedImap({"UID FETCH.*": chatty}))

    fetched = fetch_all(session)

    assert [1, 2, 3] == uids(fetched.mails)
    assert () == fetched.failed
    assert session.wait(5, threading.Event()), "the EXISTS that came meanwhile isn't lost"


def test_gmail_labels_are_decoded(meet: Meet) -> None:
    """Modified UTF-7, system labels with their backslash, blanks and parentheses."""
    server = ScriptedImap(
        mails={1: Mail(labels='"\\\\Sent" \\Inbox "Japan (trip)" "&AMQ-pfel"')},
        capabilities="IMAP4rev1 AUTH=PLAIN X-GM-EXT-1",
    )

    fetched = fetch_all(meet(server))

    assert [("\\Sent", "\\Inbox", "Japan (trip)", "Äpfel")] == [m.labels for m in fetched.mails]


@pytest.mark.parametrize(
    "words", [b"NO no", b"BAD no", b"NO [UNAVAILABLE] no", b"NO [SERVERBUG] x"]
)
def test_a_poisoned_mail_is_named_and_all_others_delivered(meet: Meet, words: bytes) -> None:
    """A refused range is halved down to the mail the server can't hand out."""
    mails = {uid: Mail() for uid in range(1, 41)}
    server = ScriptedImap({"UID FETCH.*": refusing(17, words=words)}, mails=mails)

    fetched = fetch_all(meet(server))

    assert [uid for uid in range(1, 41) if uid != 17] == uids(fetched.mails)
    assert (FailedUid(17, words.split(b" ", 1)[1].decode()),) == fetched.failed


def test_a_reason_holds_no_control_characters(meet: Meet) -> None:
    """A terminal shows it one day."""
    server = ScriptedImap({"UID FETCH.*": refusing(1, words=b"NO bad\x1b[2J \x07luck")})

    fetched = fetch_all(meet(server))

    assert (FailedUid(1, "bad [2J  luck"),) == fetched.failed


def test_one_failure_of_the_moment_loses_nothing(meet: Meet) -> None:
    """The first FETCH is answered BAD, its halves are answered."""
    refused: list[bytes] = []

    def once(peer: Peer, tag: bytes, rest: bytes) -> None:
        if not refused:
            refused.append(rest)
            peer.say(tag + b" BAD injected")
        else:
            fetched(peer, tag, rest)

    answer = fetch_all(meet(ScriptedImap({"UID FETCH.*": once})))

    assert [1, 2, 3] == uids(answer.mails)
    assert () == answer.failed


def test_a_server_that_hands_out_nothing_is_unreachable(meet: Meet) -> None:
    """Two thousand mails aren't quarantined for one broken server."""
    server = ScriptedImap(
        {"UID FETCH.*": saying(b"TAG NO [UNAVAILABLE] storage is down")},
        mails={uid: Mail() for uid in range(1, 2001)},
    )
    session = meet(server)
    session.open(INBOX)

    with pytest.raises(UnreachableError, match="storage is down"):
        list(session.fetch([UidRange(1, 2000)], header_fields=FIELDS))


def test_a_single_new_mail_that_is_unavailable_with_all_others_is_not_given_up(meet: Meet) -> None:
    """The server is asked once more, for the UID alone, before the mail is blamed."""
    server = ScriptedImap({"UID FETCH.*": saying(b"TAG NO [UNAVAILABLE] storage is down")})
    session = meet(server)
    session.open(INBOX)

    with pytest.raises(UnreachableError) as raised:
        list(session.fetch([UidRange(3, 3)], header_fields=FIELDS))

    assert 60.0 == raised.value.retry_after


def test_ok_without_the_header_is_no_success(meet: Meet) -> None:
    """ICloud and others answer OK and leave the item out, or say NIL."""

    def lacking(uid: int, mail: Mail, items: bytes) -> bytes:
        if uid != 2:
            return usual_form(uid, mail, items)
        return STAMPED % (2, b"NIL")

    server = ScriptedImap(shape=lacking)

    fetched = fetch_all(meet(server))

    assert [1, 3] == uids(fetched.mails)
    assert (FailedUid(2, "the server answered without its header"),) == fetched.failed
    assert 1 == len(server.commands("UID FETCH 2:2 ")), "it was asked for once more, alone"


def test_a_quoted_header_is_a_header(meet: Meet) -> None:
    """An empty string is a mail with none of the fields."""

    def quoted(uid: int, mail: Mail, items: bytes) -> bytes:
        return STAMPED % (uid, b'""')

    fetched = fetch_all(meet(ScriptedImap(shape=quoted)))

    assert [b"", b"", b""] == [mail.header for mail in fetched.mails]


def test_a_huge_header_is_drained_and_named(meet: Meet) -> None:
    """Beyond a megabyte nothing is kept, and the mails after it arrive."""
    mails = {1: Mail(), 2: Mail(header=b"X: " + b"x" * 1_500_000 + b"\r\n\r\n"), 3: Mail()}

    fetched = fetch_all(meet(ScriptedImap(mails=mails)))

    assert [1, 3] == uids(fetched.mails)
    assert (FailedUid(2, "its header is 1500007 octets long"),) == fetched.failed


def test_a_literal_that_can_never_come_ends_the_connection(meet: Meet) -> None:
    """Four gigabytes announced, and then silence."""
    lie = saying(b"* 1 FETCH (UID 1 BODY[] {4000000000}")
    session = meet(ScriptedImap({"UID FETCH.*": lie}))
    session.open(INBOX)

    with pytest.raises(UnreachableError, match="4000000000 octets"):
        list(session.fetch([UidRange(1, 9)], header_fields=FIELDS))


def test_a_message_limit_is_kept_to(meet: Meet) -> None:
    """RFC 9738: no command asks for more mails than the server said it handles."""
    mails = {uid: Mail() for uid in range(1, 11)}
    server = ScriptedImap(mails=mails, capabilities="IMAP4rev1 AUTH=PLAIN MESSAGELIMIT=4")

    fetched = fetch_all(meet(server), 1, 10)

    assert list(range(1, 11)) == uids(fetched.mails)
    asked = [line.split(b" ")[3] for line in server.commands("UID FETCH")]
    assert [b"1:4", b"5:8", b"9:10"] == asked


@pytest.mark.parametrize("downward", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_range_the_server_stopped_in_is_read_to_its_end(
    meet: Meet, downward: bool, named: bool
) -> None:
    """OK [MESSAGELIMIT n uid]: otherwise the tail is silently missing."""

    def limited(peer: Peer, tag: bytes, rest: bytes) -> None:
        answers = sorted(peer.server.answer_fetch(rest), reverse=downward)
        for _, response in answers[:3]:
            peer.say(response)
        if len(answers) > 3:
            last = b" %d" % answers[2][0] if named else b""
            peer.say(tag + b" OK [MESSAGELIMIT 3" + last + b"] 3 partial results")
        else:
            peer.say(tag + b" OK all of it")

    mails = {uid: Mail() for uid in range(1, 12)}

    fetched = fetch_all(meet(ScriptedImap({"UID FETCH.*": limited}, mails=mails)))

    assert list(range(1, 12)) == uids(fetched.mails)
    assert () == fetched.failed


def test_two_commands_are_in_flight_and_ranges_are_pulled_lazily(meet: Meet) -> None:
    """The next range is on its way while one is stored, and no more than that."""
    server = ScriptedImap(mails={uid: Mail() for uid in range(1, 61)})
    session = meet(server)
    session.open(INBOX)
    pulled: list[int] = []

    def ranges() -> object:
        for low in range(1, 61, 10):
            pulled.append(low)
            yield UidRange(low, low + 9)

    reading = session.fetch(ranges(), header_fields=FIELDS)  # type: ignore[arg-type]
    first = next(reading)

    assert UidRange(1, 10) == first.asked
    assert [1, 11] == pulled
    assert [UidRange(low, low + 9) for low in range(11, 61, 10)] == [r.asked for r in reading]


def test_an_abandoned_fetch_leaves_the_session_usable(meet: Meet) -> None:
    """What was in flight is read and dropped."""
    session = meet(ScriptedImap(mails={uid: Mail() for uid in range(1, 61)}))
    session.open(INBOX)
    ranges = [UidRange(low, low + 9) for low in range(1, 61, 10)]

    reading = session.fetch(ranges, header_fields=FIELDS)
    next(reading)
    reading.close()  # type: ignore[attr-defined]

    assert 60 == session.state(INBOX).messages


@pytest.mark.parametrize(
    ("routine", "words"),
    [
        (saying(b"* BYE shutting down"), "shutting down"),
        (hang_up, "closed the connection"),
        (saying(b"\x8f\x00garbage\xff"), "isn't IMAP"),
        (saying(b"NOTMINE1 OK done"), "wasn't given"),
        (saying(b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {500}", b"cut"), "said nothing for"),
        (silence, "said nothing for"),
        (saying(b"* OK " + b"x" * 2_000_000), "line without end"),
    ],
)
def test_a_line_that_fails_is_an_unreachable_server(
    meet: Meet, routine: Routine, words: str
) -> None:
    """BYE, EOF, garbage, a foreign tag, a cut, silence, an endless line: each in a sentence."""
    session = meet(ScriptedImap({"UID FETCH.*": routine}))
    session.open(INBOX)

    with pytest.raises(UnreachableError, match=words):
        list(session.fetch([UidRange(1, 9)], header_fields=FIELDS))


def test_throttling_in_the_midst_is_obeyed(meet: Meet) -> None:
    """Exchange names its own number of milliseconds; another command would only make it worse."""
    words = b"TAG NO Request is throttled. Suggested Backoff Time: 299961 milliseconds"
    server = ScriptedImap({"UID FETCH.*": saying(words)})
    session = meet(server)
    session.open(INBOX)

    with pytest.raises(UnreachableError) as raised:
        list(session.fetch([UidRange(1, 9)], header_fields=FIELDS))

    assert 299.961 == raised.value.retry_after
    assert 1 == len(server.commands("UID FETCH"))


def test_a_slow_trickle_ends_with_the_command_s_time(meet: Meet) -> None:
    """A server that sends an octet now and then keeps every read alive, and isn't."""

    def endless(peer: Peer, tag: bytes, rest: bytes) -> None:
        while not peer.server.ending.wait(0.05):
            peer.send(b"x")

    session = meet(ScriptedImap({"UID FETCH.*": endless}))
    session.open(INBOX)
    started = time.monotonic()

    with pytest.raises(UnreachableError, match="too slowly"):
        list(session.fetch([UidRange(1, 9)], header_fields=FIELDS))

    assert time.monotonic() - started < QUICK.command + 1


def test_cancel_from_another_thread_ends_a_read_at_once() -> None:
    """The daemon's stop must not wait for a read timeout."""
    with ScriptedImap({"UID FETCH.*": silence}) as server:
        session = connect(endpoint_of(server), login())
        session.open(INBOX)
        threading.Timer(0.2, session.cancel).start()
        started = time.monotonic()

        with pytest.raises(UnreachableError, match="cut from this side"):
            list(session.fetch([UidRange(1, 9)], header_fields=FIELDS))

        assert time.monotonic() - started < 1.5


@settings(max_examples=40)
@given(st.sets(st.integers(1, 60), max_size=6), st.sets(st.integers(1, 60), max_size=20))
def test_any_poison_is_found_and_nothing_else_lost(poison: set[int], gone: set[int]) -> None:
    """Whichever mails are refused and whichever are expunged."""
    mails = {uid: Mail() for uid in range(1, 61) if uid not in gone}
    with ScriptedImap({"UID FETCH.*": refusing(*poison)}, mails=mails) as server:
        session = connect(endpoint_of(server), login(), timeouts=QUICK)
        fetched = fetch_all(session, 1, 60)
        session.close()

    assert sorted(set(mails) - poison) == uids(fetched.mails)
    assert sorted(set(mails) & poison) == uids(fetched.failed)
