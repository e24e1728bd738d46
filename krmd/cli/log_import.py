"""`krmd log-import`: many entries at once, from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from krmd.base.command import Actor
from krmd.base.errors import EXIT_DONE, EXIT_USAGE, UserError
from krmd.cli.call import call_of
from krmd.cli.menu import new_commands
from krmd.cli.terminal import safe

commands = new_commands()


@commands.command()
def log_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSON lines; - reads both.")],
) -> int:
    """Log what a file tells: at, kind, who, direction, text, id. The same file twice is once.

    Lines that can't be are skipped and named; the exit code is 2 then.
    """
    from krmd.app.log_import import import_log

    call = call_of(context)
    text = call.keys.read() if str(file) == "-" else _text_of(file)
    with call.opened() as krmd:
        found = import_log(
            text.splitlines(keepends=True),
            krmd.performer,
            Actor("cli", safe(str(file))),  # a path needn't be text
            zone=krmd.settings.owner.timezone,
        )
    # What could be taken in was; a script must still hear that its file isn't all in the ledger.
    code = EXIT_USAGE if found.skipped else EXIT_DONE
    if call.as_json:
        call.tell(
            {
                "created": found.created,
                "unchanged": found.unchanged,
                "skipped": [
                    {"file": str(file), "line": it.line, "reason": it.reason}
                    for it in found.skipped
                ],
            }
        )
        return code
    for it in found.skipped:
        call.warn(f"{file}:{it.line}: skipped: {it.reason}")
    if not call.quiet:
        call.say(f"{found.created} logged, {found.unchanged} were known, {len(found.skipped)} not.")
    return code


def _text_of(file: Path) -> str:
    try:
        # Byte order marks and Windows line ends are what spreadsheets write.
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return opened.read()
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is no UTF-8 text; save it as UTF-8") from error
