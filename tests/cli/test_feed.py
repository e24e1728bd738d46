"""`krmd feed`: what is told of feeds and their addresses, and to whom."""

import io
import json
import re
import signal
from pathlib import Path

import pytest
import segno

from krmd.bootstrap import open_krmd
from krmd.cli.door import run
from krmd.cli.feed_address import qr_lines
from krmd.cli.feed_words import alarm_time, client_told, read_alarm
from krmd.cli.terminal import Screen
from krmd.store import feeds
from krmd.store.feeds import Client
from tests.cli.seeding import CONFIG, NOW, Desk, Said
from tests.cli.test_hostile import STEERING

TOKEN = re.compile(r"/feed/([a-z2-7]{40})\.ics")
FIELDS = {
    "id", "name", "kinds", "audience", "detail", "language", "alarm", "alarm_minutes", "people",
    "events", "state", "done", "total", "error", "added", "changed", "fetched", "fetched_by",
    "clients", "url", "webcal",
}  # fmt: skip
PUBLIC = '\n[web]\npublic_url = "https://krmd.example.org/in/a/path/"\n'


def url_of(desk: Desk, name: str = "birthdays") -> str:
    """A feed's address."""
    url: str = desk.krmd("feed", "show", name, "--json").json["url"]
    return url


def refused(said: Said, *words: str) -> None:
    """The call failed with 2, in one sentence that holds these words."""
    assert (2, "") == (said.code, said.out), said
    assert all(word in said.err for word in words), said.err


def test_a_new_feed_comes_with_its_address(friends: Desk) -> None:
    """Standard output has the address, for programs on this machine; beside it the ways to more."""
    said = friends.krmd("feed", "add", "birthdays")
    made, url = said.out.splitlines()
    assert (0, "Feed birthdays made.") == (said.code, made)
    assert url.startswith("http://127.0.0.1:8470/feed/")
    assert TOKEN.search(url)
    for word in ("a proxy", "a private network", "krmd feed write"):
        assert word in said.err
    assert 1 == len(friends.krmd("feed", "add", "other", "--quiet").out.splitlines())


def test_behind_a_proxy_there_are_https_webcal_and_a_warning_of_google(friends: Desk) -> None:
    """Below the proxy's path, each under 256 characters."""
    friends.write(CONFIG + PUBLIC)
    said = friends.krmd("feed", "add", "birthdays")
    _, https, webcal = said.out.splitlines()
    assert https.startswith("https://krmd.example.org/in/a/path/feed/")
    assert https.removeprefix("https") == webcal.removeprefix("webcal")
    assert "Google may take a day" in said.err
    assert len(webcal) < 256
    document = friends.krmd("feed", "show", "birthdays", "--json").json
    assert (https, webcal) == (document["url"], document["webcal"])


@pytest.mark.parametrize(
    ("listen", "url", "words"),
    [
        ("none", None, "Served nowhere"),
        ("unix:/run/krmd/web.sock", None, "is a socket"),
        ("192.0.2.7:8470", "http://192.0.2.7:8470", "Not encrypted"),
        ("[2001:db8::1]:80", "http://[2001:db8::1]:80", "Not encrypted"),
    ],
)
def test_wherever_krmd_listens_the_address_is_right(
    friends: Desk, listen: str, url: str | None, words: str
) -> None:
    """And where there is none, that is said, with the ways to one."""
    friends.write(CONFIG + f'\n[web]\nlisten = "{listen}"\nmetrics_listen = "none"\n')
    said = friends.krmd("feed", "add", "birthdays", "--json").json
    shown = friends.krmd("feed", "show", "birthdays")
    assert words in shown.err
    if url is None:
        assert (None, None) == (said["url"], said["webcal"])
        assert not TOKEN.search(shown.out)
    else:
        assert said["url"].startswith(f"{url}/feed/")
        assert said["url"] in shown.out


def test_an_address_is_told_where_it_is_asked_for_and_nowhere_else(friends: Desk) -> None:
    """Not in lists, not in the journal, not in the store, not in a log."""
    friends.krmd("feed", "add", "birthdays")
    found = TOKEN.search(url_of(friends))
    assert found
    secret = found[1]
    for words in (
        ["feed", "list"],
        ["feed", "list", "--json"],
        ["feed", "edit", "birthdays", "--language", "de", "-vv"],
        ["status", "--json"],
        ["check", "--json"],
        ["feed", "revoke", "nobody", "-vv"],
    ):
        said = friends.krmd(*words)
        assert secret not in said.out + said.err, words
    for file in friends.folder.glob("krmd.sqlite3*"):
        assert secret.encode() not in file.read_bytes()
    assert secret in friends.krmd("feed", "list", "--addresses").out
    assert secret in friends.krmd("feed", "list", "--addresses", "--json").items[0]["url"]


def test_rotating_gives_another_address_and_keeps_the_feed(friends: Desk) -> None:
    """The old one never comes back."""
    friends.krmd("feed", "add", "birthdays")
    seen = {url_of(friends)}
    for _ in range(3):
        said = friends.krmd("feed", "rotate", "Birthdays")
        assert url_of(friends) in said.out
        seen.add(url_of(friends))
    assert 4 == len(seen)
    assert 1 == len(friends.krmd("feed", "list", "--json").items)


def test_a_list_has_the_fields_of_each_feed(friends: Desk) -> None:
    """All of them, null where there is nothing, with the list's own around."""
    friends.krmd(
        "feed", "add", "Navy", "--of", "due,anniversaries", "--of", "birthdays", "--audience",
        "navy", "--detail", "brief", "--language", "de", "--alarm", "18:00",
    )  # fmt: skip
    said = friends.krmd("feed", "list", "--json")
    assert (0, "") == (said.code, said.err)
    assert {"as_of", "read_to", "complete", "items"} == set(said.json)
    item = said.items[0]
    assert set(item) == FIELDS
    assert ("Navy", ["birthdays", "anniversaries", "due"], "navy", "brief", "de") == (
        item["name"],
        item["kinds"],
        item["audience"],
        item["detail"],
        item["language"],
    )
    assert ("18:00", 360, "building", 0, 1, None, []) == (
        item["alarm"],
        item["alarm_minutes"],
        item["state"],
        item["done"],
        item["total"],
        item["fetched"],
        item["clients"],
    )


def test_editing_changes_what_is_named_and_nothing_else(friends: Desk) -> None:
    """The address stays; `--everybody` and `--alarm none` take back."""
    friends.krmd("feed", "add", "birthdays", "--audience", "navy", "--alarm", "18:00")
    before = friends.krmd("feed", "show", "birthdays", "--json").json
    friends.krmd("feed", "edit", "birthdays", "--name", "Family", "--language", "fr")
    after = friends.krmd("feed", "show", "family", "--json").json
    assert {"name", "language"} == {field for field in FIELDS if before[field] != after[field]}
    friends.krmd("feed", "edit", "family", "--everybody", "--alarm", "none")
    last = friends.krmd("feed", "show", "family", "--json").json
    assert (None, None, None) == (last["audience"], last["alarm"], last["alarm_minutes"])


def test_a_feed_goes_when_the_owner_agrees(friends: Desk) -> None:
    """Asked on a terminal; elsewhere --yes; a new one of that name has another address."""
    friends.krmd("feed", "add", "birthdays")
    before = url_of(friends)
    refused(friends.krmd("feed", "revoke", "birthdays"), "--yes")
    assert (
        "Nothing was changed"
        in friends.krmd("feed", "revoke", "birthdays", terminal=True, keys="n\n").err
    )
    assert 0 == friends.krmd("feed", "revoke", "birthdays", terminal=True, keys="y\n").code
    assert [] == friends.krmd("feed", "list", "--json").items
    friends.krmd("feed", "add", "birthdays")
    assert before != url_of(friends)
    assert 0 == friends.krmd("feed", "revoke", "birthdays", "--yes").code


def test_what_a_feed_tells_already_is_no_change(friends: Desk) -> None:
    """It says so, as of a contact; there is nothing to undo then."""
    friends.krmd("feed", "add", "birthdays")
    said = friends.krmd("feed", "edit", "birthdays", "--language", "en", "--json").json
    assert (False, None) == (said["changed"], said["command"])
    assert ["Nothing to change in the feed birthdays."] == said["sentences"]


def test_who_tells_all_is_warned_where_it_goes(friends: Desk) -> None:
    """Also when --quiet is asked for."""
    assert "Google" in friends.krmd("feed", "add", "x", "--detail", "full", "--quiet").err
    friends.krmd("feed", "edit", "x", "--detail", "brief")
    assert "Google" in friends.krmd("feed", "edit", "x", "--detail", "full", "--quiet").err
    assert "" == friends.krmd("feed", "edit", "x", "--detail", "name", "--quiet").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "x", "--of", "weddings"], "birthdays, anniversaries, due"),
        (["add", "x", "--of", ","], "tells of something"),
        (["add", "x", "--detail", "all"], "name, brief, full"),
        (["add", "x", "--language", "la"], "en, de, fr, es"),
        (["add", "x", "--alarm", "25:00"], "18:00"),
        (["add", "x", "--alarm", "9:75"], "18:00"),
        (["add", "x", "--audience", "nowhere"], "no category"),
        (["add", " "], "can't be a feed's name"),
        (["add", "\x1b[31m"], "can't be a feed's name"),
        (["add", "a" * 61], "1 to 60 printable characters"),
        (["add", "BIRTHDAYS"], "already"),
        (["edit", "birthdays"], "nothing to change"),
        (["edit", "birthdays", "--everybody", "--audience", "navy"], "one of them"),
        (["edit", "nobody", "--detail", "brief"], "no feed “nobody”"),
        (["rotate", "nobody"], "no feed “nobody”"),
        (["show", "nobody"], "no feed “nobody”"),
        (["revoke", "nobody", "--yes"], "no feed “nobody”"),
        (["write", "x.ics", "--feed", "nobody"], "no feed “nobody”"),
        (["write"], "--vdir"),
        (["write", "x.ics", "--vdir", "y"], "--vdir"),
    ],
    ids=" ".join,
)
def test_what_can_not_be_is_refused_in_a_sentence(
    friends: Desk, words: list[str], told: str
) -> None:
    """That says what can, for people and as one document; nothing is changed."""
    friends.krmd("feed", "add", "birthdays")
    refused(friends.krmd("feed", *words), told)
    said = friends.krmd("feed", *words, "--json")
    assert (2, "") == (said.code, said.err)
    assert told in said.json["message"]
    assert ["birthdays"] == [it["name"] for it in friends.krmd("feed", "list", "--json").items]


def test_without_the_key_no_feed_is_made(friends: Desk) -> None:
    """Its address would follow from it."""
    friends.write(CONFIG.replace("[accounts", f'key = {{ env = "{"NO_KEY"}" }}\n\n[accounts'))
    assert 2 == friends.krmd("feed", "add", "birthdays").code
    friends.write(CONFIG)
    assert [] == friends.krmd("feed", "list", "--json").items


def fetch(desk: Desk, *agents: str, hours: int = 0) -> None:
    """Note that programs fetched the feed."""
    krmd = open_krmd(desk.config, desk.environ)
    with krmd.store.transaction() as tx:
        then = type(krmd.clock.now())(int(NOW.timestamp()) - hours * 3600)
        clients = [Client(it, "192.0.2.9", then, then, 3) for it in agents]
        feeds.note_clients(tx, feeds.all_of_them(tx)[0].id, clients)
    krmd.close()


def test_a_lost_key_is_said_and_not_made_anew(friends: Desk) -> None:
    """Every address would be another, and nobody would know why."""
    friends.krmd("feed", "add", "birthdays")
    key = friends.folder / "key"
    assert key.exists()
    key.unlink()
    refused(friends.krmd("feed", "rotate", "birthdays"), "is gone", "krmd feed revoke")
    assert not key.exists()
    assert 0 == friends.krmd("feed", "revoke", "birthdays", "--yes").code
    assert 0 == friends.krmd("feed", "add", "birthdays").code


def test_a_revoked_feed_does_not_come_back_by_undo(friends: Desk) -> None:
    """Nor is what was before it undone in its stead."""
    friends.krmd("feed", "add", "birthdays")
    friends.krmd("feed", "revoke", "birthdays", "--yes")
    refused(friends.krmd("undo"), "can't be undone", "Feed birthdays is no more")


def test_who_fetched_a_feed_and_when_is_told(friends: Desk) -> None:
    """The last in the list, by a short name for people; all of them of one feed: a leak shows."""
    friends.krmd("feed", "add", "birthdays")
    assert "Never fetched." in friends.krmd("feed", "show", "birthdays").out
    fetch(friends, "Mozilla/5.0 (X11) Gecko/1 Thunderbird/128.3", hours=100)
    fetch(friends, "Google-Calendar-Importer")
    assert "today by Google" in friends.krmd("feed", "list", terminal=True).out
    shown = friends.krmd("feed", "show", "birthdays").out
    assert shown.index("Google-Calendar-Importer") < shown.index("Thunderbird/128.3")
    assert 2 == shown.count("192.0.2.9\t3\t")
    item = friends.krmd("feed", "list", "--json").items[0]
    assert ("Google-Calendar-Importer", 2) == (item["fetched_by"], len(item["clients"]))
    assert {"agent", "address", "first", "last", "fetches"} == set(item["clients"][0])
    assert "fetched by Google, Thunderbird" in friends.krmd("check").out


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_a_programs_name_steers_nothing(friends: Desk, *, terminal: bool) -> None:
    """Whoever has the address may call themselves anything."""
    friends.environ["NO_COLOR"] = "1"
    friends.krmd("feed", "add", "長い名前 " + "x" * 50)
    fetch(friends, "\x1b[2J\u202eevil " + "y" * 100)
    name = "長い名前 " + "x" * 50
    for words in (["list"], ["list", "--addresses"], ["show", name], ["rotate", name]):
        said = friends.krmd("feed", *words, terminal=terminal)
        assert 0 == said.code, said.err
        assert not STEERING.search(said.out + said.err), words


def test_a_feed_whose_category_is_gone_is_told_everywhere(friends: Desk) -> None:
    """`list`, `show`, `check` and `status` say so, and the last two that all isn't well."""
    friends.krmd("feed", "add", "birthdays", "--audience", "navy")
    friends.krmd("categories", "remove", "navy")
    if friends.krmd("feed", "list", "--json").items[0]["state"] != "trouble":
        pytest.fail(friends.krmd("feed", "list").out)
    for words in (["feed", "list"], ["feed", "show", "birthdays"], ["check"], ["status"]):
        assert "no category" in friends.krmd(*words).out, words
    status = friends.krmd("status", "--json")
    assert (1, False) == (status.code, status.json["ok"])
    assert {"name": "feed birthdays", "ok": False} == {
        name: status.json["checks"][-1][name] for name in ("name", "ok")
    }
    assert [("birthdays", "trouble")] == [(it["feed"], it["state"]) for it in status.json["feeds"]]
    refused(friends.krmd("feed", "write", str(friends.folder / "x.ics")), "no category")


@pytest.mark.parametrize(
    ("web", "lines"),
    [
        ("", ["! feeds: 1 (birthdays), at http://127.0.0.1:8470 for this machine alone; [web]"]),
        ('public_url = "https://k.example"', ["✓ feeds: 1 (birthdays), at https://k.example; nev"]),
        ('listen = "none"', ["! feeds: 1 (birthdays), served nowhere"]),
        (
            'listen = "unix:/nowhere/web"',
            ["! feeds: 1 (birthdays), behind a socket", "nothing lis"],
        ),
        (
            'listen = "0.0.0.0:9"\npublic_url = "https://k.example"',
            [
                "! web: [web] listen = 0.0.0.0:9 is open to the network",
                "✓ feeds: ",
                "nothing listens",
            ],
        ),
    ],
)
def test_check_tells_where_feeds_are(friends: Desk, web: str, lines: list[str]) -> None:
    """What others might reach, and what nobody can, is for the owner to look at; and what is given
    out stands with what is read and stored.
    """
    assert "✓ feeds: none; krmd feed add birthdays" in friends.krmd("check").out
    assert "third parties: nothing\n" in friends.krmd("check").out
    friends.krmd("feed", "add", "birthdays", "--audience", "navy", "--of", "everything")
    friends.write(f'{CONFIG}\n[web]\nmetrics_listen = "none"\n{web}\n')
    told = friends.krmd("check").out
    for line in lines:
        assert line in told, told
    given = "secret address: everything of navy, title and age (feed birthdays); sent to third"
    assert given in told


def test_a_feed_that_is_drawn_is_no_trouble(friends: Desk) -> None:
    """`status` tells how far it is, and that all is well."""
    assert [] == friends.krmd("status", "--json").json["feeds"]
    friends.krmd("feed", "add", "birthdays")
    said = friends.krmd("status")
    assert 0 == said.code
    assert "feed birthdays: drawn for 0 of 1 people so far" in said.out
    friends.krmd("feed", "write", str(friends.folder / "x.ics"))
    assert "feed" not in friends.krmd("status").out


def test_a_feed_is_written_to_a_file(friends: Desk) -> None:
    """Where there is one feed it needs no name; the same again touches nothing; a mode is kept."""
    friends.krmd("feed", "add", "birthdays")
    file = friends.folder / "birthdays.ics"
    said = friends.krmd("feed", "write", str(file))
    assert (0, "") == (said.code, said.out)
    assert "4 events" in said.err
    assert "chmod 644" in said.err
    octets = file.read_bytes()
    assert octets.startswith(b"BEGIN:VCALENDAR\r\n")
    assert 4 == octets.count(b"BEGIN:VEVENT\r\n")
    again = friends.krmd("feed", "write", str(file), "--json").json
    assert ("birthdays", str(file), 4, len(octets), False) == tuple(
        again[field] for field in ("feed", "file", "events", "octets", "changed")
    )
    assert octets.decode() == friends.krmd("feed", "write", "-").out
    refused(friends.krmd("feed", "write", "-", "--feed", "x"), "no feed")
    document = json.loads(friends.krmd("feed", "write", "-", "--json").out)
    assert "name a FILE" in document["message"]


def test_a_feed_is_written_to_a_folder(friends: Desk) -> None:
    """An .ics for each event."""
    friends.krmd("feed", "add", "birthdays")
    folder = friends.folder / "vdir"
    counts = ("events", "written", "unchanged", "removed")
    for wanted in ((4, 4, 0, 0), (4, 0, 4, 0)):
        said = friends.krmd("feed", "write", "--vdir", str(folder), "--json").json
        assert wanted == tuple(said[name] for name in counts)
    friends.krmd("contacts", "edit", "grace", "--attention", "muted")
    said = friends.krmd("feed", "write", "--vdir", str(folder), "--json").json
    assert (0, 0, 0, 4) == tuple(said[name] for name in counts)


def test_of_several_feeds_one_is_named(friends: Desk) -> None:
    """Else the names there are; none at all says how to make one."""
    file = str(friends.folder / "x.ics")
    refused(friends.krmd("feed", "write", file), "krmd feed add")
    friends.krmd("feed", "add", "one")
    friends.krmd("feed", "add", "two", "--of", "due")
    refused(friends.krmd("feed", "write", file), "--feed NAME", "one", "two")
    assert "two" == friends.krmd("feed", "write", file, "--feed", "TWO", "--json").json["feed"]


def test_progress_is_one_line_on_a_terminal_that_goes_again(friends: Desk) -> None:
    """In a pipe there is none."""
    friends.krmd("feed", "add", "birthdays")
    file = str(friends.folder / "x.ics")
    shown = friends.krmd("feed", "write", file, terminal=True).err
    assert "\rDrawing" in shown
    assert "\n" not in shown[: shown.rindex("\r")]
    friends.krmd("contacts", "edit", "grace", "--birthday", "1906-12-10")
    assert "Drawing" not in friends.krmd("feed", "write", file).err


def test_an_interrupted_write_goes_on_where_it_was(desk: Desk, tmp_path: Path) -> None:
    """130 and no file; what was drawn is kept."""
    cards = "".join(
        f"BEGIN:VCARD\nVERSION:3.0\nFN:Person {number}\nBDAY:1980-03-01\nEND:VCARD\n"
        for number in range(4_000)
    )
    (tmp_path / "people.vcf").write_text(cards)
    assert 0 == desk.krmd("contacts", "import", str(tmp_path / "people.vcf")).code
    desk.krmd("feed", "add", "birthdays")
    file = tmp_path / "x.ics"
    with desk.process("feed", "write", str(file)) as writing:
        while not desk.krmd("feed", "list", "--json").items[0]["done"]:
            assert writing.poll() is None
        writing.send_signal(signal.SIGINT)
        _, err = writing.communicate(timeout=60)
    assert (130, False) == (writing.returncode, file.exists())
    assert "goes on from there" in err
    assert 0 < desk.krmd("feed", "list", "--json").items[0]["done"] < 4_000
    assert 16_000 == desk.krmd("feed", "write", str(file), "--json").json["events"]


def test_a_code_stands_on_a_terminal_with_room_alone(friends: Desk) -> None:
    """Not in a pipe, not with --no-qr, not for an address that no phone can reach."""
    words = ("feed", "show", "birthdays")
    friends.krmd("feed", "add", "birthdays")
    assert "█" not in friends.krmd(*words, terminal=True).out
    friends.write(CONFIG + PUBLIC)
    friends.environ["COLUMNS"] = "40"
    assert "█" not in friends.krmd(*words, terminal=True).out
    friends.environ["COLUMNS"] = "80"
    assert "█" not in friends.krmd(*words).out
    assert "█" not in friends.krmd(*words, "--no-qr", terminal=True).out
    assert "█" not in friends.krmd(*words, "--json").out


@pytest.mark.parametrize("coloured", [True, False])
def test_a_code_says_the_address(coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Module by module as segno has it, dark where it is dark, with light around."""
    monkeypatch.setenv("LINES", "60")
    monkeypatch.setenv("COLUMNS", "80")
    text = "webcal://krmd.example.org/feed/" + "a" * 40 + ".ics"
    lines = list(qr_lines(text, Screen(True, 80, coloured)))
    rows = []
    for line in lines[1:-1]:
        blocks = re.sub("\x1b\\[[0-9;]*m", "", line)
        rows.append([block in " ▄" for block in blocks])
        rows.append([block in " ▀" for block in blocks])
    wanted = [
        [bool(it) for it in row] for row in segno.make_qr(text, error="l").matrix_iter(border=2)
    ]
    assert wanted == rows[: len(wanted)]
    assert all(("\x1b[38;5;231;48;5;16m" in line) == coloured for line in lines[1:-1])
    assert [] == list(qr_lines(text, Screen(True, 36, coloured)))
    assert [] == list(qr_lines(text, Screen(False, 80, coloured)))


def test_an_alarm_is_a_time_of_the_day_before() -> None:
    """From its beginning to the midnight at its end."""
    assert [1440, 360, 1, 0, None, None] == [
        read_alarm(text) for text in ("0:00", "18:00", "23:59", "24:00", "none", None)
    ]
    assert ["00:00", "18:00", "24:00"] == [alarm_time(minutes) for minutes in (1440, 360, 0)]


def test_programs_are_called_as_people_call_them() -> None:
    """Those that are known; others by the first word of what they say."""
    assert ["Google", "Apple Calendar", "Outlook", "Wget/1.21"] == [
        client_told(agent)
        for agent in (
            "Google-Calendar-Importer",
            "iOS/17.5 (21F79) dataaccessd/1.0",
            "Microsoft.Exchange/15.20",
            "Wget/1.21 something",
        )
    ]


def test_a_calendar_on_standard_output_is_utf_8_whatever_the_terminal_is(friends: Desk) -> None:
    """A locale of old shows names as it can, and spells none anew in a calendar."""
    friends.krmd("contacts", "edit", "Grace", "--name", "Żaneta", "--birthday", "--05-01")
    friends.krmd("feed", "add", "birthdays")
    friends.krmd("feed", "write", str(friends.folder / "it.ics"))
    out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    words = ["feed", "write", "-", "--config", str(friends.config)]
    assert 0 == run(words, friends.environ, streams=(io.StringIO(), out, io.StringIO()))
    written = out.buffer.getvalue()
    assert "Żaneta".encode() in written
    assert (friends.folder / "it.ics").read_bytes() == written
