"""`krmd demo`: the whole of it on an invented mailbox."""

from __future__ import annotations

from typing import Annotated

import typer

from krmd.cli.call import call_of
from krmd.cli.menu import new_commands

commands = new_commands()


@commands.command()
def demo(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="One round, then exit: for scripts.")
    ] = False,
) -> int:
    """The daemon reading an invented mailbox on this machine; Ctrl-C ends it, nothing stays."""
    from rich.console import Console

    from krmd.demo.company import Company
    from krmd.demo.show import Stage, run_demo

    call = call_of(context)
    call.log()
    console = Console(file=call.out, no_color=not call.screen.coloured, highlight=False)
    return run_demo(Company(), once=once, stage=Stage(console=console))
