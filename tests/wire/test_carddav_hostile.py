"""Servers that lie, break off, flood or stumble: an error in plain words, and nobody removed."""

import gzip
import threading
import time
from collections.abc import Callable

import pytest

from krmd.base.errors import UnreachableError, UserError
from krmd.intake.address_book import CardState, Collection, FailedCard, FetchedCard
from krmd.wire.carddav.connection import Timeouts
from tests.servers.scripted_http import (
    BOOK_TYPE,
    FOLDER_TYPE,
    HangUp,
    Heard,
    Peer,
    Routine,
    Rules,
    ScriptedHttp,
    card_at,
    having,
    in_turn,
    multistatus,
    saying,
    saying_raw,
    silence,
    status_of,
    token,
)
from tests.wire.books import HASTY, PATIENT, opened

KNOWN = {"/b/1.vcf": '"1"', "/b/2.vcf": '"2"'}
SYNCS = saying(207, multistatus(having("/b/", BOOK_TYPE, token("now"))))
LISTS = saying(207, multistatus(having("/b/", BOOK_TYPE, "<S:getctag>c1</S:getctag>")))
ITSELF = having("/b/", FOLDER_TYPE)


def listing(routine: Routine) -> Rules:
    """A book without sync tokens, whose listing is the routine's."""

    def propfind(peer: Peer, heard: Heard) -> None:
        (LISTS if heard.headers["depth"] == "0" else routine)(peer, heard)

    return [("PROPFIND", "/b/", propfind)]


def syncing(report: Routine, otherwise: Routine | None = None) -> Rules:
    """A book with sync tokens; `otherwise` is its plain listing."""

    def propfind(peer: Peer, heard: Heard) -> None:
        (SYNCS if heard.headers["depth"] == "0" else otherwise or saying(500))(peer, heard)

    return [("PROPFIND", "/b/", propfind), ("REPORT", "/b/", report)]


def raises(rules: Rules, since: str | None = None, timeouts: Timeouts = PATIENT) -> str:
    """The error's sentence; the pass must end in one."""
    with (
        ScriptedHttp(rules) as server,
        opened(server.url + "b/", timeouts=timeouts) as books,
        pytest.raises(UnreachableError) as caught,
    ):
        books.changes(books.collections()[0], since, KNOWN)
    return caught.value.message


WHOLE = multistatus(ITSELF, card_at("/b/1.vcf"), card_at("/b/2.vcf", '"2"'))


@pytest.mark.parametrize(
    "length", [0, 40, len(WHOLE) // 2, len(WHOLE) - 18, len(WHOLE) - 1], ids=str
)
@pytest.mark.parametrize("way", ["length", "chunked", "open end", "well framed"])
def test_a_listing_cut_anywhere_is_an_error(length: int, way: str) -> None:
    """However the answer was framed: what is missing was not removed."""
    part = WHOLE.encode()[:length]
    head = b"HTTP/1.1 207 Multi-Status\r\n"
    raw = {
        "length": head + b"Content-Length: %d\r\n\r\n" % len(WHOLE) + part,
        "chunked": head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(WHOLE) + part,
        "open end": head + b"Connection: close\r\n\r\n" + part,
        "well framed": head + b"Content-Length: %d\r\n\r\n" % length + part,
    }
    assert "127.0.0.1" in raises(listing(saying_raw(raw[way])))


def test_a_whole_listing_of_the_same_kind_is_none() -> None:
    """The same octets to their end are a listing without changes."""
    with (
        ScriptedHttp(listing(saying(207, WHOLE))) as server,
        opened(server.url + "b/") as books,
    ):
        (collection,) = books.collections()
        changes = books.changes(collection, None, KNOWN)
    assert ((), (), True, "ctag:c1") == (
        changes.changed,
        changes.removed,
        changes.complete,
        changes.token,
    )


BOMB = '<!DOCTYPE x [<!ENTITY a "{}">]>'.format("x" * 1000) + "<x>&a;</x>"
OUTSIDE = multistatus(*(card_at(f"/proxied/b/{number}.vcf") for number in range(3)))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><body>Please log in</body></html>",
        "<html><body>unclosed <br>",
        "not XML at all \x00\x01",
        multistatus(),
        multistatus(having("/other/", FOLDER_TYPE)),
        multistatus("<D:response/>"),
        BOMB,
        '<?xml version="1.0"?><!DOCTYPE multistatus SYSTEM "file:///etc/passwd">' + WHOLE[40:],
        '<?xml version="1.0" encoding="klingon"?><x/>',
        '<?xml version="1.0" encoding="utf-7"?><x/>',
        multistatus(ITSELF) + multistatus(ITSELF),
        multistatus("<D:response>" + "<D:x>" * 5000 + "</D:x>" * 5000 + "</D:response>"),
        multistatus("<D:response>" + "<D:x/>" * 5000 + "</D:response>", ITSELF),
        multistatus(having("/b/" + "x" * 5000, FOLDER_TYPE), ITSELF),
        multistatus(f"<!-- {'x' * 3_000_000} -->", ITSELF),
        multistatus(f"<D:x y='{'x' * 3_000_000}'/>", ITSELF),
        '<D:error xmlns:D="DAV:"><D:number-of-matches-within-limits/></D:error>',
        OUTSIDE,
    ],
    ids=lambda body: body[-30:] or "nothing",
)
def test_an_answer_that_is_no_listing_is_an_error(body: str) -> None:
    """Garbage, web pages, DTDs and entities, nesting, floods, other folders: no card is removed."""
    assert "127.0.0.1" in raises(listing(saying(207, body)))


@pytest.mark.parametrize("status", [200, 204, 207, 400, 403, 404, 405, 500, 507, 599])
def test_no_status_means_that_the_book_is_empty(status: int) -> None:
    """An empty body least of all."""
    assert raises(listing(saying(status)))
    assert raises(syncing(saying(status), otherwise=saying(status)))


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (503, {"Retry-After": "120"}, 120.0),
        (429, {"Retry-After": "99999999"}, 86400.0),
        (429, {}, 300.0),
        (
            503,
            {
                "Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT",
                "Date": "Fri, 31 Dec 1999 23:59:29 GMT",
            },
            30.0,
        ),
        (503, {"Retry-After": "soon"}, 60.0),
        (503, {"Retry-After": "Fri, 99 Dec 1999 23:59:59 GMT", "Date": "x"}, 60.0),
        (500, {"Retry-After": "7"}, 7.0),
    ],
)
def test_a_server_that_asks_for_patience_says_how_long(
    status: int, headers: dict[str, str], seconds: float
) -> None:
    """Retry-After in seconds or as a date by the server's own clock; a day at most."""
    for rules in (
        [("PROPFIND", "/b/", saying(status, headers=headers))],
        syncing(saying(status, headers=headers)),
    ):
        with (
            ScriptedHttp(rules) as server,
            opened(server.url + "b/") as books,
            pytest.raises(UnreachableError) as caught,
        ):
            books.changes(books.collections()[0], "sync:old", KNOWN)
        assert seconds == caught.value.retry_after


@pytest.mark.parametrize("status", [400, 403, 409, 410, 412, 500, 507])
def test_a_refused_token_starts_over_with_everything(status: int) -> None:
    """Servers say it in many ways (RFC 6578 3.2 asks for 403 or 409 with valid-sync-token)."""
    body = '<D:error xmlns:D="DAV:"><D:valid-sync-token/></D:error>'
    whole = multistatus(card_at("/b/1.vcf"), card_at("/b/3.vcf", '"3"'), token("new"))
    report = in_turn(saying(status, body), saying(207, whole))
    with ScriptedHttp(syncing(report)) as server, opened(server.url + "b/") as books:
        changes = books.changes(books.collections()[0], "sync:old", KNOWN)
    assert (CardState("/b/3.vcf", '"3"'),) == changes.changed
    assert ("/b/2.vcf",) == changes.removed
    assert ("sync:new", True) == (changes.token, changes.complete)
    asked = [heard.body for heard in server.heard if heard.method == "REPORT"]
    assert [True, False] == [">old<" in body for body in asked]


def test_a_server_that_only_claims_to_sync_is_listed() -> None:
    """The plain listing is compared instead; without a ctag it has no token."""
    rules = syncing(saying(501), otherwise=saying(207, WHOLE))
    with ScriptedHttp(rules) as server, opened(server.url + "b/") as books:
        changes = books.changes(books.collections()[0], None, {"/b/1.vcf": '"0"', "/b/9.vcf": ""})
    assert {CardState("/b/1.vcf", '"1"'), CardState("/b/2.vcf", '"2"')} == set(changes.changed)
    assert (("/b/9.vcf",), None, True) == (changes.removed, changes.token, changes.complete)


def test_an_unchanged_token_asks_nothing_more() -> None:
    """What the books themselves said is enough, by sync token or ctag."""
    for propfind, state in ((SYNCS, "sync:now"), (LISTS, "ctag:c1")):
        with (
            ScriptedHttp([("PROPFIND", "/b/", propfind)]) as server,
            opened(server.url + "b/") as books,
        ):
            changes = books.changes(books.collections()[0], state, KNOWN)
        assert ((), (), state) == (changes.changed, changes.removed, changes.token)
        assert 1 == len(server.heard)


def test_changes_in_parts_are_put_together() -> None:
    """507 for the book itself tells that there is more (RFC 6578 3.6); the last word counts."""
    parts = in_turn(
        saying(207, multistatus(card_at("/b/3.vcf"), status_of("/b/", 507), token("a"))),
        saying(207, multistatus(status_of("/b/3.vcf", 404), card_at("/b/1.vcf", '"9"'),
            status_of("/b/", 507), token("b"))),
        saying(207, multistatus(status_of("/b/2.vcf", 404), token("c"))),
    )  # fmt: skip
    with ScriptedHttp(syncing(parts)) as server, opened(server.url + "b/") as books:
        changes = books.changes(books.collections()[0], "sync:old", KNOWN)
    assert (CardState("/b/1.vcf", '"9"'),) == changes.changed
    assert (("/b/2.vcf",), "sync:c") == (changes.removed, changes.token)


def test_parts_without_end_are_left() -> None:
    """The same token again and again is no way to go on; the listing is tried instead."""
    more = saying(207, multistatus(card_at("/b/3.vcf"), status_of("/b/", 507), token("same")))
    assert raises(syncing(more), since="sync:same")


def test_a_listing_that_the_server_cut_short_removes_nobody() -> None:
    """What it shows is taken in, and next time everything is listed again."""
    short = multistatus(ITSELF, card_at("/b/3.vcf"), status_of("/b/", 507))
    with ScriptedHttp(listing(saying(207, short))) as server, opened(server.url + "b/") as books:
        changes = books.changes(books.collections()[0], None, KNOWN)
    assert (CardState("/b/3.vcf", '"1"'),) == changes.changed
    assert ((), None, False) == (changes.removed, changes.token, changes.complete)


def test_a_card_with_an_error_of_its_own_is_not_removed() -> None:
    """Without a readable state it counts as changed, so that it is asked for."""
    body = multistatus(
        ITSELF,
        status_of("/b/1.vcf", 403),
        having("/b/2.vcf"),
        having("/b/folder/", FOLDER_TYPE),
        having("/b2/other.vcf"),
    )
    with ScriptedHttp(listing(saying(207, body))) as server, opened(server.url + "b/") as books:
        changes = books.changes(books.collections()[0], None, KNOWN)
    assert {CardState("/b/1.vcf", ""), CardState("/b/2.vcf", "")} == set(changes.changed)
    assert () == changes.removed


@pytest.mark.parametrize("since", ["sync:now", "sync:old"])
def test_a_card_that_could_not_be_had_is_named_again(since: str) -> None:
    """No token speaks of it any more; who is gone meanwhile is gone."""
    delta = multistatus(status_of("/b/9.vcf", 404), token("now"))
    known = {**KNOWN, "/b/8.vcf": "", "/b/9.vcf": ""}
    with ScriptedHttp(syncing(saying(207, delta))) as server, opened(server.url + "b/") as books:
        changes = books.changes(books.collections()[0], since, known)
    assert CardState("/b/8.vcf", "") in changes.changed
    assert changes.removed == (("/b/9.vcf",) if since == "sync:old" else ())


def test_a_card_without_a_mark_has_the_one_of_the_listing() -> None:
    """Else it would be fetched with each pass."""
    rules = [*listing(saying(207, WHOLE)), ("GET", "/b/1.vcf", saying(200, "x"))]
    with ScriptedHttp(rules) as server, opened(server.url + "b/") as books:
        (collection,) = books.collections()
        books.changes(collection, None, {})
        assert [FetchedCard("/b/1.vcf", '"1"', b"x")] == list(books.fetch(collection, ["/b/1.vcf"]))


def test_one_status_for_several_cards_is_said_of_each() -> None:
    """RFC 4918 14.24 allows many hrefs beside one status."""
    gone = (
        "<D:response><D:href>/b/1.vcf</D:href><D:href>/b/2.vcf</D:href>"
        "<D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
    )
    with (
        ScriptedHttp(syncing(saying(207, multistatus(gone, token("new"))))) as server,
        opened(server.url + "b/") as books,
    ):
        changes = books.changes(books.collections()[0], "sync:old", KNOWN)
    assert {"/b/1.vcf", "/b/2.vcf"} == set(changes.removed)


def fetch(
    rules: Rules, hrefs: list[str], timeouts: Timeouts = PATIENT
) -> tuple[list[FetchedCard | FailedCard], list[str]]:
    """What comes of fetching some cards, and what was asked after the book was found."""
    with ScriptedHttp([*rules, ("PROPFIND", "/b/", LISTS)]) as server:
        with opened(server.url + "b/", timeouts=timeouts) as books:
            cards = list(books.fetch(books.collections()[0], hrefs))
        return cards, server.asked()[1:]


CARD = "BEGIN:VCARD\nFN:Ada\nEND:VCARD\n"
TWO = ["/b/1.vcf", "/b/2.vcf"]
GETS: Rules = [
    ("GET", path, saying(200, CARD, {"ETag": 'W/"w"', "Content-Type": "text/vcard"}))
    for path in TWO
]
BY_GET = [FetchedCard(path, 'W/"w"', CARD.encode()) for path in TWO]


@pytest.mark.parametrize(
    "report",
    [
        saying(400),
        saying(403),
        saying(415),
        saying(500),
        saying(501),
        saying(200, "<html>"),
        saying(207, multistatus()),
        saying(207, multistatus(card_at("/b/1.vcf"), card_at("/b/2.vcf"))),
        saying(207, multistatus(card_at("/else/1.vcf", data=CARD))),
        saying(207, multistatus(card_at("/b/1.vcf", data="\x01")).replace("&#1;", "\x01")),
    ],
)
def test_a_server_that_answers_many_badly_is_asked_one_by_one(report: Routine) -> None:
    """Refusals, empty answers, and control characters that spoil the XML of all."""
    cards, asked = fetch([("REPORT", "/b/", report), *GETS], TWO)
    assert BY_GET == cards
    assert ["REPORT /b/", "GET /b/1.vcf", "GET /b/2.vcf"] == asked


def test_a_refused_multiget_is_not_tried_again_in_the_same_pass() -> None:
    """Sixty cards need one refusal and sixty questions, on one connection."""
    hrefs = [f"/b/{number}.vcf" for number in range(60)]
    cards, asked = fetch([("REPORT", "/b/", saying(405)), ("GET", "*", saying(200, CARD))], hrefs)
    assert 60 == len(cards)
    assert ["REPORT /b/"] == [line for line in asked if line.startswith("REPORT")]


def test_only_what_was_asked_for_is_taken_and_only_once() -> None:
    """Cards of others, of other folders and doubled ones are left; who is gone is simply absent."""
    report = multistatus(
        card_at("/b/1.vcf", '"1"', CARD),
        card_at("https://elsewhere.example/b/1.vcf", '"2"', CARD),
        card_at("/b/9.vcf", '"9"', CARD),
        status_of("/b/2.vcf", 404),
    )
    cards, _ = fetch([("REPORT", "/b/", saying(207, report))], [*TWO, "/b/1.vcf"])
    assert [FetchedCard("/b/1.vcf", '"2"', CARD.encode())] == cards


def test_hrefs_are_asked_for_as_absolute_paths() -> None:
    """Apple's server answers 400 to whole URLs."""
    rules: Rules = [("REPORT", "/b/", saying(207, multistatus()))]
    with ScriptedHttp([*rules, ("PROPFIND", "/b/", LISTS)]) as server:
        with opened(server.url + "b/") as books:
            list(books.fetch(books.collections()[0], ["/b/a&b.vcf", "/b/%3Cx%3E.vcf"]))
        (report,) = [heard.body for heard in server.heard if heard.method == "REPORT"]
    assert "<D:href>/b/a&amp;b.vcf</D:href><D:href>/b/%3Cx%3E.vcf</D:href>" in report


@pytest.mark.parametrize("status", [403, 500])
def test_a_card_that_can_not_be_had_costs_that_card(status: int) -> None:
    """It is named with the reason, and the next one comes."""
    rules: Rules = [("GET", "/b/1.vcf", saying(status)), *GETS]
    cards, _ = fetch([("REPORT", "/b/", saying(500)), *rules], TWO)
    failed, fetched = cards
    assert isinstance(failed, FailedCard)
    assert str(status) in failed.reason
    assert BY_GET[1] == fetched


def test_a_card_of_many_megabytes_costs_that_card() -> None:
    """By GET it is cut off at 8 MB, in a multiget it is left."""
    huge = "x" * ((8 << 20) + 1)
    cards, _ = fetch([("GET", "/b/1.vcf", saying(200, huge))], ["/b/1.vcf"])
    assert ["/b/1.vcf"] == [card.href for card in cards if isinstance(card, FailedCard)]
    report = multistatus(card_at("/b/1.vcf", '"1"', huge), card_at("/b/2.vcf", '"2"', CARD))
    cards, _ = fetch([("REPORT", "/b/", saying(207, report))], TWO)
    assert [FailedCard, FetchedCard] == [type(card) for card in cards]


def test_a_flood_behind_compression_is_left_at_64_megabytes() -> None:
    """A bomb of some kilobytes never unfolds."""
    inner = multistatus(ITSELF, "<D:x>" + " " * 70_000_000 + "</D:x>").encode()
    bomb = gzip.compress(inner, 1)

    def flood(peer: Peer, _heard: Heard) -> None:
        peer.answer(207, bomb, {"Content-Encoding": "gzip"})

    assert "more than 64 MB" in raises(listing(flood))


def test_compressed_answers_are_read_and_broken_ones_refused() -> None:
    """Compression is asked for; what isn't gzip after all is an error."""

    def packed(body: bytes) -> Routine:
        return lambda peer, _heard: peer.answer(207, body, {"Content-Encoding": "gzip"})

    with (
        ScriptedHttp(listing(packed(gzip.compress(WHOLE.encode())))) as server,
        opened(server.url + "b/") as books,
    ):
        assert books.changes(books.collections()[0], None, KNOWN).complete
    assert raises(listing(packed(b"no gzip")))
    assert raises(listing(packed(gzip.compress(WHOLE.encode())[:40])))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"* OK IMAP4rev1 ready\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 99999 x\r\n\r\n",
        b"HTTP/1.1 207 x\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 207 x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 207 x\r\nContent-Length: 5, 6\r\n\r\nabcdef",
        b"HTTP/1.1 207 x\r\nContent-Length: -5\r\n\r\nabcdef",
        b"HTTP/1.1 207 x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_http_is_an_error(raw: bytes) -> None:
    """Other protocols, broken heads, endless heads, lengths that contradict each other."""
    assert "127.0.0.1" in raises([("PROPFIND", "*", saying_raw(raw))])


def test_an_answer_that_trickles_is_cut_at_its_time() -> None:
    """Octets that keep coming don't extend the time for the whole answer."""

    def trickle(peer: Peer, _heard: Heard) -> None:
        peer.send(b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 100000\r\n\r\n")
        while not peer.server.ending.wait(0.05):
            peer.send(b" ")
        raise HangUp

    began = time.monotonic()
    assert "doesn't answer within 3 seconds" in raises(listing(trickle), timeouts=HASTY)
    assert time.monotonic() - began < 6


def test_the_end_of_its_time_is_not_the_end_of_a_card() -> None:
    """Where no length was given a cut looks like an end; it is told from one."""

    def trickle(peer: Peer, _heard: Heard) -> None:
        peer.send(b"HTTP/1.0 200 OK\r\n\r\nBEGIN:VCARD\r\n")
        while not peer.server.ending.wait(0.05):
            peer.send(b"NOTE:x\r\n")
        raise HangUp

    with pytest.raises(UnreachableError, match="doesn't answer within 3 seconds"):
        fetch([("GET", "/b/1.vcf", trickle)], ["/b/1.vcf"], timeouts=HASTY)


def test_a_head_that_trickles_is_cut_at_its_time() -> None:
    """Likewise before the body."""

    def trickle(peer: Peer, _heard: Heard) -> None:
        while not peer.server.ending.wait(0.05):
            peer.send(b"X")
        raise HangUp

    assert "doesn't answer within 3 seconds" in raises(listing(trickle), timeouts=HASTY)


def test_a_kept_connection_that_was_closed_is_made_anew_once() -> None:
    """Servers close idle connections at any moment; a second failure is told."""

    def once(peer: Peer, heard: Heard) -> None:
        if peer.server.connections == 1:
            raise HangUp
        saying(207, WHOLE)(peer, heard)

    with ScriptedHttp(listing(once)) as server, opened(server.url + "b/") as books:
        assert books.changes(books.collections()[0], None, KNOWN).complete
        assert 2 == server.connections

    def never(_peer: Peer, _heard: Heard) -> None:
        raise HangUp

    assert "without an answer" in raises(listing(never))


def test_another_thread_may_end_it_at_once() -> None:
    """A silent server doesn't hold up the end of the daemon."""
    patient = Timeouts(connect=5.0, read=60.0, answer=60.0)
    with (
        ScriptedHttp(listing(silence)) as server,
        opened(server.url + "b/", timeouts=patient) as books,
    ):
        (collection,) = books.collections()
        threading.Timer(0.3, books.cancel).start()
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="ended by krmd"):
            books.changes(collection, None, KNOWN)
        assert time.monotonic() - began < 5
        with pytest.raises(UnreachableError, match="ended by krmd"):
            books.collections()


def test_nobody_listening_and_no_such_host_are_told_apart() -> None:
    """Each with what to do."""
    with ScriptedHttp() as server:
        url = server.url
    with opened(url) as books, pytest.raises(UnreachableError, match="refuses connections"):
        books.collections()
    with (
        opened("https://no-such-host.invalid/") as books,
        pytest.raises(UnreachableError, match="isn't known"),
    ):
        books.collections()


def test_https_to_a_server_without_tls_says_so() -> None:
    """And no password has left."""
    with ScriptedHttp() as server:
        url = server.url.replace("http:", "https:")
        with opened(url, timeouts=HASTY) as books, pytest.raises(UnreachableError, match=":"):
            books.collections()
    assert [] == server.heard


def test_plain_http_is_for_this_machine_alone() -> None:
    """Refused before anything is looked up."""
    with pytest.raises(UserError, match="without encryption"), opened("http://example.org/"):
        pass


def test_a_book_that_nobody_listed_is_an_error() -> None:
    """A collection from the store that is no more among the books."""
    calls: tuple[Callable[[], object], ...]
    with (
        ScriptedHttp([("PROPFIND", "/b/", LISTS)]) as server,
        opened(server.url + "b/") as books,
    ):
        gone = Collection("/gone/", "gone", None)
        calls = (lambda: books.changes(gone, None, KNOWN), lambda: list(books.fetch(gone, TWO)))
        for call in calls:
            with pytest.raises(UnreachableError, match="isn't among the address books any more"):
                call()


def test_more_than_a_hundred_thousand_cards_are_not_believed() -> None:
    """A flood of names ends in an error, in bounded memory."""
    responses = "".join(
        f"<D:response><D:href>/b/{number}</D:href></D:response>" for number in range(100_001)
    )
    assert "more than 100,000" in raises(listing(saying(207, multistatus(ITSELF, responses))))
