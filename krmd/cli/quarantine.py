"""`krmd quarantine`: mails that weren't understood."""

from __future__ import annotations

from typing import Annotated

import typer

from krmd.base.errors import EXIT_DONE, EXIT_UNWELL
from krmd.cli.call import call_of
from krmd.cli.listing import After, Limit, envelope, paged, time_json
from krmd.cli.menu import new_group

commands = new_group("Mails that weren't understood, with the reason.")


@commands.command("list")
def list_quarantine(context: typer.Context, *, limit: Limit = None, after: After = None) -> None:
    """What was set aside and why."""
    from krmd.cli.tables import Column, table
    from krmd.store import folders, quarantine

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        mails = quarantine.waiting(tx)
        shown = paged(mails, limit=limit, after=after, id_of=lambda it: f"q_{it.uuid}")
        known = folders.by_ids(tx, [it.folder_id for it in shown if it.folder_id is not None])
        places = {row.id: row.name for row in known.values()}
        if call.as_json:
            items = [
                {
                    "id": f"q_{it.uuid}",
                    "account": it.account,
                    "folder": places.get(it.folder_id or 0),
                    "uid": it.uid,
                    "reason": it.reason,
                    "first": time_json(it.first),
                    "last": time_json(it.last),
                    "tries": it.tries,
                }
                for it in shown
            ]
            call.tell(envelope(tx, krmd, items))
            return
        columns = [
            Column("Id"), Column("Account", least=8), Column("Folder", least=8),
            Column("UID", right=True), Column("Last tried"), Column("Why", least=16),
        ]  # fmt: skip
        rows = [
            (
                f"q_{it.uuid[:10] if call.screen.is_terminal else it.uuid}",
                it.account,
                places.get(it.folder_id or 0, it.place),
                str(it.uid),
                call.when(it.last, krmd),
                it.reason,
            )
            for it in shown
        ]
        for line in table(columns, rows, call.screen):
            call.say(line)
        if not mails:
            call.note("Every mail was understood.")


@commands.command()
def retry(
    context: typer.Context,
    mails: Annotated[
        list[str] | None, typer.Argument(metavar="[ID…]", help="As the list names them; all.")
    ] = None,
) -> int:
    """Try once more to read mails; exit code 1 where some are still not understood."""
    from krmd.app.quarantining import find, public_id
    from krmd.cli.spoken import counted
    from krmd.store import quarantine

    call = call_of(context)
    call.log()
    with call.opened() as krmd:
        with krmd.store.reading() as tx:
            wanted = [find(tx, it) for it in mails] if mails else quarantine.waiting(tx)
        done = krmd.retry(wanted)
        left = [public_id(it) for it in wanted if it not in done]
        if call.as_json:
            call.tell({"released": [public_id(it) for it in done], "left": left})
        elif not call.quiet:
            call.say(f"{counted(len(done), 'mail')} read, {len(left)} still not understood.")
    return EXIT_UNWELL if left else EXIT_DONE


@commands.command()
def drop(
    context: typer.Context,
    mails: Annotated[list[str], typer.Argument(metavar="ID…", help="As the list names them.")],
) -> None:
    """Hear no more of mails; they are still in the mailbox."""
    from krmd.app.quarantining import drop as drop_mail
    from krmd.app.quarantining import public_id

    call = call_of(context)
    with call.opened() as krmd:
        with krmd.store.transaction() as tx:
            dropped = [public_id(drop_mail(tx, it, krmd.clock.now())) for it in mails]
        if call.as_json:
            call.tell({"dropped": dropped})
        elif not call.quiet:
            call.say(f"Dropped {', '.join(dropped)}.")
