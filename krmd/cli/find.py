"""`krmd find`: who has to do with some words, warmest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.cli.call import Call, call_of
from krmd.cli.listing import After, Limit, envelope, note_incomplete, time_json
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.app.evidence import Shown
    from krmd.bootstrap import Krmd

commands = new_commands()
_ON_TERMINAL = 25
"""So many are shown on a terminal where no --limit says otherwise."""
_ROOM_FOR_ADDRESS = 100
_WORTH_TELLING = 5_000
"""Fewer texts are made findable before anybody wonders."""


@commands.command()
def find(
    context: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS…", help="What to look for: all of the words.")
    ],
    limit: Limit = None,
    after: After = None,
) -> None:
    """Who is in Denver, who knows of tax law: by names, notes, towns, companies, subjects …"""
    from krmd.app import evidence
    from krmd.app.find import find as find_people
    from krmd.app.find import those_found
    from krmd.app.indexing import catch_up

    call = call_of(context)
    query = " ".join(words)
    if limit is None and call.screen.is_terminal and not call.as_json:
        limit = _ON_TERMINAL
    with call.opened() as krmd:
        catch_up(krmd.store, report=_progress(call))
        with krmd.store.reading() as tx:
            ranking = find_people(tx, query, now=krmd.clock.now())
            found = those_found(tx, ranking, owner=krmd.settings.owner.own, after=after)
            some = list(islice(found, limit))
            shown = evidence.shown(tx, query, some)
            if call.as_json:
                call.tell(envelope(tx, krmd, [_json(it) for it in shown]))
                return
            for line in _table(call, krmd, list(shown)):
                call.say(line)
            if not ranking.words:
                call.note("There is no letter or number in that to look for.")
            elif not some:
                call.note("Nobody is found by all of these words.")
            elif next(found, None) is not None:
                last = some[-1].id
                call.note(f"There are more: --after {last if '@' in last else last[:14]}")
            note_incomplete(call, tx, krmd)


def _table(call: Call, krmd: Krmd, people: Sequence[Shown]) -> list[str]:
    from krmd.cli.tables import Column, table

    columns = [
        Column("Name", least=12), Column("Last contacted"), Column("Found in", least=20),
        Column("Address", least=16),
    ]  # fmt: skip
    rows = [
        (
            it.name if it.kept else f"{it.name} (not kept)",
            call.when(it.last_contacted, krmd),
            "; ".join(f"{where.replace('_', ' ')}: {text}" for where, text in it.matched),
            it.address or "",
        )
        for it in people
    ]
    if call.screen.is_terminal and call.screen.columns < _ROOM_FOR_ADDRESS:
        return table(columns[:-1], [row[:-1] for row in rows], call.screen)
    return table(columns, rows, call.screen)


def _json(person: Shown) -> dict[str, object]:
    return {
        "id": person.id,
        "kept": person.kept,
        "name": person.name,
        "address": person.address,
        "last_contacted": time_json(person.last_contacted),
        "categories": list(person.categories),
        "warmth": person.warmth,
        "matched": [{"where": where, "text": text} for where, text in person.matched],
    }


def _progress(call: Call) -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        if total >= _WORTH_TELLING and call.error_screen.is_terminal and not call.quiet:
            end = "\n" if done >= total else ""
            call.err.write(f"\rMaking texts findable: {done:,} of {total:,}{end}")
            call.err.flush()

    return show
