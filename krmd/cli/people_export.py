"""`krmd contacts export`: the address book as a file other programs read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from krmd.base.errors import UserError
from krmd.cli.call import call_of

if TYPE_CHECKING:
    from krmd.app.exporting import Exported

Format = Literal["vcard", "vcard3", "csv", "json"]
_BY_ENDING: dict[str, Format] = {".vcf": "vcard", ".csv": "csv", ".json": "json"}


def export_people(
    context: typer.Context,
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to; standard output by default.")
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", "-f", help="vcard (4.0), vcard3, csv or json; by default as FILE ends."
        ),
    ] = None,
    audience: Annotated[
        str | None, typer.Option("--audience", help="Only these: japan, technology -family.")
    ] = None,
    dropped: Annotated[bool, typer.Option("--dropped", help="Those no longer kept too.")] = False,
) -> None:
    """Write the contacts with all that is known of them; krmd contacts import reads it again."""
    from krmd.app.audience import people_in
    from krmd.app.exporting import everybody, exported
    from krmd.app.placing import place_file

    call = call_of(context)
    to_file = file is not None and str(file) != "-"
    chosen = form or _BY_ENDING.get(file.suffix.lower() if file else "", "vcard")
    with call.opened() as krmd, krmd.store.reading() as tx:
        rows = people_in(tx, audience) if audience else everybody(tx, dropped=dropped)
        written = octets_of(exported(tx, rows), chosen)
        if to_file:
            assert file is not None
            place_file(file, written)
        elif not call.as_json:
            for part in written:
                call.write_octets(part)
    if call.as_json:
        if not to_file:
            raise UserError("--json answers with one document: name a FILE to export to")
        call.tell({"file": str(file), "format": chosen, "contacts": len(rows)})
    elif to_file:
        call.note(f"{len(rows):,} contacts are in {file}.")


def octets_of(people: Iterable[Exported], form: Format) -> Iterator[bytes]:
    """The people in a format, in pieces."""
    match form:
        case "csv":
            from krmd.formats.csv_writing import write_csv

            yield write_csv([it.portrait for it in people])
        case "json":
            from krmd.formats.json_people import KrmdPerson, SourcedFact, write_json

            yield write_json(
                KrmdPerson(
                    it.uid,
                    it.name,
                    tuple(
                        SourcedFact(*said)
                        for said in it.facts
                        if said.fact.field not in ("added", "dropped")
                    ),
                    it.kept,
                    it.added,
                )
                for it in people
            )
        case "vcard" | "vcard3":
            from krmd.formats.vcard_writing import write_vcard

            for it in people:
                version: Literal["3.0", "4.0"] = "4.0" if form == "vcard" else "3.0"
                yield write_vcard(it.portrait, version=version, uid=it.uid)
