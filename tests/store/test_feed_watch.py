"""What feeds tell of is watched: each change is noted, once there is a feed, and nothing else."""

import pytest
from sqlalchemy import select

from krmd.base.instant import Instant
from krmd.ledger.feed import FeedPlan
from krmd.store import contacts, feed_parts, feed_watch, feeds, tables
from krmd.store.engine import Store, Transaction
from krmd.store.feed_parts import Event, Part
from krmd.store.feeds import FeedRow

PLAN = FeedPlan(("birthdays",), None, "name", "en", None)
_CONTACTS = """INSERT INTO contacts (id, uuid, name, name_key, kept, added, source)
    VALUES (1, 'a', 'Ada', 'ada', true, 0, 'x'), (2, 'b', 'Grace', 'grace', true, 0, 'x')"""
_CATEGORY = "INSERT INTO categories (id, name, name_key, added) VALUES (4, 'japan', 'japan', 0)"
_MEMBERSHIP = """INSERT INTO memberships (id, contact_id, category_id, since, source)
    VALUES (5, 2, 4, 0, 'x')"""
_FACT = """INSERT INTO contact_facts (id, contact_id, field, value, source, since)
    VALUES (6, 1, 'birthday', '1980-01-02', 'x', 0)"""
_OTHER_FACT = """INSERT INTO contact_facts (id, contact_id, field, value, source, since)
    VALUES (7, 1, 'url', 'https://a.example', 'x', 0)"""
_RECENCY = """INSERT INTO recency (subject, subject_id, last_contacted, email_outbound,
    email_inbound, call, meeting, message, letter, other, mailing)
    VALUES ('contact', 1, 5, 0, 0, 0, 0, 0, 0, 0, 0), ('identity', 2, 5, 0, 0, 0, 0, 0, 0, 0, 0)
    ON CONFLICT (subject, subject_id) DO UPDATE SET last_contacted = excluded.last_contacted"""
_PARTS = """INSERT INTO participants (interaction_id, identity_id, field, rule, counts)
    VALUES (7, 3, 'from', 'x', true), (7, 3, 'to', 'x', true)"""
STATEMENTS: tuple[tuple[str, set[int]], ...] = (
    (_CONTACTS, {1, 2}),
    (_CATEGORY, set()),
    (_MEMBERSHIP, {2}),
    (_FACT, {1}),
    (_OTHER_FACT, set()),
    ("UPDATE contacts SET name = 'Ada L.' WHERE id = 1", {1}),
    ("UPDATE contacts SET kept = false WHERE id = 2", {2}),
    ("UPDATE contacts SET attention = 'muted' WHERE id = 2", {2}),
    ("UPDATE contacts SET deceased = true WHERE id = 1", {1}),
    ("UPDATE contacts SET cadence_days = 3", {1, 2}),
    ("UPDATE contacts SET added = 9 WHERE id = 1", {1}),
    ("UPDATE contacts SET merged_into = 1 WHERE id = 2", {2}),
    ("UPDATE contacts SET name = name, kept = kept, no_mailings = true", set()),
    ("UPDATE contact_facts SET value = '1981' WHERE id = 6", {1}),
    ("UPDATE contact_facts SET withdrawn = 9 WHERE id = 6", {1}),
    ("UPDATE contact_facts SET contact_id = 2 WHERE id = 6", {1, 2}),
    ("UPDATE contact_facts SET value = value", set()),
    ("UPDATE contact_facts SET value = 'x' WHERE id = 7", set()),
    ("DELETE FROM contact_facts", {2}),
    ("UPDATE categories SET name = 'nippon' WHERE id = 4", {2}),
    ("UPDATE categories SET cadence_days = 9 WHERE id = 4", {2}),
    ("UPDATE categories SET description = 'far' WHERE id = 4", set()),
    ("UPDATE memberships SET until = 9 WHERE id = 5", {2}),
    ("UPDATE categories SET name = 'japan' WHERE id = 4", set()),
    ("DELETE FROM memberships WHERE id = 5", {2}),
    (_RECENCY, set()),
    ("UPDATE recency SET last_contacted = 6", set()),
    ("UPDATE feeds SET kinds = 'birthdays due'", set()),
    ("UPDATE recency SET last_contacted = 7", {1}),
    ("UPDATE recency SET last_inbound = 7, email_inbound = 1", set()),
    (_RECENCY, {1}),
    ("DELETE FROM recency", {1}),
)


def noted(tx: Transaction) -> dict[int, int]:
    """Who is noted, with the mark."""
    rows = tx.execute(select(tables.feed_stale.c.contact_id, tables.feed_stale.c.mark))
    return {row[0]: row[1] for row in rows}


def add_feed(tx: Transaction) -> FeedRow:
    """A feed, watched."""
    feed_watch.watch(tx)
    feeds.add(tx, uuid="f", name="F", name_key="f", plan=PLAN, now=Instant(100))
    found = feeds.by_uuid(tx, "f")
    assert found is not None
    return found


def test_every_change_that_a_feed_may_tell_is_noted(store: Store) -> None:
    """Whichever statement makes it, of both contacts where a row moves; nothing else is."""
    with store.transaction() as tx:
        add_feed(tx)
        assert [] == feed_watch.missing(tx)
        for statement, expected in STATEMENTS:
            tx.connection.exec_driver_sql("DELETE FROM feed_stale")
            tx.connection.exec_driver_sql(statement)
            assert (statement, expected) == (statement, set(noted(tx)))


def test_no_two_changes_bear_the_same_mark(store: Store) -> None:
    """Not even where the first was settled between: who rendered before it must see that."""
    marks = set()
    with store.transaction() as tx:
        add_feed(tx)
        tx.connection.exec_driver_sql(_CONTACTS)
        for number in range(50):
            marks.add(noted(tx)[1])
            if number % 2:
                feed_parts.settle(tx, noted(tx))
                assert {} == noted(tx)
            contacts.change(tx, 1, {"name": f"Ada {number}"})
    assert 50 == len(marks)


def test_only_what_was_seen_is_settled(store: Store) -> None:
    """Whoever changed once more since stays noted."""
    with store.transaction() as tx:
        add_feed(tx)
        tx.connection.exec_driver_sql(_CONTACTS)
        seen = noted(tx)
        tx.connection.exec_driver_sql("UPDATE contacts SET name = 'Ada L.' WHERE id = 1")
        before = feed_parts.settled(tx)
        feed_parts.settle(tx, seen)
        assert {1} == set(noted(tx))
        assert before != feed_parts.settled(tx)


def test_nothing_stays_of_a_contact_that_is_no_more(store: Store) -> None:
    """No mark and no row; and whoever served the feed sees that it is another."""
    with store.transaction() as tx:
        feed = add_feed(tx)
        for statement in (_CONTACTS, _CATEGORY, _MEMBERSHIP, _FACT, _OTHER_FACT):
            tx.connection.exec_driver_sql(statement)
        event = Event("u", "d", 0, Instant(1), 3)
        feed_parts.put(tx, feed.id, [Part(2, "b", (event,), b"abc", None)])
        contacts.remove(tx, 1)
        assert feed == feeds.by_uuid(tx, "f")
        contacts.remove(tx, 2)
        assert {} == noted(tx)
        assert [] == list(feed_parts.all_octets(tx, feed.id))
        assert feed._replace(revision=1, modified=Instant(101)) == feeds.by_uuid(tx, "f")


def test_whoever_has_no_feed_has_no_triggers(store: Store) -> None:
    """Not before the first, and not once the last is gone."""
    with store.transaction() as tx:
        assert "feed_contacts_update" in feed_watch.missing(tx)
        tx.connection.exec_driver_sql(_CONTACTS)
        assert {} == noted(tx)
        feed = add_feed(tx)
        tx.connection.exec_driver_sql("UPDATE contacts SET name = 'x'")
        assert not feed_watch.rest(tx)
        assert {1, 2} == set(noted(tx))
        feeds.remove(tx, feed.id)
        assert feed_watch.rest(tx)
        assert {} == noted(tx)
        tx.connection.exec_driver_sql("UPDATE contacts SET name = 'y'")
        assert {} == noted(tx)
        feed_watch.unwatch(tx)


def test_after_tables_were_made_anew_feeds_are_rendered_again(store: Store) -> None:
    """A migration takes the triggers away, and brings them back where there are feeds."""
    with store.transaction() as tx:
        feed_watch.watch_again(tx)
        assert feed_watch.missing(tx)
        feed = add_feed(tx)
        feeds.change(tx, feed.id, {"made_for": "x", "reached": 5})
        feed_watch.unwatch(tx)
        feed_watch.watch_again(tx)
        assert [] == feed_watch.missing(tx)
        assert feed == feeds.by_uuid(tx, "f")


def test_whoever_takes_part_in_entries_is_noted(store: Store) -> None:
    """Where what these say isn't to be read any more; and nobody where there is no feed."""
    with store.transaction() as tx:
        for statement in (
            _CONTACTS,
            "INSERT INTO identities (id, kind, value) VALUES (3, 'email', 'a@a.example')",
            "INSERT INTO claims (identity_id, name_key, contact_id, since) VALUES (3, '', 1, 0)",
            _PARTS,
        ):
            tx.connection.exec_driver_sql(statement)
        feed_watch.note_named_in(tx, [7, 8])
        assert {} == noted(tx)
        add_feed(tx)
        feed_watch.note_named_in(tx, [8])
        assert {} == noted(tx)
        feed_watch.note_named_in(tx, [7, 8])
        assert {1} == set(noted(tx))


@pytest.fixture
def feed_with_rows(store: Store) -> tuple[Store, FeedRow]:
    """A feed of two contacts with two events each, the second's UUID before the first's."""
    with store.transaction() as tx:
        tx.connection.exec_driver_sql(_CONTACTS.replace("'a'", "'z'"))
        feed = add_feed(tx)
        parts = []
        for contact, uuid in ((1, "z"), (2, "b")):
            events = tuple(Event(f"{uuid}{at}", "d", at, Instant(9), at + 2) for at in range(2))
            parts.append(Part(contact, uuid, events, uuid.encode() * 5, contact + 10))
        feed_parts.put(tx, feed.id, parts)
    return store, feed


def test_rows_are_read_by_uuid_and_cut_into_their_events(
    feed_with_rows: tuple[Store, FeedRow],
) -> None:
    """All of them as one, or each event by itself."""
    store, feed = feed_with_rows
    with store.reading() as tx:
        assert b"bbbbbzzzzz" == b"".join(feed_parts.all_octets(tx, feed.id))
        assert [("b0", b"bb"), ("b1", b"bbb"), ("z0", b"zz"), ("z1", b"zzz")] == list(
            feed_parts.all_events(tx, feed.id)
        )
        assert {1: b"zzzzz"} == feed_parts.octets_of(tx, feed.id, [1, 9])
        assert ([], [1], [1, 2]) == tuple(
            feed_parts.expired(tx, feed.id, day, 9) for day in (10, 11, 12)
        )


def test_what_nobody_may_read_any_more_goes_at_once(
    feed_with_rows: tuple[Store, FeedRow],
) -> None:
    """The octets of whoever waits to be rendered anew; how often events changed is kept."""
    store, feed = feed_with_rows
    with store.transaction() as tx:
        before = feed_parts.rows_of(tx, feed.id, [1, 2])
        feed_parts.blank_stale(tx)
        assert before == feed_parts.rows_of(tx, feed.id, [1, 2])
        assert feed == feeds.by_uuid(tx, "f")
        tx.connection.exec_driver_sql("UPDATE contacts SET name = 'x' WHERE id = 2")
        for _ in range(2):
            feed_parts.blank_stale(tx)
            after = feed_parts.rows_of(tx, feed.id, [1, 2])
            assert before[1] == after[1]
            assert [(it.uid, "", it.sequence, 9, 0) for it in before[2].events] == [
                *after[2].events
            ]
            assert b"zzzzz" == b"".join(feed_parts.all_octets(tx, feed.id))
            assert ["z0", "z1"] == [uid for uid, _ in feed_parts.all_events(tx, feed.id)]
            assert feed._replace(revision=1, modified=Instant(101)) == feeds.by_uuid(tx, "f")
