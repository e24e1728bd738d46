"""`krmd export`: everything krmd knows, in open formats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from krmd.base.errors import UserError
from krmd.cli.call import call_of
from krmd.cli.menu import new_commands
from krmd.cli.people_export import octets_of

commands = new_commands()

README = """\
Everything krmd knew when this was written, in open formats.

contacts.json   the people, each fact with who said it and since when
contacts.vcf    the same as vCard 4.0, for other programs
contacts.csv    the same for spreadsheets
categories.json the categories, with who is in them and was
ledger.jsonl    every entry of the ledger, a line each
logged.jsonl    what was logged by hand, as krmd log-import reads it
addresses.json  every address seen in mail

Into an empty store: krmd contacts import THIS_FOLDER, then krmd log-import logged.jsonl, then
krmd sync. Secrets, settings and what lies in the mailbox are not in here.
"""


@commands.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Write everything krmd knows in open formats: people, categories, the ledger.

    krmd contacts import of it into an empty store gives the same book.
    """
    from krmd.app import taking_along
    from krmd.app.exporting import everybody, exported
    from krmd.app.placing import place_file

    call = call_of(context)
    _make(folder)
    with call.opened() as krmd, krmd.store.reading() as tx:
        rows = everybody(tx, dropped=True)
        for name, form in (
            ("contacts.json", "json"),
            ("contacts.vcf", "vcard"),
            ("contacts.csv", "csv"),
        ):
            place_file(folder / name, octets_of(exported(tx, rows), form))  # type: ignore[arg-type]  # one of Format
        place_file(folder / "categories.json", _document(taking_along.groups(tx)))
        place_file(folder / "addresses.json", _document(taking_along.addresses(tx)))
        place_file(folder / "ledger.jsonl", _lines(taking_along.ledger(tx)))
        place_file(folder / "logged.jsonl", _lines(taking_along.logged(tx)))
        place_file(folder / "README.txt", [README.encode()])
    if call.as_json:
        call.tell({"folder": str(folder), "contacts": len(rows)})
    elif not call.quiet:
        call.say(f"{len(rows):,} contacts and the whole ledger are in {folder}.")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UserError(f"{folder} isn't empty; name a new folder")
    except OSError as error:
        raise UserError(f"{folder} can't be written to: {error.strerror}") from error


def _document(values: object) -> Iterator[bytes]:
    yield json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"


def _lines(values: Iterable[object]) -> Iterator[bytes]:
    for value in values:
        yield json.dumps(value, ensure_ascii=False).encode() + b"\n"
