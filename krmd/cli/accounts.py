"""`krmd accounts`: mailboxes in `krmd.toml`; comments and layout of the file stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import EXIT_DONE, UserError
from krmd.cli.asking import ask, confirm
from krmd.cli.call import Call, call_of
from krmd.cli.listing import envelope, time_json
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
from krmd.cli.menu import new_group

if TYPE_CHECKING:
    from krmd.settings import Account

commands = new_group("The mailboxes krmd reads.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
_RELOAD = "Where a krmd runs, it takes this in at SIGHUP (systemctl reload krmd)."


@commands.command("list")
def list_accounts(context: typer.Context) -> None:
    """The mailboxes, and how reading them goes."""
    from krmd.app.status import account_status
    from krmd.cli.tables import Column, table

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        rows = [
            (account, account_status(tx, account.name))
            for account in krmd.settings.accounts.values()
        ]
        if call.as_json:
            items = [
                {
                    "account": account.name,
                    "imap": f"{account.imap.host}:{account.imap.port}",
                    "smtp": account.smtp and f"{account.smtp.host}:{account.smtp.port}",
                    "user": account.user,
                    "state": stands.state,
                    "error": stands.error,
                    "read_to": time_json(stands.read_to),
                }
                for account, stands in rows
            ]
            call.tell(envelope(tx, krmd, items))
            return
        columns = [
            Column("Account", least=8), Column("Server", least=12), Column("User", least=12),
            Column("State"), Column("Read"), Column("Error", least=16),
        ]  # fmt: skip
        cells = [
            (
                account.name,
                account.imap.host,
                account.user,
                stands.state,
                call.when(stands.read_to, krmd),
                stands.error or "",
            )
            for account, stands in rows
        ]
        for line in table(columns, cells, call.screen):
            call.say(line)


@commands.command()
def add(
    context: typer.Context,
    name: Name,
    *,
    address: Annotated[
        str | None, typer.Option("--address", help="The email address of the mailbox.")
    ] = None,
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
    """One more mailbox: asks as init does, tries to log in."""
    from krmd.base.address import parse_address
    from krmd.settings.edit import add_account, add_own_addresses

    call = call_of(context)
    call.log()
    settings = call.settings()
    path, text = _file(call)
    password = password_source(
        file=password_file, env=password_env, command=password_command, keyring=password_keyring
    )
    given = Given(imap, smtp, user, ca_file, password)
    spelled = parse_address(address or ask(call, "Its email address", "--address"))
    if spelled is None:
        raise UserError(f"“{address}” is no email address")
    answers = gather(call, name, spelled, settings.owner.name, given=given)
    begun = text if spelled in settings.owner.own else add_own_addresses(text, [spelled])

    def check(answers: Answers) -> Account:
        changed = add_account(begun, name, answers.values)
        return checked_settings(call, path, changed).accounts[name]

    answers, trouble = settle(call, answers, check, no_login=no_login, yes=yes)
    with kept_secret(answers, name, path.parent) as values:
        _write(path, text, add_account(begun, name, values))
    _answer(call, f"Added {name} to {path}.")
    return EXIT_DONE if trouble is None else trouble.exit_code


@commands.command()
def rename(
    context: typer.Context,
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.")],
) -> None:
    """Give a mailbox another name; what was read of it follows."""
    from krmd.settings.edit import rename_account

    call = call_of(context)
    path, text = _file(call)
    settings = call.settings()
    finishing = name not in settings.accounts and new_name in settings.accounts
    changed = text if finishing else rename_account(text, name, new_name)
    if not finishing:
        checked_settings(call, path, changed)
    _rename_in_store(call, name, new_name, lambda: _write(path, text, changed))
    _answer(call, f"{name} is called {new_name} now.")


@commands.command()
def remove(context: typer.Context, name: Name, *, yes: Yes = False) -> None:
    """Read a mailbox no more; what was read stays in the ledger."""
    from krmd.settings.edit import remove_account

    call = call_of(context)
    path, text = _file(call)
    changed = remove_account(text, name)
    if list(call.settings().accounts) == [name]:
        raise UserError(f"{name} is the only account, and krmd needs one; add another first")
    checked_settings(call, path, changed)
    if not confirm(call, f"Remove {name} from {path}?", yes=yes):
        raise typer.Abort
    _write(path, text, changed)
    _answer(call, f"Removed {name} from {path}; what was read of it stays.")


@commands.command()
def own(
    context: typer.Context,
    addresses: Annotated[
        list[str], typer.Argument(metavar="ADDRESS…", help="As ada@work.example, or @ada.example.")
    ],
) -> None:
    """More addresses that are yours: the ledger is judged again with them."""
    from krmd.settings.edit import add_own_addresses

    call = call_of(context)
    path, text = _file(call)
    changed = add_own_addresses(text, addresses)
    checked_settings(call, path, changed)
    _write(path, text, changed)
    with call.opened():  # judges again
        _answer(call, f"{', '.join(addresses)}: yours.")


def _file(call: Call) -> tuple[Path, str]:
    """The settings' file that is in force, and its text."""
    from krmd.settings import find_config
    from krmd.settings.read import read_text

    path = find_config(call.config, call.environ)
    if path is None:
        raise UserError("there is no krmd.toml yet; run: krmd init")
    return path, read_text(path)


def _write(path: Path, before: str, after: str) -> None:
    from krmd.settings.read import read_text
    from krmd.settings.write import write_config

    if after == before:
        return
    if read_text(path) != before:
        raise UserError(f"{path} was changed meanwhile; nothing was written, try again")
    write_config(path, after)


def _rename_in_store(call: Call, old: str, new: str, write: Callable[[], None]) -> None:
    """Rename in the store and in the file, both or neither.

    The file is written inside the transaction: where that fails the store is as it was. Where the
    machine dies in between, the same command once more finishes it.
    """
    from krmd.store import folders
    from krmd.store.engine import Store
    from krmd.store.holding import Hold
    from krmd.store.migrate import upgrade

    store = Store(call.settings().store.url)
    try:
        upgrade(store)
        with store.reading() as tx:
            known = folders.all_accounts(tx)
        if new in known and new != old:
            raise UserError(
                f"an account {new} was read before and its history stands; take another"
            )
        if old not in known:
            write()
            return
        with Hold(store, old), store.transaction() as tx:
            folders.rename_account(tx, old, new)
            write()
    finally:
        store.close()


def _answer(call: Call, sentence: str) -> None:
    from krmd.cli.terminal import safe

    if call.as_json:
        call.tell({"changed": True, "sentences": [sentence]})
        return
    if not call.quiet:
        call.say(safe(sentence))
        call.note(_RELOAD)
