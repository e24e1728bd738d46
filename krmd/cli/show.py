"""`krmd show`: the card of a person."""

from __future__ import annotations

from typing import Annotated

import typer

from krmd.cli.call import call_of
from krmd.cli.listing import note_incomplete
from krmd.cli.menu import new_commands

commands = new_commands()
_LATELY = 3

Who = Annotated[str, typer.Argument(metavar="WHO", help="An address, an id, or a name.")]


@commands.command()
def show(context: typer.Context, who: Who) -> None:
    """The card of a person: who they are, and when you were last in touch."""
    from krmd.app.cards import card_of
    from krmd.app.timeline import entries_of
    from krmd.app.who import find_person
    from krmd.cli.card_text import Frame, card_json, card_lines

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        person = find_person(tx, who)
        card = card_of(tx, person, defaults=krmd.cadences)
        if call.as_json:
            call.tell(card_json(card))
            return
        lately = [entry for entry in entries_of(tx, person) if entry.reach != "one_to_many"]
        frame = Frame(call.screen, krmd.clock.now(), krmd.settings.owner.timezone)
        for line in card_lines(card, lately[:_LATELY], frame):
            call.say(line)
        note_incomplete(call, tx, krmd)
