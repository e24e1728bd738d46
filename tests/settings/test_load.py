"""Where settings come from: the file, the environment, the defaults; and what hangs on them."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from krmd.base.address import EmailAddress
from krmd.base.errors import SettingsError
from krmd.settings import Settings, find_config, fingerprint, load_settings
from krmd.settings.find import local_zone
from krmd.settings.server import Server, TcpListen, UnixListen
from krmd.settings.values import DAYS, Mailbox, Rate

GOOD = """\
[owner]
name = "Ada"
addresses = ["ada@example.org"]
timezone = "UTC"
[accounts.home]
imap = "imaps://imap.example.org"
user = "ada"
password = { env = "P" }
"""


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


def server(config: Path, url: str, kind: str = "imap") -> Server | None:
    """The server that a URL of an account gives."""
    text = GOOD.replace('imap = "imaps://imap.example.org"', f'{kind} = "{url}"')
    if kind == "smtp":
        text += 'imap = "imaps://imap.example.org"\n'
    account = load(config, text).accounts["home"]
    return account.imap if kind == "imap" else account.smtp


def test_the_owner_and_one_account_are_enough(config: Path) -> None:
    """Everything else has a default."""
    settings = load(config, GOOD)
    assert 12 == settings.counting.personal_recipients
    assert "never" == settings.counting.create_contacts
    assert ("commands", "bounces", "invitations") == settings.privacy.bodies
    assert (time(7), DAYS, 60) == (
        settings.digest.at,
        settings.digest.days,
        settings.digest.minutes,
    )
    assert (Rate(30, 60), Rate(500, 86_400)) == settings.mailing.rate
    assert TcpListen("127.0.0.1", 8470) == settings.web.listen
    assert (60, 300, ()) == (
        settings.accounts["home"].poll_seconds,
        settings.accounts["home"].idle_seconds,
        settings.accounts["home"].folders,
    )
    assert {} == settings.categories
    assert {} == settings.contacts


def test_settings_are_frozen(config: Path) -> None:
    """They are read once."""
    settings = load(config, GOOD)
    with pytest.raises(ValidationError, match="frozen"):
        settings.accounts["home"].user = "x"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("imaps://imap.example.org", Server("imap.example.org", 993, "tls")),
        ("imap+starttls://IMAP.example.org/", Server("imap.example.org", 143, "starttls")),
        ("imap://127.0.0.1:1143", Server("127.0.0.1", 1143, "plain")),
        ("imap://[::1]:1143", Server("::1", 1143, "plain")),
        ("imap://localhost", Server("localhost", 143, "plain")),
        ("imaps://ada@imap.example.org:1993", Server("imap.example.org", 1993, "tls", "ada")),
        ("imaps://a@b.example@c.example", Server("c.example", 993, "tls", "a@b.example")),
        ("imaps://a%40b.example@c.example", Server("c.example", 993, "tls", "a@b.example")),
        ("imaps://a%3Ab@c.example", Server("c.example", 993, "tls", "a:b")),
        ("imaps://bücher.example", Server("xn--bcher-kva.example", 993, "tls")),
    ],
)
def test_a_url_names_a_server(config: Path, url: str, expected: Server) -> None:
    """Host, port, security and user; the last @ splits, the user is percent-decoded."""
    user = f'user = "{expected.user or "ada"}"'
    text = GOOD.replace("imaps://imap.example.org", url).replace('user = "ada"', user)
    assert expected == load(config, text).accounts["home"].imap


def test_a_sending_server_has_ports_of_its_own(config: Path) -> None:
    """465, 587, and 25 on this machine."""
    assert Server("x.example", 465, "tls") == server(config, "smtps://x.example", "smtp")
    assert Server("x.example", 587, "starttls") == server(
        config, "smtp+starttls://x.example", "smtp"
    )
    assert Server("localhost", 25, "plain") == server(config, "smtp://localhost", "smtp")


def test_sending_logs_in_as_reading_does_unless_told_otherwise(config: Path) -> None:
    """smtp_user, else the user of the smtp URL, else the account's user."""
    for smtp, user in (
        ('smtp = "smtps://x.example"\n', "ada"),
        ('smtp = "smtps://eve@x.example"\n', "eve"),
        ('smtp = "smtps://x.example"\nsmtp_user = "bob"\n', "bob"),
    ):
        account = load(config, GOOD + smtp).accounts["home"]
        assert (user, account.password) == account.smtp_login


def test_values_are_parsed(config: Path) -> None:
    """Text of the file becomes typed values."""
    settings = load(
        config,
        GOOD
        + 'from = "\\"Ada, Countess\\" <Ada@Example.org>"\n'
        + 'since = "2015-01-01"\nca_file = "ca.pem"\n'
        + '[digest]\nat = 07:30:00\ndays = ["Monday", "thu"]\n'
        + '[web]\nlisten = "unix:/run/krmd/web.sock"\npublic_url = "https://k.example/x/"\n'
        + '[counting]\nignore = ["@BÜCHER.example", "Boss@Work.example"]\n',
    )
    account = settings.accounts["home"]
    assert Mailbox("Ada, Countess", EmailAddress("ada@example.org")) == account.sender
    assert (date(2015, 1, 1), config.parent / "ca.pem") == (account.since, account.ca_file)
    assert (time(7, 30), ("mon", "thu")) == (settings.digest.at, settings.digest.days)
    assert UnixListen(Path("/run/krmd/web.sock")) == settings.web.listen
    assert "https://k.example/x" == settings.web.public_url
    assert ("@xn--bcher-kva.example", "boss@work.example") == settings.counting.ignore
    assert "eve@xn--bcher-kva.example" in settings.counting.ignored


def test_own_addresses_ignore_tags(config: Path) -> None:
    """ada+krmd@ is ada@."""
    assert "ada+krmd@example.org" in load(config, GOOD).owner.own


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"STATE_DIRECTORY": "/var/lib/krmd:/var/lib/x", "XDG_STATE_HOME": "/s"}, "/var/lib/krmd"),
        ({"XDG_STATE_HOME": "/s"}, "/s/krmd"),
        ({"XDG_STATE_HOME": "relative"}, "/home/ada/.local/state/krmd"),
        ({}, "/home/ada/.local/state/krmd"),
    ],
)
def test_the_store_lies_in_the_state_folder_and_the_key_beside_it(
    config: Path, environ: dict[str, str], folder: str
) -> None:
    """The folder of systemd, the user's, or the usual one."""
    store = load(config, GOOD, environ).store
    assert f"sqlite:///{folder}/krmd.sqlite3" == store.url
    assert Path(folder, "krmd.sqlite3") == store.path
    assert ("file", f"{folder}/key") == (store.key.source.kind, store.key.source.argument)


def test_the_key_lies_beside_a_store_elsewhere(config: Path) -> None:
    """Moving the store moves the key; with PostgreSQL it stays in the state folder."""
    elsewhere = load(config, GOOD + '[store]\nurl = "sqlite:////srv/krmd/a.sqlite3"\n').store
    postgres = load(config, GOOD + '[store]\nurl = "postgres://krmd@localhost/krmd"\n').store
    assert "/srv/krmd/key" == elsewhere.key.source.argument
    assert "/home/ada/.local/state/krmd/key" == postgres.key.source.argument
    assert ("postgresql+psycopg://krmd@localhost/krmd", None) == (postgres.url, postgres.path)


def test_the_file_is_found_in_order(tmp_path: Path) -> None:
    """--config, $KRMD_CONFIG, the user's, the machine's."""
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": "/nowhere"}
    users = tmp_path / "krmd/krmd.toml"
    users.parent.mkdir()
    users.touch()
    assert users == find_config(None, environ)
    assert Path("/b.toml") == find_config(None, environ | {"KRMD_CONFIG": "/b.toml"})
    assert Path("/a.toml") == find_config(Path("/a.toml"), environ | {"KRMD_CONFIG": "/b.toml"})
    assert users == find_config(None, {"HOME": str(tmp_path)} | environ)
    assert None is find_config(None, {"HOME": "/nowhere"})


def test_no_file_at_all_is_said_with_the_places_looked_at() -> None:
    """And with the command that makes one."""
    with pytest.raises(SettingsError, match=r"/nowhere/.config/krmd/krmd.toml.*run: krmd init"):
        load_settings(None, {"HOME": "/nowhere"})


def test_the_environment_alone_can_hold_all_settings() -> None:
    """As in a container."""
    environ = {
        "KRMD_OWNER__NAME": "Ada",
        "KRMD_OWNER__ADDRESSES": '["ada@example.org"]',
        "KRMD_ACCOUNTS__HOME": '{ imap = "imaps://ada@x.example" }',
        "KRMD_ACCOUNTS__HOME__PASSWORD": "hunter2",
    }
    account = load_settings(None, environ).accounts["home"]
    assert ("ada", "hunter2") == (account.user, account.password and account.password.reveal())


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("KRMD_DIGEST__MINUTES", "30", 30),
        ("KRMD_DIGEST__AT", "08:15", time(8, 15)),
        ("KRMD_DIGEST__AT", '"08:15"', time(8, 15)),
        ("KRMD_DIGEST__DAYS", '["mon"]', ("mon",)),
        ("KRMD_OWNER__NAME", "1815", "1815"),
        ("KRMD_OWNER__NAME", "true", "true"),
        ("KRMD_OWNER__NAME", "[Ada]", "[Ada]"),
        ("KRMD_OWNER__NAME", "Ada = 1", "Ada = 1"),
    ],
)
def test_the_environment_overrides_the_file(
    config: Path, name: str, value: str, expected: object
) -> None:
    """A TOML value where that fits, else text, without quotes."""
    settings = load(config, GOOD, {name: value})
    section, key = name.removeprefix("KRMD_").lower().split("__")
    assert expected == getattr(getattr(settings, section), key)


def test_a_password_of_digits_stays_as_it_was_written(config: Path) -> None:
    """0123 and 1_000 must not become numbers."""
    for password in ("0123", "1_000", "1979-05-27", "[]", '{"a"}'):
        account = load(config, GOOD, {"KRMD_ACCOUNTS__HOME__PASSWORD": password}).accounts["home"]
        assert password == (account.password and account.password.reveal())


def test_names_in_the_environment_find_keys_of_other_spelling(config: Path) -> None:
    """The environment has neither small letters nor hyphens."""
    text = GOOD.replace("accounts.home", "accounts.My-Home")
    settings = load(config, text, {"KRMD_ACCOUNTS__MY_HOME__USER": "eve"})
    assert ["My-Home"] == list(settings.accounts)
    assert "eve" == settings.accounts["My-Home"].user


def test_other_names_of_the_environment_are_free(config: Path) -> None:
    """Only the double underscore makes a setting of it."""
    load(config, GOOD, {"KRMD_FOO": "x", "KRMD__X": "x", "KRMD_X__": "x", "X__Y": "x"})


def test_an_override_inside_of_a_value_is_refused(config: Path) -> None:
    """A name has no keys in it."""
    with pytest.raises(SettingsError, match=r"\$KRMD_OWNER__NAME__X: owner.name: is no table"):
        load(config, GOOD, {"KRMD_OWNER__NAME__X": "1"})


def test_the_time_zone_is_the_machines_by_default(config: Path) -> None:
    """$TZ first; nonsense in it is passed over."""
    settings = load(config, GOOD.replace('timezone = "UTC"\n', ""), {"TZ": "Asia/Tokyo"})
    assert ZoneInfo("Asia/Tokyo") == settings.owner.timezone
    assert ZoneInfo("Asia/Tokyo") == local_zone({"TZ": ":Asia/Tokyo"})
    assert local_zone({}) == local_zone({"TZ": "../x"})


FINGERPRINTED = GOOD + '[counting]\nignore = ["a@x.example", "@y.example"]\n'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["ada@example.org"]', '["ada@example.org", "@ada.example"]'),
        ('"@y.example"', '"@z.example"'),
        ("[counting]", "[counting]\npersonal_recipients = 13"),
    ],
)
def test_the_fingerprint_changes_with_what_verdicts_hang_on(
    config: Path, old: str, new: str
) -> None:
    """Own addresses, ignored ones, and how many people a personal mail has."""
    before = fingerprint(load(config, FINGERPRINTED))
    assert before != fingerprint(load(config, FINGERPRINTED.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["a@x.example", "@y.example"]', '["@Y.example", "A@x.example", "@y.example"]'),
        ("[counting]", '[counting]\ncreate_contacts = "replied"'),
        ("[counting]", "[digest]\nminutes = 30\n[counting]"),
        ('"UTC"', '"Asia/Tokyo"'),
        ('name = "Ada"', 'name = "Grace"'),
        ("[counting]", "[counting]\npersonal_recipients = 12"),
    ],
)
def test_the_fingerprint_stays_with_everything_else(config: Path, old: str, new: str) -> None:
    """Order, case, repetition, spelled-out defaults, and settings that no verdict reads."""
    before = fingerprint(load(config, FINGERPRINTED))
    assert before == fingerprint(load(config, FINGERPRINTED.replace(old, new)))


def test_importing_settings_leaves_heavy_libraries_alone() -> None:
    """What only edits, or only few accounts use, is loaded there."""
    program = (
        "import sys, krmd.settings;"
        "sys.exit(bool({'tomlkit', 'keyring', 'structlog', 'sqlalchemy'} & set(sys.modules)))"
    )
    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode
