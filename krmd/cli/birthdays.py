"""`krmd birthdays`: whose days come next, and which dates can't be used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import UserError
from krmd.cli.call import Call, call_of
from krmd.cli.listing import After, Limit, envelope, paged, time_json
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.app.birthdays import Around, Coming, UnusableDate
    from krmd.bootstrap import Krmd
    from krmd.store.engine import Transaction

commands = new_commands()
_ROOM_FOR_LAST = 100
_STAR = " ★"


@commands.command()
def birthdays(
    context: typer.Context,
    *,
    days: Annotated[
        int, typer.Option("--days", "-d", min=0, max=365, metavar="N", help="So far ahead.")
    ] = 30,
    audience: Annotated[
        str | None, typer.Option("--audience", help="Only these: japan, technology -family.")
    ] = None,
    all_dates: Annotated[
        bool, typer.Option("--all-dates", help="Wedding days, name days and others too.")
    ] = False,
    unusable: Annotated[
        bool, typer.Option("--unusable", help="Instead, which dates can't be used, and why.")
    ] = False,
    limit: Limit = None,
    after: After = None,
) -> None:
    """Whose birthday comes next, today's first; nobody's who is deceased, muted or dropped."""
    from krmd.app.birthdays import coming, unusable_dates
    from krmd.base.instant import local_date

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        today = local_date(krmd.clock.now(), krmd.settings.owner.timezone)
        if unusable:
            bad = unusable_dates(tx, today)
            shown = paged(bad, limit=limit, after=after, id_of=lambda it: it.id)
            _tell_unusable(call, krmd, tx, shown)
            return
        found = coming(
            tx,
            today=today,
            days=days,
            leap_day=krmd.settings.calendar.leap_day,
            audience=audience,
            all_dates=all_dates,
        )
        page = paged(found, limit=limit, after=_uid_of(found, after), id_of=lambda it: it.uid)
        _tell(call, krmd, tx, page, today=today)
        if call.as_json:
            return
        if not found:
            call.note(_nobody(days, all_dates=all_dates))
        elif page and page[-1] is not found[-1]:
            call.note(f"There are more: --after {page[-1].uid}")


def _uid_of(found: Sequence[Coming], after: str | None) -> str | None:
    """Behind which event to go on: it may be named by its person's id, if they have one alone."""
    if after is None or not after.startswith("c_"):
        return after
    theirs = [it.uid for it in found if it.id.startswith(after)] if len(after) >= 8 else []
    if len(theirs) != 1:
        raise UserError(f"--after {after} names {len(theirs) or 'none'} of the list")
    return theirs[0]


def _tell(call: Call, krmd: Krmd, tx: Transaction, shown: Sequence[Coming], *, today: date) -> None:
    from krmd.app.birthdays import around

    known = around(tx, shown)
    if call.as_json:
        items = [_json(it, known[it.row.id], today) for it in shown]
        call.tell(envelope(tx, krmd, items))
        return
    for line in _table(call, krmd, [(it, known[it.row.id]) for it in shown], today):
        call.say(line)


def _table(
    call: Call, krmd: Krmd, shown: Sequence[tuple[Coming, Around]], today: date
) -> list[str]:
    from krmd.cli.tables import Column, table

    columns = [
        Column("When"), Column("Name", least=12), Column("What", least=26),
        Column("Phone", least=13), Column("Last contacted"),
    ]  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (
            _when(call, it.day, today),
            it.row.name,
            what_of(it),
            _phones(call, known),
            call.when(known.last_contacted, krmd),
        )
        for it, known in shown
    ]
    if call.screen.is_terminal and call.screen.columns < _ROOM_FOR_LAST:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    lines = table(columns, rows, call.screen)
    if not call.screen.is_terminal:
        return lines
    here = [it.day == today for it, _ in shown]
    return [
        *lines[:1],
        *(
            call.screen.ink(line, "green") if is_today else line
            for line, is_today in zip(lines[1:], here, strict=True)
        ),
    ]


def what_of(it: Coming) -> str:
    """As "turns 41", "wedding anniversary (25) ★"."""
    from krmd.ledger.occasion import is_round
    from krmd.outputs.calendar_words import occasion_title

    if it.occasion.kind == "date":
        # A title without the name before it, which stands beside.
        return occasion_title("-", it.occasion, it.number, "en").removeprefix("-: ")
    if it.number is None:
        return "birthday"
    if it.number == 0:
        return "birth"
    return f"turns {it.number}{_STAR if is_round(it.number) else ''}"


def _when(call: Call, day: date, today: date) -> str:
    from krmd.cli.spoken import short_day

    if not call.screen.is_terminal:
        return day.isoformat()
    ahead = (day - today).days
    return ("today", "tomorrow")[ahead] if ahead < 2 else short_day(day)


def _phones(call: Call, known: Around) -> str:
    """All in a pipe, the first on a terminal."""
    if not call.screen.is_terminal:
        return ", ".join(known.phones)
    more = f" +{len(known.phones) - 1}" if len(known.phones) > 1 else ""
    return f"{known.phones[0]}{more}" if known.phones else ""


def _json(it: Coming, known: Around, today: date) -> dict[str, object]:
    is_birthday = it.occasion.kind == "birthday"
    return {
        "id": it.id,
        "uid": it.uid,
        "name": it.row.name,
        "date": it.day.isoformat(),
        "in_days": (it.day - today).days,
        "kind": it.occasion.kind,
        "label": None if is_birthday else it.occasion.label,
        "age": it.number if is_birthday else None,
        "years": None if is_birthday else it.number,
        "round": what_of(it).endswith(_STAR),
        "told": str(it.occasion.date),
        "phones": list(known.phones),
        "address": known.address,
        "categories": list(known.categories),
        "last_contacted": time_json(known.last_contacted),
    }


def _tell_unusable(call: Call, krmd: Krmd, tx: Transaction, shown: Sequence[UnusableDate]) -> None:
    from krmd.cli.tables import Column, table

    if call.as_json:
        items = [
            {
                "id": it.id,
                "name": it.row.name,
                "field": it.date.field,
                "label": it.date.label or None,
                "value": it.date.value,
                "reason": it.date.reason,
            }
            for it in shown
        ]
        call.tell(envelope(tx, krmd, items))
        return
    columns = [
        Column("Name", least=12), Column("Date of", least=8), Column("As it is told", least=10),
        Column("Why it can't be used", least=20),
    ]  # fmt: skip
    rows = [
        (it.row.name, it.date.label or it.date.field, it.date.value, it.date.reason) for it in shown
    ]
    for line in table(columns, rows, call.screen):
        call.say(line)
    if shown:
        call.note("krmd contacts edit WHO --birthday 1985-03-12, or --03-12, sets one right.")
    else:
        call.note("Every date can be used.")


def _nobody(days: int, *, all_dates: bool) -> str:
    what = "Nobody's day" if all_dates else "Nobody's birthday"
    if days == 0:
        return f"{what} is today."
    return f"{what} comes in the next {days} days." if days > 1 else f"{what} is near."
