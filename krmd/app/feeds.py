"""Calendar feeds come, change and go."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from krmd.app.audience import people_in
from krmd.app.changes import Changes
from krmd.app.made import Made
from krmd.app.steps import FeedGeneration, FeedSet, FeedStands
from krmd.base.command import AddFeed, EditFeed, RevokeFeed, RotateFeed
from krmd.base.errors import UserError
from krmd.base.identifier import PublicId
from krmd.ledger.feed import (
    FeedPlan,
    check_alarm,
    feed_detail,
    feed_key,
    feed_kinds,
    feed_language,
    feed_name,
)
from krmd.store import feeds
from krmd.store.engine import Store, Transaction
from krmd.store.feeds import FeedRow

FeedCommand = AddFeed | EditFeed | RotateFeed | RevokeFeed


def change_feeds(changes: Changes, command: FeedCommand, new_uuid: Callable[[], UUID]) -> Made:
    """Carry out a command about feeds."""
    match command:
        case AddFeed():
            return _add(changes, command, new_uuid())
        case EditFeed():
            return _edit(changes, command)
        case RotateFeed():
            return _rotate(changes, find_feed(changes.tx, command.feed))
        case RevokeFeed():
            return _revoke(changes, find_feed(changes.tx, command.feed))


def are_any(store: Store) -> bool:
    """Whether there is a feed, whose address hangs on krmd's key."""
    with store.reading() as tx:
        return bool(feeds.all_of_them(tx))


def find_feed(tx: Transaction, name: str) -> FeedRow:
    """The feed of that name; UserError with the names there are."""
    row = feeds.find(tx, feed_key(name))
    if row is None:
        names = tuple(it.name for it in feeds.all_of_them(tx))
        raise UserError(
            f"there is no feed “{name}”; there are: {', '.join(names) or 'none'}",
            candidates=names,
        )
    return row


def _add(changes: Changes, command: AddFeed, uuid: UUID) -> Made:
    name = feed_name(command.name)
    plan = _checked(
        changes.tx,
        FeedPlan(
            feed_kinds(command.kinds),
            command.audience or None,
            feed_detail(command.detail),
            feed_language(command.language),
            command.alarm_minutes,
        ),
    )
    _require_free(changes.tx, name)
    if changes.key is not None:
        changes.key()  # made where it isn't yet, while no feed hangs on one that is lost
    changes.take(FeedStands(uuid.hex, name, *plan, stands=True))
    return Made(str(PublicId("f", uuid)), (f"Feed {name} made.",))


def _edit(changes: Changes, command: EditFeed) -> Made:
    row = find_feed(changes.tx, command.feed)
    old = row.plan
    name = row.name if command.name is None else feed_name(command.name)
    if feed_key(name) != row.name_key:
        _require_free(changes.tx, name)
    alarm = old.alarm_minutes if command.alarm_minutes is None else command.alarm_minutes
    plan = _checked(
        changes.tx,
        FeedPlan(
            old.kinds if command.kinds is None else feed_kinds(command.kinds),
            old.audience if command.audience is None else command.audience or None,
            old.detail if command.detail is None else feed_detail(command.detail),
            old.language if command.language is None else feed_language(command.language),
            None if alarm == -1 else alarm,
        ),
    )
    if not changes.take(FeedSet(row.uuid, name, *plan)):
        return Made(_public(row), (f"Nothing to change in the feed {name}.",))
    return Made(_public(row), (f"Feed {name} changed.",))


def _rotate(changes: Changes, row: FeedRow) -> Made:
    changes.take(FeedGeneration(row.uuid, row.generation + 1))
    return Made(_public(row), (f"Feed {row.name} has another address; the old one is no more.",))


def _revoke(changes: Changes, row: FeedRow) -> Made:
    changes.take(FeedStands(row.uuid, row.name, *row.plan, stands=False))
    return Made(_public(row), (f"Feed {row.name} is no more, nor its address.",))


def _checked(tx: Transaction, plan: FeedPlan) -> FeedPlan:
    if plan.alarm_minutes is not None:
        check_alarm(plan.alarm_minutes)
    if plan.audience is not None:
        people_in(tx, plan.audience)
    return plan


def _require_free(tx: Transaction, name: str) -> None:
    if feeds.find(tx, feed_key(name)) is not None:
        raise UserError(f"there is a feed “{name}” already")


def _public(row: FeedRow) -> str:
    return str(PublicId("f", UUID(hex=row.uuid)))
