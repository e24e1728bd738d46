"""`krmd log-import`: many entries at once, from a file of rows or a calendar."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.command import Actor
from krmd.base.errors import EXIT_DONE, EXIT_USAGE
from krmd.cli.call import Call, Json, call_of
from krmd.cli.menu import new_commands
from krmd.cli.terminal import safe

if TYPE_CHECKING:
    from krmd.app.log_import import Imported

commands = new_commands()

_IGNORED = {
    "nobody_known": "with nobody you know",
    "not_over": "not over yet",
    "cancelled": "cancelled",
    "declined": "you declined or never answered",
}


@commands.command()
def log_import(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="CSV, JSON lines or a calendar; - reads any of them."),
    ],
) -> int:
    """Log what a file tells: at, kind, who, direction, text, id. The same file twice is once.

    Of a calendar (.ics), the past events with people you know, whose addresses it names.
    Lines that can't be are skipped and named; the exit code is 2 then.
    """
    call = call_of(context)
    found = _imported(call, file)
    # What could be taken in was; a script must still hear that its file isn't all in the ledger.
    code = EXIT_USAGE if found.skipped else EXIT_DONE
    if call.as_json:
        call.tell(_json(found, file))
        return code
    for skipped in found.skipped:
        call.warn(f"{file}:{skipped.line}: skipped: {skipped.reason}")
    if found.unnamed:
        call.warn(f"{file}: {found.unnamed:,} more lines were skipped")
    for remark in found.remarks:
        call.note(f"{file}:{remark.line}: {remark.sentence}")
    if not call.quiet:
        call.say(_sentence(found))
    return code


def _imported(call: Call, file: Path) -> Imported:
    from krmd.app.log_import import import_calendar, import_log
    from krmd.cli.log_file import opened
    from krmd.formats.calendar_parts import is_calendar

    actor = Actor("cli", safe(str(file)))  # a path needn't be text
    with opened(file, call.keys) as read, _progress(call) as progress:
        if is_calendar(read.head()):
            octets = read.whole()
            with call.opened() as krmd:
                many = krmd.settings.counting.personal_recipients
                return import_calendar(octets, krmd.performer, actor, many=many, progress=progress)
        lines = read.lines()
        with call.opened() as krmd:
            zone = krmd.settings.owner.timezone
            return import_log(lines, krmd.performer, actor, zone=zone, progress=progress)


@contextlib.contextmanager
def _progress(call: Call) -> Iterator[Callable[[int], None]]:
    """Tells on a terminal which line a long file has come to; nothing in a pipe."""
    shown = ""
    calls = 0

    def show(line: int) -> None:
        nonlocal shown, calls
        calls += 1
        if calls > 1 and call.error_screen.is_terminal and not (call.quiet or call.as_json):
            shown = f"\rCome to line {line:,}"
            call.err.write(shown)
            call.err.flush()

    try:
        yield show
    finally:
        if shown:
            call.err.write(f"\r{' ' * len(shown)}\r")


def _json(found: Imported, file: Path) -> Json:
    return {
        "created": found.created,
        "unchanged": found.unchanged,
        "skipped": [
            {"file": str(file), "line": it.line, "reason": it.reason} for it in found.skipped
        ],
        "skipped_unnamed": found.unnamed,
        "ignored": sum(number for _, number in found.ignored),
        "ignored_for": dict(found.ignored),
        "remarks": [
            {"file": str(file), "line": it.line, "remark": it.sentence} for it in found.remarks
        ],
    }


def _sentence(found: Imported) -> str:
    skipped = len(found.skipped) + found.unnamed
    said = f"{found.created} logged, {found.unchanged} were known, {skipped} not."
    if found.ignored:
        left_out = ", ".join(f"{number:,} {_IGNORED[why]}" for why, number in found.ignored)
        said += f" Left out: {left_out}."
    return said
