"""`krmd contacts suggestions`: what would keep the book clean, to be done or declined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.command import Actor, DeclineSuggestion
from krmd.base.errors import UserError
from krmd.cli.call import Call, call_of, outcome_json
from krmd.cli.listing import After, Limit, envelope, note_incomplete, paged
from krmd.cli.terminal import safe

if TYPE_CHECKING:
    from krmd.app.suggestions import Book, Kind, Suggestion
    from krmd.base.command import Command
    from krmd.bootstrap import Krmd
    from krmd.store.engine import Transaction

_SHORT = 14


def suggestions(
    context: typer.Context,
    *,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", "-k", help="Only these: duplicate, new_address, signature …"),
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="ID", help="Do what it says.")
    ] = None,
    decline: Annotated[
        list[str] | None, typer.Option("--decline", metavar="ID", help="Don't say it again.")
    ] = None,
    limit: Limit = None,
    after: After = None,
) -> None:
    """Probable duplicates, new addresses and names, signatures: nothing is done unasked."""
    from krmd.app.suggestions import suggest

    call = call_of(context)
    with call.opened() as krmd:
        if accept or decline:
            _settle(call, krmd, accept or [], decline or [])
            return
        with krmd.store.reading() as tx:
            found = suggest(_book(krmd, tx), _kinds(kind))
            shown = paged(found, limit=limit, after=after, id_of=lambda it: it.id)
            if call.as_json:
                call.tell(envelope(tx, krmd, [_json(it) for it in shown]))
                return
            note_incomplete(call, tx, krmd)
        _say(call, shown)


def _kinds(spelled: list[str] | None) -> list[Kind]:
    from krmd.app.suggestions import KINDS

    for word in spelled or ():
        if word not in KINDS:
            raise UserError(f"--kind {word}: there are {', '.join(KINDS)}", candidates=KINDS)
    return [kind for kind in KINDS if not spelled or kind in spelled]


def _settle(call: Call, krmd: Krmd, accept: list[str], decline: list[str]) -> None:
    from krmd.app.suggestions import find

    outcomes = []
    for spelled in (*accept, *decline):
        with krmd.store.reading() as tx:
            suggestion = find(_book(krmd, tx), spelled)
        command: Command | None = suggestion.command
        if spelled in decline:
            command = DeclineSuggestion(suggestion.id, suggestion.sentence)
        if command is None:
            raise UserError(f"only you can settle that: {suggestion.sentence}")
        outcomes.append(krmd.performer.perform(command, Actor("cli")))
    if call.as_json:
        call.tell({"outcomes": [outcome_json(it) for it in outcomes]})
        return
    for outcome in outcomes:
        call.say_outcome(outcome)


def _book(krmd: Krmd, tx: Transaction) -> Book:
    from krmd.app.suggestions import Book
    from krmd.settings.model import SHARED_DOMAINS

    return Book(
        tx,
        krmd.clock.now(),
        krmd.settings.owner.own,
        frozenset(it.removeprefix("@") for it in SHARED_DOMAINS),
    )


def _json(suggestion: Suggestion) -> dict[str, object]:
    return {
        "id": suggestion.id,
        "kind": suggestion.kind,
        "sentence": suggestion.sentence,
        "people": list(suggestion.people),
        "acceptable": suggestion.command is not None,
    }


def _say(call: Call, shown: list[Suggestion]) -> None:
    if not shown:
        call.note("Nothing to suggest: the book is clean.")
        return
    for it in shown:
        name = call.screen.ink(it.id[:_SHORT], "dim")
        call.say(f"{name}  {safe(it.sentence)}")
    if call.screen.is_terminal:
        example = shown[0].id[:_SHORT]
        call.note(f"krmd contacts suggestions --accept {example} does it, --decline ends it.")
