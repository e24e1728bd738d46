"""`krmd categories`: networks, circles, groups, labels."""

from __future__ import annotations

from typing import Annotated

import typer

from krmd.base.command import (
    AddCategory,
    EditCategory,
    MergeCategories,
    RemoveCategory,
    RenameCategory,
)
from krmd.base.errors import UserError
from krmd.cli.call import call_of
from krmd.cli.contacts_options import Every
from krmd.cli.listing import After, Limit, envelope, paged
from krmd.cli.menu import new_group

commands = new_group("Networks, circles, groups: a contact is in any number of them.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The category's name.")]
_WHAT = "Who they are, in your words."


@commands.command("list")
def list_categories(context: typer.Context, limit: Limit = None, after: After = None) -> None:
    """The categories, with how many are in each."""
    from krmd.cli.tables import Column, table
    from krmd.store import categories

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        sizes = categories.sizes(tx)
        defaults = {name.casefold(): days for name, days in krmd.cadences.items()}
        rows = categories.all_of_them(tx)
        shown = paged(rows, limit=limit, after=after, id_of=lambda row: row.name)
        cadences = {it.id: it.cadence_days or defaults.get(it.name_key) for it in shown}
        if call.as_json:
            items = [
                {
                    "name": it.name,
                    "contacts": sizes.get(it.id, 0),
                    "cadence_days": cadences[it.id],
                    "description": it.description,
                }
                for it in shown
            ]
            call.tell(envelope(tx, krmd, items))
            return
        columns = [
            Column("Name", least=12), Column("People", right=True), Column("Every", right=True),
            Column("What", least=12),
        ]  # fmt: skip
        cells = [
            (
                it.name,
                str(sizes.get(it.id, 0)),
                call.days(cadences[it.id]),
                it.description,
            )
            for it in shown
        ]
        for line in table(columns, cells, call.screen):
            call.say(line)
        if not rows:
            call.note("No categories; krmd categories add NAME makes one.")


@commands.command()
def add(
    context: typer.Context,
    name: Name,
    every: Every = None,
    description: Annotated[str, typer.Option("--description", "-d", help=_WHAT)] = "",
) -> None:
    """Make a category."""
    call_of(context).perform(AddCategory(name, every, description))


@commands.command()
def edit(
    context: typer.Context,
    name: Name,
    every: Every = None,
    description: Annotated[str | None, typer.Option("--description", "-d", help=_WHAT)] = None,
) -> None:
    """Change a category's cadence or description."""
    if every is None and description is None:
        raise UserError("nothing to change: --every or --description says what")
    call_of(context).perform(EditCategory(name, every, description))


@commands.command()
def rename(
    context: typer.Context,
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.")],
) -> None:
    """Give a category another name."""
    call_of(context).perform(RenameCategory(name, new_name))


@commands.command()
def merge(
    context: typer.Context,
    name: Name,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The one that stays.")],
) -> None:
    """Put everybody of one category into another; the first is no more."""
    call_of(context).perform(MergeCategories(name, into))


@commands.command()
def remove(context: typer.Context, name: Name) -> None:
    """No such category any more; its people stay."""
    call_of(context).perform(RemoveCategory(name))
