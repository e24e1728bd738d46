"""`krmd contacts merge` and `unmerge`: two contacts become one, and two again."""

from __future__ import annotations

from typing import Annotated

import typer

from krmd.base.command import MergeContacts, UnmergeContact
from krmd.cli.call import call_of
from krmd.cli.show import Who


def merge(
    context: typer.Context,
    who: Who,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The contact they are one with.")],
) -> None:
    """Let two contacts be one: all that is WHO's is INTO's, with the history of both."""
    call_of(context).perform(MergeContacts(who, into))


def unmerge(
    context: typer.Context,
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="The id that was merged, or whom it was merged into."),
    ],
) -> None:
    """Part two contacts that were merged; each has again what was theirs."""
    call_of(context).perform(UnmergeContact(who))
