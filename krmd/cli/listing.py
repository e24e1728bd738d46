"""Lists: as of when, how complete, and page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from krmd.base.errors import UserError
from krmd.base.instant import Instant, to_rfc3339
from krmd.cli.spoken import counted, day

if TYPE_CHECKING:
    from krmd.app.status import AccountStatus, Status
    from krmd.bootstrap import Krmd
    from krmd.cli.call import Call
    from krmd.store.engine import Transaction

T = TypeVar("T")

Limit = Annotated[
    int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="So many at the most.")
]
After = Annotated[
    str | None, typer.Option("--after", metavar="ID", help="Go on behind the one with this id.")
]


def paged(
    items: Sequence[T], *, limit: int | None, after: str | None, id_of: Callable[[T], str | None]
) -> list[T]:
    """The items behind the one called `after` (or a unique beginning of its id), `limit` of them.

    Raises UserError where none or several are called so.
    """
    start = 0
    if after is not None:
        exact = [at for at, item in enumerate(items) if id_of(item) == after]
        found = exact or [
            at for at, item in enumerate(items) if len(after) >= 8 and _begins(id_of(item), after)
        ]
        if len(found) != 1:
            raise UserError(f"--after {after} names {len(found) or 'none'} of the list")
        start = found[0] + 1
    return list(items[start : None if limit is None else start + limit])


def _begins(spelled: str | None, beginning: str) -> bool:
    return spelled is not None and spelled.startswith(beginning)


def envelope(tx: Transaction, krmd: Krmd, items: Sequence[object]) -> dict[str, object]:
    """A list with the time it is of, and up to when everything was read."""
    known = _known(tx, krmd)
    return {
        "as_of": to_rfc3339(krmd.clock.now()),
        "read_to": time_json(known.read_to),
        "complete": known.complete,
        "items": list(items),
    }


def note_incomplete(call: Call, tx: Transaction, krmd: Krmd) -> None:
    """Say beside an answer for people what it can't know yet: mail that wasn't read."""
    for account in _known(tx, krmd).accounts:
        if account.error is not None:
            call.note(f"Not complete: {account.account} can't be read (krmd status says why).")
        elif not account.complete:
            call.note(f"Not complete yet: of {account.account} {read_so_far(krmd, account)}.")


def read_so_far(krmd: Krmd, account: AccountStatus) -> str:
    """As "2,649 of 20,000 mails are read, back to Mon 4 May 2026", of one that isn't complete."""
    if not account.read:
        return "nothing is read"
    said = f"{account.read:,} of {counted(account.messages, 'mail')} are read"
    if account.read_back_to is None:
        return said
    return f"{said}, back to {day(account.read_back_to, krmd.settings.owner.timezone)}"


def _known(tx: Transaction, krmd: Krmd) -> Status:
    from krmd.app.status import Status, account_status

    return Status(tuple(account_status(tx, name) for name in krmd.settings.accounts))


def time_json(then: Instant | None) -> str | None:
    """A time as JSON has it, null for never."""
    return None if then is None else to_rfc3339(then)
