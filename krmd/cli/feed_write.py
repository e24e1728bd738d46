"""`krmd feed write`: what a feed serves, as a file or as a folder of files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import EXIT_DONE, EXIT_INTERRUPTED, UserError
from krmd.cli.call import Call, call_of
from krmd.cli.feed_list import chosen
from krmd.cli.sync import stopped_by_signal

if TYPE_CHECKING:
    from krmd.app.feed_building import Progress
    from krmd.app.feed_overview import FeedOverview
    from krmd.bootstrap import Krmd
    from krmd.store.engine import Transaction


def write(
    context: typer.Context,
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to; - is standard output.")
    ] = None,
    feed: Annotated[
        str | None,
        typer.Option("--feed", "-f", metavar="NAME", help="Which feed, where there are several."),
    ] = None,
    vdir: Annotated[
        Path | None,
        typer.Option(
            "--vdir", metavar="DIR", help="A file for each event in this folder, for vdirsyncer."
        ),
    ] = None,
) -> int:
    """Write a feed to a file, or with --vdir to a folder of them.

    These are the bytes that krmd run serves, for those who serve files themselves. The feed is
    brought up to date first; what is right as it is isn't touched, and a new file is for you alone.
    """
    call = call_of(context)
    if (file is None) == (vdir is None):
        raise UserError("name the FILE to write to, or a folder for vdirsyncer by --vdir DIR")
    if call.as_json and str(file) == "-":
        raise UserError("--json answers with one document: name a FILE to write to")
    with call.opened() as krmd:
        with krmd.store.reading() as tx:
            name = chosen(tx, krmd, feed).feed.name
        if not _bring_up_to_date(call, krmd):
            call.note("Interrupted; what is drawn is kept, and it goes on from there next time.")
            return EXIT_INTERRUPTED
        with krmd.store.reading() as tx:
            of = chosen(tx, krmd, name)
            if of.state.trouble is not None:
                raise UserError(f"the feed {name} can't be kept up: {of.state.trouble}")
            if vdir is not None:
                _write_vdir(call, tx, of, vdir)
            elif file is not None:
                _write_file(call, tx, of, file)
    return EXIT_DONE


def _bring_up_to_date(call: Call, krmd: Krmd) -> bool:
    """Draw what is to be drawn; False where the owner stopped it. A daemon may be drawing too."""
    from krmd.app.feed_building import FeedBuilder
    from krmd.outputs.calendar import write_events

    builder = FeedBuilder(krmd.store, krmd.clock, krmd.feed_style, write_events)
    with (
        stopped_by_signal(
            lambda _: call.note("Stopping after these people; once more ends at once.")
        ) as stop,
        _progress(call) as show,
    ):
        return builder.run(show, stop.is_set)


@contextlib.contextmanager
def _progress(call: Call) -> Iterator[Callable[[Progress], None]]:
    """One line that tells how far it is, on a terminal."""
    if call.quiet or call.as_json or not call.error_screen.is_terminal:
        yield lambda _: None
        return
    from krmd.cli.terminal import cut, safe, width

    longest = 0

    def show(progress: Progress) -> None:
        nonlocal longest
        far = f"{progress.done:,} of {progress.total:,} people"
        what = f"Drawing {safe(progress.feed)}" if progress.feed else "Drawing"
        line = cut(f"{what}: {far}", call.error_screen.columns - 1)
        call.err.write("\r" + line + " " * max(0, longest - width(line)))
        call.err.flush()
        longest = max(longest, width(line))

    try:
        yield show
    finally:
        if longest:
            call.err.write("\r" + " " * longest + "\r")
            call.err.flush()


def _write_file(call: Call, tx: Transaction, of: FeedOverview, file: Path) -> None:
    from krmd.app.feed_files import write_calendar
    from krmd.app.feed_octets import pieces
    from krmd.cli.spoken import counted

    if str(file) == "-":
        for piece in pieces(tx, of.feed):
            call.write_octets(piece)
        return
    written = write_calendar(tx, of.feed, file)
    events = counted(of.figures.events, "event")
    if call.as_json:
        call.tell(
            {
                "feed": of.feed.name,
                "file": str(file),
                "events": of.figures.events,
                "octets": written.octets,
                "changed": written.changed,
            }
        )
    elif written.changed:
        call.note(f"{events} of {of.feed.name} are in {file}.")
        if written.is_new:
            call.note(f"Only you can read it; chmod 644 {file} lets a web server.")
    else:
        call.note(f"{file} is up to date: {events}.")


def _write_vdir(call: Call, tx: Transaction, of: FeedOverview, folder: Path) -> None:
    from krmd.app.feed_files import write_vdir
    from krmd.cli.spoken import counted

    written = write_vdir(tx, of.feed, folder)
    if call.as_json:
        call.tell(
            {
                "feed": of.feed.name,
                "folder": str(folder),
                "events": written.written + written.unchanged,
                "written": written.written,
                "unchanged": written.unchanged,
                "removed": written.removed,
            }
        )
    else:
        call.note(
            f"{folder}: {counted(written.written, 'event')} written,"
            f" {written.unchanged:,} as they were, {written.removed:,} gone."
        )
