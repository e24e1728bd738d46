"""`krmd init`: the first `krmd.toml`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import EXIT_DONE, KrmdError, UserError
from krmd.cli.asking import ask
from krmd.cli.call import Call, call_of
from krmd.cli.mailbox_setup import (
    Answers,
    CaFile,
    Given,
    Imap,
    NoLogin,
    PasswordCommand,
    PasswordEnv,
    PasswordFile,
    PasswordKeyring,
    Smtp,
    User,
    Yes,
    checked_settings,
    gather,
    kept_secret,
    password_source,
    settle,
)
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.settings import Account

commands = new_commands()


@commands.command()
def init(
    context: typer.Context,
    *,
    address: Annotated[str | None, typer.Option("--address", help="Your email address.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Your name.")] = None,
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", help="What to call the mailbox.")
    ] = "home",
    imap: Imap = None,
    smtp: Smtp = None,
    user: User = None,
    ca_file: CaFile = None,
    password_file: PasswordFile = None,
    password_env: PasswordEnv = None,
    password_command: PasswordCommand = None,
    password_keyring: PasswordKeyring = None,
    no_login: NoLogin = False,
    yes: Yes = False,
) -> int:
    """Write krmd.toml: asks for an address, finds the servers, tries to log in."""
    call = call_of(context)
    call.log()
    path = _path(call)
    password = password_source(
        file=password_file, env=password_env, command=password_command, keyring=password_keyring
    )
    given = Given(imap, smtp, user, ca_file, password)
    spelled = _address(address or ask(call, "Your email address", "--address"))
    owner = name or ask(call, "Your name", "--name", default=_guessed_name(spelled))
    answers = gather(call, account, spelled, owner, given=given)

    from krmd.settings.edit import add_account
    from krmd.settings.find import local_zone
    from krmd.settings.template import starting_file
    from krmd.settings.write import write_config

    begun = starting_file(owner, [spelled], str(local_zone(call.environ)))

    def check(answers: Answers) -> Account:
        text = add_account(begun, account, answers.values)
        return checked_settings(call, path, text).accounts[account]

    answers, trouble = settle(call, answers, check, no_login=no_login, yes=yes)
    with kept_secret(answers, account, path.parent) as values:
        write_config(path, add_account(begun, account, values))
    _answer(call, path, account, trouble)
    return EXIT_DONE if trouble is None else trouble.exit_code


def _path(call: Call) -> Path:
    from krmd.settings.find import usual_places

    named = call.environ.get("KRMD_CONFIG")
    path = call.config or (Path(named) if named else usual_places(call.environ)[0])
    if os.path.lexists(path):
        raise UserError(f"{path} is there already; krmd accounts add puts a mailbox into it")
    return path.absolute()


def _address(text: str) -> str:
    from krmd.base.address import parse_address

    address = parse_address(text)
    if address is None:
        raise UserError(f"“{text}” is no email address")
    return address


def _guessed_name(address: str) -> str:
    import pwd

    try:
        known = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
    except KeyError:
        known = ""
    local = address.partition("@")[0].partition("+")[0]
    guess = " ".join(part.capitalize() for part in local.replace("_", ".").split(".") if part)
    return known if " " in known else guess or local


def _answer(call: Call, path: Path, account: str, trouble: KrmdError | None) -> None:
    if call.as_json:
        call.tell(
            {
                "file": str(path),
                "account": account,
                "login": None if trouble is None else trouble.message,
            }
        )
        return
    from krmd.cli.terminal import safe

    if not call.quiet:
        call.say(f"Wrote {safe(str(path))}.")
        call.say("Next: krmd check looks at everything, krmd sync reads your mail.")
