"""`krmd check`: a line each for settings, store, key, mailboxes, and what the owner must settle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from krmd.base.errors import EXIT_DONE, EXIT_UNWELL, KrmdError
from krmd.cli.call import Call, call_of
from krmd.cli.check_feeds import Check, feed_checks, given_out
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.bootstrap import Krmd
    from krmd.settings import Account, AddressBook, Settings

commands = new_commands()

_SHOWN = 8


@commands.command()
def check(context: typer.Context) -> int:
    """Look at everything: settings, store, key, each login and folder; 1 where something fails."""
    call = call_of(context)
    call.log()
    settings = call.settings()
    found: list[Check] = []
    for one in _checks(call, settings):
        found.append(one)
        if not call.as_json and not (call.quiet and one.ok):
            call.say(_line(call, one))
            call.out.flush()
    ok = all(one.ok for one in found)
    if call.as_json:
        checks = [{"name": it.name, "ok": it.ok, "detail": it.detail} for it in found]
        call.tell({"ok": ok, "checks": checks})
    return EXIT_DONE if ok else EXIT_UNWELL


def _checks(call: Call, settings: Settings) -> Iterator[Check]:
    from krmd.settings import find_config

    path = find_config(call.config, call.environ)
    yield Check("settings", True, f"{path or 'the environment'}: every key is understood")
    yield _clock(settings)
    yield _key(settings)
    yield from _store(call)
    for account in settings.accounts.values():
        yield from _account(account)
    for book in settings.contacts.values():
        yield _book(book)
    yield Check("privacy", True, _privacy(settings, given_out(call)))


def _clock(settings: Settings) -> Check:
    import time

    from krmd.base.instant import Instant
    from krmd.cli.spoken import moment

    zone = settings.owner.timezone
    return Check("clock", True, f"{moment(Instant(int(time.time())), zone)} in {zone}")


def _key(settings: Settings) -> Check:
    from pathlib import Path

    source = settings.store.key.source
    if source.kind == "file" and not Path(str(source.argument)).exists():
        return Check("key", True, f"{source.shown} will be made when it is first needed")
    try:
        settings.store.key.reveal()
    except KrmdError as error:
        return Check("key", False, error.message)
    return Check("key", True, f"{source.shown} can be read, by its owner alone")


def _store(call: Call) -> Iterator[Check]:
    from krmd.store.whole import faults

    try:
        with call.opened() as krmd:
            found = faults(krmd.store)
            if found:
                yield Check("store", False, "; ".join(found[:3]))
                return
            yield Check("store", True, f"{krmd.store.where} is whole")
            yield from _key_of_tombstones(krmd)
            yield from _to_settle(krmd)
            yield from feed_checks(krmd)
    except KrmdError as error:
        yield Check("store", False, error.message)


def _key_of_tombstones(krmd: Krmd) -> Iterator[Check]:
    """Nobody comes in while those who were forgotten can't be told from others."""
    from krmd.store import tombstones

    with krmd.store.reading() as tx:
        if not tombstones.stand(tx):
            return
        try:
            tombstones.key_of(tx, lambda: krmd.key)
        except KrmdError as error:
            yield Check("key", False, error.message)


def _to_settle(krmd: Krmd) -> Iterator[Check]:
    """What was noticed in the ledger and only the owner can settle."""
    from krmd.app.forgetting import is_unfinished
    from krmd.app.noticing import ambiguous
    from krmd.app.status import noticed_addresses
    from krmd.cli.spoken import counted
    from krmd.store import categories, quarantine

    with krmd.store.reading() as tx:
        for own in noticed_addresses(tx, krmd.settings.owner.own):
            detail = f"{own.address} looks like yours ({own.evidence})"
            yield Check("owner", True, f"{detail}: krmd accounts own {own.address}", look=True)
        for it in ambiguous(tx):
            whose = ", ".join(it.contacts)
            mails = counted(it.mails, "mail")
            detail = f"{it.address} is shared by {whose}; {mails} under another name count for none"
            yield Check("shared address", True, detail, look=True)
        if is_unfinished(tx):
            detail = "traces may be left in the store's files: krmd forget --finish"
            yield Check("forgotten", True, detail, look=True)
        waiting = quarantine.count(tx)
        if waiting:
            detail = f"{counted(waiting, 'mail')} not understood: krmd quarantine list"
            yield Check("quarantine", True, detail, look=True)
        for row in categories.all_of_them(tx):
            said = {name.casefold(): days for name, days in krmd.cadences.items()}
            days = said.get(row.name_key)
            if days is not None and row.cadence_days not in (None, days):
                detail = (
                    f"{row.name}: every {row.cadence_days} days in the store, {days} in krmd.toml;"
                    " the store's holds"
                )
                yield Check("category", True, detail, look=True)


def _account(account: Account) -> Iterator[Check]:
    from krmd.app.reading_plan import is_read
    from krmd.bootstrap import connect, patterns

    secured = {"tls": "TLS, certificate verified", "starttls": "STARTTLS, certificate verified"}
    try:
        session = connect(account)
        try:
            folders = session.folders()
            holding = [folder for folder in folders if folder.holds_mail]
            states = session.states(holding)
        finally:
            session.logout()
    except KrmdError as error:
        yield Check(account.name, False, error.message)
        return
    server = account.imap
    how = secured.get(server.security, "not encrypted, this machine only")
    yield Check(
        account.name, True, f"logged in to {server.host}:{server.port} as {account.user} ({how})"
    )
    wants = patterns(account.folders)
    has_all = any(folder.role == "all" and folder.holds_mail for folder in folders)
    counts = {wire: state.messages for wire, state in states.items()}
    read: list[str] = []
    unread: list[str] = []
    for folder in holding:
        named = f"{folder.name} ({counts[folder.wire]:,})" if folder.wire in counts else folder.name
        (read if is_read(folder, wants(folder), has_all=has_all) else unread).append(named)
    yield Check(
        f"{account.name}: folders read",
        bool(read),
        _shortened(read) or "none: look at folders = … of this account",
    )
    if unread:
        yield Check(f"{account.name}: not read", True, _shortened(unread))
    vanished = [folder.name for folder in holding if folder.wire not in counts]
    if vanished:
        yield Check(
            f"{account.name}: no answer", False, f"the server can't open {_shortened(vanished)}"
        )


def _book(book: AddressBook) -> Check:
    import contextlib

    from krmd.bootstrap import open_book

    try:
        with contextlib.closing(open_book(book)) as session:
            found = [it.name for it in session.collections()]
    except KrmdError as error:
        return Check(book.name, False, error.message)
    return Check(
        book.name, bool(found), f"address book read besides: {_shortened(found) or 'none'}"
    )


def _shortened(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _privacy(settings: Settings, given: str) -> str:
    subjects = "their subjects" if settings.privacy.subjects else "no subjects"
    return (
        f"read: the headers of mails{_books(settings)}, and none of them is changed;"
        f" stored: who wrote to whom and when, {subjects}, no bodies"
        f"{given}; sent to third parties: nothing{' else' if given else ''}"
    )


def _books(settings: Settings) -> str:
    signatures = ", signatures of your contacts" if "signatures" in settings.privacy.bodies else ""
    books = f", address books ({', '.join(settings.contacts)})" if settings.contacts else ""
    return signatures + books


def _line(call: Call, one: Check) -> str:
    from krmd.cli.terminal import safe

    ink = call.screen.ink
    good = ink("!", "yellow") if one.look else ink("✓", "green")
    mark = good if one.ok else ink("✗", "red")
    return f"{mark} {ink(safe(one.name), 'bold')}: {safe(one.detail)}"
