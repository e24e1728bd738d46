"""Secrets are read late, from where the settings say, and shown by nothing but reveal()."""

import copy
import pickle
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest

from krmd.base.errors import SettingsError, UserError
from krmd.settings import Secret, Settings, load_settings
from krmd.settings.source import Source, SourceKind

SECRET = "hünter 2"


def secret(
    kind: SourceKind, argument: str | tuple[str, ...], environ: Mapping[str, str] | None = None
) -> Secret:
    """A secret from one source."""
    return Secret("accounts.home.password", Source(kind, argument), environ=environ or {})


def complaint(secret: Secret) -> str:
    """The sentence with which a secret can't be read."""
    with pytest.raises(UserError) as caught:
        secret.reveal()
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return caught.value.message


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A file with a secret that only its owner can read."""
    path = tmp_path / "password"
    path.touch(mode=0o600)
    path.write_text(f"{SECRET}\nuser: ada\n")
    return path


def test_the_first_line_counts(private: Path) -> None:
    """From a variable, a file, a credential, a command."""
    program = f"print({SECRET!r}); print('more')"
    for each in (
        secret("env", "P", {"P": SECRET}),
        secret("file", str(private)),
        secret("credential", "password", {"CREDENTIALS_DIRECTORY": str(private.parent)}),
        secret("command", (sys.executable, "-X", "utf8", "-c", program)),
        secret("literal", SECRET),
    ):
        assert SECRET == each.reveal()


def test_nothing_but_reveal_shows_a_secret(private: Path) -> None:
    """Not repr, str, format, pickle, copies, nor what holds it."""
    for each in (secret("literal", SECRET), secret("file", str(private))):
        each.reveal()
        shown = f"{each!r} {each} {each:>9} {[each]} {each.source!r} {copy.deepcopy(each)!r}"
        assert SECRET not in shown
        assert "***" in shown
        with pytest.raises(TypeError):
            pickle.dumps(each)


def test_a_secret_is_read_once_unless_asked_afresh() -> None:
    """A token expires; a password may be asked for by a window."""
    environ = {"P": "old"}
    each = secret("env", "P", environ)
    assert "old" == each.reveal()
    environ["P"] = "new"
    assert "old" == each.reveal()
    assert "new" == each.reveal(fresh=True)
    assert "new" == each.reveal()


def test_secrets_are_equal_by_where_they_come_from() -> None:
    """So that a reload can tell what changed without reading any."""
    assert secret("env", "A") == secret("env", "A")
    assert hash(secret("env", "A")) == hash(secret("env", "A"))
    assert secret("env", "A") != secret("env", "B")
    assert secret("literal", "A") != secret("env", "A")


@pytest.mark.parametrize(
    ("kind", "argument", "sentence"),
    [
        ("env", "P", "$P isn't set; set it, or name another source"),
        ("file", "/nowhere/password", "/nowhere/password can't be read: No such file"),
        ("credential", "mail", "the credential mail needs LoadCredential="),
        ("command", ("/nowhere/pass",), "the command /nowhere/pass can't be run: No such file"),
        ("command", ("false", SECRET), "the command false ended with 1; run it by hand"),
        ("command", ("true",), "the command true is empty or holds no text"),
        ("command", ("printf", r"\377"), "the command printf gives no UTF-8 text"),
        ("command", ("head", "-c", "100000", "/dev/zero"), "more than 65536 bytes"),
    ],
)
def test_what_cannot_be_read_names_key_and_source(
    kind: SourceKind, argument: str | tuple[str, ...], sentence: str
) -> None:
    """One sentence, what to do, and nothing that was read or handed over."""
    environ = {"PATH": "/usr/bin:/bin"}
    message = complaint(secret(kind, argument, environ))
    assert message.startswith("accounts.home.password: ")
    assert sentence in message


def test_an_empty_secret_is_refused(private: Path) -> None:
    """An empty password is a mistake, not a password."""
    private.write_text("\nx")
    assert "is empty" in complaint(secret("file", str(private)))
    assert "is empty" in complaint(secret("env", "P", {"P": ""}))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_secret_file_that_others_can_read_is_refused(private: Path, mode: int) -> None:
    """The sentence is the command that mends it."""
    private.chmod(mode)
    assert f"run: chmod 600 {private}" in complaint(secret("file", str(private)))


GOOD = """\
[owner]
name = "Ada"
addresses = ["ada@example.org"]
[accounts.home]
imap = "imaps://ada@imap.example.org"
"""


def load(
    folder: Path, lines: str, *, mode: int = 0o600, environ: Mapping[str, str] | None = None
) -> Settings:
    """Settings with more lines for the account."""
    config = folder / "krmd.toml"
    config.write_text(GOOD + lines)
    config.chmod(mode)
    return load_settings(config, {"HOME": str(folder), **(environ or {})})


@pytest.mark.parametrize(
    "lines",
    [
        'password = "hünter 2"',
        'password = { env = "P" }\nsmtp = "smtps://x.example"\nsmtp_password = "hünter 2"',
        'auth = "oauth2"\ntoken = "hünter 2"',
        'password = { env = "P" }\n[store]\nurl = "postgresql://krmd:h%C3%BCnter%202@localhost/krmd"',
    ],
)
@pytest.mark.parametrize("mode", [0o644, 0o640])
def test_a_password_in_a_file_that_others_can_read_is_refused(
    tmp_path: Path, lines: str, mode: int
) -> None:
    """Wherever it stands; the same file is fine once it is private."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, lines, mode=mode)
    [problem] = caught.value.problems
    assert f"run: chmod 600 {tmp_path / 'krmd.toml'}" in problem.message
    assert "nter" not in str(caught.value)
    assert "nter" not in repr(load(tmp_path, lines))


def test_a_file_without_passwords_may_be_read_by_all(tmp_path: Path) -> None:
    """And a password from the environment isn't in the file."""
    load(tmp_path, 'password = { env = "P" }', mode=0o644)
    load(tmp_path, "", mode=0o644, environ={"KRMD_ACCOUNTS__HOME__PASSWORD": "x"})


def test_an_open_secret_file_stands_among_all_problems(tmp_path: Path, private: Path) -> None:
    """It is looked at when the settings are read, without reading it."""
    private.chmod(0o644)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, 'password = { file = "password" }\npoll_seconds = 0')
    assert ["accounts.home.password", "accounts.home.poll_seconds"] == [
        problem.key for problem in caught.value.problems
    ]
    assert f"run: chmod 600 {private}" in caught.value.problems[0].message


def test_files_are_found_from_the_settings_folder_and_from_home(
    tmp_path: Path, private: Path
) -> None:
    """Not from wherever krmd was started."""
    for name in ("password", "~/password", str(private)):
        settings = load(tmp_path, f'password = {{ file = "{name}" }}')
        password = settings.accounts["home"].password
        assert SECRET == (password and password.reveal())


def test_who_masks_the_log_is_told_each_secret(tmp_path: Path) -> None:
    """When it is read; those in the file at once."""
    told: list[str] = []
    config = tmp_path / "krmd.toml"
    config.write_text(
        GOOD + 'password = { env = "P" }\nsmtp = "smtps://x.example"\nsmtp_password = "literal"\n'
        '[store]\nurl = "postgresql://krmd:d%2Fb@localhost/krmd"\n'
    )
    config.chmod(0o600)
    settings = load_settings(config, {"P": "late"}, revealed=told.append)
    assert ["literal", "d/b"] == told
    password = settings.accounts["home"].password
    assert password is not None
    password.reveal()
    assert ["literal", "d/b", "late"] == told
