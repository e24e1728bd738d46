"""How feeds are: how far each is drawn, how much it tells, who fetched it."""

from datetime import date

from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_overview import FeedOverview, overviews
from krmd.base.command import AddContact, EditContact, RemoveCategory
from krmd.base.instant import Instant
from krmd.outputs.calendar import write_events
from krmd.store import feeds
from krmd.store.feeds import Client
from tests.app.conftest import NOW, Book
from tests.app.feeding import STYLE, add_feed, feed

TODAY = date(2026, 9, 21)
"""The owner's day at NOW."""


def seen(book: Book, name: str = "All") -> FeedOverview:
    """How a feed is."""
    with book.store.reading() as tx:
        return next(it for it in overviews(tx, STYLE, TODAY) if it.feed.name == name)


def draw(book: Book) -> None:
    """Bring all feeds up to date."""
    assert FeedBuilder(book.store, book.clock, STYLE, write_events).run()


def test_people_and_events_are_counted_as_they_stand_in_the_calendar(book: Book) -> None:
    """A new feed is being drawn and tells nothing yet; whoever has no day counts for nobody."""
    book.do(AddContact("Ada", birthday="1980-03-01", say=(("date", "2001-05-05", "wedding"),)))
    book.do(AddContact("Bo", birthday="--12-24"))
    book.do(AddContact("Cy"))
    add_feed(book, kinds=("birthdays", "anniversaries"))
    new = seen(book)
    assert ("building", 0, 3, None) == new.state[1:]
    assert (0, 0, ()) == (*new.figures, new.clients)
    draw(book)
    assert ("ready", 3, 3, None) == seen(book).state[1:]
    assert (2, 12) == seen(book).figures
    book.do(EditContact("Ada", attention="muted"))
    draw(book)
    assert (1, 4) == seen(book).figures


def test_another_plan_is_drawn_anew(book: Book) -> None:
    """What stands is counted meanwhile."""
    book.do(AddContact("Ada", birthday="1980-03-01"))
    add_feed(book)
    draw(book)
    with book.store.transaction() as tx:
        row = feed(book)
        feeds.change_plan(tx, row.id, row.plan._replace(language="de"))
    assert ("building", 0, 1, None) == seen(book).state[1:]
    assert (1, 4) == seen(book).figures


def test_an_audience_that_is_no_more_is_trouble(book: Book) -> None:
    """Before anybody tried to draw it, and after."""
    book.do(AddContact("Ada", birthday="1980-03-01", categories=("japan",)))
    add_feed(book, audience="japan")
    draw(book)
    book.do(RemoveCategory("japan"))
    for _ in range(2):
        found = seen(book).state
        assert "trouble" == found.standing
        assert found.trouble is not None
        assert "japan" in found.trouble
        draw(book)


def test_who_fetched_a_feed_stands_beside_it(book: Book) -> None:
    """Last first."""
    add_feed(book)
    then = Instant(NOW - 5)
    clients = [Client("old", "192.0.2.1", then, then, 2), Client("new", "local", then, NOW, 1)]
    with book.store.transaction() as tx:
        feeds.note_clients(tx, feed(book).id, clients)
    assert ("new", "old") == tuple(it.agent for it in seen(book).clients)
