"""Selectors over categories: whom they name, and how they follow a category's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.app.audience import names_of, people_in, read_audience, renamed
from krmd.base.command import (
    AddCategory,
    AddContact,
    AddFeed,
    MergeCategories,
    RemoveCategory,
    RenameCategory,
    Undo,
)
from krmd.base.errors import UserError
from krmd.ledger.category import category_key
from tests.app.conftest import Book
from tests.app.feeding import feed

SELECTORS = ("japan", "japan, club", "japan+club", "japan -club", "club+work, japan -work -club")


def test_whoever_is_in_the_right_categories_is_named(book: Book) -> None:
    """Asked of one person by their categories it is the same as asked of everybody."""
    groups = ((), ("japan",), ("club",), ("japan", "club"), ("club", "work"), ("japan", "work"))
    for number, inside in enumerate(groups):
        book.do(AddContact(f"P{number}", categories=inside))
    with book.store.reading() as tx:
        for selector in SELECTORS:
            audience = read_audience(tx, selector)
            named = {
                f"P{at}" for at, inside in enumerate(groups) if audience.names(frozenset(inside))
            }
            assert (selector, named) == (selector, {it.name for it in people_in(tx, selector)})


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("Japan", "Nippon"),
        ("japan, club", "Nippon, club"),
        ("club+ JAPAN ,x", "club+Nippon, x"),
        ("club -japan -x", "club -Nippon -x"),
        ('"japan"+"a, b"', 'Nippon+"a, b"'),
        ("club -x", "club -x"),
        ('"x -japan"', '"x -japan"'),
        ("japan,, club,", "Nippon, club"),
    ],
)
def test_a_selector_follows_a_name(selector: str, expected: str) -> None:
    """Each part that names the category, and nothing else."""
    assert expected == renamed(selector, "japan", "Nippon")


names = st.text("ab ,+-", min_size=1, max_size=6).filter(lambda it: it.strip())


@given(names)
def test_any_name_stands_in_a_selector(name: str) -> None:
    """Signs that mean something else there are put in quotes."""
    assert {category_key(name), "club"} == names_of(renamed("japan+club", "japan", name))


def test_a_name_that_no_audience_can_say_is_refused_where_one_does(book: Book) -> None:
    """With a quotation mark in it; other categories may be called so."""
    for name in ("japan", "club"):
        book.do(AddCategory(name))
    book.do(AddFeed("One", audience="japan"))
    book.do(RenameCategory("club", 'the "club"'))
    with pytest.raises(UserError, match="quotation mark"):
        book.do(RenameCategory("japan", 'Japan"'))
    assert "japan" == feed(book, "One").plan.audience
    assert set() == names_of('japan"')


def test_what_can_not_be_read_is_said_shortly_where_nobody_asked(book: Book) -> None:
    """Without counting whom it may mean."""
    book.do(AddCategory("japan"))
    with book.store.reading() as tx:
        with pytest.raises(UserError, match="there are: japan"):
            read_audience(tx, "nippon")
        with pytest.raises(UserError, match=r"^there is no category “nippon”$"):
            read_audience(tx, "nippon", suggest=False)


def test_feeds_follow_a_category_that_is_merged(book: Book) -> None:
    """They are of whom it is merged into; undo takes that back."""
    for name in ("japan", "club", "work"):
        book.do(AddCategory(name))
    book.do(AddFeed("One", audience="club, japan -work"))
    book.do(AddFeed("Two", audience="work"))
    said = book.do(MergeCategories("japan", "club")).sentences
    assert ("The feed One is of club, club -work now.",) == said[1:]
    assert ("club, club -work", "work") == tuple(
        feed(book, it).plan.audience for it in ("One", "Two")
    )
    book.do(Undo())
    assert "club, japan -work" == feed(book, "One").plan.audience


def test_a_removed_category_says_which_feeds_are_of_it(book: Book) -> None:
    """Those that aren't are left unsaid; with another name they follow."""
    book.do(AddCategory("japan"))
    book.do(AddCategory("club"))
    book.do(AddFeed("One", audience="japan"))
    book.do(AddFeed("Two", audience="club"))
    book.do(AddFeed("Three"))
    assert 1 == len(book.do(RenameCategory("japan", "Japan")).sentences[1:])
    (sentence,) = book.do(RemoveCategory("japan")).sentences[1:]
    assert sentence.startswith("The feed One is of Japan,")
