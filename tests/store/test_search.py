"""The search index: both databases find the same, note every change, and keep nothing erased."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from krmd.intake.search_words import lexemes_of, read_query, stands_in
from krmd.store import search, search_watch
from krmd.store.engine import Store, Transaction
from krmd.store.search import SHELVES, Progress

TEXTS = {
    1: "Tax law in Denver",
    2: "O'Brien, Jean-Luc: e-mail",
    3: "日本太郎",
    4: "near or and not NEAR",
    5: "Zoë Müller",
    7_000_000_000: "Denver",
}


@pytest.fixture
def indexed(store: Store) -> Store:
    """A store with its index and nothing in it."""
    with store.transaction() as tx:
        search.create(tx)
    return store


def put(tx: Transaction, texts: dict[int, str]) -> None:
    """Put texts on the shelf of cards as `find` does."""
    search.put(tx, "cards", {key: " ".join(lexemes_of([text])) for key, text in texts.items()})


def found(tx: Transaction, query: str) -> set[int]:
    """The cards that a query finds."""
    return search.having(tx, "cards", read_query(query))


def test_what_is_put_is_found(indexed: Store) -> None:
    """By beginnings of words, all of them, in any order."""
    with indexed.transaction() as tx:
        put(tx, TEXTS)
    with indexed.reading() as tx:
        for query, ids in (
            ("denv", {1, 7_000_000_000}),
            ("tax denv", {1}),
            ("law tax", {1}),
            ("enver", set()),
            ("obrien", {2}),
            ("o'brien jean luc email", {2}),
            ("日本", {3}),
            ("本", {3}),
            ("太郎", {3}),
            ("NEAR", {4}),
            ("near OR", {4}),
            ('tax" OR "zoe', set()),
            ("muller", {5}),
            ("nobody", set()),
            ("", set()),
        ):
            assert (query, ids) == (query, found(tx, query))


HOSTILE = (
    '"', "'", "\\", "''", '""', "*", "tax*", "(tax", "tax)", "NEAR(tax law)", "NOT tax",
    "words: tax", "tax AND", "-tax", "^tax", "{tax}", "%", "_", "tax:*", "tax & !law",
    "<->", "'tax':A", "; DROP TABLE search_cards", "\x00tax",
    "🎉", "\udcff", "ß" * 5_000, "日" * 5_000,
    " ".join(f"word{number}" for number in range(10_000)),
)  # fmt: skip


def test_no_query_is_an_operator_of_the_database(indexed: Store) -> None:
    """Whatever is asked is words, and finds what has these."""
    with indexed.transaction() as tx:
        put(tx, TEXTS)
    with indexed.reading() as tx:
        for query in HOSTILE:
            assert (query, having_all(query, TEXTS)) == (query, found(tx, query))


def having_all(query: str, texts: dict[int, str]) -> set[int]:
    """The texts that have all words of a query, by a look at each."""
    words = read_query(query)
    lexemes = {key: lexemes_of([text]) for key, text in texts.items()}
    return {
        key for key, it in lexemes.items() if words and all(stands_in(word, it) for word in words)
    }


def test_more_words_than_one_query_takes_are_still_all_asked_for(indexed: Store) -> None:
    """A text with all of a hundred words, and one that lacks the last."""
    words = [f"word{number:03}x" for number in range(100)]
    with indexed.transaction() as tx:
        put(tx, {1: " ".join(words), 2: " ".join(words[:-1])})
        assert {1} == found(tx, " ".join(words))
        assert {1, 2} == found(tx, " ".join(words[:-1]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=12))
def test_the_database_finds_what_the_words_say(
    indexed: Store, texts: list[str], query: str
) -> None:
    """Any texts, any query: the index agrees with a look at each text."""
    with indexed.transaction() as tx:
        put(tx, dict.fromkeys(range(1, 7), ""))
        put(tx, dict(enumerate(texts, start=1)))
        assert having_all(query, dict(enumerate(texts, start=1))) == found(tx, query)


def test_what_is_put_again_is_found_as_it_is_now(indexed: Store) -> None:
    """The text before is gone, and by no text nothing is found."""
    with indexed.transaction() as tx:
        put(tx, {1: "tax", 2: "tax"})
        put(tx, {1: "law", 2: ""})
        assert set() == found(tx, "tax")
        assert {1} == found(tx, "law")


def test_the_index_may_be_made_twice_and_leaves_nothing_when_dropped(indexed: Store) -> None:
    """A migration calls for it wherever it may have been lost."""
    with indexed.transaction() as tx:
        put(tx, TEXTS)
        search.create(tx)
        assert {1} == found(tx, "tax")
        assert [] == search_watch.missing(tx)
        search.drop(tx)
        assert {"search_claims_insert", "search_interactions_update"} <= {*search_watch.missing(tx)}
        left = inspect(tx.connection).get_table_names()
        assert [] == [name for name in left if name.startswith("search")]
        tx.connection.exec_driver_sql("UPDATE categories SET name = 'x'")
        search.create(tx)
        assert [] == search_watch.missing(tx)
        assert set() == found(tx, "tax")


def test_nothing_erased_stays_in_the_file(indexed: Store) -> None:
    """No word is in its bytes after a VACUUM, and the index begins anew."""
    with indexed.transaction() as tx:
        for shelf in SHELVES:
            for start in range(0, 4_000, 500):
                some = {key: f"zyxsecret{key} zyx" for key in range(start, start + 500)}
                search.put(tx, shelf, some)
        search.put(tx, "cards", {5: ""})
        search.note(tx, Progress("1", 4_000))
        search.all_stale(tx)
        search.erase(tx)
        assert Progress("", 0) == search.progress(tx)
        assert 0 == search.count_stale(tx)
        assert [set()] * 3 == [search.having(tx, it, read_query("zyx")) for it in SHELVES]
        put(tx, TEXTS)
        assert {1} == found(tx, "tax")
    if indexed.path is None:
        return
    with indexed.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    indexed.close()
    files = [it for it in indexed.path.parent.iterdir() if it.name.startswith(indexed.path.name)]
    assert b"zyx" not in b"".join(it.read_bytes() for it in files)


Noted = set[tuple[str, int]]
"""Shelves and ids."""
_CONTACTS = """INSERT INTO contacts (id, uuid, name, name_key, kept, added, source)
    VALUES (1, 'a', 'Ada', 'ada', true, 0, 'x'), (2, 'b', 'Grace', 'grace', true, 0, 'x')"""
_IDENTITY = "INSERT INTO identities (id, kind, value) VALUES (3, 'email', 'ada@example.com')"
_CATEGORY = "INSERT INTO categories (id, name, name_key, added) VALUES (4, 'japan', 'japan', 0)"
_CLAIM = "INSERT INTO claims (identity_id, name_key, contact_id, since) VALUES (3, '', 1, 0)"
_MEMBERSHIP = """INSERT INTO memberships (id, contact_id, category_id, since, source)
    VALUES (5, 2, 4, 0, 'x')"""
_FACT = """INSERT INTO contact_facts (id, contact_id, field, value, source, since)
    VALUES (6, 1, 'note', 'tax', 'x', 0)"""
_ENTRY = """INSERT INTO interactions (id, high, low, kind, at, received, rule, reach, marks, people,
    summary, recorded) VALUES (7, 7, 7, 'email', 0, 0, 'inbound', 'one_to_one', 0, 1, 'tax', 0)"""
STATEMENTS: tuple[tuple[str, Noted], ...] = (
    (_CONTACTS, {("cards", 1), ("cards", 2)}),
    (_IDENTITY, {("addresses", 3)}),
    (_CATEGORY, set()),
    (_CLAIM, {("cards", 1)}),
    (_MEMBERSHIP, {("cards", 2)}),
    (_FACT, {("cards", 1)}),
    (_ENTRY, set()),
    ("UPDATE contacts SET name = 'Ada L.' WHERE id = 1", {("cards", 1)}),
    ("UPDATE contacts SET name = name, kept = false", set()),
    ("UPDATE contact_facts SET value = 'law' WHERE id = 6", {("cards", 1)}),
    ("UPDATE contact_facts SET withdrawn = 9 WHERE id = 6", {("cards", 1)}),
    ("UPDATE contact_facts SET contact_id = 2 WHERE id = 6", {("cards", 1), ("cards", 2)}),
    ("UPDATE contact_facts SET value = value", set()),
    ("DELETE FROM contact_facts WHERE id = 6", {("cards", 2)}),
    ("UPDATE categories SET name = 'nippon' WHERE id = 4", {("cards", 2)}),
    ("UPDATE memberships SET until = 9 WHERE id = 5", {("cards", 2)}),
    ("DELETE FROM memberships WHERE id = 5", {("cards", 2)}),
    ("UPDATE claims SET contact_id = 2", {("cards", 1), ("cards", 2)}),
    ("DELETE FROM claims", {("cards", 2)}),
    ("UPDATE identities SET name = 'Ada', name_weight = 9", {("addresses", 3)}),
    ("UPDATE identities SET state = 'bounced'", set()),
    ("DELETE FROM identities WHERE id = 3", {("addresses", 3)}),
    ("UPDATE interactions SET at = 9, received = 9, marks = 1", set()),
    ("UPDATE interactions SET summary = NULL", {("entries", 7)}),
    ("UPDATE interactions SET undone = 9", {("entries", 7)}),
    ("UPDATE interactions SET reach = NULL, rule = 'junk'", {("entries", 7)}),
    ("DELETE FROM interactions", {("entries", 7)}),
    ("DELETE FROM contacts WHERE id = 2", {("cards", 2)}),
)


def test_every_change_of_a_text_is_noted(indexed: Store) -> None:
    """Whichever statement makes it; what changes no text is not, and a new entry neither."""

    def noted(tx: Transaction, statement: str) -> Noted:
        tx.connection.exec_driver_sql("DELETE FROM search_stale")
        tx.connection.exec_driver_sql(statement)
        return {(it, key) for it in SHELVES for key in search.stale(tx, it, 100)}

    with indexed.transaction() as tx:
        for statement, expected in STATEMENTS:
            assert (statement, expected) == (statement, noted(tx, statement))
