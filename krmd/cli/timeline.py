"""`krmd timeline`: what the ledger has of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.instant import to_rfc3339
from krmd.cli.call import call_of
from krmd.cli.listing import After, Limit, envelope, paged
from krmd.cli.menu import new_commands
from krmd.cli.show import Who

if TYPE_CHECKING:
    from krmd.app.timeline import TimelineEntry

commands = new_commands()

Undone = Annotated[bool, typer.Option("--undone", help="Also what was taken back.")]


@commands.command()
def timeline(
    context: typer.Context,
    who: Who,
    *,
    undone: Undone = False,
    limit: Limit = None,
    after: After = None,
) -> None:
    """What happened with a person, newest first; * marks what moves last contacted."""
    from krmd.app.timeline import entries_of
    from krmd.app.who import find_person
    from krmd.cli.card_text import way
    from krmd.cli.tables import Column, table

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        entries = entries_of(tx, find_person(tx, who), with_undone=undone)
        shown = paged(entries, limit=limit, after=after, id_of=lambda entry: entry.id)
        if call.as_json:
            call.tell(envelope(tx, krmd, [entry_json(entry) for entry in shown]))
            return
        columns = [
            Column("When"), Column(""), Column(""), Column("Kind"), Column("Rule"),
            Column("What", least=12), Column("Where", least=8), Column("Id"),
        ]  # fmt: skip
        rows = [
            (
                call.when(entry.at, krmd),
                "*" if entry.counts else "",
                way(entry.direction),
                entry.kind,
                entry.rule + (" (undone)" if entry.undone else ""),
                entry.summary or "",
                entry.folder or "",
                entry.id if not call.screen.is_terminal else entry.id[:10],
            )
            for entry in shown
        ]
        for line in table(columns, rows, call.screen):
            call.say(line)


def entry_json(entry: TimelineEntry) -> dict[str, object]:
    """An entry as INTERFACE.md has it."""
    return {
        "id": entry.id,
        "at": to_rfc3339(entry.at),
        "kind": entry.kind,
        "direction": entry.direction,
        "reach": entry.reach,
        "role": entry.role,
        "counts": entry.counts,
        "rule": entry.rule,
        "summary": entry.summary,
        "message_id": entry.message_id,
        "account": entry.account,
        "folder": entry.folder,
        "undone": entry.undone,
    }
