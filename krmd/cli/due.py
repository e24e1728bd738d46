"""`krmd due`: whom to reach, in order, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from krmd.cli.call import call_of
from krmd.cli.listing import After, Limit, envelope, paged, time_json
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.app.due import DuePerson

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
    from krmd.cli.tables import Column, table

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
        columns = [
            Column("Name", least=12), Column("Last contacted"), Column("Every", right=True),
            Column("Why", least=16), Column("Address", least=16),
        ]  # fmt: skip
        rows = [
            (
                person.name,
                call.when(person.last_contacted, krmd),
                call.days(person.cadence_days),
                "; ".join(person.reasons[call.screen.is_terminal :]),
                person.address or "",
            )
            for person in shown
        ]
        if call.screen.is_terminal and call.screen.columns < _ROOM_FOR_ADDRESS:
            shorter = [row[:-1] for row in rows]
            lines = table(columns[:-1], shorter, call.screen)
        else:
            lines = table(columns, rows, call.screen)
        for line in lines:
            call.say(line)
        if not people:
            call.note("Nobody is due.")


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
