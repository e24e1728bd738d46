"""`krmd undo`: take back."""

from __future__ import annotations

from typing import Annotated

import typer

from krmd.base.command import Undo
from krmd.cli.call import call_of
from krmd.cli.menu import new_commands

commands = new_commands()


@commands.command()
def undo(
    context: typer.Context,
    spelled: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A command (x_…) or an entry (i_…); else the last."),
    ] = None,
) -> None:
    """Take back the last command, or one by its id, or the entry it made."""
    call_of(context).perform(Undo(spelled))
