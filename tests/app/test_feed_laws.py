"""Whatever happens to a book, its feeds say what feeds made from nothing would say."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krmd.app.perform import Performer
from krmd.base.command import (
    AddCategory,
    AddContact,
    Drop,
    EditCategory,
    EditContact,
    EditFeed,
    Keep,
    LogInteraction,
    MergeCategories,
    MergeContacts,
    RemoveCategory,
    RenameCategory,
    Undo,
    UnmergeContact,
)
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.outputs.event import Draft
from krmd.store import feeds
from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from tests.app.conftest import NOW, ZONE, Book, StandingClock
from tests.app.feeding import add_feed, anew, build, builder, said
from tests.app.forgetful import BOB, bring, fill, letter, read
from tests.app.mails import OWNER
from tests.fakes.people import portrait

NAMES = st.sampled_from(("Ada", "Bob", "Cy"))
GROUPS = st.sampled_from(("japan", "club"))
DATES = st.sampled_from(("1985-03-12", "--09-20", "2000-02-29", "2026-10-02"))

commands = st.one_of(
    st.builds(
        AddContact,
        NAMES,
        st.sampled_from(((), ("ada@a.example",), ("cy@c.example",))),
        st.sampled_from(((), ("japan",), ("club", "japan"))),
        birthday=st.none() | DATES,
        cadence_days=st.sampled_from((None, 5, 90)),
    ),
    st.builds(
        EditContact,
        NAMES,
        name=st.none() | NAMES,
        add_categories=st.lists(GROUPS, max_size=1).map(tuple),
        remove_categories=st.lists(GROUPS, max_size=1).map(tuple),
        add_phones=st.sampled_from(((), ("+49 30 1",))),
        birthday=st.none() | DATES,
        cadence_days=st.sampled_from((None, 0, 7)),
        attention=st.sampled_from((None, "muted", "normal")),
        deceased=st.sampled_from((None, None, True, False)),
        note=st.sampled_from(("", "likes tea")),
        say=st.sampled_from(
            ((), (("date", "2010-09-24", "wedding"),), (("met", "at the fair", ""),))
        ),
    ),
    st.builds(MergeContacts, NAMES, NAMES),
    st.builds(UnmergeContact, NAMES),
    st.builds(Drop, NAMES),
    st.builds(Keep, NAMES),
    st.builds(LogInteraction, st.tuples(NAMES), st.sampled_from(("called about tea", "met"))),
    st.builds(AddCategory, GROUPS, cadence_days=st.sampled_from((None, 30))),
    st.builds(EditCategory, GROUPS, cadence_days=st.sampled_from((0, 30))),
    st.builds(RenameCategory, GROUPS, st.sampled_from(("japan", "club", "far, east"))),
    st.builds(MergeCategories, GROUPS, GROUPS),
    st.builds(RemoveCategory, GROUPS),
    st.builds(EditFeed, st.just("Some"), audience=st.sampled_from(("japan", "club -japan", ""))),
    st.just(Undo()),
)
people = st.lists(
    st.builds(
        portrait,
        NAMES,
        st.sampled_from(("k1", "k2")),
        email=st.sampled_from(("ada@a.example", "bob@b.example")),
        birthday=DATES,
    ),
    max_size=2,
)
days = st.integers(1, 40)
steps = st.lists(commands | people | days | st.just("build"), max_size=14)


@contextmanager
def _empty_book() -> Iterator[Book]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder)}/krmd.sqlite3")
        upgrade(store)
        numbers = itertools.count(1)
        clock = StandingClock()
        performer = Performer(store, clock, lambda: UUID(int=(next(numbers) << 96) + 1), ZONE)
        yield Book(store, clock, performer)
        store.close()


def _feeds(book: Book) -> None:
    add_feed(book, "Names", kinds=("birthdays", "anniversaries"), detail="name")
    add_feed(book, "Brief", detail="brief", language="de")
    add_feed(book, "Full")
    add_feed(book, "Due", kinds=("due",))
    with suppress(UserError):
        book.do(AddCategory("japan"))
    add_feed(book, "Some", audience="japan")


def _do(book: Book, step: object) -> None:
    match step:
        case "build":
            builder(book, most_drawn=6).run()
        case int():
            book.clock.instant = Instant(book.clock.instant + step * 86_400)
        case list():
            with suppress(UserError):
                bring(book, *step)
        case _:
            with suppress(UserError):
                book.do(step)  # type: ignore[arg-type]  # all others are commands


def _said(book: Book) -> dict[str, set[Draft]]:
    """What each feed says, but for those that can't follow: they keep what they have."""
    with book.store.reading() as tx:
        names = [row.name for row in feeds.all_of_them(tx) if row.trouble is None]
    return {name: said(book, name) for name in names}


def _assert_as_from_nothing(book: Book) -> None:
    build(book)
    found = _said(book)
    anew(book)
    assert found == _said(book)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps)
def test_feeds_that_followed_say_what_feeds_made_anew_say(steps: list[Any]) -> None:
    """Commands, undo, imports, merges, days that go by, in any order, built at any time."""
    with _empty_book() as book:
        _feeds(book)
        for step in steps:
            _do(book, step)
        _assert_as_from_nothing(book)


@pytest.mark.parametrize("reach", ["before", "after"])
def test_a_full_book_is_followed_on_each_database(book: Book, reach: str) -> None:
    """Mail, imports, merges, notes, whether the feeds were there before or come after."""
    if reach == "before":
        _feeds(book)
        fill(book)
    else:
        fill(book)
        book.clock.instant = Instant(NOW + 5)
        book.do(EditContact("Bob", birthday="1985-09-24"))
        _feeds(book)
    build(book)
    read(book, letter(f"Bob <{BOB}>", OWNER, 0, Subject="Riesling"))
    book.do(Undo())
    _assert_as_from_nothing(book)
