"""Who subscribes to a feed: vdirsyncer and khal, through nginx as in config/nginx.conf.example."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.feed_table import cards, expected, people
from tests.acceptance.owner import Owner
from tests.acceptance.serving import ask, until
from tests.conftest import NginxFactory
from tests.daemon.process import Process
from tests.servers.khal import Khal
from tests.servers.nginx import Nginx
from tests.servers.processes import free_ports, server_folder, service_identity
from tests.servers.vdirsyncer import Subscription

ZONE = ZoneInfo("Europe/Berlin")
SETTINGS = """
[web]
listen = "{listen}"
public_url = "{url}"
metrics_listen = "none"
"""


def today() -> tuple[int, int, int]:
    """The owner's calendar day."""
    now = dt.datetime.now(ZONE)
    return now.year, now.month, now.day


def fill(owner: Owner) -> list[tuple[str, str]]:
    """Sixty people, with the birthdays of these days among them; gives what is to be told."""
    rows = [row for row in people(today()) if not row.gone][340:400]
    file = owner.folder / "people.vcf"
    file.write_text(cards(rows), newline="")
    owner.ask("contacts", "import", str(file))
    years = range(today()[0] - 1, today()[0] + 3)
    return expected(rows, today(), years=years, leap_day=(2, 28), language="en")


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    """A folder whose sockets the server's user may use: its group is theirs, and is passed on."""
    with server_folder("feeds") as folder:
        who = service_identity()
        if who.differs:
            folder.chmod(0o2770)
        yield folder


def test_khal_lists_tomorrows_birthdays_through_nginx(
    sqlite_owner: Owner, nginx: NginxFactory, socket_folder: Path, tmp_path: Path
) -> None:
    """By https, under a path, from krmd's socket: vdirsyncer fetches, and again after a change."""
    owner = sqlite_owner
    socket = f"unix:{socket_folder}/web.sock"
    front = nginx(socket, under="/krmd", tls=True)
    owner.more = SETTINGS.format(listen=socket, url=front.url)
    table = fill(owner)
    url = owner.ask("feed", "add", "birthdays")["url"]
    assert url.startswith(front.url)
    with Process(owner.config) as krmd:
        subscription = Subscription(tmp_path / "sync", url, front.certificates.ca)
        assert len(table) == len(subscription.sync())
        khal = Khal(tmp_path, subscription.events, ZONE.key)
        first, last = f"{today()[0] - 1}-01-01", f"{today()[0] + 2}-12-31"
        assert table == [(it.first, it.title) for it in khal.list(first, last)]
        assert {True} == {it.all_day and it.first == it.last for it in khal.list(first, last)}
        assert_tomorrow(khal, table)

        before = {path.name for path in subscription.sync()}
        tag = ask(url, ca=front.certificates.ca).headers["etag"]
        owner.ask(
            "contacts",
            "add",
            "Late Example",
            "--birthday",
            tomorrow().replace(year=2000).isoformat(),
        )
        until(lambda: tag != ask(url, ca=front.certificates.ca).headers["etag"])
        assert 4 == len({path.name for path in subscription.sync()} - before)
        age = tomorrow().year - 2000
        assert f"Late Example ({age})" in {it.title for it in khal.list("tomorrow")}
        assert 0 == krmd.end()[0]
    (feed,) = owner.ask("feed", "list")["items"]
    assert any(it["agent"].startswith("vdirsyncer") for it in feed["clients"])
    assert url.rpartition("/")[2] not in front.logs()


def tomorrow() -> dt.date:
    """The owner's next day."""
    return dt.date(*today()) + dt.timedelta(days=1)


def assert_tomorrow(khal: Khal, table: list[tuple[str, str]]) -> None:
    """What khal calls tomorrow is so in the table, also if midnight passes meanwhile."""
    before = tomorrow()
    listed = [(it.first, it.title) for it in khal.list("tomorrow")]
    if before != tomorrow():
        listed = [(it.first, it.title) for it in khal.list("tomorrow")]
    wanted = [it for it in table if it[0] == tomorrow().isoformat()]
    assert wanted
    assert wanted == listed


@pytest.mark.parametrize("under", ["", "/some/path"])
def test_a_feed_is_the_same_through_nginx(
    sqlite_owner: Owner, nginx: NginxFactory, under: str
) -> None:
    """Octets, tags, 304 and compression pass as they are; a wrong address is 404 there too."""
    owner = sqlite_owner
    (port,) = free_ports(1)
    front = nginx(f"127.0.0.1:{port}", under=under)
    owner.more = SETTINGS.format(listen=f"127.0.0.1:{port}", url=front.url)
    fill(owner)
    url = owner.ask("feed", "add", "birthdays")["url"]
    direct = f"http://127.0.0.1:{port}/feed/{url.rpartition('/')[2]}"
    with Process(owner.config):
        for headers in ({}, {"Accept-Encoding": "gzip"}):
            ours, theirs = ask(direct, headers), ask(url, headers)
            assert (200, ours.body) == (theirs.status, theirs.body)
            for name in ("etag", "last-modified", "content-type", "cache-control", "vary"):
                assert ours.headers[name] == theirs.headers[name]
            again = ask(url, {**headers, "If-None-Match": theirs.headers["etag"]})
            assert (304, b"") == (again.status, again.body)
        wrong = ask(url.replace("/feed/", "/feed/x"))
        assert 404 == wrong.status
        assert ask(direct.replace("/feed/", "/feed/x")).body == wrong.body
    assert_kept_while_away(front, url)


def assert_kept_while_away(front: Nginx, url: str) -> None:
    """Thunderbird turns a calendar off after a 5xx, and keeps it after a 404."""
    assert 404 == ask(url).status
    assert url.rpartition("/")[2] not in front.logs()


def test_khal_reads_a_folder_that_krmd_writes(sqlite_owner: Owner, tmp_path: Path) -> None:
    """`feed write --vdir`: a file an event, left alone while it is right, gone with its person."""
    owner = sqlite_owner
    table = fill(owner)
    owner.ask("feed", "add", "birthdays")
    folder = tmp_path / "events"
    assert 0 == owner.krmd("feed", "write", "--vdir", str(folder)).code
    files = {path.name: path.stat().st_ino for path in folder.glob("*.ics")}
    assert len(table) == len(files)
    khal = Khal(tmp_path, folder, ZONE.key)
    first, last = f"{today()[0] - 1}-01-01", f"{today()[0] + 2}-12-31"
    assert table == [(it.first, it.title) for it in khal.list(first, last)]

    who = owner.ask("contacts", "list")["items"][0]["id"]
    owner.ask("contacts", "drop", who)
    owner.ask("feed", "write", "--vdir", str(folder))
    left = {path.name: path.stat().st_ino for path in folder.glob("*.ics")}
    assert left.items() < files.items()
    assert len(left) == len(khal.list(first, last))
