"""`krmd reach`: how many of the confirmed contacts were reached, and through what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.instant import to_rfc3339
from krmd.cli.call import call_of
from krmd.cli.listing import note_incomplete
from krmd.cli.menu import new_commands
from krmd.cli.spoken import counted

if TYPE_CHECKING:
    from krmd.app.reach import Interactions, Reach

commands = new_commands()


@commands.command()
def reach(
    context: typer.Context,
    days: Annotated[
        int,
        typer.Option("--days", "-d", min=1, max=36_500, metavar="N", help="The last N days."),
    ] = 30,
) -> None:
    """How many contacts were reached in the last days, one to one and one to many."""
    from krmd.app.reach import reach as count_reach

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        found = count_reach(tx, days=days, now=krmd.clock.now())
        if call.as_json:
            call.tell(_json(found))
            return
        for line in _lines(found):
            call.say(line)
        note_incomplete(call, tx, krmd)


def _json(found: Reach) -> dict[str, object]:
    through = found.interactions
    return {
        "days": found.days,
        "until": to_rfc3339(found.until),
        "contacts": found.contacts,
        "confirmed": found.confirmed,
        "reached": found.reached,
        "reach_rate": found.reach_rate,
        "one_to_one": found.one_to_one,
        "one_to_many": found.one_to_many,
        "interactions": {
            "total": through.total,
            "call": through.call,
            "meeting": through.meeting,
            "email_outbound": through.email_outbound,
            "email_inbound": through.email_inbound,
            "responded": through.responded,
            "message": through.message,
            "letter": through.letter,
            "other": through.other,
        },
    }


def _lines(found: Reach) -> Iterator[str]:
    """People first, then what was done, then what the people are a part of."""
    confirmed = counted(found.confirmed, "confirmed contact")
    yield (
        f"{found.reached:,} of {confirmed} reached in {counted(found.days, 'day')}"
        f" ({found.reach_rate * 100:.2f} %):"
        f" {found.one_to_one:,} one to one, {found.one_to_many:,} one to many."
    )
    through = ", ".join(_kinds(found.interactions))
    total = counted(found.interactions.total, "interaction")
    yield f"{total} one to one{': ' + through if through else ''}."
    rest = found.contacts - found.confirmed
    yield (
        f"{counted(found.contacts, 'contact')} in all,"
        f" {rest:,} of them without a name or without an address that works."
    )


def _kinds(through: Interactions) -> Iterator[str]:
    answered = f" ({through.responded:,} answered)"
    for number, thing, plural, more in (
        (through.call, "call", None, ""),
        (through.meeting, "meeting", None, ""),
        (through.email_outbound, "mail from you", "mails from you", ""),
        (through.email_inbound, "mail from them", "mails from them", answered),
        (through.message, "message", None, ""),
        (through.letter, "letter", None, ""),
        (through.other, "other", "others", ""),
    ):
        if number:
            yield counted(number, thing, plural) + more
