"""`krmd sync`: one pass over the mailboxes, then the exit."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_UNREACHABLE,
    KrmdError,
    UserError,
)
from krmd.cli.call import Call, call_of
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.bootstrap import Krmd
    from krmd.daemon.one_pass import AccountResult

commands = new_commands()


@commands.command()
def sync(
    context: typer.Context,
    *,
    account: Annotated[
        list[str] | None, typer.Option("--account", "-a", help="Only this mailbox.")
    ] = None,
) -> int:
    """Read the mailboxes once, then exit. Reads only: no flag is ever changed."""
    call = call_of(context)
    call.log()
    with call.opened() as krmd:
        from krmd.cli.sync_progress import progress_of
        from krmd.daemon.one_pass import Pass

        chosen = _chosen(krmd, account or [])
        began = time.monotonic()
        with progress_of(call) as show:
            jobs = [krmd.job(krmd.settings.accounts[name]) for name in chosen]
            reading = Pass(krmd.store, jobs, clock=krmd.clock, progress=show)
            with interrupted_by(reading.stop, call.note) as interrupted:
                results = reading.run()
        _answer(call, results, time.monotonic() - began)
    return _exit_code(call, results, interrupted=interrupted.is_set())


@contextlib.contextmanager
def interrupted_by(
    stop: Callable[[], None], tell: Callable[[str], None]
) -> Iterator[threading.Event]:
    """While it lasts, the first Ctrl-C (or SIGTERM) calls `stop`, and the second ends at once.

    Nothing can be lost by that: what is read is committed with the cursor that says so.
    """
    asked = threading.Event()

    def hear(number: int, _frame: object) -> None:
        if asked.is_set():
            os._exit(EXIT_INTERRUPTED)
        asked.set()
        stop()
        tell("Stopping after what is being read; once more ends at once.")

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _chosen(krmd: Krmd, wanted: Sequence[str]) -> list[str]:
    there = tuple(krmd.settings.accounts)
    for name in wanted:
        if name not in there:
            raise UserError(f"there is no account {name!r}", candidates=there)
    return [name for name in there if not wanted or name in wanted]


def _answer(call: Call, results: Sequence[AccountResult], seconds: float) -> None:
    if call.as_json:
        accounts = [_json(result) for result in results]
        call.tell(
            {
                "accounts": accounts,
                "complete": all(result.complete for result in results),
                "seconds": round(seconds, 3),
            }
        )
        return
    from krmd.cli.spoken import duration

    for result in results:
        for line in _lines(call, result):
            call.say(line)
    if call.screen.is_terminal and not call.quiet:
        call.note(f"Took {duration(seconds)}.")


def _json(result: AccountResult) -> dict[str, object]:
    return {
        "account": result.account,
        "error": None if result.error is None else result.error.message,
        "complete": result.complete,
        "folders": [
            {
                "folder": report.folder,
                "seen": report.recorded.seen,
                "recorded": report.recorded.recorded,
                "ignored": dict(report.recorded.ignored),
                "quarantined": report.recorded.quarantined,
            }
            for report in result.folders
        ],
    }


def _lines(call: Call, result: AccountResult) -> Iterator[str]:
    from krmd.cli.spoken import counted
    from krmd.cli.terminal import safe

    ink = call.screen.ink
    name = ink(safe(result.account), "bold")
    seen = sum(report.recorded.seen for report in result.folders)
    recorded = sum(report.recorded.recorded for report in result.folders)
    failed = sum(report.recorded.quarantined for report in result.folders)
    if result.error is not None:
        yield f"{name}: {ink('not read', 'red')}: {safe(result.error.message)}"
    if result.error is None or seen:
        said = f"{counted(seen, 'mail')} read, {recorded:,} recorded"
        if failed:
            said += f", {failed:,} not understood (see krmd quarantine list)"
        yield f"{name}: {said if seen or failed else 'nothing new'}"
    if len(result.folders) > 1 and not call.quiet:
        for report in result.folders:
            yield f"  {safe(report.folder)}: {report.recorded.seen:,} read"


def _exit_code(call: Call, results: Sequence[AccountResult], *, interrupted: bool) -> int:
    errors: list[KrmdError] = [it.error for it in results if it.error is not None]
    if interrupted and not all(it.complete for it in results):
        call.note("Interrupted; what was read is kept, the next sync goes on from there.")
        return EXIT_INTERRUPTED
    if not errors:
        return EXIT_DONE
    codes = {error.exit_code for error in errors}
    return codes.pop() if len(codes) == 1 else EXIT_UNREACHABLE
