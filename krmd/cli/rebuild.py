"""`krmd rebuild`: all that is derived, computed anew from the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import EXIT_DONE, EXIT_UNWELL
from krmd.cli.call import Call, call_of
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.app.judging import Rebuilt

commands = new_commands()


@commands.command()
def rebuild(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Compare only and change nothing; 1 where it differs.")
    ] = False,
) -> int:
    """Judge every mail again and count everybody's dates anew, without the mailbox."""
    from krmd.app import judging

    call = call_of(context)
    with call.opened() as krmd:
        if check:
            found, differences = judging.compare(krmd.store, krmd.judge)
        else:
            differences = []
            found = judging.rebuild(
                krmd.store, krmd.judge, krmd.fingerprint, progress=_progress(call)
            )
    if call.as_json:
        call.tell(
            {
                "ok": found.was_right,
                "changed": not check and not found.was_right,
                "mails": found.mails,
                "verdicts": found.verdicts,
                "recencies": found.recencies,
                "differences": differences,
            }
        )
    else:
        _say(call, found, differences, check=check)
    return EXIT_UNWELL if check and not found.was_right else EXIT_DONE


def _say(call: Call, found: Rebuilt, differences: list[str], *, check: bool) -> None:
    from krmd.cli.spoken import counted
    from krmd.cli.terminal import safe

    for difference in differences:
        call.say(safe(difference))
    if call.quiet:
        return
    what = f"{counted(found.verdicts, 'verdict')} and {counted(found.recencies, 'date')}"
    if found.was_right:
        call.say(f"Looked at {counted(found.mails, 'mail')}: everything is as it follows.")
    elif check:
        call.say(f"Looked at {counted(found.mails, 'mail')}: {what} differ; run: krmd rebuild")
    else:
        call.say(f"Looked at {counted(found.mails, 'mail')}: {what} corrected.")


def _progress(call: Call) -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        if call.error_screen.is_terminal and not call.quiet:
            call.err.write(f"\rJudged {done:,} of {total:,} mails" + "\n" * (done >= total))
            call.err.flush()

    return show
