"""Feeds follow the book and the day: slice by slice, by several at once, killed anywhere."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_octets import pieces, single_events
from krmd.base.command import (
    AddContact,
    EditContact,
    EditFeed,
    LogInteraction,
    RemoveCategory,
    RenameCategory,
    RevokeFeed,
    Undo,
)
from krmd.base.instant import Instant, local_date
from krmd.outputs.calendar import write_events
from krmd.outputs.event import Stamp, Stamped
from krmd.store import contacts, feed_watch, tables
from krmd.store.contacts import FactRow
from tests.app.conftest import NOW, ZONE, Book
from tests.app.feeding import (
    STYLE,
    add_feed,
    anew,
    build,
    builder,
    draw,
    feed,
    octets,
    read,
    said,
    stale,
    titles,
)
from tests.app.mails import OWNER, header, mail

DAY = 86_400
YEAR = local_date(NOW, ZONE).year


def people(book: Book, many: int = 20) -> list[str]:
    """So many people, each born in another year; their ids."""
    made = [
        book.do(AddContact(f"P{number:02}", birthday=f"{1950 + number}-0{1 + number % 9}-15"))
        for number in range(many)
    ]
    return [str(it.subject) for it in made]


def test_a_feed_is_built_slice_by_slice(book: Book) -> None:
    """With a word on how far it is; then there is nothing to do, and it stays as it is."""
    people(book)
    add_feed(book, kinds=("birthdays",), detail="name")
    builds = builder(book, most_drawn=20)
    assert builds.is_needed()
    done = []
    assert builds.run(lambda it: done.append((it.done, it.total)))
    assert 4 <= len(done)
    assert sorted(done) == done
    assert (20, 20) == done[-1]
    assert 80 == len(read(book))
    before = feed(book), octets(book)
    assert not builds.is_needed()
    assert builds.run()
    assert before == (feed(book), octets(book))
    assert (0, None) == (before[0].reached, before[0].trouble)


def test_a_stopped_builder_goes_on_where_it_was(book: Book) -> None:
    """Another one finds what was done before."""
    people(book)
    add_feed(book)
    builds = builder(book, most_drawn=20)
    asked = iter([False, False, True])
    assert not builds.run(stop=lambda: next(asked))
    half = len(read(book))
    assert 0 < half < 80
    assert 0 < feed(book).reached
    build(book)
    assert 80 == len(read(book))


def test_a_changed_birthday_changes_its_events_alone(book: Book) -> None:
    """They go up in SEQUENCE and LAST-MODIFIED; all others stay, to the last octet."""
    ada, *_ = people(book)
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    before, row = read(book), feed(book)
    assert {Stamp(0, NOW)} == {it.stamp for it in before.values()}
    book.clock.instant = Instant(NOW + 100)
    book.do(EditContact(ada, birthday="1999-01-15"))
    build(book)
    after = read(book)
    differing = {uid for uid in after if before[uid] != after[uid]}
    assert {f"birthday-{ada[2:]}-{YEAR + n}@krmd.invalid" for n in range(-1, 3)} == differing
    assert {Stamp(1, Instant(NOW + 100))} == {after[uid].stamp for uid in differing}
    assert (row.revision + 1, NOW + 100) == (feed(book).revision, feed(book).modified)
    # At the same second once more: later all the same.
    book.do(EditContact(ada, birthday="1998-01-15"))
    build(book)
    assert {Stamp(2, Instant(NOW + 101))} == {read(book)[uid].stamp for uid in differing}


def test_what_changes_nothing_in_a_feed_writes_nothing(book: Book) -> None:
    """A phone in a feed of names and ages; its revision stays."""
    ada, *_ = people(book)
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    before = feed(book)
    book.clock.instant = Instant(NOW + 100)
    book.do(EditContact(ada, add_phones=("+49 30 1",), note="likes tea"))
    assert builder(book).is_needed()
    build(book)
    assert before == feed(book)


def test_of_a_person_only_what_changed_is_drawn(book: Book) -> None:
    """The octets of their other events are used again."""
    drawn: list[str] = []

    def counting(stamped: Sequence[Stamped]) -> list[bytes]:
        drawn.extend(it.draft.day for it in stamped)
        return draw(stamped)

    book.do(AddContact("Ada", birthday="1985-03-12", say=(("date", "2010-06-01", "anniversary"),)))
    add_feed(book, detail="name")
    builds = FeedBuilder(book.store, book.clock, STYLE, counting)
    assert builds.run()
    assert 8 == len(drawn)
    drawn.clear()
    book.do(EditContact("Ada", birthday="1985-03-13"))
    assert builds.run()
    assert {f"{YEAR + n}-03-13" for n in range(-1, 3)} == set(drawn)
    assert 8 == len(read(book))


def test_who_comes_back_begins_anew(book: Book) -> None:
    """As deletion is absence: SEQUENCE 0, and LAST-MODIFIED now."""
    ada, bob, *_ = people(book, 3)
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    book.do(EditContact(ada, birthday="1999-01-15"))
    book.do(EditContact(ada, attention="muted"))
    build(book)
    assert all(ada[2:] not in uid for uid in read(book))
    assert any(bob[2:] in uid for uid in read(book))
    book.clock.instant = Instant(NOW + 7 * DAY)
    book.do(EditContact(ada, attention="normal"))
    build(book)
    back = {it.stamp for uid, it in read(book).items() if ada[2:] in uid}
    assert {Stamp(0, Instant(NOW + 7 * DAY))} == back


def test_two_books_alike_give_the_same_octets(book: Book) -> None:
    """Made from nothing it is as it was made first."""
    people(book)
    add_feed(book)
    build(book)
    before = octets(book)
    book.clock.instant = Instant(NOW + 3_600)
    anew(book)
    assert before == octets(book)


def test_several_feeds_are_built_at_once(book: Book) -> None:
    """One that comes later catches up, and each tells what it shall."""
    people(book)
    book.do(EditContact("P03", add_categories=("japan",)))
    add_feed(book, "One", kinds=("birthdays",), detail="name")
    builds = builder(book, most_drawn=20)
    assert builds.step() is not None
    add_feed(book, "Two", kinds=("birthdays",), audience="japan")
    add_feed(book, "Three", kinds=("due",))
    assert builds.run()
    assert (80, 4, 0) == tuple(len(read(book, it)) for it in ("One", "Two", "Three"))


def test_who_changes_waits_for_no_feed_that_is_made_first(book: Book) -> None:
    """The next slice is theirs; and where the new feed comes to them they are right there too."""
    everybody = people(book)
    add_feed(book, "One", kinds=("birthdays",), detail="name")
    build(book)
    add_feed(book, "Two", kinds=("birthdays",), detail="name")
    builds = builder(book, most_drawn=20)
    builds.step()
    for who in (everybody[0], everybody[-1]):
        book.do(EditContact(who, name=f"New {who}"))
    builds.step()
    assert {f"New {it}" for it in (everybody[0], everybody[-1])} == {
        it.rpartition(" (")[0] for it in titles_of(book, "One") if it.startswith("New")
    }
    assert builds.run()
    assert said(book, "One") == said(book, "Two")


def titles_of(book: Book, name: str) -> set[str]:
    """Every title."""
    return {it.title for it in said(book, name)}


def test_an_audience_is_followed(book: Book) -> None:
    """Whoever joins comes in, whoever leaves goes; an edited one is of others."""
    people(book, 5)
    book.do(EditContact("P01", add_categories=("japan", "club")))
    add_feed(book, kinds=("birthdays",), detail="name", audience="japan -club")
    build(book)
    assert set() == said(book)
    book.do(EditContact("P01", remove_categories=("club",)))
    build(book)
    assert {"P01"} == {it[:3] for it in titles_of(book, "All")}
    book.do(EditContact("P02", add_categories=("japan",)))
    build(book)
    assert {"P01", "P02"} == {it[:3] for it in titles_of(book, "All")}
    book.do(EditFeed("All", audience=""))
    build(book)
    assert 20 == len(said(book))
    book.do(EditFeed("All", audience="club"))
    build(book)
    assert b"" == octets(book)


def test_a_feed_whose_audience_is_gone_keeps_what_it_has(book: Book) -> None:
    """It says why, and goes on when it can be read again."""
    people(book, 3)
    book.do(EditContact("P01", add_categories=("japan",)))
    add_feed(book, kinds=("birthdays",), detail="name", audience="japan")
    build(book)
    before = octets(book)
    done = book.do(RemoveCategory("japan"))
    assert any("The feed All is of japan" in it for it in done.sentences)
    assert builder(book).is_needed()
    build(book)
    assert "there is no category “japan”" == feed(book).trouble
    assert before == octets(book)
    book.do(EditContact("P01", name="Q01"))
    build(book)
    assert before == octets(book)
    book.do(EditContact("P02", add_categories=("japan",)))
    build(book)
    assert None is feed(book).trouble
    assert {"P02"} == {it[:3] for it in titles_of(book, "All")}


def test_an_audience_follows_a_category_s_name(book: Book) -> None:
    """And undo takes that back with the name."""
    people(book, 3)
    book.do(EditContact("P01", add_categories=("japan", "club")))
    add_feed(book, kinds=("birthdays",), detail="name", audience="japan+club")
    build(book)
    before = said(book)
    done = book.do(RenameCategory("japan", "far, east"))
    assert ('The feed All is of "far, east"+club now.',) == done.sentences[1:]
    build(book)
    assert (before, '"far, east"+club') == (said(book), feed(book).plan.audience)
    book.do(Undo())
    build(book)
    assert (before, "japan+club") == (said(book), feed(book).plan.audience)


def test_the_day_changes_at_the_owner_s_midnight(book: Book) -> None:
    """The ledger's words come, change and go with the day, and no mail changes them between."""
    birthday = local_date(NOW, ZONE) + timedelta(14)
    book.do(AddContact("Ada", ("ada@a.example",), birthday=f"1985{str(birthday)[4:]}"))
    add_feed(book, kinds=("birthdays",))
    build(book)
    book.do(LogInteraction(("Ada",), "called about tea"))
    builds = builder(book)
    builds.run()
    midnight = Instant(NOW - (NOW + 7_200) % DAY + DAY)
    told = []
    for moment in (NOW, midnight - 1, midnight, midnight + DAY - 1, midnight + 14 * DAY):
        book.clock.instant = Instant(moment)
        told.append((builds.is_needed(), moment))
        builds.run()
        words = {it.day: it.description for it in said(book)}[f"{birthday}"]
        told[-1] = (told[-1][0], "called about tea" in words)
    assert [(False, False), (False, False), (True, True), (False, True), (True, False)] == told
    book.do(LogInteraction(("Ada",), "called about coffee"))
    assert not builds.is_needed()


def test_a_new_year_moves_the_window(book: Book) -> None:
    """Events of the years that are there already stay as they are."""
    people(book, 3)
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    before = read(book)
    book.clock.instant = Instant(NOW + 366 * DAY)
    build(book)
    after = read(book)
    assert {YEAR + n for n in range(4)} == {int(it.draft.day[:4]) for it in after.values()}
    assert 9 == len([uid for uid in after if before.get(uid) == after[uid]])


def test_other_settings_make_all_of_it_again(book: Book) -> None:
    """Where 29 February is kept; whoever is concerned changes, the others don't."""
    book.do(AddContact("Ada", birthday="1984-02-29"))
    book.do(AddContact("Bob", birthday="1984-02-28"))
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    before = read(book)
    style = replace(STYLE, leap_day="03-01")
    assert builder(book, style=style).is_needed()
    build(book, style=style)
    after = read(book)
    changed = {it.draft.day for uid, it in after.items() if before[uid] != it}
    years = range(YEAR - 1, YEAR + 3)
    assert {f"{it}-03-01" for it in years if it % 4} == changed


def test_the_due_follow_the_ledger(book: Book) -> None:
    """At each contact their event moves; it is one and the same."""
    book.do(AddContact("Ada", cadence_days=10))
    add_feed(book, kinds=("due",), detail="name")
    build(book)
    day = local_date(NOW, ZONE)
    assert [f"{day + timedelta(10)}"] == list(titles(book))
    book.clock.instant = Instant(NOW + 4 * DAY)
    book.do(LogInteraction(("Ada",), "called"))
    build(book)
    ((_, event),) = read(book).items()
    assert (f"{day + timedelta(14)}", 1) == (event.draft.day, event.stamp.sequence)
    book.do(Undo())
    build(book)
    assert [f"{day + timedelta(10)}"] == list(titles(book))


def test_without_feeds_there_is_nothing_to_watch(book: Book) -> None:
    """Once the last is revoked whoever changes isn't noted any more."""
    people(book, 2)
    assert builder(book).run()
    add_feed(book)
    build(book)
    book.do(RevokeFeed("All"))
    book.do(EditContact("P01", name="Q"))
    assert builder(book).run()
    assert set() == stale(book.store)
    with book.store.reading() as tx:
        assert "feed_contacts_insert" in feed_watch.missing(tx)


def test_where_changes_went_unnoted_all_is_made_again(book: Book) -> None:
    """As in a store that came back without its triggers."""
    people(book, 2)
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    with book.store.transaction() as tx:
        feed_watch.unwatch(tx)
    book.do(EditContact("P01", name="Q"))
    build(book)
    assert any(it.startswith("Q ") for it in titles_of(book, "All"))


def test_whoever_is_taken_back_is_out_of_the_feed_at_once(book: Book) -> None:
    """And whoever serves it sees that; the builder has nothing to do."""
    people(book, 2)
    add_feed(book, kinds=("birthdays",), detail="name")
    book.do(AddContact("Ada", birthday="--03-12"))
    build(book)
    before = feed(book).revision
    book.do(Undo())
    assert not any(it.startswith("Ada") for it in titles_of(book, "All"))
    assert (before + 1, set()) == (feed(book).revision, stale(book.store))


def test_the_mark_of_somebody_who_is_no_more_does_not_stay(book: Book) -> None:
    """Though their dates go after them."""
    add_feed(book)
    book.do(AddContact("Ada", ("ada@a.example",), cadence_days=5))
    at = Instant(NOW - DAY)
    book.read(mail(header("ada@a.example", OWNER, date=at), received=at))
    book.do(Undo())
    build(book)
    assert (set(), b"") == (stale(book.store), octets(book))


def test_an_import_of_a_date_that_no_calendar_has_is_no_trouble(book: Book) -> None:
    """Nor one of a contact who was added at the end of time."""
    book.do(AddContact("Ada", cadence_days=36_500))
    with book.store.transaction() as tx:
        who = contacts.everyone(tx)[0].id
        contacts.change(tx, who, {"added": 253_402_300_799})
        for value in ("0000-00-00", "1985-02-31", "--02", "1200-01-01", "x" * 9_999, ""):
            contacts.state_fact(tx, FactRow(who, "birthday", value, "", "x", value[:9], NOW))
            contacts.state_fact(tx, FactRow(who, "date", value, value, "x", value[:9], NOW))
    add_feed(book)
    build(book)
    assert b"" == octets(book)


class _KilledError(Exception):
    """Where a process ends."""


def test_a_kill_anywhere_loses_nothing(book: Book) -> None:
    """After each step, and between drawing and writing: in the end the octets are the same."""
    everybody = people(book)
    add_feed(book)
    build(book)
    book.clock.instant = Instant(NOW + 50)
    for who in everybody[::2]:
        book.do(EditContact(who, name=f"New {who[2:10]}", cadence_days=30))
    before = _rows(book)
    build(book)
    undisturbed = octets(book)
    with book.store.transaction() as tx:
        for table in _RENDERED:
            tx.execute(table.delete())
            tx.execute(table.insert(), before[table.name])

    def dying(_: Sequence[Stamped]) -> list[bytes]:
        raise _KilledError

    kills = 0
    while stale(book.store):
        with pytest.raises(_KilledError):
            FeedBuilder(book.store, book.clock, STYLE, dying, most_drawn=8).run()
        assert builder(book, most_drawn=8).step() is not None
        kills += 1
    assert 5 <= kills
    assert undisturbed == octets(book)


_RENDERED = (tables.feed_parts, tables.feed_stale)


def _rows(book: Book) -> dict[str, list[dict[str, object]]]:
    with book.store.reading() as tx:
        return {
            table.name: [dict(row) for row in tx.execute(select(table)).mappings()]
            for table in _RENDERED
        }


def test_two_who_build_at_once_make_one_feed(book: Book) -> None:
    """Daemon and command line side by side, while the owner goes on writing."""
    everybody = people(book)
    add_feed(book, "One", kinds=("birthdays",), detail="name")
    add_feed(book, "Two")
    stop = threading.Event()

    def building() -> None:
        builds = builder(book, most_drawn=12)
        while not stop.is_set():
            builds.run()

    with ThreadPoolExecutor(3) as pool:
        under_way = [pool.submit(building) for _ in range(3)]
        for number in range(60):
            book.do(EditContact(everybody[number % 7], name=f"Name {number}"))
            if number % 9 == 0:
                book.do(Undo())
        stop.set()
    assert [None] * 3 == [it.result() for it in under_way]
    build(book)
    incremental = said(book, "One"), said(book, "Two")
    anew(book)
    assert incremental == (said(book, "One"), said(book, "Two"))


def test_who_comes_second_writes_nothing(book: Book) -> None:
    """What one read before the other wrote is of yesterday, whatever the rows say."""
    ada, *_ = people(book, 2)
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    right = said(book)
    book.do(EditContact(ada, name="Wrong"))

    def overtaken(stamped: Sequence[Stamped]) -> list[bytes]:
        # Back as it was, and settled: nothing but the mark and the count tells.
        book.do(EditContact(ada, name="P00"))
        assert builder(book).run()
        return draw(stamped)

    builds = FeedBuilder(book.store, book.clock, STYLE, overtaken)
    assert builds.step() is not None
    assert right == said(book)
    assert set() == stale(book.store)


def test_a_change_while_events_are_drawn_is_drawn_too(book: Book) -> None:
    """Whoever changed once more stays noted; whoever is no more isn't written."""
    ada, bob, *_ = people(book, 3)
    add_feed(book, kinds=("birthdays",), detail="name")
    build(book)
    book.do(AddContact("Gone", birthday="--03-12"))
    book.do(EditContact(ada, name="Before"))
    done: list[bool] = []

    def slow(stamped: Sequence[Stamped]) -> list[bytes]:
        if not done:
            done.append(True)
            book.do(Undo())
            book.do(Undo())
            book.do(EditContact(ada, name="After"))
            book.do(EditContact(bob, deceased=True))
        return draw(stamped)

    assert FeedBuilder(book.store, book.clock, STYLE, slow).run()
    assert {"After", "P02"} == {it.rpartition(" (")[0] for it in titles_of(book, "All")}


def test_a_feed_edited_or_revoked_while_it_is_drawn(book: Book) -> None:
    """It isn't written as it was."""
    people(book, 3)
    add_feed(book, "One", kinds=("birthdays",), detail="name")
    add_feed(book, "Two", kinds=("birthdays",), detail="name")
    done: list[bool] = []

    def slow(stamped: Sequence[Stamped]) -> list[bytes]:
        if not done:
            done.append(True)
            book.do(RevokeFeed("One"))
            book.do(EditFeed("Two", kinds=("due",)))
        return draw(stamped)

    assert FeedBuilder(book.store, book.clock, STYLE, slow).run()
    assert b"" == octets(book, "Two")


def test_the_calendar_is_head_rows_and_tail(book: Book) -> None:
    """In pieces, as icalendar writes them; and each event alone."""
    people(book, 3)
    add_feed(book, "Birthdays", kinds=("birthdays",), detail="name")
    assert FeedBuilder(book.store, book.clock, STYLE, write_events).run()
    with book.store.reading() as tx:
        whole = b"".join(pieces(tx, feed(book, "Birthdays")))
        alone = list(single_events(tx, feed(book, "Birthdays")))
    assert whole.startswith(b"BEGIN:VCALENDAR\r\n")
    assert whole.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert 12 == whole.count(b"BEGIN:VEVENT\r\n") == len(alone)
    for uid, event in alone:
        assert event.startswith(b"BEGIN:VEVENT\r\n")
        assert event.endswith(b"END:VEVENT\r\n")
        assert f"UID:{uid}".encode() in event.replace(b"\r\n ", b"")
        assert event in whole
