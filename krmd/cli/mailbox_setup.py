"""Setting up a mailbox for `init` and `accounts add`: servers, user, password, a try to log in."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import KrmdError, Problem, SettingsError, UserError
from krmd.cli.asking import ask, ask_secret, choose
from krmd.cli.call import Call
from krmd.cli.providers import servers_of

if TYPE_CHECKING:
    from krmd.settings import Account, Settings
    from krmd.settings.edit import TomlValue

Imap = Annotated[str | None, typer.Option("--imap", metavar="URL", help="imaps://imap.example.org")]
Smtp = Annotated[
    str | None,
    typer.Option("--smtp", metavar="URL", help='smtps://smtp.example.org; "" only reads.'),
]
User = Annotated[str | None, typer.Option("--user", help="Who logs in; else the address.")]
CaFile = Annotated[Path | None, typer.Option("--ca-file", help="A private CA.")]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="The password stands in this file.")
]
PasswordEnv = Annotated[
    str | None, typer.Option("--password-env", metavar="NAME", help="… in this variable.")
]
PasswordCommand = Annotated[
    str | None, typer.Option("--password-command", metavar="COMMAND", help="… is printed by this.")
]
PasswordKeyring = Annotated[
    str | None, typer.Option("--password-keyring", metavar="NAME", help="… is in the keyring.")
]
NoLogin = Annotated[bool, typer.Option("--no-login", help="Don't try to log in.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Agree to everything.")]


@dataclass(frozen=True, slots=True)
class Given:
    """What was said by options; None where it is to be asked or guessed."""

    imap: str | None = None
    smtp: str | None = None
    user: str | None = None
    ca_file: Path | None = None
    password: Mapping[str, str | list[str]] | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """A mailbox as krmd.toml is to have it, and the password that goes into a file beside it."""

    values: dict[str, TomlValue]
    secret_file: Path | None = None
    secret: str = ""


def password_source(
    *, file: Path | None, env: str | None, command: str | None, keyring: str | None
) -> Mapping[str, str | list[str]] | None:
    """The source that one of the options names; UserError for more than one."""
    said: list[Mapping[str, str | list[str]]] = []
    if file is not None:
        said.append({"file": str(file.expanduser().absolute())})
    if env is not None:
        said.append({"env": env})
    if command is not None:
        said.append({"command": _words(command)})
    if keyring is not None:
        said.append({"keyring": keyring})
    if len(said) > 1:
        raise UserError("the password comes from one place: give one --password-… only")
    return said[0] if said else None


def gather(call: Call, name: str, address: str, owner: str, *, given: Given) -> Answers:
    """All that a mailbox needs, by options, by asking, by guessing from the address.

    Raises UserError where the password's place isn't said and nobody can be asked.
    """
    guess = servers_of(address)
    if call.may_ask and guess.hint and given.imap is None:
        call.note(f"{guess.hint}.")
    imap = given.imap or ask(call, "IMAP server", "--imap", default=guess.imap)
    smtp = given.smtp
    if smtp is None:
        # Reading is what was asked for; a server for sending that nobody named is not invented.
        smtp = ask(call, "SMTP server", "--smtp", default=guess.smtp) if call.may_ask else ""
    named_in_url = "@" in imap.partition("://")[2]
    user = given.user
    if user is None and not named_in_url:
        user = ask(call, "User", "--user", default=address)
    values: dict[str, TomlValue] = {"imap": imap}
    if smtp:
        values["smtp"] = smtp
    if user is not None:
        values["user"] = user
    source, secret = given.password, ""
    if source is None:
        source, secret = _ask_password(call, name)
    values["password"] = source
    if smtp:
        values["from"] = f"{_quoted(owner)} <{address}>"
    if given.ca_file is not None:
        values["ca_file"] = str(given.ca_file.expanduser().absolute())
    return Answers(values, Path(str(source["file"])) if secret else None, secret)


def checked_settings(call: Call, path: Path, text: str) -> Settings:
    """The settings that a text would make at a path, before it is put there; SettingsError."""
    import tempfile

    from krmd.logs import register_secret
    from krmd.settings import load_settings

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".toml") as beside:
            beside.write(text)
            beside.flush()
            try:
                return load_settings(Path(beside.name), call.environ, revealed=register_secret)
            except SettingsError as error:
                problems = (
                    Problem(it.file.replace(beside.name, str(path)), it.key, it.message)
                    for it in error.problems
                )
                raise SettingsError(tuple(problems)) from None
    except OSError as error:
        raise UserError(f"{path.parent} can't be written to: {error.strerror}") from None


def try_login(call: Call, account: Account) -> KrmdError | None:
    """Log in and look for folders, say what happened; the error where it didn't go well."""
    from krmd.bootstrap import connect

    try:
        session = connect(account)
        try:
            folders = session.folders()
        finally:
            session.logout()
    except KrmdError as error:
        call.note(f"No login: {error.message}")
        return error
    how = {"tls": "TLS", "starttls": "STARTTLS", "plain": "no encryption, this machine"}
    host = f"{account.imap.host} ({how[account.imap.security]})"
    call.note(f"Logged in to {host} as {account.user}; {len(folders)} folders.")
    return None


def write_secret(answers: Answers, folder: Path) -> Path | None:
    """Put a typed password into its file, mode 0600; the file's path, None where there is none."""
    from krmd.settings.write import write_config

    if answers.secret_file is None:
        return None
    path = folder / answers.secret_file
    write_config(path, answers.secret + "\n")
    return path


def _ask_password(call: Call, name: str) -> tuple[Mapping[str, str | list[str]], str]:
    if not call.may_ask:
        raise UserError(
            "where the password comes from must be said: --password-file, --password-env,"
            " --password-command or --password-keyring"
        )
    call.err.write("Where is the password?\n")
    chosen = choose(
        call,
        "Password",
        [
            "type it now, kept in a file of its own that only you can read",
            "in an environment variable",
            "a command prints it, such as: pass mail",
            "in the system's keyring",
        ],
    )
    if chosen == 1:
        return {"env": ask(call, "Variable", "--password-env")}, ""
    if chosen == 2:
        return {"command": _words(ask(call, "Command", "--password-command"))}, ""
    if chosen == 3:
        return {"keyring": ask(call, "Entry", "--password-keyring", default=f"krmd-{name}")}, ""
    secret = ask_secret(call, "Password", "--password-file")
    return {"file": f"{_file_name(name)}.password"}, secret


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UserError(f"the command can't be read: {error}") from error
    if not words:
        raise UserError("the command is empty")
    return words


def _quoted(name: str) -> str:
    plain = all(sign.isalnum() or sign in " -'" for sign in name)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return name if plain else f'"{escaped}"'


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name)
