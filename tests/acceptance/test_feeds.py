"""Calendar feeds, from the book to whoever reads them, against a table reckoned by hand."""

import datetime as dt
from pathlib import Path

import pytest

from tests.acceptance.elsewhere import NOBODY, Elsewhere, running_at, serving
from tests.acceptance.feed_table import LONG, Person, expected, people, unusable
from tests.acceptance.owner import Owner
from tests.acceptance.serving import ask, events_of, sequence_of, until
from tests.daemon.process import Process
from tests.servers.calendars import Reader, Reading, lines_of
from tests.servers.processes import free_ports

LEAP_DAYS = {"02-28": (2, 28), "03-01": (3, 1)}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    """On SQLite."""
    return Elsewhere(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3", accounts={"home": NOBODY})


@pytest.fixture
def anywhere(tmp_path: Path, made_store_url: str) -> Elsewhere:
    """On SQLite and on PostgreSQL."""
    return Elsewhere(tmp_path, made_store_url, accounts={"home": NOBODY})


@pytest.mark.parametrize(
    ("zone", "language", "leap_day"),
    [
        ("Pacific/Kiritimati", "en", "02-28"),
        ("Pacific/Pago_Pago", "de", "03-01"),
        ("Europe/Berlin", "fr", "02-28"),
        ("America/St_Johns", "es", "03-01"),
    ],
)
def test_every_parser_agrees_with_the_table(
    elsewhere: Elsewhere,
    calendar_readers: dict[str, Reader],
    *,
    zone: str,
    language: str,
    leap_day: str,
) -> None:
    """Day, title, age and count of 500 people in four years, and nobody complains.

    Somebody born today in Kiritimati isn't born yet in Pago Pago.
    """
    owner = elsewhere
    owner.zone, owner.more = zone, f'\n[calendar]\nleap_day = "{leap_day}"\n'
    today = owner.today
    rows, years = people(today), range(today[0] - 1, today[0] + 3)
    owner.take_in(rows)
    kinds = ("--of", "birthdays", "--of", "anniversaries")
    owner.ask("feed", "add", "all", *kinds, "--language", language)
    calendar = owner.written()
    lines_of(calendar)

    table = [
        it
        for it in expected(
            rows, today, years=years, leap_day=LEAP_DAYS[leap_day], language=language
        )
        if not it[1].startswith(LONG)
    ]
    readings = {name: read(calendar, years) for name, read in calendar_readers.items()}
    for name, reading in readings.items():
        assert (name, ()) == (name, reading.warnings)
        long = [it for it in reading.titles() if it[1].startswith(LONG[:50])]
        assert (name, table) == (name, sorted(set(reading.titles()) - set(long)))
        assert (name, len(table) + len(years)) == (name, len(reading.entries))
        assert_long_name_is_told(long, years)
    (reading,) = {*readings.values()}  # also in all that the table doesn't speak of
    assert_all_day(reading)
    assert_said_why(owner, rows, today)
    assert today == owner.today, "midnight passed while this test ran"


def assert_long_name_is_told(told: list[tuple[str, str]], years: range) -> None:
    """Cut, but with the age."""
    for (day, title), year in zip(told, years, strict=True):
        assert f"{year}-03-12" == day
        assert len(title) < 255
        assert title.removesuffix(" ★").endswith(f" ({year - 1985})")


def assert_all_day(reading: Reading) -> None:
    """Each event is one day long, and each has a UID of its own."""
    assert {dt.timedelta(days=1)} == {it.until - it.first for it in reading.entries}
    assert len(reading.entries) == len({it.uid for it in reading.entries})


def assert_said_why(owner: Owner, rows: list[Person], today: tuple[int, int, int]) -> None:
    """Who has a birthday that is in no calendar is named; `krmd check` says how many they are."""
    names = unusable(rows, today)
    said = owner.ask("birthdays", "--unusable")["items"]
    assert names == sorted(it["name"] for it in said)
    assert all(it["reason"] for it in said)
    checks = {it["name"]: it["detail"] for it in owner.krmd("check", "--json").json["checks"]}
    assert f"{len(names)} dates can't be used" in checks["dates"]


def test_only_what_changed_changes(anywhere: Elsewhere) -> None:
    """Two fetches give the same octets; a birthday moves one person's events; 304 in between."""
    owner = anywhere
    (port,) = free_ports(1)
    owner.more = serving(port)
    rows = [row for row in people((2026, 1, 1)) if not row.gone][360:400]
    owner.take_in(rows)
    url = owner.ask("feed", "add", "birthdays")["url"]
    with Process(owner.config) as krmd:
        first, second = ask(url), ask(url)
        assert (200, first.body) == (first.status, second.body)
        for name in ("etag", "last-modified", "content-type"):
            assert first.headers[name] == second.headers[name]
        assert_not_sent_again(url)

        who = next(row for row in rows if isinstance(row.born, tuple))
        owner.ask("contacts", "edit", who.address, "--birthday", "1985-07-04")
        until(lambda: ask(url, {"If-None-Match": first.headers["etag"]}).status == 200)
        after = ask(url)
        krmd.kill()
    assert_moved(events_of(first.body), events_of(after.body), "0704")
    target = owner.folder / "feed.ics"
    assert 0 == owner.krmd("feed", "write", str(target)).code
    assert after.body == target.read_bytes()
    with Process(owner.config):  # what a daemon that was killed had told
        again = ask(url)
    assert (after.body, after.headers["etag"]) == (again.body, again.headers["etag"])


def assert_not_sent_again(url: str) -> None:
    """To whoever has it already, by tag or by date, compressed or not."""
    plain, packed = ask(url), ask(url, {"Accept-Encoding": "gzip"})
    assert plain.headers["etag"] != packed.headers["etag"]
    for tag in (plain.headers["etag"], packed.headers["etag"]):
        same = ask(url, {"If-None-Match": tag})
        assert (304, b"") == (same.status, same.body)
    assert 304 == ask(url, {"If-Modified-Since": plain.headers["last-modified"]}).status
    head = ask(url, method="HEAD")
    assert (200, b"", plain.headers["content-length"]) == (
        head.status,
        head.body,
        head.headers["content-length"],
    )


def assert_moved(before: dict[str, bytes], after: dict[str, bytes], day: str) -> None:
    """One person's events are others, under the UIDs of before, told as changed."""
    changed = {uid for uid in before.keys() | after.keys() if before.get(uid) != after.get(uid)}
    assert 1 == len({uid.split("-")[1] for uid in changed})
    assert {4} == {len(changed)}
    for uid in changed & before.keys():
        assert sequence_of(before[uid]) + 1 == sequence_of(after[uid])
        assert day.encode() in after[uid].partition(b"DTEND")[0]


def test_an_address_that_was_rotated_is_gone_at_once(elsewhere: Elsewhere) -> None:
    """And one that was revoked; neither the answer nor the log tells the secret."""
    owner = elsewhere
    (port,) = free_ports(1)
    owner.more = serving(port)
    owner.ask("contacts", "add", "Ada Example", "--birthday", "1985-03-12")
    old = owner.ask("feed", "add", "birthdays")["url"]
    with Process(owner.config) as krmd:
        assert 200 == ask(old, {"User-Agent": "ICSx5/2.2"}).status
        new = owner.ask("feed", "rotate", "birthdays")["url"]
        assert old != new
        assert [404, 200] == [ask(url).status for url in (old, new)]
        assert ask(old).body == ask(old.replace("/feed/", "/feed/x")).body
        owner.ask("feed", "revoke", "birthdays", "--yes")
        assert [404, 404] == [ask(url).status for url in (old, new)]
        assert 0 == krmd.end()[0]
        said = krmd.output()
    for url in (old, new):
        assert url.rpartition("/")[2].removesuffix(".ics") not in said


def test_the_feeds_list_tells_who_fetched(elsewhere: Elsewhere) -> None:
    """A leak shows."""
    owner = elsewhere
    (port,) = free_ports(1)
    owner.more = serving(port)
    owner.ask("contacts", "add", "Ada Example", "--birthday", "1985-03-12")
    url = owner.ask("feed", "add", "birthdays")["url"]
    with Process(owner.config) as krmd:
        for agent in ("ICSx5/2.2", "Stranger/1.0", "ICSx5/2.2"):
            ask(url, {"User-Agent": agent})
        krmd.end()
    (feed,) = owner.ask("feed", "list")["items"]
    seen = {it["agent"]: (it["fetches"], it["address"]) for it in feed["clients"]}
    here = "this machine"
    assert {"ICSx5/2.2": (2, here), "Stranger/1.0": (1, here)} == seen


@pytest.mark.parametrize(
    ("zone", "eve"),
    [
        ("Pacific/Kiritimati", (12, 31)),
        ("Pacific/Pago_Pago", (6, 30)),
    ],
)
def test_a_new_day_begins_at_the_owners_midnight(
    elsewhere: Elsewhere, calendar_readers: dict[str, Reader], zone: str, eve: tuple[int, int]
) -> None:
    """While the daemon runs, and not at anybody else's: who is born that day appears, and at New
    Year another year.
    """
    owner = elsewhere
    owner.zone = zone
    (port,) = free_ports(1)
    owner.more = serving(port)
    year = owner.today[0] + 1
    last = (year, *eve)
    rows = people(last)
    rows = [row for row in rows if not row.gone and row.dates == ()][360:400]
    owner.take_in(rows)
    url = owner.ask("feed", "add", "birthdays")["url"]
    read = calendar_readers["ical.js"]

    def table(day: tuple[int, int, int]) -> list[tuple[str, str]]:
        years = range(day[0] - 1, day[0] + 3)
        return expected(rows, day, years=years, leap_day=(2, 28), language="en")

    def told() -> list[tuple[str, str]]:
        return read(ask(url).body, range(2000, 2100)).titles()

    with running_at(owner) as clock:
        clock.set(last, 13, 59)
        until(lambda: told() == table(last))
        # What the day's end is in Greenwich: 14:00 in Kiritimati, 13:00 in Pago Pago.
        before = ask(url)
        clock.set(last, 14, 1)
        clock.set(last, 23, 59)
        assert before == ask(url)._replace(headers=before.headers)
        next_day = dt.date(*last) + dt.timedelta(days=1)
        day = (next_day.year, next_day.month, next_day.day)
        assert table(last) != table(day)
        clock.set(day, 0, 1)
        until(lambda: told() == table(day))
