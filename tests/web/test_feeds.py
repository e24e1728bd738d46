"""A feed over HTTP: what subscribers get, and what those get who guess."""

import gzip
import time
from email.utils import formatdate, parsedate_to_datetime

import pytest

from krmd.base.command import EditContact, EditFeed, RevokeFeed, RotateFeed
from krmd.web.clients import LOCAL
from tests.web.conftest import Answer, Library


def test_a_feed_comes_with_all_that_subscribers_look_at(small: Library) -> None:
    """Type, tags, how it may be kept, under which name; and nothing of who serves it."""
    answer = small.ask(small.path_of())

    assert 200 == answer.status
    assert answer.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert answer.body.endswith(b"END:VCALENDAR\r\n")
    assert 3 * 4 == answer.body.count(b"BEGIN:VEVENT")
    told = dict(answer.headers.items())
    assert told.pop("Date")
    assert told.pop("ETag").strip('"').isalnum()
    assert told.pop("Last-Modified").endswith(" GMT")
    assert {
        "Server": "krmd",
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Length": str(len(answer.body)),
        "Content-Disposition": 'inline; filename="birthdays.ics"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex, nofollow",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    } == told


def test_two_fetches_give_the_same_octets_and_tags(small: Library) -> None:
    """As long as nothing changed."""
    first, second = small.ask(small.path_of()), small.ask(small.path_of())

    assert first.body == second.body
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Last-Modified"] == second.headers["Last-Modified"]


@pytest.mark.parametrize("spelled", ["{}", "W/{}", '"other", {}', '"a" ,W/{},', "*"])
def test_who_has_the_octets_already_gets_none(small: Library, spelled: str) -> None:
    """If-None-Match as one tag, a weak one, a list or anything there is."""
    tag = small.ask(small.path_of()).headers["ETag"]

    answer = small.ask(small.path_of(), If_None_Match=spelled.format(tag))

    assert (304, b"") == (answer.status, answer.body)
    assert tag == answer.headers["ETag"]
    assert {"cache-control", "vary", "last-modified"} <= answer.names
    assert "content-length" not in answer.names


def test_who_knows_the_time_alone_gets_none_either(small: Library) -> None:
    """If-Modified-Since in each form of a date; a date before, or none at all, fetches."""
    since = small.ask(small.path_of()).headers["Last-Modified"]
    later = formatdate(small.clock.now() + 10_000_000, usegmt=True)
    before = formatdate(0, usegmt=True)

    found = [
        small.ask(small.path_of(), If_Modified_Since=it).status
        for it in (since, later, before, "yesterday", "", "Mon, 99 Foo 2026")
    ]

    assert [304, 304, 200, 200, 200, 200] == found


def test_a_date_without_a_zone_is_utc(small: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the form of asctime (RFC 9110 5.6.7), wherever krmd runs."""
    told = small.ask(small.path_of()).headers["Last-Modified"]
    modified = parsedate_to_datetime(told).timestamp()
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        found = [
            small.ask(
                small.path_of(), If_Modified_Since=time.asctime(time.gmtime(modified + seconds))
            ).status
            for seconds in (0, -1)
        ]
    finally:
        monkeypatch.undo()
        time.tzset()

    assert [304, 200] == found


def test_a_tag_weighs_more_than_a_time(small: Library) -> None:
    """RFC 9110 13.2.2: where there is a tag, the time isn't looked at."""
    since = small.ask(small.path_of()).headers["Last-Modified"]

    answer = small.ask(small.path_of(), If_None_Match='"other"', If_Modified_Since=since)

    assert 200 == answer.status


def test_head_tells_the_same_without_octets(small: Library) -> None:
    """HEAD gives GET's header fields, and counts as no fetch."""
    got = small.ask(small.path_of())
    before = small.clients()

    head = small.ask(small.path_of(), "HEAD")

    assert b"" == head.body
    assert [it for it in got.headers.items() if it[0] != "Date"] == [
        it for it in head.headers.items() if it[0] != "Date"
    ]
    assert before == small.clients()


def test_who_takes_gzip_gets_it_under_a_tag_of_its_own(small: Library) -> None:
    """The same octets when unpacked, fewer on the way; either tag means that nothing changed."""
    plain = small.ask(small.path_of())
    packed = small.ask(small.path_of(), Accept_Encoding="br, gzip;q=0.5")

    assert "gzip" == packed.headers["Content-Encoding"]
    assert plain.body == gzip.decompress(packed.body)
    assert len(packed.body) < len(plain.body) / 3
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        again = small.ask(small.path_of(), Accept_Encoding="gzip", If_None_Match=tag)
        assert 304 == again.status
        assert packed.headers["ETag"] == again.headers["ETag"]


@pytest.mark.parametrize("spelled", ["gzip;q=0", "identity", "br", "*;q=0", "gzip; q=0.000, *"])
def test_who_refuses_gzip_gets_none(small: Library, spelled: str) -> None:
    """A weight of 0 is a no."""
    answer = small.ask(small.path_of(), Accept_Encoding=spelled)

    assert 200 == answer.status
    assert "content-encoding" not in answer.names


def test_what_programs_send_unasked_changes_nothing(small: Library) -> None:
    """Outlook's Authorization, any Accept, a Range, a cookie, a query: all of it comes, as ever."""
    plain = small.ask(small.path_of())

    answer = small.ask(
        small.path_of() + "?nocache=1",
        Authorization="Basic a2lt",
        Accept="application/json",
        Range="bytes=0-9",
        Cookie="a=b",
        Expect="",
    )

    assert (200, plain.body) == (answer.status, answer.body)
    assert not {"set-cookie", "content-range", "www-authenticate"} & answer.names


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS", "PROPFIND"])
def test_a_feed_can_only_be_read(small: Library, method: str) -> None:
    """405 with what is allowed, where the address is right; else what everybody gets."""
    answer = small.ask(small.path_of(), method)
    wrong = small.ask("/feed/" + "a" * 40 + ".ics", method)

    assert (405, "GET, HEAD") == (answer.status, answer.headers["Allow"])
    assert 404 == wrong.status


def test_a_feed_is_below_the_public_path_too(small: Library) -> None:
    """A proxy may take the path off, or leave it."""
    path = small.path_of()

    assert small.ask(path).body == small.ask("/krmd" + path).body
    assert 200 == small.ask(path.upper().replace("/FEED", "/feed").replace(".ICS", ".ics")).status
    assert 404 == small.ask("/other" + path).status


def test_all_that_is_not_there_is_not_there_in_the_same_way(library: Library) -> None:
    """A wrong token, a rotated one, a revoked one, no token, another path: nobody learns which."""
    library.add_people("Ada Example")
    rotated, revoked = library.add_feed(), library.add_feed("Other")
    library.build()
    library.do(RotateFeed("Birthdays"))
    library.do(RevokeFeed("Other"))
    wrong = "/feed/" + "a" * 40 + ".ics"
    paths = [rotated, revoked, wrong, "/feed/.ics", "/", "/robots.txt", "/feed/../x", "/%00"]
    with library.serving():
        found = {_known_by(library.ask(path)) for path in paths}
        heads = {_known_by(library.ask(path, "HEAD")) for path in (rotated, wrong, "/")}

    assert 1 == len(found)
    assert 1 == len(heads)
    status, fields, body = found.pop()
    assert (404, b"Not found.\n") == (status, body)
    assert (404, fields, b"") == heads.pop()


def test_a_rotated_address_is_gone_at_once(library: Library) -> None:
    """The next request after the change finds nothing; the new address is there."""
    library.add_people("Ada Example")
    old = library.add_feed()
    library.build()
    with library.serving():
        assert 200 == library.ask(old).status
        for _ in range(3):
            library.do(RotateFeed("Birthdays"))
            if not library.store.is_sqlite:
                time.sleep(0.06)  # so long a server isn't asked again
            assert 404 == library.ask(old).status
            old = library.path_of()
            assert 200 == library.ask(old).status
        library.do(RevokeFeed("Birthdays"))
        time.sleep(0.06)
        assert 404 == library.ask(old).status


def test_a_change_gives_other_octets_and_a_later_time(library: Library) -> None:
    """What stood before is served until the new is joined; then it is another edition."""
    library.add_people("Ada Example", "Bo Example")
    path = library.add_feed()
    library.build()
    with library.serving():
        before = library.ask(path)
        library.do(EditContact("Ada Example", birthday="1985-11-12"))
        assert before.body == library.ask(path).body
        library.build()
        after = library.ask(path, If_None_Match=before.headers["ETag"])

    assert 200 == after.status
    assert before.headers["Last-Modified"] != after.headers["Last-Modified"]
    changed = set(before.body.split(b"BEGIN:")) ^ set(after.body.split(b"BEGIN:"))
    assert all(b"Ada Example" in it for it in changed)


def test_a_feed_that_is_renamed_says_so(small: Library) -> None:
    """Its calendar's name is in the octets."""
    small.do(EditFeed("Birthdays", name="Geburtstage"))
    small.build()

    answer = small.ask(small.path_of("Geburtstage"))

    assert b"X-WR-CALNAME:Geburtstage\r\n" in answer.body
    assert 'inline; filename="geburtstage.ics"' == answer.headers["Content-Disposition"]


def test_a_new_feed_is_waited_for(library: Library) -> None:
    """A request that comes before the first build is done gets all of it, a little later."""
    import threading

    library.add_people("Ada Example")
    path = library.add_feed()
    with library.serving():
        later = threading.Timer(0.5, library.build)
        later.start()
        answer = library.ask(path)
        later.join()

    assert 200 == answer.status
    assert 4 == answer.body.count(b"BEGIN:VEVENT")


def test_who_waits_too_long_gets_what_there_is(library: Library) -> None:
    """A calendar that lacks somebody is a calendar: never an empty body, never trouble."""
    library.add_people("Ada Example")
    path = library.add_feed()
    library.patience = 0.3
    library.joiner.join()
    with library.serving():
        answer = library.ask(path)

    assert 200 == answer.status
    assert answer.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert answer.body.endswith(b"END:VCALENDAR\r\n")


def test_a_store_that_fails_leaves_what_is_served(small: Library) -> None:
    """Its address keeps working, and never with 5xx."""
    path = small.path_of()
    before = small.ask(path)
    with small.store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE feeds RENAME TO gone")

    after = [small.ask(path) for _ in range(3)]

    assert [(200, before.body)] * 3 == [(it.status, it.body) for it in after]


def test_who_fetched_is_known(small: Library) -> None:
    """By the program's name in one line, the last address a proxy on this machine saw, and when."""
    for agent, forwarded in (
        ("Thunderbird/140", "203.0.113.9, 198.51.100.7"),
        ("Thunderbird/140", "evil, 198.51.100.8:4711"),
        ("x" * 500, "[2001:db8::1]"),
        ("bidi\u202e\ttab", ""),
    ):
        small.ask(
            small.path_of(),
            User_Agent=agent.encode().decode("latin-1"),
            X_Forwarded_For=forwarded,
        )
    tag = small.ask(small.path_of(), User_Agent="once").headers["ETag"]
    assert 304 == small.ask(small.path_of(), User_Agent="once", If_None_Match=tag).status

    found = {it.agent: (it.address, it.fetches) for it in small.clients()}

    assert ("198.51.100.8", 2) == found.pop("Thunderbird/140")
    assert ("2001:db8::1", 1) == found.pop("x" * 120)
    assert (LOCAL, 2) == found.pop("once")
    ((agent, told),) = found.items()
    assert (LOCAL, 1) == told
    assert agent.isprintable()
    assert agent.endswith(" tab")


def test_tokens_are_in_no_log(small: Library, events: object) -> None:
    """Neither right ones nor wrong ones, whatever is sent."""
    path = small.path_of()
    small.ask(path)
    small.ask(path, "PUT")
    small.ask(path + "x")
    with small.connect() as line:
        line.sendall(b"GET " + path.encode() + b" HTTP/9.9\r\n\r\n")
        line.recv(1000)

    assert path[6:30] not in events.text  # type: ignore[attr-defined]


def _known_by(answer: Answer) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    fields = tuple(it for it in answer.headers.items() if it[0] != "Date")
    return answer.status, fields, answer.body
