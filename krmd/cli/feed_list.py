"""`krmd feed list` and `show`: what each feed tells, how it is, and who fetched it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import UserError
from krmd.cli.call import Call, call_of
from krmd.cli.listing import After, Limit, envelope, paged

if TYPE_CHECKING:
    from krmd.app.feed_overview import FeedOverview
    from krmd.bootstrap import Krmd
    from krmd.store.engine import Transaction
    from krmd.store.feeds import Client


def list_feeds(
    context: typer.Context,
    *,
    addresses: Annotated[
        bool, typer.Option("--addresses", help="With their secret addresses.")
    ] = False,
    limit: Limit = None,
    after: After = None,
) -> None:
    """The feeds, and when each was last fetched by which program."""
    from krmd.cli.feed_address import address_of
    from krmd.cli.feed_words import feed_json

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        everything = _overviews(krmd, tx)
        shown = paged(everything, limit=limit, after=after, id_of=lambda it: it.feed.name)
        where = [address_of(krmd, it.feed) if addresses else None for it in shown]
        if call.as_json:
            items = [feed_json(it, at) for it, at in zip(shown, where, strict=True)]
            call.tell(envelope(tx, krmd, items))
            return
        urls = [(at.url or "") if at is not None else None for at in where]
        _say_list(call, krmd, shown, urls)
        if not everything:
            call.note("No feeds; krmd feed add birthdays makes one.")


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the feed is called.")],
    no_qr: Annotated[bool, typer.Option("--no-qr", help="No code for the phone's camera.")] = False,
) -> None:
    """A feed with its secret address, and all programs that fetched it."""
    from krmd.app.feeds import find_feed
    from krmd.cli.feed_address import address_of, say_address
    from krmd.cli.feed_words import feed_json, plan_told, standing_told
    from krmd.cli.spoken import counted
    from krmd.cli.terminal import safe

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        feed = find_feed(tx, name)
        of = next(it for it in _overviews(krmd, tx) if it.feed.uuid == feed.uuid)
        if call.as_json:
            call.tell(feed_json(of, address_of(krmd, feed)))
            return
        ink = call.screen.ink
        call.say(f"{ink(safe(feed.name), 'bold')}  ·  {safe(plan_told(feed.plan))}")
        events = counted(of.figures.events, "event")
        call.say(f"{events} of {counted(of.figures.people, 'person', 'people')}")
        if told := standing_told(of.state):
            call.say(ink(safe(told), "red" if of.state.trouble else "yellow"))
        for line in _client_lines(call, krmd, of.clients):
            call.say(line)
        call.say()
        say_address(call, krmd, feed, with_qr=not no_qr)


def chosen(tx: Transaction, krmd: Krmd, name: str | None) -> FeedOverview:
    """The feed of that name, or the only one; UserError where that is none or several."""
    from krmd.app.feeds import find_feed

    everything = _overviews(krmd, tx)
    if name is not None:
        uuid = find_feed(tx, name).uuid
        return next(it for it in everything if it.feed.uuid == uuid)
    if not everything:
        raise UserError("there is no feed yet; krmd feed add birthdays makes one")
    if len(everything) > 1:
        names = tuple(it.feed.name for it in everything)
        raise UserError(
            f"--feed NAME says which is meant; there are: {', '.join(names)}", candidates=names
        )
    return everything[0]


def _overviews(krmd: Krmd, tx: Transaction) -> list[FeedOverview]:
    from krmd.app.feed_overview import overviews
    from krmd.base.instant import local_date

    style = krmd.feed_style
    return overviews(tx, style, local_date(krmd.clock.now(), style.zone))


def _say_list(
    call: Call, krmd: Krmd, shown: Sequence[FeedOverview], urls: Sequence[str | None]
) -> None:
    from krmd.cli.feed_words import kinds_told, standing_told
    from krmd.cli.tables import Column, table
    from krmd.cli.terminal import safe

    columns = [
        Column("Name", least=8), Column("Tells of", least=10), Column("Of whom", least=8),
        Column("Detail"), Column("People", right=True), Column("Events", right=True),
        Column("Fetched", least=18),
    ]  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (
            it.feed.name,
            kinds_told(it.feed.plan),
            it.feed.plan.audience or ("everybody" if call.screen.is_terminal else ""),
            it.feed.plan.detail,
            _number(call, it.figures.people),
            _number(call, it.figures.events),
            _fetched(call, krmd, it),
        )
        for it in shown
    ]
    if not call.screen.is_terminal:
        columns.append(Column("State"))
        rows = [(*row, standing_told(it.state)) for row, it in zip(rows, shown, strict=True)]
    if any(url is not None for url in urls) and not call.screen.is_terminal:
        columns.append(Column("Address"))
        rows = [(*row, url or "") for row, url in zip(rows, urls, strict=True)]
    for line in table(columns, rows, call.screen):
        call.say(line)
    if call.screen.is_terminal:
        for it, url in zip(shown, urls, strict=True):
            _say_beside(call, it, standing_told(it.state), None if url is None else safe(url))


def _say_beside(call: Call, of: FeedOverview, told: str, url: str | None) -> None:
    """What doesn't fit a table: how a feed is where it isn't well, and its address."""
    from krmd.cli.terminal import safe

    ink = call.screen.ink
    name = ink(safe(of.feed.name), "bold")
    if told:
        call.say(f"{name}: {ink(safe(told), 'red' if of.state.trouble else 'yellow')}")
    if url is not None:
        call.say(f"{name}: {url or 'no address; krmd feed show says why'}")


def _number(call: Call, number: int) -> str:
    return f"{number:,}" if call.screen.is_terminal else str(number)


def _fetched(call: Call, krmd: Krmd, of: FeedOverview) -> str:
    from krmd.cli.feed_words import client_told

    if not of.clients:
        return call.when(None, krmd)
    last = of.clients[0]
    if not call.screen.is_terminal:
        return f"{call.when(last.last, krmd)} {last.agent}"
    return f"{call.when(last.last, krmd)} by {client_told(last.agent)}"


def _client_lines(call: Call, krmd: Krmd, clients: Sequence[Client]) -> list[str]:
    from krmd.cli.spoken import moment
    from krmd.cli.tables import Column, table

    if not clients:
        return ["Never fetched."]
    columns = [
        Column("Fetched last"), Column("From", least=9), Column("Times", right=True),
        Column("By", least=16),
    ]  # fmt: skip
    zone = krmd.settings.owner.timezone
    rows = [(moment(it.last, zone), it.address, f"{it.fetches:,}", it.agent) for it in clients]
    return ["", *table(columns, rows, call.screen)]
