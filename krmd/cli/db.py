"""`krmd db`: the database itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from krmd.base.errors import EXIT_DONE, EXIT_UNWELL
from krmd.cli.call import Call, call_of
from krmd.cli.menu import new_group

if TYPE_CHECKING:
    from krmd.store.engine import Store

commands = new_group("The database: bring it up to date, look whether it is whole.")


@commands.command()
def upgrade(context: typer.Context) -> None:
    """Bring the store to the shape this version needs (run and sync do it by themselves)."""
    from krmd.store import migrate

    call = call_of(context)
    with _store(call) as store:
        found = migrate.upgrade(store)
        if call.as_json:
            call.tell({"url": store.where, "was": found, "revision": migrate.HEAD})
        elif not call.quiet:
            said = "is as this version needs it" if found == "current" else f"was {found}, is now"
            call.say(f"{store.where} {said} (revision {migrate.HEAD}).")


@commands.command()
def check(context: typer.Context) -> int:
    """Whether the store is whole: its pages, its keys, its shape."""
    from krmd.cli.terminal import safe
    from krmd.store.whole import faults

    call = call_of(context)
    with _store(call) as store:
        problems = faults(store)
        if call.as_json:
            call.tell({"ok": not problems, "url": store.where, "problems": problems})
        else:
            for problem in problems:
                call.say(safe(problem))
            if not problems and not call.quiet:
                call.say(f"{store.where} is whole.")
    return EXIT_UNWELL if problems else EXIT_DONE


@contextlib.contextmanager
def _store(call: Call) -> Iterator[Store]:
    from krmd.store.engine import Store

    store = Store(call.settings().store.url)
    try:
        yield store
    finally:
        store.close()
