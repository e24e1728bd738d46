"""Lists as JSON has them: as of when, how complete, and page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from krmd.base.errors import UserError
from krmd.base.instant import Instant, to_rfc3339

if TYPE_CHECKING:
    from krmd.bootstrap import Krmd
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
    from krmd.app.status import Status, account_status

    accounts = tuple(account_status(tx, name) for name in krmd.settings.accounts)
    known = Status(accounts, 0, (), ())
    return {
        "as_of": to_rfc3339(krmd.clock.now()),
        "read_to": time_json(known.read_to),
        "complete": known.complete,
        "items": list(items),
    }


def time_json(then: Instant | None) -> str | None:
    """A time as JSON has it, null for never."""
    return None if then is None else to_rfc3339(then)
