"""`krmd status`: read up to when and how far back, errors, what is late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from krmd.base.errors import EXIT_DONE, EXIT_UNWELL
from krmd.cli.call import Call, call_of
from krmd.cli.listing import time_json
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.app.status import AccountStatus, BookStatus, Status
    from krmd.bootstrap import Krmd

commands = new_commands()


@commands.command()
def status(context: typer.Context) -> int:
    """How krmd is: 1 where something is late or an account isn't read."""
    from krmd.app.status import status as status_of

    call = call_of(context)
    with call.opened() as krmd:
        with krmd.store.reading() as tx:
            found = status_of(
                tx,
                list(krmd.settings.accounts),
                owner=krmd.settings.owner.own,
                now=krmd.clock.now(),
                books=list(krmd.settings.contacts),
                style=krmd.feed_style,
            )
        if call.as_json:
            call.tell(_json(found))
        else:
            for line in _lines(call, krmd, found):
                call.say(line)
    return EXIT_DONE if found.ok else EXIT_UNWELL


def _json(found: Status) -> dict[str, object]:
    from krmd.cli.feed_words import standing_json

    return {
        "ok": found.ok,
        "read_to": time_json(found.read_to),
        "complete": found.complete,
        "accounts": [
            {
                "account": it.account,
                "read_to": time_json(it.read_to),
                "read_back_to": time_json(it.read_back_to),
                "complete": it.complete,
                "state": it.state,
                "error": it.error,
                "folders": it.folders,
                "messages": it.messages,
                "read": it.read,
            }
            for it in found.accounts
        ],
        "checks": [
            {"name": it.account, "ok": it.ok, "detail": it.error or it.late or it.state}
            for it in found.accounts
        ]
        + [{"name": it.book, "ok": it.ok, "detail": it.error or it.state} for it in found.books]
        + [
            {
                "name": f"feed {it.feed.name}",
                "ok": it.trouble is None,
                "detail": it.trouble or it.standing,
            }
            for it in found.feeds
        ],
        "books": [
            {
                "book": it.book,
                "read_to": time_json(it.read_to),
                "state": it.state,
                "error": it.error,
            }
            for it in found.books
        ],
        "feeds": [standing_json(it) for it in found.feeds],
        "quarantined": found.quarantined,
        "outbox": 0,
        "late": list(found.late),
        "noticed": [{"address": it.address, "evidence": it.evidence} for it in found.noticed],
    }


def _lines(call: Call, krmd: Krmd, found: Status) -> Iterator[str]:
    from krmd.cli.feed_words import standing_told
    from krmd.cli.spoken import counted
    from krmd.cli.terminal import safe

    ink = call.screen.ink
    for account in found.accounts:
        mark = ink("✗", "red")
        if account.ok:
            mark = ink("✓", "green") if account.complete else ink("…", "yellow")
        yield f"{mark} {ink(safe(account.account), 'bold')}: {_reading(call, krmd, account)}"
        if account.error is not None:
            yield f"  {safe(account.error)}"
    for book in found.books:
        mark = ink("✓", "green") if book.ok else ink("✗", "red")
        yield f"{mark} {ink(safe(book.book), 'bold')}: {_book(krmd, book)}"
        if book.error is not None:
            yield f"  {safe(book.error)}"
    for feed in found.feeds:
        if told := standing_told(feed):
            mark = ink("…", "yellow") if feed.trouble is None else ink("✗", "red")
            yield f"{mark} {ink(safe(f'feed {feed.feed.name}'), 'bold')}: {safe(told)}"
    if found.quarantined:
        mails = counted(found.quarantined, "mail")
        yield f"{ink('!', 'yellow')} {mails} not understood: krmd quarantine list"
    for noticed in found.noticed:
        address = safe(noticed.address)
        yield (
            f"{ink('!', 'yellow')} {address} looks like yours ({safe(noticed.evidence)}):"
            f" krmd accounts own {address}"
        )
    if found.ok and not call.quiet:
        yield "All is well." if found.complete else "All is well; older mail is still to be read."


def _book(krmd: Krmd, book: BookStatus) -> str:
    from krmd.cli import spoken

    if book.read_to is None:
        return "address book, never read; krmd sync reads it once, krmd run always"
    read = spoken.moment(book.read_to, krmd.settings.owner.timezone)
    return f"address book, {book.state}, read {read}"


def _reading(call: Call, krmd: Krmd, account: AccountStatus) -> str:
    from krmd.cli import spoken
    from krmd.cli.listing import read_so_far

    if account.read_to is None and not account.read:
        return "never read; krmd sync reads it once, krmd run always"
    zone = krmd.settings.owner.timezone
    late = "late, " if account.late is not None else ""
    if account.read_to is None:
        return f"{late}{account.state}, not read to the end yet: {read_so_far(krmd, account)}"
    said = f"{late}{account.state}, read up to {spoken.moment(account.read_to, zone)}"
    if not account.complete:
        return f"{said}; {read_so_far(krmd, account)}"
    mails = spoken.counted(account.messages, "mail")
    return f"{said}, {mails} in {spoken.counted(account.folders, 'folder')}, all of it"
