"""Setting up a mailbox for `init` and `accounts add`: servers, user, password, a try to log in."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import KrmdError, LoginError, Problem, SettingsError, UserError
from krmd.cli.asking import ask, ask_secret, choose
from krmd.cli.call import Call
from krmd.cli.providers import servers_of
from krmd.cli.secret_file import new_secret_file

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
    """A mailbox as krmd.toml is to have it.

    `secret` is a password that was typed: it stands in `values` until the owner has agreed, so that
    a login can be tried, and goes into a file of its own then.
    """

    values: dict[str, TomlValue]
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
    imap = given.imap or _ask_server(call, "IMAP", guess.imap)
    smtp = given.smtp
    if smtp is None:
        # Reading is what was asked for; a server for sending that nobody named is not invented.
        smtp = _ask_server(call, "SMTP", guess.smtp) if call.may_ask else ""
    user = given.user
    if user is None and not _names_user(imap):
        user = ask(call, "User", "--user", default=address)
    values: dict[str, TomlValue] = {"imap": imap}
    if smtp:
        values["smtp"] = smtp
    if user is not None:
        values["user"] = user
    source, secret = given.password, ""
    if source is None:
        source, secret = _ask_password(call, name)
    values["password"] = secret or source
    if smtp:
        values["from"] = f"{_quoted(owner)} <{address}>"
    if given.ca_file is not None:
        values["ca_file"] = str(given.ca_file.expanduser().absolute())
    return Answers(values, secret)


def settle(
    call: Call, answers: Answers, check: Callable[[Answers], Account], *, no_login: bool, yes: bool
) -> tuple[Answers, KrmdError | None]:
    """Try the answers until the login goes well or the owner agrees without; that error, if so.

    On a terminal what failed is asked again. Elsewhere the error is raised: nothing is written.
    `check` makes an account of answers and raises SettingsError.
    """
    while True:
        account = check(answers)
        trouble = None if no_login else try_login(call, account)
        if trouble is None:
            return answers, None
        if not yes and not call.may_ask:
            trouble.message += "; nothing was written (--yes writes all the same)"
            raise trouble
        call.note(f"No login: {trouble.message}")
        if yes:
            return answers, trouble
        what = "user and password" if isinstance(trouble, LoginError) else "the server"
        chosen = choose(
            call,
            "What now?",
            [f"ask again for {what}", "write it all the same", "give up; nothing is written"],
        )
        if chosen == 1:
            return answers, trouble
        if chosen == 2:
            raise typer.Exit(trouble.exit_code)
        answers = _asked_again(call, answers, account, trouble)


def _asked_again(call: Call, answers: Answers, account: Account, trouble: KrmdError) -> Answers:
    """The answers with what a login failed by asked anew."""
    values = dict(answers.values)
    if not isinstance(trouble, LoginError):
        values["imap"] = _ask_server(call, "IMAP", str(values["imap"]))
        return replace(answers, values=values)
    if not _names_user(str(values["imap"])):
        values["user"] = ask(call, "User", "--user", default=account.user)
    source, secret = _ask_password(call, account.name)
    values["password"] = secret or source
    return Answers(values, secret)


@contextlib.contextmanager
def kept_secret(answers: Answers, name: str, folder: Path) -> Iterator[dict[str, TomlValue]]:
    """The values to write, a typed password in a new file beside them.

    That file goes again where writing them fails. Raises UserError where it can't be made.
    """
    if not answers.secret:
        yield answers.values
        return
    with new_secret_file(folder, name, answers.secret) as path:
        yield {**answers.values, "password": {"file": path.name}}


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
                # The lines are those of a file that nobody has.
                place = re.compile(re.escape(beside.name) + r"(:\d+)*")
                problems = (
                    Problem(place.sub(lambda _: str(path), it.file), it.key, it.message)
                    for it in error.problems
                )
                raise SettingsError(tuple(problems)) from None
    except OSError as error:
        raise UserError(f"{path.parent} can't be written to: {error.strerror}") from None


def try_login(call: Call, account: Account) -> KrmdError | None:
    """Log in and look for folders; says what is waited for; the error where it didn't go well."""
    from krmd.bootstrap import connect

    how = {"tls": "TLS", "starttls": "STARTTLS", "plain": "no encryption, this machine"}
    host = f"{account.imap.host} ({how[account.imap.security]})"
    call.note(f"Logging in to {host}, port {account.imap.port} …")
    try:
        session = connect(account)
        try:
            folders = session.folders()
        finally:
            session.logout()
    except KrmdError as error:
        return error
    call.note(f"Logged in to {host} as {account.user}; {len(folders)} folders.")
    return None


def _ask_server(call: Call, kind: str, guess: str) -> str:
    """A server's URL, asked until it is one."""
    from krmd.settings.server import IMAP_SCHEMES, SMTP_SCHEMES, parse_server

    schemes = IMAP_SCHEMES if kind == "IMAP" else SMTP_SCHEMES
    later = "" if kind == "IMAP" else ", for sending later (not tried now)"
    while True:
        url = ask(call, f"{kind} server{later}", f"--{kind.lower()}", default=guess)
        try:
            parse_server(url, schemes)
        except ValueError as error:
            if not call.may_ask:
                raise UserError(f"--{kind.lower()} {error}") from None
            call.note(f"It {error}.")
        else:
            return url


def _names_user(imap: str) -> bool:
    return "@" in imap.partition("://")[2]


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
    return {}, secret


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
