"""What commands there are, each with the module that holds it, loaded when it is called.

Also the options that every command takes, before and behind the command alike.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol

import typer
from typer.core import TyperGroup

from krmd.base.errors import UserError
from krmd.cli.call import call_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class Entry(NamedTuple):
    """A command or a group of commands: its heading in the help, its module, what it does."""

    heading: str
    module: str
    help: str


MENU: dict[str, Entry] = {
    "demo": Entry("Begin", "demo", "See it at work on an invented mailbox, in a temporary folder."),
    "init": Entry("Begin", "begin", "Write krmd.toml: asks for an address, tries to log in."),
    "accounts": Entry("Begin", "accounts", "Mailboxes: list, add, rename, remove."),
    "check": Entry("Begin", "check", "Look at settings, store, logins and folders, a line each."),
    "sync": Entry("Read mail", "sync", "Read the mailboxes once, then exit."),
    "run": Entry("Read mail", "run", "The daemon: reads mail as it arrives."),
    "status": Entry(
        "Read mail", "status", "Read up to when and how far back, errors, what is late."
    ),
    "quarantine": Entry(
        "Read mail", "quarantine", "Mails that weren't understood: list, retry, drop."
    ),
    "due": Entry("People", "due", "Whom to reach, most urgent first, and why."),
    "birthdays": Entry("People", "birthdays", "Whose birthday comes next."),
    "show": Entry("People", "show", "The card of a person."),
    "timeline": Entry("People", "timeline", "What happened with a person, newest first."),
    "why": Entry("People", "why", "Which mail and which rule gave each date of a person."),
    "find": Entry("People", "find", "Who is in Denver, who knows of tax law: warmest first."),
    "contacts": Entry(
        "People", "contacts", "The address book: list, add, edit, import, export, merge, review."
    ),
    "categories": Entry(
        "People", "categories", "Categories: list, add, edit, rename, merge, remove."
    ),
    "log": Entry("People", "log", "Log a call, a meeting, a letter, a message."),
    "log-import": Entry("People", "log_import", "Log many: from CSV, JSON lines or a calendar."),
    "reach": Entry("People", "reach", "How many were reached, in so many days."),
    "feed": Entry(
        "People", "feed", "Calendars to subscribe to: add, list, show, edit, rotate, revoke, write."
    ),
    "forget": Entry("People", "forget", "Erase a person, and keep them out."),
    "undo": Entry("People", "undo", "Take back the last command, or one by its id."),
    "export": Entry("Store", "export", "Write everything krmd knows in open formats."),
    "rebuild": Entry(
        "Store", "rebuild", "Recompute all that is derived from the ledger, or compare."
    ),
    "db": Entry("Store", "db", "The database: upgrade, check."),
}
"""In the order the help shows them."""

PLANNED: dict[str, tuple[str, ...]] = {
    "krmd": (
        "login", "install", "mailing", "suppressions", "deliver", "digest", "do", "backup",
        "restore",
    ),
    "krmd db": ("copy",),
}  # fmt: skip
"""What is promised and not built yet: no typing error, so none is guessed at."""


class Formatter(Protocol):
    """What writes help."""

    def section(self, name: str) -> AbstractContextManager[None]:
        """Begin a section."""
        ...

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write a list of terms and their meaning."""
        ...


class Shelf(MutableMapping[str, Any]):
    """The commands by name, each made when it is first asked for."""

    def __init__(self, shared: list[Any]) -> None:
        self._shared = shared
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 # click's types aren't typer's to show
        if name not in self._made:
            module = import_module(f"krmd.cli.{MENU[name].module}")
            self._made[name] = self._shared_by(typer.main.get_command(module.commands))
        return self._made[name]

    def _shared_by(self, command: Any) -> Any:  # noqa: ANN401 # as above
        for inner in getattr(command, "commands", {}).values():
            self._shared_by(inner)
        for param in command.params:
            _spell_plainly(param)
        taken = {spelling for param in command.params for spelling in param.opts}
        command.params += [it for it in self._shared if not taken & set(it.opts)]
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(MENU)

    def __len__(self) -> int:
        return len(MENU)

    def __setitem__(self, name: str, command: object) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]


def _spell_plainly(param: Any) -> None:  # noqa: ANN401 # as above
    """Let help show WHO rather than `{WHO}` and `WHO <str>`, TEXT rather than `<list[str]>`."""
    if param.param_type_name == "argument":
        if param.metavar is not None:
            param.get_usage_pieces = lambda _ctx: [param.metavar]
            param.display_type_rich = lambda **_: ""
        return
    # Where there is none, typer has click spell the kinds of options, and it does it so.
    kind = getattr(param, "type_descriptor", None)
    if kind is None or param.metavar is not None or param.is_flag or param.count:
        return
    if not (kind.is_choice or kind.is_ranged):
        param.metavar = "FILE" if kind.is_path else "TEXT"


class Group(TyperGroup):
    """Commands under one name, of which some are still to come."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 # as above
        """The command that is called; UserError for one that isn't built yet."""
        if args and args[0] in PLANNED.get(ctx.command_path, ()):
            raise UserError(f"{ctx.command_path} {args[0]} isn't there yet")
        return super().resolve_command(ctx, args)


class Root(Group):
    """`krmd` itself: its help names the commands without loading any."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 # typer's own
        super().__init__(**attributes)
        self.commands = Shelf([param for param in self.params if param.name != "version"])

    def list_commands(self, _ctx: object) -> list[str]:
        """Their names, in the menu's order."""
        return list(MENU)

    def format_commands(self, _ctx: object, formatter: Formatter) -> None:
        """Write the menu."""
        headings: dict[str, list[tuple[str, str]]] = {}
        for name, entry in MENU.items():
            headings.setdefault(entry.heading, []).append((name, entry.help))
        for heading, rows in headings.items():
            with formatter.section(heading):
                formatter.write_dl(rows)


def new_commands(**settings: Any) -> typer.Typer:  # noqa: ANN401 # typer's own
    """An empty group of commands in the manner of all: plain help, no completion of its own."""
    return typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **settings,
    )


def new_group(what: str) -> typer.Typer:
    """A group of commands; stays one while it has a single command."""
    group = new_commands(help=what, cls=Group)

    @group.callback()
    def nothing() -> None:
        """Only so that typer takes it for a group."""

    return group


def _config(context: typer.Context, value: Path | None) -> None:
    if value is not None:
        call_of(context).config = value


def _json(context: typer.Context, value: bool) -> None:
    if value:
        call_of(context).as_json = True


def _quiet(context: typer.Context, value: bool) -> None:
    if value:
        call_of(context).quiet = True


def _verbose(context: typer.Context, value: int) -> None:
    call_of(context).verbose += value


def _version(context: typer.Context, value: bool) -> None:
    if value:
        from krmd import __version__

        call = call_of(context)
        if call.as_json:
            call.tell({"version": __version__})
        else:
            call.say(f"krmd {__version__}")
        raise typer.Exit


def root_command() -> TyperGroup:
    """The command that is all commands."""
    root = new_commands(cls=Root)

    @root.callback()
    def krmd(
        *,
        config: Annotated[
            Path | None,
            typer.Option(
                "--config",
                "-c",
                metavar="FILE",
                help="Settings other than the usual krmd.toml.",
                callback=_config,
                expose_value=False,
            ),
        ] = None,
        as_json: Annotated[
            bool,
            typer.Option(
                "--json", help="Answer with one JSON document.", callback=_json, expose_value=False
            ),
        ] = False,
        quiet: Annotated[
            bool,
            typer.Option(
                "--quiet",
                "-q",
                help="Say only what was asked for.",
                callback=_quiet,
                expose_value=False,
            ),
        ] = False,
        verbose: Annotated[
            int,
            typer.Option(
                "--verbose",
                "-v",
                count=True,
                help="Log to standard error; -vv logs more.",
                callback=_verbose,
                expose_value=False,
            ),
        ] = 0,
        version: Annotated[
            bool,
            typer.Option(
                "--version",
                help="Say which krmd this is.",
                callback=_version,
                is_eager=False,
                expose_value=False,
            ),
        ] = False,
    ) -> None:
        """Keeps in touch for you: reads your mailbox and knows whom you are losing."""

    made = typer.main.get_command(root)
    assert isinstance(made, TyperGroup)
    return made
