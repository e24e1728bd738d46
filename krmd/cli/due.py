"""`krmd due`: whom to reach, in order, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.cli.call import Call, call_of
from krmd.cli.listing import After, Limit, envelope, note_incomplete, paged, time_json
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.app.due import DuePerson
    from krmd.bootstrap import Krmd

commands = new_commands()
_ROOM_FOR_ADDRESS = 100


@commands.command()
def due(
    context: typer.Context,
    everybody: Annotated[
        bool, typer.Option("--all", help="Everybody with a cadence, due or not yet.")
    ] = False,
    limit: Limit = None,
    after: After = None,
) -> None:
    """Whom to reach, most urgent first, and why."""
    from krmd.app.due import due as due_people

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        people = due_people(
            tx,
            now=krmd.clock.now(),
            zone=krmd.settings.owner.timezone,
            defaults=krmd.cadences,
            soon=everybody,
        )
        shown = paged(people, limit=limit, after=after, id_of=lambda person: person.id)
        if call.as_json:
            call.tell(envelope(tx, krmd, [_json(person) for person in shown]))
            return
        for line in _table(call, krmd, shown):
            call.say(line)
        if not people:
            call.note("Nobody is due.")
        note_incomplete(call, tx, krmd)


def _table(call: Call, krmd: Krmd, people: Sequence[DuePerson]) -> list[str]:
    """On a terminal the reasons tell the cadence; a pipe gets every field in a column."""
    from krmd.cli.tables import Column, table

    name, last = Column("Name", least=12), Column("Last contacted")
    why, address = Column("Why", least=16), Column("Address", least=16)
    if not call.screen.is_terminal:
        rows = [
            (
                it.name,
                call.when(it.last_contacted, krmd),
                str(it.cadence_days),
                "; ".join(it.reasons),
                it.address or "",
            )
            for it in people
        ]
        return table([name, last, Column("Every", right=True), why, address], rows, call.screen)
    cells = [
        [it.name, call.when(it.last_contacted, krmd), "; ".join(it.reasons[1:]), it.address or ""]
        for it in people
    ]
    if call.screen.columns < _ROOM_FOR_ADDRESS:
        return table([name, last, why], [row[:-1] for row in cells], call.screen)
    return table([name, last, why, address], cells, call.screen)


def _json(person: DuePerson) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "address": person.address,
        "last_contacted": time_json(person.last_contacted),
        "cadence_days": person.cadence_days,
        "days_since": person.days_since,
        "score": person.score,
        "reasons": list(person.reasons),
        "categories": list(person.categories),
    }
