"""`krmd feed`: calendar feeds, each under a secret address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.command import AddFeed, EditFeed, RevokeFeed, RotateFeed
from krmd.base.errors import UserError
from krmd.cli.call import Call, call_of, outcome_json
from krmd.cli.contacts_options import Texts
from krmd.cli.feed_list import list_feeds, show
from krmd.cli.feed_write import write
from krmd.cli.menu import new_group

if TYPE_CHECKING:
    from krmd.base.command import Outcome
    from krmd.bootstrap import Krmd

commands = new_group(
    "Calendar feeds: birthdays, anniversaries and who is due, under a secret address."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the feed is called.")]
Of = Annotated[
    Texts,
    typer.Option(
        "--of",
        metavar="KIND",
        help="birthdays (by default), anniversaries, due, everything; may be repeated.",
    ),
]
Audience = Annotated[
    str | None, typer.Option("--audience", help="Of these alone: japan, technology -family.")
]
Detail = Annotated[
    str | None,
    typer.Option(
        "--detail",
        metavar="name|brief|full",
        help="name: title and age, by default; brief: circles and where you met too; full: phones,"
        " last contact, notes.",
    ),
]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="en|de|fr|es", help="What titles are in; en by default."),
]
Alarm = Annotated[
    str | None,
    typer.Option(
        "--alarm",
        metavar="HH:MM|none",
        help="Remind the day before at that time. Google, Apple and most others drop alarms of"
        " calendars that are subscribed to; set one there.",
    ),
]
NoQr = Annotated[bool, typer.Option("--no-qr", help="No code for the phone's camera.")]


@commands.command()
def add(
    context: typer.Context,
    name: Name,
    *,
    of: Of = None,
    audience: Audience = None,
    detail: Detail = None,
    language: Language = None,
    alarm: Alarm = None,
    no_qr: NoQr = False,
) -> None:
    """Make a feed and tell its address: krmd feed add birthdays."""
    from krmd.cli.feed_words import read_alarm

    command = AddFeed(
        name,
        kinds=("birthdays",) if of is None else _kinds(of) or (),
        audience=audience,
        detail=detail or "name",
        language=language or "en",
        alarm_minutes=read_alarm(alarm),
    )
    call = call_of(context)
    with call.opened() as krmd:
        _say_with_address(call, krmd, command, name, with_qr=not no_qr)
        _warn_of_detail(call, command.detail)


@commands.command()
def edit(
    context: typer.Context,
    name: Name,
    *,
    new_name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    of: Of = None,
    audience: Audience = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="Of everybody again.")] = False,
    detail: Detail = None,
    language: Language = None,
    alarm: Alarm = None,
) -> None:
    """Change what a feed tells; its address stays."""
    from krmd.cli.feed_words import read_alarm

    if audience and everybody:
        raise UserError("--audience or --everybody: one of them")
    minutes = -1 if alarm == "none" else read_alarm(alarm)
    command = EditFeed(
        name,
        name=new_name,
        kinds=_kinds(of),
        audience="" if everybody else audience,
        detail=detail,
        language=language,
        alarm_minutes=minutes,
    )
    if command == EditFeed(name):
        raise UserError("nothing to change: --of, --audience, --detail and others say what")
    call = call_of(context)
    call.perform(command)
    _warn_of_detail(call, detail)


@commands.command()
def rotate(context: typer.Context, name: Name, no_qr: NoQr = False) -> None:
    """Give a feed another address; the old one is no more, for good."""
    call = call_of(context)
    with call.opened() as krmd:
        _say_with_address(call, krmd, RotateFeed(name), name, with_qr=not no_qr)


@commands.command()
def revoke(
    context: typer.Context,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Take a feed away, and its address."""
    from krmd.app.feeds import find_feed
    from krmd.cli.asking import confirm
    from krmd.cli.terminal import safe

    call = call_of(context)
    with call.opened() as krmd:
        with krmd.store.reading() as tx:
            found = find_feed(tx, name)
        if not confirm(call, f"Take the feed {safe(found.name)} away, for good?", yes=yes):
            call.note("Nothing was changed.")
            return
        call.say_outcome(call.performed(krmd, RevokeFeed(found.name)))


def _kinds(words: list[str] | None) -> tuple[str, ...] | None:
    """The kinds that are asked for, also `birthdays,due` in one; None for none."""
    if words is None:
        return None
    return tuple(kind for word in words for it in word.split(",") if (kind := it.strip().lower()))


def _say_with_address(
    call: Call, krmd: Krmd, command: AddFeed | RotateFeed, name: str, *, with_qr: bool
) -> None:
    """Perform what gives a feed an address, and tell it."""
    from krmd.app.feeds import find_feed
    from krmd.cli.feed_address import address_of, build_hint, say_address
    from krmd.cli.feed_words import address_json

    _ = krmd.key  # without it there is no address to tell, and nothing shall have changed
    outcome: Outcome = call.performed(krmd, command)
    with krmd.store.reading() as tx:
        feed = find_feed(tx, name)
    if call.as_json:
        call.tell({**outcome_json(outcome), **address_json(address_of(krmd, feed))})
        return
    call.say_outcome(outcome)
    say_address(call, krmd, feed, with_qr=with_qr)
    if isinstance(command, AddFeed) and krmd.settings.web.listen is not None:
        call.note(build_hint(krmd))


def _warn_of_detail(call: Call, detail: str | None) -> None:
    if detail == "full":
        call.warn("Phones, notes and what mails were about now lie with whoever fetches it, be it")
        call.warn("Google, Apple or Microsoft; krmd feed edit --detail brief gives them less.")


commands.command("list")(list_feeds)
commands.command("show")(show)
commands.command("write")(write)
