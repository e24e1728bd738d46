"""`krmd init` and `krmd accounts`: krmd.toml is made, grown, and its comments stay."""

import stat
from pathlib import Path

import pytest

from tests.cli.seeding import Desk, Said
from tests.servers.dovecot import Mailbox


@pytest.fixture
def nothing(tmp_path: Path) -> Desk:
    """A desk without krmd.toml."""
    desk = Desk(tmp_path)
    desk.config.unlink()
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    return desk


def init(desk: Desk, *words: str) -> Said:
    """`krmd init` by options alone."""
    return desk.krmd(
        "init", "--address", "ada@example.org", "--name", "Ada Example",
        "--password-file", str(desk.folder / "password"), *words,
    )  # fmt: skip


def test_init_writes_settings_that_only_the_owner_reads(nothing: Desk) -> None:
    """What it writes can be loaded, has mode 0600 and holds no password."""
    said = init(nothing, "--no-login", "--json")
    assert (0, str(nothing.config)) == (said.code, said.json["file"])
    assert 0o600 == stat.S_IMODE(nothing.config.stat().st_mode)
    text = nothing.config.read_text()
    assert 'imap = "imaps://imap.example.org"' in text
    assert 'user = "ada@example.org"' in text
    assert "secret" not in text
    assert "home" == nothing.krmd("accounts", "list", "--json").items[0]["account"]


def test_init_never_overwrites(desk: Desk) -> None:
    """A krmd.toml that is there stays as it is."""
    before = desk.config.read_text()
    said = desk.krmd("init", "--address", "eve@example.org", "--password-env", "X", "--yes")
    assert (2, before) == (said.code, desk.config.read_text())
    assert "is there already" in said.err


def test_init_logs_in_and_says_so(nothing: Desk, mailbox: Mailbox) -> None:
    """Where the login goes well it says how many folders it found."""
    (nothing.folder / "password").write_text(mailbox.password)
    url = f"imap://127.0.0.1:{mailbox.server.port}"
    said = init(nothing, "--imap", url, "--user", mailbox.user)
    assert 0 == said.code, said.err
    assert f"as {mailbox.user}; 6 folders" in said.err
    assert nothing.config.exists()
    assert 0 == nothing.krmd("sync").code


def test_init_whose_login_fails_writes_only_with_yes(nothing: Desk, mailbox: Mailbox) -> None:
    """69 either way; the file is written where the owner said so."""
    url = f"imap://127.0.0.1:{mailbox.server.port}"
    (nothing.folder / "password").write_text("mistaken")
    words = ("--imap", url, "--user", mailbox.user)
    said = init(nothing, *words)
    assert (69, False) == (said.code, nothing.config.exists())
    assert "--yes writes all the same" in said.err
    assert 1 == said.err.count("refuses the login")
    said = init(nothing, *words, "--yes")
    assert (69, True) == (said.code, nothing.config.exists())


def test_init_without_a_terminal_names_the_option_it_lacks(nothing: Desk) -> None:
    """Nobody is asked in a pipe."""
    said = nothing.krmd("init")
    assert 2 == said.code
    assert "--address" in said.err
    said = nothing.krmd("init", "--address", "ada@example.org", "--json")
    assert 2 == said.code
    assert "--password-file" in said.json["message"]


def test_init_asks_on_a_terminal_and_keeps_the_password_apart(nothing: Desk) -> None:
    """Servers are guessed and may be confirmed; the password goes to a file of mode 0600."""
    keys = "ada@example.org\nAda Example\n\n\n\n1\ntop secret\n"
    said = nothing.krmd("init", "--no-login", terminal=True, keys=keys)
    assert 0 == said.code, said.err
    kept = nothing.folder / "home.password"
    assert "top secret\n" == kept.read_text()
    assert 0o600 == stat.S_IMODE(kept.stat().st_mode)
    assert 'password = { file = "home.password" }' in nothing.config.read_text()
    assert "top secret" not in said.out + said.err


@pytest.mark.parametrize("written", [True, False])
def test_a_typed_password_touches_no_file_that_is_there(nothing: Desk, *, written: bool) -> None:
    """Another account's password of that name stays, whether init goes well or is given up."""
    other = nothing.folder / "home.password"
    other.write_text("another's\n")
    keys = "ada@example.org\nAda Example\nimap://127.0.0.1:9\n\n\n1\ntop secret\n"
    keys += "2\n" if written else "3\n"
    said = nothing.krmd("init", terminal=True, keys=keys)
    assert 69 == said.code, said.err
    assert "another's\n" == other.read_text()
    made = nothing.folder / "home-2.password"
    assert (written, written) == (made.exists(), nothing.config.exists())
    if written:
        assert "top secret\n" == made.read_text()
        assert 'password = { file = "home-2.password" }' in nothing.config.read_text()


def test_a_password_lands_in_no_link(nothing: Desk) -> None:
    """Where the name is a link that leads nowhere, nothing is made at its end."""
    (nothing.folder / "home.password").symlink_to(nothing.folder / "elsewhere")
    keys = "ada@example.org\nAda Example\n\n\n\n1\ntop secret\n"
    said = nothing.krmd("init", "--no-login", terminal=True, keys=keys)
    assert 0 == said.code, said.err
    assert not (nothing.folder / "elsewhere").exists()


def test_accounts_whose_names_look_alike_have_a_password_each(desk: Desk) -> None:
    """`my mail` and `my-mail` would be one file name."""
    for name in ("my mail", "my-mail"):
        keys = f"\n\n\n1\nsecret of {name}\n"
        words = ("--address", "ada@work.example", "--no-login")
        said = desk.krmd("accounts", "add", name, *words, terminal=True, keys=keys)
        assert 0 == said.code, said.err
    for file, name in (("my-mail", "my mail"), ("my-mail-2", "my-mail")):
        assert f"secret of {name}\n" == (desk.folder / f"{file}.password").read_text()


def test_init_asks_again_only_for_what_failed(nothing: Desk, mailbox: Mailbox) -> None:
    """A wrong server, then a wrong password: the other answers stand."""
    url = f"imap://127.0.0.1:{mailbox.server.port}"
    keys = (
        f"ada@example.org\nAda Example\nnonsense\nimap://127.0.0.1:9\n\n{mailbox.user}\n1\nwrong\n"
        f"1\n{url}\n"  # refuses connections
        f"1\n\n1\n{mailbox.password}\n"  # refuses the login
    )
    said = nothing.krmd("init", terminal=True, keys=keys)
    assert 0 == said.code, said.err
    assert "It is no URL" in said.err
    assert "Logging in to 127.0.0.1" in said.err
    assert 1 == said.err.count("refuses connections")
    assert f"as {mailbox.user}; 6 folders" in said.err
    assert f"{mailbox.password}\n" == (nothing.folder / "home.password").read_text()
    assert 0 == nothing.krmd("sync").code


def test_init_tells_what_big_providers_want(nothing: Desk) -> None:
    """A preset names the servers, and the hint comes before the password is asked for."""
    keys = "ada.example@gmail.com\nAda Example\n\n\n\n2\nMAIL_PASSWORD\n"
    said = nothing.krmd("init", "--no-login", terminal=True, keys=keys)
    assert 0 == said.code, said.err
    assert "app password" in said.err
    assert "imaps://imap.gmail.com" in nothing.config.read_text()


def test_settings_that_can_not_be_are_not_written(nothing: Desk) -> None:
    """A server that would get the password unencrypted is refused before anything is written."""
    said = init(nothing, "--imap", "imap://mail.example.org", "--no-login")
    assert (2, False) == (said.code, nothing.config.exists())
    assert "unencrypted" in said.err
    assert "toml:" not in said.err.replace("toml: ", "")
    assert ["password"] == [path.name for path in nothing.folder.iterdir()]


def test_accounts_are_added_renamed_and_removed_around_comments(desk: Desk) -> None:
    """The owner's comments are there afterwards."""
    words = ("--address", "ada@work.example", "--password-env", "WORK", "--no-login")
    assert 0 == desk.krmd("accounts", "add", "work", *words).code
    items = desk.krmd("accounts", "list", "--json").items
    assert ["home", "work"] == [it["account"] for it in items]
    assert "ada@work.example" in desk.config.read_text().split("[store]")[0]
    assert 0 == desk.krmd("accounts", "rename", "work", "office").code
    assert 2 == desk.krmd("accounts", "remove", "office").code
    assert 0 == desk.krmd("accounts", "remove", "office", "--yes").code
    assert "# where the friends write" in desk.config.read_text()
    assert ["home"] == [it["account"] for it in desk.krmd("accounts", "list", "--json").items]


def test_the_only_account_is_not_removed(desk: Desk) -> None:
    """Without a mailbox there is nothing krmd could do."""
    said = desk.krmd("accounts", "remove", "home", "--yes")
    assert 2 == said.code
    assert "only account" in said.err


def test_renaming_takes_the_history_along(friends: Desk) -> None:
    """After a rename the ledger's entries stand under the new name, and nothing is read again."""
    assert 0 == friends.krmd("accounts", "rename", "home", "private").code
    entry = friends.krmd("timeline", "grace", "--json").items[0]
    assert "private" == entry["account"]
    account = friends.krmd("accounts", "list", "--json").items[0]
    assert ("private", "ok") == (account["account"], account["state"])


def test_an_interrupted_rename_can_be_finished(friends: Desk) -> None:
    """The file is renamed already, the store not yet: the same command once more does it."""
    friends.config.write_text(
        friends.config.read_text().replace("[accounts.home]", "[accounts.private]")
    )
    assert 0 == friends.krmd("accounts", "rename", "home", "private").code
    assert "private" == friends.krmd("timeline", "grace", "--json").items[0]["account"]


def test_an_own_address_more_judges_the_ledger_again(friends: Desk) -> None:
    """What the owner wrote from another address counts as theirs from then on."""
    assert 0 == friends.krmd("accounts", "own", "alan@park.example").code
    card = friends.krmd("show", "alan@park.example", "--json").json
    assert card["last_contacted"] is None
    assert 0 == friends.krmd("rebuild", "--check").code
