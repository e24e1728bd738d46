"""`krmd sync`: one pass over the mailboxes, then the exit."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_UNREACHABLE,
    KrmdError,
    TryLaterError,
    UserError,
)
from krmd.cli.call import Call, call_of
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.bootstrap import Krmd
    from krmd.cli.sync_progress import Show
    from krmd.daemon.books import BookResult
    from krmd.daemon.one_pass import AccountResult

commands = new_commands()


@commands.command()
def sync(
    context: typer.Context,
    *,
    account: Annotated[
        list[str] | None, typer.Option("--account", "-a", help="Only this mailbox.")
    ] = None,
    book: Annotated[
        list[str] | None, typer.Option("--book", "-b", help="Only this address book.")
    ] = None,
    emptied: Annotated[
        bool, typer.Option("--emptied", help="Believe a --book that lost its people at once.")
    ] = False,
    mbox: Annotated[
        list[Path] | None, typer.Option("--mbox", metavar="FILE", help="Mail in this file instead.")
    ] = None,
    maildir: Annotated[
        list[Path] | None, typer.Option("--maildir", metavar="DIR", help="Mail in this Maildir.")
    ] = None,
) -> int:
    """Read mailboxes and address books once, then exit. Reads only: no flag is ever changed."""
    call = call_of(context)
    call.log()
    if (account or book) and (mbox or maildir):
        raise UserError("--account reads a mailbox, --mbox and --maildir read files: one of them")
    if emptied and not book:
        raise UserError("--emptied goes with --book NAME: whose emptiness is meant")
    with call.opened() as krmd:
        from krmd.cli.sync_progress import progress_of

        began = time.monotonic()
        with progress_of(call) as show, stopped_by_signal(call.note) as stop:
            books: list[BookResult] = []
            if mbox or maildir:
                results = [_files(krmd, (mbox or [], maildir or []), stop, show)]
            else:
                names = _chosen(krmd.settings.accounts, account or [], "account")
                results = _mailboxes(krmd, [] if book and not account else names, stop, show)
                wanted = _chosen(krmd.settings.contacts, book or [], "address book")
                books = _books(krmd, [] if account and not book else wanted, stop, emptied=emptied)
        _answer(call, results, books, time.monotonic() - began)
    return _exit_code(call, results, books, interrupted=stop.is_set())


def _mailboxes(krmd: Krmd, names: Sequence[str], stop: Stopping, show: Show) -> list[AccountResult]:
    from krmd.daemon.one_pass import Pass

    jobs = [krmd.job(krmd.settings.accounts[name]) for name in names]
    reading = Pass(krmd.store, jobs, clock=krmd.clock, progress=show)
    stop.then(reading.stop)
    return reading.run()


def _files(
    krmd: Krmd, paths: tuple[Sequence[Path], Sequence[Path]], stop: Stopping, show: Show
) -> AccountResult:
    from krmd.app.rules import RulesChangedError
    from krmd.bootstrap import FILES
    from krmd.daemon.one_pass import AccountResult

    try:
        reports = krmd.read_files(*paths, stop=stop.asked, progress=show)
    except RulesChangedError as error:
        raise TryLaterError(
            "another krmd judges by other settings now; run it again with those"
        ) from error
    return AccountResult(FILES, reports, complete=not stop.is_set())


class Stopping:
    """A wish to end, made by Ctrl-C; `then` says what else is to be told of it."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._then: list[Callable[[], None]] = []

    def then(self, act: Callable[[], None]) -> None:
        """Do this too when the wish comes, or at once where it has come."""
        self._then.append(act)
        if self.is_set():
            act()

    def is_set(self) -> bool:
        """Whether the end is wished."""
        return self.asked.is_set()

    def set(self) -> None:
        """Wish for the end."""
        self.asked.set()
        for act in self._then:
            act()


@contextlib.contextmanager
def stopped_by_signal(tell: Callable[[str], None]) -> Iterator[Stopping]:
    """While it lasts, the first Ctrl-C (or SIGTERM) wishes for the end, the second ends at once.

    Nothing can be lost by that: what is read is committed with the cursor that says so.
    """
    stopping = Stopping()

    def hear(_number: int, _frame: object) -> None:
        if stopping.is_set():
            _leave_terminal()
            os._exit(EXIT_INTERRUPTED)
        stopping.set()
        tell("Stopping after what is being read; once more ends at once.")

    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_terminal() -> None:
    """Give the shell a line of its own, and the cursor back that a progress bar hides."""
    dull = os.environ.get("TERM", "") in ("", "dumb")
    with contextlib.suppress(OSError):
        if os.isatty(2):
            os.write(2, b"\n" if dull else b"\x1b[?25h\n")


def _chosen(there: Mapping[str, object], wanted: Sequence[str], what: str) -> list[str]:
    for name in wanted:
        if name not in there:
            raise UserError(f"there is no {what} {name!r}", candidates=tuple(there))
    return [name for name in there if not wanted or name in wanted]


def _books(krmd: Krmd, names: Sequence[str], stop: Stopping, *, emptied: bool) -> list[BookResult]:
    if not names:
        return []
    from krmd.daemon.books import read_once

    jobs = [krmd.book_job(krmd.settings.contacts[name], emptied=emptied) for name in names]
    return read_once(jobs, stop.is_set)


def _answer(
    call: Call,
    results: Sequence[AccountResult],
    books: Sequence[BookResult],
    seconds: float,
) -> None:
    if call.as_json:
        accounts = [_json(result) for result in results]
        call.tell(
            {
                "accounts": accounts,
                "books": [_book_json(result) for result in books],
                "complete": all(result.complete for result in results),
                "seconds": round(seconds, 3),
            }
        )
        return
    from krmd.cli.spoken import duration

    for result in results:
        for line in _lines(call, result):
            call.say(line)
    for book in books:
        for line in _book_lines(call, book):
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


def _book_json(result: BookResult) -> dict[str, object]:
    report = result.report
    return {
        "book": result.book,
        "error": None if result.error is None else result.error.message,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": [{"card": href, "reason": reason} for href, reason in report.skipped],
        "doubt": report.doubt,
    }


def _book_lines(call: Call, result: BookResult) -> Iterator[str]:
    from krmd.cli.terminal import safe

    ink, report = call.screen.ink, result.report
    name = ink(safe(result.book), "bold")
    if result.error is not None:
        yield f"{name}: {ink('not read', 'red')}: {safe(result.error.message)}"
        return
    changed = f"{report.created:,} people added, {report.updated:,} changed"
    yield f"{name}: {changed if report.created or report.updated else 'nothing new'}"
    if report.doubt is not None:
        yield f"  {ink('!', 'yellow')} {safe(report.doubt)}"
    for href, reason in report.skipped:
        yield f"  {safe(href)}: {safe(reason)}"


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


def _exit_code(
    call: Call,
    results: Sequence[AccountResult],
    books: Sequence[BookResult],
    *,
    interrupted: bool,
) -> int:
    found = [*(it.error for it in results), *(it.error for it in books)]
    errors: list[KrmdError] = [error for error in found if error is not None]
    if interrupted and not all(it.complete for it in results):
        call.note("Interrupted; what was read is kept, the next sync goes on from there.")
        return EXIT_INTERRUPTED
    if not errors:
        return EXIT_DONE
    codes = {error.exit_code for error in errors}
    return codes.pop() if len(codes) == 1 else EXIT_UNREACHABLE
