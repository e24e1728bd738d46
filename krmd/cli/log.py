"""`krmd log`: what happened away from mail, by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from krmd.base.command import LogInteraction
from krmd.base.errors import UserError
from krmd.cli.call import call_of
from krmd.cli.menu import new_commands

commands = new_commands()


@commands.command()
def log(
    context: typer.Context,
    *,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WHO TEXT…", help="Who, then what happened; with --audience: what."),
    ],
    others: Annotated[
        list[str] | None, typer.Option("--with", "-w", metavar="WHO", help="Who else took part.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", "-k", help="call, meeting, message, letter, email, other."),
    ] = None,
    direction: Annotated[
        str | None, typer.Option("--direction", "-d", help="outbound, inbound, mutual.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="WHEN", help="yesterday, 2026-11-20 18:00, …")
    ] = None,
    audience: Annotated[
        str | None, typer.Option("--audience", help="Everybody in: japan, technology -family.")
    ] = None,
    reach: Annotated[
        str | None, typer.Option("--reach", help="one_to_one, group, one_to_many.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="Logged once, however often it is repeated.")
    ] = None,
) -> None:
    """Log a call, a meeting, a letter: krmd log ada called, left a voicemail @yesterday."""
    who, text = ([], words) if audience is not None else (words[:1], words[1:])
    if not text and kind is None:
        raise UserError("say what happened behind WHO, or its --kind")
    call = call_of(context)
    with call.opened() as krmd:
        moment = None
        if at is not None:
            from krmd.intake.log_words import read_when

            moment = read_when(at, now=krmd.clock.now(), zone=krmd.settings.owner.timezone)
        command = LogInteraction(
            who=(*who, *(others or ())),
            text=" ".join(text),
            kind=kind,
            direction=direction,
            at=moment,
            reach=reach or ("one_to_one" if audience is None else "one_to_many"),
            audience=audience,
            key=key,
        )
        call.say_outcome(call.performed(krmd, command))
