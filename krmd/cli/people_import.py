"""`krmd contacts import`: people out of files, as often as one likes."""

from __future__ import annotations

import contextlib
import mmap
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from krmd.base.command import Actor
from krmd.base.errors import EXIT_DONE, EXIT_USAGE, UserError
from krmd.cli.call import Call, call_of
from krmd.cli.terminal import safe

if TYPE_CHECKING:
    from krmd.app.importing import Imported
    from krmd.bootstrap import Krmd
    from krmd.formats.csv_headings import DateOrder
    from krmd.formats.reading import Octets, PeopleReader

LARGEST_FILE = 1 << 30
"""Octets. An address book with all its pictures has a tenth of it."""
BOOK_OF_EXPORT = "contacts.json"


def import_people(
    context: typer.Context,
    *,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="vCard, CSV, LDIF, JSON, a folder of krmd export."),
    ],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="NAME", help="Whose word it is, where several are alike."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show person by person what it would do.")
    ] = False,
    dates: Annotated[
        Literal["dmy", "mdy", "ymd"] | None,
        typer.Option("--dates", help="The order of day, month and year, where a CSV has no other."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADING=FIELD", help="What a column of any CSV holds."),
    ] = None,
) -> int:
    """Take in people from files. The same file twice is once; a newer one changes what it said.

    What you edited by hand stays. What can't be taken in is named with its line; the exit code is 2
    then.
    """
    call = call_of(context)
    done: list[tuple[Path, Imported]] = []
    with call.opened() as krmd, contextlib.ExitStack() as stack:
        # What is no file of people is told before anybody is taken in.
        readers = [
            (file, _reader(call, file, octets, mapping=_mapping(mapping), dates=dates))
            for file in files
            for octets in [stack.enter_context(_octets(call, file))]
        ]
        for file, reader in readers:
            imported = krmd.importer.read(
                reader,
                Actor("cli", safe(str(file))),
                source=_source(source),
                dry_run=dry_run,
                progress=_progress(call, file),
            )
            done.append((file, imported))
            if file.is_dir() and not dry_run:
                _categories(krmd, file / "categories.json")
    if call.as_json:
        call.tell(_json(done, dry_run=dry_run))
    else:
        for file, imported in done:
            _say(call, file, imported, dry_run=dry_run)
    return EXIT_USAGE if any(it.skipped for _, it in done) else EXIT_DONE


@contextlib.contextmanager
def _octets(call: Call, file: Path) -> Iterator[Octets]:
    """What a file holds, mapped into memory; UserError where it can't be read."""
    if str(file) == "-":
        yield _standard_input(call)
        return
    if file.is_dir():
        file = file / BOOK_OF_EXPORT
        if not file.exists():
            raise UserError(f"{file.parent} is a folder and no export of krmd's ({BOOK_OF_EXPORT})")
    try:
        with file.open("rb") as opened:
            about = os.fstat(opened.fileno())
            _check_size(file, about.st_size)
            if not stat.S_ISREG(about.st_mode) or about.st_size == 0:
                yield opened.read(LARGEST_FILE + 1)
                return
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield mapped
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror}") from error


def _categories(krmd: Krmd, file: Path) -> None:
    """What an export says of the categories themselves."""
    import json

    from krmd.app.taking_along import restore_groups

    if not file.exists():
        return
    try:
        said = json.loads(file.read_bytes())
        restore_groups(said, krmd.performer, Actor("cli", safe(str(file))))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{file} can't be read: {error}") from error
    except UserError as error:
        raise UserError(f"{file}: {error.message}") from error


def _standard_input(call: Call) -> bytes:
    raw = getattr(call.keys, "buffer", None) or sys.stdin.buffer
    octets: bytes = raw.read(LARGEST_FILE + 1)
    _check_size(Path("-"), len(octets))
    return octets


def _check_size(file: Path, size: int) -> None:
    if size > LARGEST_FILE:
        raise UserError(
            f"{file} has {size >> 20:,} MB; krmd reads files of people up to"
            f" {LARGEST_FILE >> 20:,} MB: export it without pictures, or in parts"
        )


def _reader(
    call: Call,
    file: Path,
    octets: Octets,
    *,
    mapping: Mapping[str, str],
    dates: DateOrder | None,
) -> PeopleReader:
    """What reads the file; asks for the order of dates where the file leaves it open."""
    from krmd.formats.sniffing import columns_left_out, date_in_doubt, sniff

    def read(order: DateOrder | None) -> PeopleReader:
        return sniff(octets, file_name=str(file), mapping=mapping, dates=order)

    reader = read(dates)
    for heading in columns_left_out(reader):
        call.note(f"{file}: the column “{heading}” isn't taken; --map names what it holds")
    in_doubt = date_in_doubt(reader)
    return reader if in_doubt is None else read(_asked(call, file, in_doubt))


def _asked(call: Call, file: Path, example: str) -> DateOrder:
    from krmd.cli.asking import choose

    if not call.may_ask:
        raise UserError(
            f"{file}: a date like {example} can be read two ways; say which by --dates dmy or"
            " --dates mdy"
        )
    call.err.write(f"{safe(str(file))}: how is a date like {safe(example)} to be read?\n")
    orders: tuple[DateOrder, ...] = ("dmy", "mdy")
    return orders[choose(call, "Which", ("day/month/year", "month/day/year"))]


def _mapping(spelled: Sequence[str] | None) -> dict[str, str]:
    found = {}
    for text in spelled or ():
        heading, equals, field = text.rpartition("=")
        if not equals or not heading.strip():
            raise UserError(f"--map {text}: write it as HEADING=FIELD")
        found[heading.strip()] = field.strip()
    return found


def _source(spelled: str | None) -> str | None:
    if spelled is None:
        return None
    name = " ".join(spelled.casefold().split())
    if not name.isprintable() or not name or name == "owner" or name.startswith("book:"):
        raise UserError(f"--from {spelled}: that can't be the name of a source")
    return name


def _progress(call: Call, file: Path) -> Callable[[int], None]:
    is_shown = call.error_screen.is_terminal and not (call.quiet or call.as_json)

    def show(people: int) -> None:
        if is_shown and people % 500 == 0:
            call.err.write(f"\r{safe(file.name)}: {people:,} read")
            call.err.flush()

    return show


def _json(done: Sequence[tuple[Path, Imported]], *, dry_run: bool) -> dict[str, object]:
    return {
        "created": sum(it.created for _, it in done),
        "updated": sum(it.updated for _, it in done),
        "unchanged": sum(it.unchanged for _, it in done),
        "skipped": [
            {"file": str(file), "line": it.line, "reason": it.reason}
            for file, imported in done
            for it in imported.skipped
        ],
        "left_out": [
            {"file": str(file), "line": it.line, "reason": it.reason}
            for file, imported in done
            for it in imported.left_out
        ],
        "dry_run": dry_run,
        "people": [
            {
                "file": str(file),
                "line": it.line,
                "id": f"c_{it.uuid}",
                "name": it.name,
                "what": it.what,
                "details": list(it.details),
            }
            for file, imported in done
            for it in imported.people
        ],
    }


_SIGNS = {"created": "+", "updated": "~", "unchanged": "·"}


def _say(call: Call, file: Path, imported: Imported, *, dry_run: bool) -> None:
    if call.error_screen.is_terminal and not call.quiet:
        call.err.write("\r\x1b[K" if call.error_screen.coloured else "\n")
    for it in imported.people:
        if dry_run:
            call.say(f"{_SIGNS[it.what]} {safe(it.name)}")
            for detail in it.details:
                call.say(f"    {safe(detail)}")
        elif not call.quiet:
            for remark in it.remarks:
                call.note(f"{file}:{it.line}: {it.name}: {remark}")
    for left_out in imported.left_out:
        call.note(f"{file}:{left_out.line}: left out: {left_out.reason}")
    for skipped in imported.skipped:
        call.warn(f"{file}:{skipped.line}: skipped: {skipped.reason}")
    if not call.quiet:
        would = "would be " if dry_run else ""
        call.say(
            f"{safe(str(file))}: {imported.created:,} {would}added, {imported.updated:,}"
            f" {would}changed, {imported.unchanged:,} unchanged, {len(imported.skipped):,} skipped."
        )
