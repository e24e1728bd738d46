"""`krmd run`: the daemon."""

from __future__ import annotations

import typer

from krmd.cli.call import call_of
from krmd.cli.menu import new_commands

commands = new_commands()


@commands.command()
def run(context: typer.Context) -> int:
    """Read mail as it arrives until SIGTERM or Ctrl-C; SIGHUP reads the settings again."""
    call = call_of(context)
    call.log("info" if not call.quiet else "error")
    with call.opened() as krmd:
        from krmd.bootstrap.running import daemon
        from krmd.daemon.daemon import run_daemon

        return run_daemon(daemon(krmd, call.config, call.environ))
