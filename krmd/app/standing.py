"""How reading an account goes, as `status` tells it: its state, its trouble, read up to when."""

from __future__ import annotations

from typing import Literal

from krmd.app.reading_plan import ReadingPlan
from krmd.base.instant import Instant
from krmd.store import folders
from krmd.store.engine import Store

State = Literal["reading", "ok", "error", "parked"]
"""`reading`: older mail is still read back. `parked`: the login is refused, the owner must act."""


def note_trouble(store: Store, plan: ReadingPlan, state: State, why: str, *, when: Instant) -> None:
    """Note why an account isn't read.

    Raises as the plan's guard does, and TryLaterError or StoreError.
    """
    with store.transaction() as tx:
        plan.guard(tx)
        folders.ensure_account(tx, plan.account)
        folders.set_state(tx, plan.account, state, error=why, when=when)


def note_read(
    store: Store,
    plan: ReadingPlan,
    state: State,
    *,
    why: str | None,
    read_to: Instant | None,
    when: Instant,
) -> None:
    """Note that an account is read, and up to when all its mail is in the ledger (None: unknown).

    `why` is what goes wrong all the same. Raises as note_trouble.
    """
    with store.transaction() as tx:
        plan.guard(tx)
        row = folders.ensure_account(tx, plan.account)
        if read_to is not None:
            folders.set_read_to(tx, plan.account, read_to)
        if (row.state, row.error) != (state, why):
            folders.set_state(tx, plan.account, state, error=why, when=when)
