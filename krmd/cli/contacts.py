"""`krmd contacts`: the address book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from krmd.base.command import AddContact, Drop, EditContact, Keep
from krmd.base.errors import UserError
from krmd.cli.call import Call, call_of
from krmd.cli.contacts_options import (
    Addresses,
    Birthday,
    Categories,
    Company,
    Country,
    Every,
    Met,
    Note,
    Phones,
    Role,
    Say,
    Texts,
    Town,
    Unsay,
    said,
)
from krmd.cli.listing import After, Limit, envelope, note_incomplete, paged
from krmd.cli.menu import new_group
from krmd.cli.people_export import export_people
from krmd.cli.people_import import import_people
from krmd.cli.people_merge import merge, unmerge
from krmd.cli.show import Who
from krmd.cli.suggestions import suggestions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krmd.app.cards import Page
    from krmd.base.instant import Instant
    from krmd.bootstrap import Krmd

commands = new_group("The address book.")


@commands.command("list")
def list_contacts(
    context: typer.Context,
    *,
    category: Annotated[
        str | None, typer.Option("--category", "-C", help="Only those in a category.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="WHEN", help="Who was in the category then: 2026-06-15."),
    ] = None,
    dropped: Annotated[bool, typer.Option("--dropped", help="Those no longer kept.")] = False,
    limit: Limit = None,
    after: After = None,
) -> None:
    """The contacts, by name."""
    from krmd.app.cards import pages
    from krmd.app.who import find_contact
    from krmd.store.contacts import Members

    call = call_of(context)
    if on is not None and category is None:
        raise UserError("--on goes with --category: whose members they were")
    with call.opened() as krmd, krmd.store.reading() as tx:
        instant = None if on is None else _when(krmd, on)
        parts = pages(
            tx,
            members=None if category is None else Members(_category_id(tx, category), instant),
            dropped=dropped,
            limit=limit,
            after=None if after is None else find_contact(tx, after),
            defaults=krmd.cadences,
        )
        if call.as_json:
            from krmd.cli.card_text import card_json

            items = [card_json(card) for part in parts for card in part.cards]
            call.tell(envelope(tx, krmd, items))
            return
        _say_list(call, krmd, parts)
        note_incomplete(call, tx, krmd)


@commands.command()
def add(
    context: typer.Context,
    *,
    name: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="The name, an address, or both.")
    ],
    address: Addresses = None,
    category: Categories = None,
    phone: Phones = None,
    birthday: Birthday = None,
    every: Every = None,
    company: Company = None,
    role: Role = None,
    town: Town = None,
    country: Country = None,
    met: Met = None,
    say: Say = None,
    note: Note = "",
) -> None:
    """Keep somebody: Ada Example <ada@example.org> --category japan."""
    from krmd.base.address import parse_address

    words = " ".join(name).replace("<", " ").replace(">", " ").split()
    spelled = [word for word in words if "@" in word]
    for word in spelled:
        if parse_address(word) is None:
            raise UserError(f"“{word}” is no email address")
    called = " ".join(word for word in words if "@" not in word)
    call = call_of(context)
    if not spelled and not address:
        _warn_of_namesake(call, called)
    call.perform(
        AddContact(
            name=called,
            addresses=(*spelled, *(address or ())),
            categories=tuple(category or ()),
            phones=tuple(phone or ()),
            birthday=birthday,
            cadence_days=every,
            note=note,
            say=said(say, town=town, country=country, company=company, role=role, met=met),
        )
    )


@commands.command()
def edit(
    context: typer.Context,
    who: Who,
    *,
    name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    add_address: Annotated[
        Texts, typer.Option("--add-address", "--address", "-a", help="An email address more.")
    ] = None,
    remove_address: Annotated[
        Texts, typer.Option("--remove-address", help="An address that isn't theirs.")
    ] = None,
    add_category: Annotated[
        Texts, typer.Option("--add-category", "--category", "-C", help="Put them into a category.")
    ] = None,
    remove_category: Annotated[
        Texts, typer.Option("--remove-category", help="Take them out of a category.")
    ] = None,
    add_phone: Annotated[
        Texts, typer.Option("--add-phone", "--phone", "-p", help="A phone number more.")
    ] = None,
    remove_phone: Annotated[
        Texts, typer.Option("--remove-phone", help="A number that is no more.")
    ] = None,
    birthday: Birthday = None,
    every: Every = None,
    attention: Annotated[
        Literal["less", "normal", "more", "muted"] | None,
        typer.Option("--attention", help="less, normal, more, muted: how much to hear of them."),
    ] = None,
    mailings: Annotated[
        bool | None,
        typer.Option("--mailings/--no-mailings", help="Whether mailings go to them."),
    ] = None,
    deceased: Annotated[
        bool | None, typer.Option("--deceased/--alive", help="Nothing is sent to or due for them.")
    ] = None,
    company: Company = None,
    role: Role = None,
    town: Town = None,
    country: Country = None,
    met: Met = None,
    say: Say = None,
    unsay: Unsay = None,
    note: Note = "",
) -> None:
    """Change what is known of a contact; what isn't named stays."""
    call_of(context).perform(
        EditContact(
            who=who,
            name=name,
            add_addresses=tuple(add_address or ()),
            remove_addresses=tuple(remove_address or ()),
            add_categories=tuple(add_category or ()),
            remove_categories=tuple(remove_category or ()),
            add_phones=tuple(add_phone or ()),
            remove_phones=tuple(remove_phone or ()),
            birthday=birthday,
            cadence_days=every,
            attention=attention,
            no_mailings=None if mailings is None else not mailings,
            deceased=deceased,
            note=note,
            say=said(say, town=town, country=country, company=company, role=role, met=met),
            unsay=said(unsay),
        )
    )


@commands.command()
def keep(context: typer.Context, who: Who) -> None:
    """Make a contact of a correspondent, or bring a dropped contact back."""
    call_of(context).perform(Keep(who))


@commands.command()
def drop(context: typer.Context, who: Who) -> None:
    """No longer a contact; the history stays."""
    call_of(context).perform(Drop(who))


@commands.command()
def review(context: typer.Context, limit: Limit = None, after: After = None) -> None:
    """People you wrote to and don't keep yet, warmest first: a key each."""
    from krmd.app.review import review as proposals_of
    from krmd.cli.reviewing import ask_about, proposal_json, proposal_lines

    call = call_of(context)
    with call.opened() as krmd:
        with krmd.store.reading() as tx:
            everybody = proposals_of(tx, now=krmd.clock.now(), owner=krmd.settings.owner.own)
            shown = paged(everybody, limit=limit, after=after, id_of=lambda it: it.address)
            if call.as_json:
                call.tell(envelope(tx, krmd, [proposal_json(it) for it in shown]))
                return
            note_incomplete(call, tx, krmd)
        if not shown:
            call.note("Nobody to propose: you wrote to nobody whom you neither keep nor declined.")
        elif call.may_ask and call.screen.is_terminal:
            ask_about(call, krmd, shown)
        else:
            for line in proposal_lines(call, krmd, shown):
                call.say(line)


def _say_list(call: Call, krmd: Krmd, parts: Iterable[Page]) -> None:
    from krmd.cli.tables import Column, table

    columns = [
        Column("Name", least=12), Column("Address", least=16), Column("Categories", least=10),
        Column("Last contacted"), Column("Every", right=True),
    ]  # fmt: skip
    rows: list[tuple[str, ...]] = []
    more = None
    for part in parts:
        more = part.after
        rows += [
            (
                card.name,
                card.addresses[0].address if card.addresses else "",
                ", ".join(card.categories),
                call.when(card.recency.last_contacted, krmd),
                call.days(card.cadence_days),
            )
            for card in part.cards
        ]
    for line in table(columns, rows, call.screen):
        call.say(line)
    if not rows:
        call.note("No contacts; krmd contacts review proposes some.")
    elif more is not None:
        call.note(f"There are more: --after {more[:14]}")


def _warn_of_namesake(call: Call, name: str) -> None:
    """Say that somebody is called so already: without an address nothing tells the two apart."""
    from krmd.intake.person_names import normalise_name
    from krmd.store import contacts

    wanted = normalise_name(name)
    with call.opened() as krmd, krmd.store.reading() as tx:
        if any(row.kept for row in contacts.by_name_key(tx, wanted)):
            call.warn(f"There is another contact called {name}; --address tells the two apart.")


def _when(krmd: Krmd, text: str) -> Instant:
    from krmd.intake.log_words import read_when

    return read_when(text, now=krmd.clock.now(), zone=krmd.settings.owner.timezone)


def _category_id(tx: object, name: str) -> int:
    from krmd.ledger.category import category_key
    from krmd.store import categories
    from krmd.store.engine import Transaction

    assert isinstance(tx, Transaction)
    row = categories.find(tx, category_key(name))
    if row is None:
        names = tuple(it.name for it in categories.all_of_them(tx))
        raise UserError(f"there is no category “{name}”", candidates=names)
    return row.id


for name, command in (
    ("import", import_people),
    ("export", export_people),
    ("merge", merge),
    ("unmerge", unmerge),
    ("suggestions", suggestions),
):
    commands.command(name)(command)
