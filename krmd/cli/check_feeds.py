"""What `krmd check` says of calendars: feeds and where they are, dates that can't be used, and what
is given out by feeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from krmd.base.errors import KrmdError

if TYPE_CHECKING:
    from krmd.app.feed_overview import FeedStanding
    from krmd.bootstrap import Krmd
    from krmd.cli.call import Call
    from krmd.ledger.feed import FeedPlan
    from krmd.settings.server import Listen
    from krmd.store.engine import Transaction
    from krmd.store.feeds import FeedRow

_NAMED = 3
_CONNECTED_WITHIN = 1.0
_GIVEN = {
    "name": "title and age",
    "brief": "title, age, circles and where you met",
    "full": "phones, notes and what mails were about too",
}


class Check(NamedTuple):
    """One thing looked at. `look` marks what is no fault and yet for the owner to settle."""

    name: str
    ok: bool
    detail: str
    look: bool = False


def feed_checks(krmd: Krmd) -> Iterator[Check]:
    """How feeds are, where they are, who can reach them; and dates that stand in none."""
    from krmd.app.feed_overview import standings
    from krmd.base.instant import local_date

    today = local_date(krmd.clock.now(), krmd.settings.owner.timezone)
    with krmd.store.reading() as tx:
        found = standings(tx, krmd.feed_style, today)
        yield from _served(krmd, tx, found)
        for it in found:
            if it.trouble is not None:
                detail = f"not kept up: {it.trouble}; krmd feed edit sets it right"
                yield Check(f"feed {it.feed.name}", False, detail)
        yield from _dates(krmd, tx)


def given_out(call: Call) -> str:
    """What feeds give to whoever has their addresses, as the end of a sentence; "" for nothing."""
    from krmd.store import feeds

    try:
        with call.opened() as krmd, krmd.store.reading() as tx:
            rows = feeds.all_of_them(tx)
    except KrmdError:
        return ""  # said already, by the line of the store
    told = "; ".join(f"{_told(row.plan)} (feed {row.name})" for row in rows)
    return told and f"; given to whoever has the secret address: {told}"


def _told(plan: FeedPlan) -> str:
    from krmd.cli.feed_words import kinds_told

    of_whom = "everybody" if plan.audience is None else plan.audience
    return f"{kinds_told(plan)} of {of_whom}, {_GIVEN[plan.detail]}"


def _served(krmd: Krmd, tx: Transaction, found: Sequence[FeedStanding]) -> Iterator[Check]:
    from krmd.cli.feed_address import base_of

    web = krmd.settings.web
    reach, base = base_of(web)
    if _is_exposed(web.listen):
        detail = "is open to the network, unencrypted; a proxy needs 127.0.0.1 alone"
        yield Check("web", True, f"[web] listen = {_spelled(web.listen)} {detail}", look=True)
    if not found:
        yield Check("feeds", True, "none; krmd feed add birthdays makes one")
        return
    what = f"{len(found)} ({_some([it.feed.name for it in found])})"
    fetched = _fetched(tx, [it.feed for it in found])
    match reach:
        case "nowhere":
            what += ', served nowhere: [web] listen = "none"; krmd feed write puts them into files'
            yield Check("feeds", True, what, look=True)
        case "socket":
            what += ", behind a socket; [web] public_url says where a proxy serves them"
            yield Check("feeds", True, what, look=True)
        case "machine":
            what += f", at {base} for this machine alone; [web] public_url says where a proxy"
            yield Check("feeds", True, f"{what} serves them{fetched}", look=True)
        case _:
            yield Check("feeds", True, f"{what}, at {base}{fetched}")
    if web.listen is not None and not _answers(web.listen):
        detail = f"nothing listens at {_spelled(web.listen)}; krmd run does"
        yield Check("feeds", True, detail, look=True)


def _fetched(tx: Transaction, rows: Sequence[FeedRow]) -> str:
    from krmd.cli.feed_words import client_told
    from krmd.store import feeds

    clients = (it for row in rows for it in feeds.clients_of(tx, row.id))
    names = list(dict.fromkeys(client_told(it.agent) for it in clients))
    return f"; fetched by {_some(names)}" if names else "; never fetched yet"


def _dates(krmd: Krmd, tx: Transaction) -> Iterator[Check]:
    from krmd.app.birthdays import unusable_dates
    from krmd.base.instant import local_date
    from krmd.cli.spoken import counted

    bad = unusable_dates(tx, local_date(krmd.clock.now(), krmd.settings.owner.timezone))
    if bad:
        named = _some([f"{it.date.value} ({it.row.name})" for it in bad])
        detail = f"{counted(len(bad), 'date')} can't be used: {named}: krmd birthdays --unusable"
        yield Check("dates", True, detail, look=True)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _is_exposed(listen: Listen | None) -> bool:
    from krmd.settings.server import TcpListen, is_loopback

    return isinstance(listen, TcpListen) and not is_loopback(listen.host)


def _spelled(listen: Listen | None) -> str:
    from krmd.settings.server import TcpListen

    if isinstance(listen, TcpListen):
        host = f"[{listen.host}]" if ":" in listen.host else listen.host
        return f"{host}:{listen.port}"
    return "none" if listen is None else f"unix:{listen.path}"


def _answers(listen: Listen) -> bool:
    """Whether anybody listens there; asks nothing."""
    import socket

    from krmd.settings.server import TcpListen

    try:
        if isinstance(listen, TcpListen):
            here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen.host, listen.host)  # noqa: S104 - where to ask for what listens everywhere
            socket.create_connection((here, listen.port), timeout=_CONNECTED_WITHIN).close()
        else:
            with socket.socket(socket.AF_UNIX) as there:
                there.settimeout(_CONNECTED_WITHIN)
                there.connect(str(listen.path))
    except OSError:
        return False
    return True
