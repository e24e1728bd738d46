"""The options by which the commands of the address book are told what is known of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from krmd.base.command import Said
from krmd.base.errors import UserError

Texts = list[str] | None
Addresses = Annotated[Texts, typer.Option("--address", "-a", help="An email address of theirs.")]
Categories = Annotated[Texts, typer.Option("--category", "-C", help="A category they are in.")]
Phones = Annotated[Texts, typer.Option("--phone", "-p", help="A phone number.")]
Birthday = Annotated[
    str | None, typer.Option("--birthday", "-b", help="1985-03-12, or --03-12 without the year.")
]
Every = Annotated[
    int | None,
    typer.Option(
        "--every",
        "-e",
        min=0,
        max=36_500,
        metavar="DAYS",
        help="How often to be in touch; 0: no matter.",
    ),
]
Note = Annotated[str, typer.Option("--note", help="Anything worth knowing.")]
Company = Annotated[str | None, typer.Option("--company", help="Where they work.")]
Role = Annotated[str | None, typer.Option("--role", help="What they do there.")]
Town = Annotated[str | None, typer.Option("--town", help="Where they live.")]
Country = Annotated[str | None, typer.Option("--country", help="In which country.")]
Met = Annotated[str | None, typer.Option("--met", help="How and where you met.")]
Say = Annotated[
    Texts,
    typer.Option(
        "--say",
        metavar="FIELD=VALUE",
        help="Anything else: nickname, former_name, introduced_by, relation, url, handle, date,"
        " died …; date:wedding=2019-05-02 labels it; an empty value empties what there is one of.",
    ),
]
Unsay = Annotated[
    Texts,
    typer.Option("--unsay", metavar="FIELD=VALUE", help="Take away what is said of them."),
]


def said(
    spelled: Sequence[str] | None = None,
    *,
    town: str | None = None,
    country: str | None = None,
    **single: str | None,
) -> tuple[Said, ...]:
    """The facts that the options tell; raises UserError for what isn't FIELD=VALUE."""
    found: list[Said] = [(field, value, "") for field, value in single.items() if value is not None]
    if town or country:
        from krmd.ledger.portrait import compound

        found.append(("postal", compound(["", "", "", town or "", "", "", country or ""]), ""))
    for text in spelled or ():
        head, equals, value = text.partition("=")
        field, _, label = head.partition(":")
        if not equals:
            raise UserError(f"“{text}” says nothing; write it as field=value")
        found.append((field.strip().replace("-", "_"), value.strip(), label.strip()))
    return tuple(found)
