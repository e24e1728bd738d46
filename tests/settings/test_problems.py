"""Wrong settings: each mistake gets its own sentence at its own place, and all come at once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import Problem, SettingsError
from krmd.settings import Settings, load_settings
from krmd.settings.place import lines_of

OWNER = '[owner]\nname = "Ada"\naddresses = ["ada@example.org"]\ntimezone = "UTC"\n'
ACCOUNT = (
    '[accounts.home]\nimap = "imaps://imap.example.org"\nuser = "ada"\npassword = { env = "P" }\n'
)
GOOD = OWNER + ACCOUNT


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A krmd.toml that only its owner can read."""
    path = tmp_path / "krmd.toml"
    path.touch(mode=0o600)
    return path


def load(config: Path, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a text."""
    config.write_text(text)
    return load_settings(config, {"HOME": "/home/ada", **(environ or {})})


def problems(
    config: Path, text: str, environ: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    with pytest.raises(SettingsError) as caught:
        load(config, text, environ)
    return caught.value.problems


WRONG_VALUES = [
    ("owner.name", '""', "is empty"),
    ("owner.name", "7", "must be text in quotes, not a whole number"),
    ("owner.name", r'"Ada\nBcc: x"', "control character"),
    ("owner.addresses", "[]", "is empty"),
    ("owner.addresses", '"ada@example.org"', "must be a list, not text"),
    ("owner.addresses", '["ada@"]', '"ada@" is neither an address nor a domain'),
    ("owner.addresses", '["@"]', '"@" is no domain'),
    ("owner.addresses", '["@a b"]', "is no domain"),
    ("owner.addresses", '["@Gmail.com"]', "would make all its users the owner"),
    ("owner.timezone", '"Europe/Berln"', '"Europe/Berln" is no time zone'),
    ("owner.timezone", '"../../etc/passwd"', "is no time zone"),
    ("store.url", '"mysql://x/y"', "begins with sqlite:/// or postgresql+psycopg://"),
    ("store.url", '"sqlite:///krmd.sqlite3"', "four slashes"),
    ("store.url", '"sqlite://"', "names no file"),
    ("store.url", '"postgresql://localhost"', "names no database"),
    ("store.url", '"postgresql://localhost:x/krmd"', "a port that can't be"),
    ("store.key", '{ command = ["x"] }', "doesn't know the source 'command'"),
    ("accounts.home.imap", '"imap.example.org"', "begin it with one of imaps://"),
    ("accounts.home.imap", '"imapss://imap.example.org"', "did you mean imaps://?"),
    ("accounts.home.imap", '"smtps://imap.example.org"', "is not known here"),
    ("accounts.home.imap", '"imap://imap.example.org"', "use imaps:// or imap+starttls://"),
    ("accounts.home.imap", '"imap://127.0.0.1.example.org"', "sends the password unencrypted"),
    ("accounts.home.imap", '"imaps://ada:hunter2@imap.example.org"', "holds a password"),
    ("accounts.home.imap", '"imaps://imap.example.org:0"', '"0" is no port'),
    ("accounts.home.imap", '"imaps://imap.example.org:99999"', "is no port"),
    ("accounts.home.imap", '"imaps://imap.example.org/INBOX"', "is no host"),
    ("accounts.home.imap", '"imaps://imap example"', "is no host"),
    ("accounts.home.imap", '"imaps://[::1"', "write [::1]:993"),
    ("accounts.home.imap", '"imaps://"', '"" is no host'),
    ("accounts.home.smtp", '"smtp://mail.example.org"', "use smtps:// or smtp+starttls://"),
    ("accounts.home.smtp", '"smtp+tls://mail.example.org"', "is not known here"),
    ("accounts.home.smtp_user", '"ada"', "has no use without smtp"),
    ("accounts.home.user", '""', "is missing"),
    ("accounts.home.password", "{}", "must name exactly one source"),
    ("accounts.home.password", '{ env = "A", file = "b" }', "must name exactly one source"),
    ("accounts.home.password", '{ evn = "A" }', "did you mean env?"),
    ("accounts.home.password", '{ env = "$A" }', "without the dollar sign"),
    ("accounts.home.password", '{ env = "" }', "needs a name after env"),
    ("accounts.home.password", "{ file = 7 }", "needs text after file =, not a whole number"),
    ("accounts.home.password", '{ command = "pass mail" }', "there is no shell"),
    ("accounts.home.password", "{ command = [] }", "needs a list of words"),
    ("accounts.home.password", '{ command = ["pass", 1] }', "every word is text"),
    ("accounts.home.password", '{ credential = "../x" }', "not a path"),
    ("accounts.home.password", '""', "one line and not empty"),
    ("accounts.home.password", "7", "must name exactly one source"),
    ("accounts.home.auth", '"oauth"', "did you mean 'oauth2'?"),
    ("accounts.home.from", '"Ada Example"', "holds no email address"),
    ("accounts.home.from", '"Ada <ada@example.org"', "no > at its end"),
    ("accounts.home.from", r'"Ada\r\nBcc: x@example.org <ada@example.org>"', "control character"),
    ("accounts.home.ca_file", '""', "is no path"),
    ("accounts.home.folders", '"*"', "must be a list, not text"),
    ("accounts.home.folders", '["!"]', "names no folder"),
    ("accounts.home.since", '"2015"', "is no date; write YYYY-MM-DD"),
    ("accounts.home.since", "2015", "must be a date, not a whole number"),
    ("accounts.home.since", "1900-01-01", "before 1970"),
    ("accounts.home.poll_seconds", "1", "must be 5 or more, not 1"),
    ("accounts.home.poll_seconds", '"60"', "must be a whole number, not text"),
    ("accounts.home.idle_seconds", "1800", "must be 1740 or less, not 1800"),
    ("counting.personal_recipients", "0", "must be 1 or more"),
    ("counting.personal_recipients", "12.5", "must be a whole number, not a number"),
    ("counting.personal_recipients", "true", "must be a whole number, not true or false"),
    ("counting.ignore", '["newsletter.example"]', "neither an address nor a domain"),
    ("counting.create_contacts", '"reply"', "did you mean 'replied'?"),
    ("privacy.subjects", '"no"', "must be true or false, not text"),
    ("privacy.bodies", '["comands"]', "did you mean 'commands'?"),
    ("categories.japan.cadence_days", "0", "must be 1 or more"),
    ("categories.japan.manner", '"post"', "is not one of letter, newsletter"),
    ("categories.japan.account", '"hmoe"', "did you mean 'home'?"),
    ("digest.at", '"7 pm"', '"7 pm" is no time of day; write HH:MM'),
    ("digest.at", '"24:00"', "is no time of day"),
    ("digest.at", "7", "must be text in quotes, not a whole number"),
    ("digest.days", '["mon", "thr"]', '"thr" is no weekday'),
    ("digest.days", '["m"]', "is no weekday"),
    ("digest.account", '"work"', '"work" is no account; there are home'),
    ("digest.minutes", "0", "must be 1 or more"),
    ("digest.minutes_per_call", "-1", "must be 1 or more"),
    ("commands.account", '"work"', "is no account"),
    ("commands.address", '"@example.org"', "is no email address"),
    ("commands.receipts", '"none"', "is not one of all, problems"),
    ("commands.tidy", '"delete"', "is not one of never, archive, trash"),
    ("commands.tidy_days", "-1", "must be 0 or more"),
    ("web.listen", '"8470"', "lacks a port; write host:port"),
    ("web.listen", '"127.0.0.1:http"', '"http" is no port'),
    ("web.listen", '"unix:web.sock"', "no absolute path"),
    ("web.public_url", '"http://krmd.example.org"', "must begin with https://"),
    ("web.public_url", '"https://krmd.example.org/?a"', "without query and fragment"),
    ("web.metrics_listen", '"127.0.0.1:8470"', "is the public address too"),
    ("mailing.rate", '["30 per minute"]', "is no rate"),
    ("mailing.rate", '["0/day"]', "is no rate"),
    ("mailing.rate", '"30/minute"', "must be a list, not text"),
    ("mailing.hold_minutes", "-1", "must be 0 or more"),
    ("contacts.phone.vdir", '""', "is no path"),
    ("contacts.phone.carddav", '"dav.example.org"', "without query and fragment"),
]  # fmt: skip


def with_value(key: str, value: str) -> tuple[str, int]:
    """A good file with one more or another key, and the line it stands on."""
    section, _, name = key.rpartition(".")
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{name} =")]
    if f"[{section}]" not in lines:
        lines.append(f"[{section}]")
    lines.insert(lines.index(f"[{section}]") + 1, f"{name} = {value}")
    return "\n".join(lines), lines.index(f"{name} = {value}") + 1


@pytest.mark.parametrize(("key", "value", "sentence"), WRONG_VALUES)
def test_a_wrong_value_is_named_with_its_place_and_what_to_write(
    config: Path, key: str, value: str, sentence: str
) -> None:
    """File and line, dotted key, what is wrong; no secret is repeated."""
    text, line = with_value(key, value)
    found = [problem for problem in problems(config, text) if problem.key == key]
    assert [f"{config}:{line}"] == [problem.file for problem in found]
    assert sentence in found[0].message
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    ("text", "key", "sentence"),
    [
        (GOOD + "[digset]\n", "digset", "did you mean digest?"),
        (GOOD + "[digest]\nminutes_per_cal = 8\n", "digest.minutes_per_cal", "minutes_per_call?"),
        (GOOD + 'passwort = "x"\n', "accounts.home.passwort", "did you mean password?"),
        (GOOD + 'sender = "x"\n', "accounts.home.sender", "is not known here"),
        (GOOD + 'name = "x"\n', "accounts.home.name", "is not known here"),
        ('timezone = "UTC"\n' + GOOD, "timezone", "it belongs into [owner]"),
        (GOOD + "[digest]\nxyzzy = 8\n", "digest.xyzzy", "known are account, at, days"),
        (GOOD + "[web]\npublic_ulr = 1\n", "web.public_ulr", "did you mean public_url?"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(
    config: Path, text: str, key: str, sentence: str
) -> None:
    """A slip of the pen is the commonest mistake."""
    [problem] = problems(config, text)
    assert key == problem.key
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ["owner", "accounts"]),
        (OWNER, ["accounts"]),
        (OWNER + "[accounts]\n", ["accounts"]),
        (ACCOUNT, ["owner"]),
        ("[owner]\n" + ACCOUNT, ["owner.name", "owner.addresses"]),
        (OWNER + "[accounts.home]\n", ["accounts.home.imap", "accounts.home.password"]),
        ('accounts = "home"\n' + OWNER, ["accounts"]),
        ('digest = "07:00"\n' + GOOD, ["digest"]),
        (OWNER + "accounts.home = 1\n", ["owner.accounts", "accounts"]),
    ],
)
def test_what_is_missing_is_said_once(config: Path, text: str, keys: list[str]) -> None:
    """One sentence for each key, none for what merely follows from it."""
    assert sorted(keys) == sorted(problem.key for problem in problems(config, text))


def test_all_problems_come_at_once_in_the_order_of_the_file(config: Path) -> None:
    """Across sections, kinds of mistakes and the environment; nobody corrects one by one."""
    text = (
        'nam = 1\n[owner]\nname = ""\naddresses = ["x"]\ntimezone = "Mars/Phobos"\n'
        '[accounts.home]\nimap = "imap://imap.example.org"\npassword = { evn = "X" }\n'
        '[digest]\nat = "x"\naccount = "hme"\n[mailing]\nrate = ["x"]\n'
    )
    found = problems(config, text, {"KRMD_WEB__LISTEN": "x", "KRMD_PRIVACY__SUBJEKTS": "true"})
    assert [
        ("$KRMD_PRIVACY__SUBJEKTS", "privacy.subjekts"),
        ("$KRMD_WEB__LISTEN", "web.listen"),
        (f"{config}:1", "nam"),
        (f"{config}:3", "owner.name"),
        (f"{config}:4", "owner.addresses"),
        (f"{config}:5", "owner.timezone"),
        (f"{config}:7", "accounts.home.imap"),
        (f"{config}:8", "accounts.home.password"),
        (f"{config}:10", "digest.at"),
        (f"{config}:11", "digest.account"),
        (f"{config}:13", "mailing.rate"),
    ] == [(problem.file, problem.key) for problem in found]


def test_a_mistake_in_the_environment_is_told_for_what_it_is(config: Path) -> None:
    """A number out of range isn't text, though it could be read so."""
    [problem] = problems(config, GOOD, {"KRMD_DIGEST__MINUTES": "0"})
    assert "must be 1 or more, not 0" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("[owner]\nname = Ada\n", 2, "invalid value"),
        ("[owner\n", 1, "expected"),
        ('[owner]\nname = "a"\nname = "b"\n', 3, "cannot overwrite"),
        ('[owner]\n\nname = "a\n', 3, "illegal character"),
        ("[owner]\nname = '''a\n", 2, "expected"),
        ("a = " + "[" * 5000, 1, ""),
    ],
)
def test_a_mistake_in_the_syntax_names_its_line(
    config: Path, text: str, line: int, sentence: str
) -> None:
    """One problem, since nothing behind it can be read."""
    [problem] = problems(config, text)
    assert problem.file in {f"{config}:{line}", str(config)}
    assert sentence in problem.message


def test_text_that_is_no_utf8_names_its_line(config: Path) -> None:
    """An editor set to Latin-1."""
    config.write_bytes(b'[owner]\nname = "J\xf6rg"\n')
    with pytest.raises(SettingsError, match=r"krmd\.toml:2: is no UTF-8 text"):
        load_settings(config, {})


def test_a_missing_file_is_said_with_what_to_do(tmp_path: Path) -> None:
    """Named but not there, or nowhere at all."""
    with pytest.raises(
        SettingsError, match="there is no such file; name another, or run: krmd init"
    ):
        load_settings(tmp_path / "krmd.toml", {})
    with pytest.raises(SettingsError, match="can't be read: Is a directory"):
        load_settings(tmp_path, {})


@pytest.mark.parametrize(
    ("account", "key", "sentence"),
    [
        ('user = "bob"\nimap = "imaps://ada@imap.example.org"', "user", "keep one of the two"),
        ('imap = "imaps://imap.example.org"', "user", "is missing: it says who logs in"),
        (
            'imap = "imaps://a@x.example"\nsmtp = "smtps://b@x.example"\nsmtp_user = "c"',
            "smtp_user",
            "keep one of the two",
        ),
    ],
)
def test_users_that_contradict_each_other_are_refused(
    config: Path, account: str, key: str, sentence: str
) -> None:
    """In the URL or beside it, never two different ones."""
    text = f'{OWNER}[accounts.home]\n{account}\npassword = {{ env = "P" }}\n'
    [problem] = problems(config, text)
    assert f"accounts.home.{key}" == problem.key
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("", "password"),
        ('auth = "oauth2"', "token"),
        ('auth = "oauth2"\nprovider = "google"', "token"),
    ],
)
def test_an_account_without_a_way_to_log_in_is_refused(config: Path, lines: str, key: str) -> None:
    """A password, or for OAuth2 a token or a provider with a client."""
    text = f'{OWNER}[accounts.home]\nimap = "imaps://ada@imap.example.org"\n{lines}\n'
    [problem] = problems(config, text)
    assert f"accounts.home.{key}" == problem.key


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("", "carddav"),
        ('vdir = "x"\ncarddav = "https://dav.example.org/"', "carddav"),
        ('vdir = "x"\nuser = "ada"', "user"),
        ('carddav = "https://dav.example.org/"\nuser = "ada"', "password"),
    ],
)
def test_an_address_book_is_a_folder_or_a_url(config: Path, lines: str, key: str) -> None:
    """Exactly one of the two, and a login where it has use."""
    [problem] = problems(config, f"{GOOD}[contacts.phone]\n{lines}\n")
    assert f"contacts.phone.{key}" == problem.key


def test_names_that_differ_only_in_case_are_refused(config: Path) -> None:
    """Categories are compared without case, and so is what the environment overrides."""
    text = GOOD + "[categories.Japan]\n[categories.japan]\n"
    [problem] = problems(config, text)
    assert "categories.japan" == problem.key


KEYS = st.lists(st.sampled_from(["a", "b", "'c d'", '"é"', "e-f"]), min_size=1, max_size=3)
VALUES = st.sampled_from(
    ["1", '"# no"', "'['", '"""\n[x]\ny = 1\n"""', "'''\n#'\n'''", "[\n 1, # ]\n 2]", "{ z = 1 }"]
)


@given(st.lists(st.tuples(st.booleans(), KEYS, VALUES), max_size=6))
def test_every_key_of_a_file_is_found(statements: list[tuple[bool, list[str], str]]) -> None:
    """Whatever tomllib reads has a line, and it is the line where the name stands."""
    lines = []
    for table, keys, value in statements:
        lines.append(f"[{'.'.join(keys)}]" if table else f"{' . '.join(keys)} = {value} # x")
    text = "\n".join(lines)
    try:
        expected = set(_paths(tomllib.loads(text)))
    except tomllib.TOMLDecodeError:
        return
    places = lines_of(text)
    assert expected == set(places)
    for path, line in places.items():
        assert path[-1] in text.split("\n")[line - 1]


def _paths(table: dict[str, object], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in table.items():
        found.append((*above, key))
        if isinstance(value, dict) and value != {"z": 1}:
            found += _paths(value, (*above, key))
    return found
