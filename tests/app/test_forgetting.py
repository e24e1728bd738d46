"""Somebody forgotten leaves no trace, and isn't made again; whoever is left has what they had."""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from krmd.app.changes import Changes
from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_octets import pieces
from krmd.app.forgetting import is_unfinished
from krmd.app.indexing import catch_up
from krmd.app.keeping_out import RULE, lift
from krmd.app.perform import Performer
from krmd.base.command import Actor, AddContact, AddFeed, EditContact, Undo
from krmd.base.errors import StoreError, UserError
from krmd.base.instant import to_datetime
from krmd.base.key import Key
from krmd.intake.mailbox import RawMail
from krmd.outputs.calendar import write_events
from krmd.store import feeds, search, tables, tombstones
from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from krmd.store.whole import faults
from tests.app.conftest import NOW, ZONE, Book, StandingClock
from tests.app.feeding import STYLE
from tests.app.forgetful import (
    BOB,
    CARD,
    FAMILY,
    HOME,
    KEY,
    MARKERS,
    WORK,
    ZOE,
    bring,
    day,
    fill,
    forget,
    forgetting,
    letter,
    mails_of_zoe,
    new_uuid,
    read,
    sent,
    telling,
    texts,
)
from tests.app.mails import OWNER
from tests.fakes.people import portrait


def test_nothing_in_tables_and_files_tells_of_them(book: Book) -> None:
    """Names, addresses, phones, notes, subjects, companies, ids; undone and merged ones too."""
    zoe = fill(book)
    told = {it.partition(".")[0] for it in telling(book.store, MARKERS)}
    assert {
        "books", "cards", "categories", "claims", "contact_facts", "contacts", "identities",
        "interactions", "journal", "noticed", "participants", "source_keys",
    } <= told  # fmt: skip
    forget(book, zoe)
    assert [] == telling(book.store, MARKERS)
    assert [] == faults(book.store)
    book.assert_right()
    for who in ("Quxhaven", HOME, WORK, "zwibble@old.example", zoe):
        with pytest.raises(UserError, match="nobody"):
            book.show(who)


def test_the_search_index_knows_them_no_more(book: Book) -> None:
    """Nor its pages; and it finds others as before."""
    with book.store.transaction() as tx:
        search.create(tx)
    zoe = fill(book)
    catch_up(book.store)
    assert any(it.startswith("search_") for it in telling(book.store, ["vermilion"]))
    forget(book, zoe)
    assert [] == telling(book.store, MARKERS)
    catch_up(book.store)
    assert [] == telling(book.store, MARKERS)
    with book.store.reading() as tx:
        assert set() == search.having(tx, "entries", [[[("vermilion", False)]]])
        assert 1 == len(search.having(tx, "entries", [[[("lunch", False)]]]))


def _with_feeds(book: Book) -> None:
    """A feed of each detail, and one that tells of her friends; all are built."""
    day_ahead = to_datetime(day(-5)).strftime("%m-%d")
    for who in ("Bob", "Ida", ZOE):
        met = f"at the feast of {ZOE}, with all her teapots, by the river"
        wedding = ("date", f"2010-{day_ahead}", f"wedding of {ZOE}")
        book.do(EditContact(who, say=(("birthday", f"1985-{day_ahead}", ""), wedding)))
        book.do(EditContact(who, cadence_days=20, say=(("met", met, ""),)))
    for detail in ("name", "brief", "full"):
        book.do(AddFeed(f"Feed {detail}", ("everything",), None, detail))
    _build(book)


def _build(book: Book) -> None:
    assert FeedBuilder(book.store, book.clock, STYLE, write_events).run()


def _events(book: Book) -> str:
    with book.store.reading() as tx:
        whole = [piece for row in feeds.all_of_them(tx) for piece in pieces(tx, row)]
    return b"".join(whole).replace(b"\r\n ", b"").decode()


def test_feeds_know_them_no_more(book: Book) -> None:
    """Theirs is gone at once, and so is what others' events say until that is made anew; how often
    these changed is not forgotten.
    """
    zoe = fill(book)
    _with_feeds(book)
    told = [it for it in telling(book.store, MARKERS) if it.startswith("feed_parts.octets")]
    assert 9 == len(told)
    assert any("Have you heard of" in it or "secretly" in it for it in told)
    with book.store.reading() as tx:
        before = {it.name: it for it in feeds.all_of_them(tx)}
    forget(book, zoe)
    assert [] == telling(book.store, MARKERS)
    with book.store.reading() as tx:
        for row in feeds.all_of_them(tx):
            assert before[row.name].revision < row.revision
            assert before[row.name].modified < row.modified
    _build(book)
    assert [] == telling(book.store, MARKERS)
    assert [] == faults(book.store)
    events = _events(book)
    assert {"Bob Example", "Ida Other"} == set(re.findall(r"SUMMARY:(\w+ \w+)", events))
    assert "[forgotten]" in events
    birthdays = [it for it in events.split("BEGIN:VEVENT") if "UID:birthday-" in it]
    assert 24 == len([it for it in birthdays if "SEQUENCE:1" in it]) == len(birthdays)
    assert "SUMMARY:Bob Example (41)" in events


def test_whoever_is_left_has_what_they_had(book: Book) -> None:
    """Dates, counts, entries; but for the subjects of what they shared."""
    zoe = fill(book)
    before = {who: (book.show(who), book.timeline(who)) for who in ("Bob", "Ida")}
    forget(book, zoe)
    for who, (card, entries) in before.items():
        now = book.show(who)
        assert card.recency == now.recency
        assert [it.address for it in card.addresses] == [it.address for it in now.addresses]
        left = {it.id: it for it in book.timeline(who)}
        gone = [it for it in entries if it.id not in left]
        assert all(it.role == "to" and it.rule == "bystander" for it in gone)
        for entry in entries:
            same = replace(entry, summary=None, message_id=None)
            if entry.id in left:
                assert same == replace(left[entry.id], summary=None, message_id=None)
    lunch = [it.summary for it in book.timeline("Bob") if it.summary is not None]
    assert ["called", "lunch"] == lunch
    assert ("knows [forgotten]",) == book.show("Bob").notes


def test_reading_the_mailbox_again_makes_nobody(book: Book) -> None:
    """Every mail once more: hers alone are counted and left out, others' stay as they stand.

    Only a machine that writes under her name does so again, which the plan says.
    """
    zoe = fill(book)
    forget(book, zoe)
    before = _but_places(book)
    ignored = 0
    for role, mails in mails_of_zoe().items():
        done = read(book, *mails, role=role)
        assert len(mails) == done.seen
        assert 0 == done.recorded
        ignored += done.ignored[RULE]
    # Two of hers, one automatic, one from the family's address; one to her.
    assert 5 == ignored
    back = [it for it in telling(book.store, MARKERS) if ".sqlite3" not in it]
    assert {"participants.name: Zoe Quxhaven", "identities.name: Zoe Quxhaven"} >= {*back}
    assert before == _but_places(book)
    book.assert_right()


def _but_places(book: Book) -> list[str]:
    """Every text of the store, but for where mails were read, and display names."""
    passed = ("locations.", "participants.name", "identities.name")
    return sorted(it for it in texts(book.store) if not it.startswith(passed))


def test_new_mail_of_others_comes_without_them(book: Book) -> None:
    """Who they shared it with has it, without its subject; a name of theirs stays away too."""
    fill(book)
    forget(book, HOME)
    done = read(
        book,
        letter(f"Bob <{BOB}>", f"{OWNER}, {ZOE.encode().decode()} <{HOME}>", 1, Subject="secretly"),
        letter(f"{WORK}", f"{OWNER}, {BOB}", 1, message_id="<secretly@x>", Subject="secretly"),
        letter(f"Bob <{BOB}>", OWNER, 1, Subject="plainly"),
    )
    assert 2 == done.recorded
    assert [] == telling(book.store, ["secretly", HOME, WORK])
    assert "plainly" in {it.summary for it in book.timeline("Bob")}
    assert day(1) == book.show("Bob").recency.last_contacted
    book.assert_right()


def test_importing_the_same_card_makes_nobody(book: Book) -> None:
    """By its UID, an address, a phone or krmd's own id; others come in."""
    zoe = fill(book)
    forget(book, zoe)
    own_id = str(UUID(hex=zoe[2:]))
    skipped = bring(
        book,
        CARD,
        portrait("Zoe", email=WORK),
        portrait("Z. Q.", phone="0049 (0)30 55509911"),
        portrait("Somebody", own_id, role="smith"),
        portrait("Dan Newcomer", "dan", email="dan@d.example"),
    )
    assert 4 == len(skipped)
    assert all("forgotten" in it for it in skipped)
    assert "dan@d.example" == book.show("Dan Newcomer").addresses[0].address
    assert [] == telling(book.store, [it for it in MARKERS if it != "Zoe"])


def test_a_dry_run_changes_nothing_and_says_the_same(book: Book) -> None:
    """The plan is what is done."""
    zoe = fill(book)
    before = list(texts(book.store))
    plan = forgetting(book).plan("Zoë Quxhaven")
    assert before == list(texts(book.store))
    assert plan == forgetting(book).forget(zoe, Actor("cli"))
    assert {HOME, WORK, "zwibble@old.example"} == {*plan.addresses}
    assert (1, 6, 5, 1, 3) == (
        plan.merged, plan.entries, plan.shared, plan.texts, plan.others_facts
    )  # fmt: skip
    assert any(FAMILY in it for it in plan.stays)
    assert any("krmd forget noreply@social.example" in it for it in plan.stays)
    assert any("phone" in it for it in plan.beyond)


def test_the_journal_says_only_that_somebody_was_forgotten(book: Book) -> None:
    """Without a name; and what others' commands did can be undone still."""
    zoe = fill(book)
    forget(book, zoe)
    with book.store.reading() as tx:
        rows = tx.execute(select(tables.journal).order_by(tables.journal.c.id)).mappings().all()
    assert ("Forgot somebody.", "[]") == (rows[-1]["summary"], rows[-1]["inverse"])
    assert {"Forget": {}} == json.loads(rows[-1]["command"])
    standing = [row["summary"] for row in rows if row["undone"] is None and row["inverse"] != "[]"]
    assert any("Added Bob" in it for it in standing)
    assert any("people from vcard" in it for it in standing)
    assert ("Undone: Logged call",) == tuple(it[:19] for it in book.do(Undo()).sentences)
    assert ("knows [forgotten]",) == book.show("Bob").notes
    book.do(Undo())
    assert () == book.show("Bob").notes
    assert [] == telling(book.store, MARKERS)
    book.assert_right()


def test_a_correspondent_is_forgotten_too(book: Book) -> None:
    """Whom nobody kept: by their address."""
    read(book, letter(f"{ZOE.encode().decode()} <{HOME}>", OWNER, 3, Subject="secretly"))
    forget(book, HOME)
    assert [] == telling(book.store, MARKERS)
    assert 1 == read(book, letter(HOME, OWNER, 2)).ignored[RULE]
    with pytest.raises(UserError, match=r"was forgotten on 2026-\d\d-\d\d already"):
        forgetting(book).plan(HOME)


def test_who_was_a_contact_until_that_was_undone(book: Book) -> None:
    """The journal's words of those days go too."""
    read(book, letter(HOME, OWNER, 3))
    book.do(AddContact("Zoë Quxhaven", (HOME,)))
    book.do(EditContact(HOME, note="likes Zwiebelring"))
    book.do(EditContact(HOME, name="Zoë Oldenqux"))
    for _ in range(3):
        book.do(Undo())
    assert any("Zwiebelring" in it for it in telling(book.store, MARKERS))
    forget(book, HOME)
    assert [] == telling(book.store, MARKERS)


def test_who_can_not_be_forgotten(book: Book) -> None:
    """The owner, and nobody."""
    read(book, letter(HOME, OWNER, 3))
    for who in (OWNER, "kim+tag@example.org"):
        with pytest.raises(UserError, match="your own"):
            forgetting(book).plan(who)
    with pytest.raises(UserError, match="nobody"):
        forgetting(book).forget("Nobody Known", Actor("cli"))


def test_a_family_s_address_stays_the_others(book: Book) -> None:
    """Mail under her name stays away from it, theirs comes in; nobody's dates change."""
    zoe = fill(book)
    before = book.show("Ida").recency
    forget(book, zoe)
    assert before == book.show("Ida").recency
    done = read(
        book,
        letter(f'"Quxhaven, Zoe" <{FAMILY}>', OWNER, 1, Subject="hers"),
        letter(f"Zoe Quxhaven <{FAMILY}>", OWNER, 1, Subject="hers"),
        letter(f"Ida Other <{FAMILY}>", OWNER, 1, Subject="mine"),
    )
    assert 2 == done.ignored[RULE]
    assert day(1) == book.show("Ida").recency.last_contacted
    assert [] == telling(book.store, ["hers,", "Zoe", "Quxhaven"])


def test_a_namesake_who_stays_keeps_what_names_them(book: Book) -> None:
    """Two of one name: what may be about the other isn't touched, and that is said."""
    book.do(AddContact("Ada Example", ("ada@one.example",)))
    book.do(AddContact("Ada Example", ("ada@two.example",)))
    read(book, letter(f"Bob <{BOB}>", OWNER, 2, Subject="News of Ada Example"))
    plan = forgetting(book).plan("ada@one.example")
    assert any("ada example" in it for it in plan.stays)
    forget(book, "ada@one.example")
    assert "Ada Example" == book.show("ada@two.example").name
    assert ["News of Ada Example"] == [it.summary for it in book.timeline(BOB)]
    assert [] == telling(book.store, ["one.example"])


def test_the_owner_s_word_lets_them_in_again(book: Book) -> None:
    """By the address they are added under; a stop of mailings outlives it all."""
    zoe = fill(book)
    book.do(EditContact(zoe, no_mailings=True))
    forget(book, zoe)
    book.do(AddContact("Zoe Again", (HOME,)))
    with book.store.transaction() as tx:
        changes = Changes(tx, book.clock.now(), key=lambda: KEY)
        sentences = lift(changes, "email", HOME)
        assert [] == lift(changes, "email", HOME)
    assert 2 == len(sentences)
    assert "known again" in sentences[0]
    assert "stay stopped" in sentences[1]
    assert 1 == read(book, letter(HOME, OWNER, 1)).recorded
    assert 1 == read(book, letter(WORK, OWNER, 1)).ignored[RULE]
    card = book.show("Zoe Again")
    assert ("suppressed", day(1)) == (card.addresses[0].state, card.recency.last_contacted)


def test_undo_keeps_out_again_who_was_let_in(book: Book) -> None:
    """Whoever is added and taken back is as forgotten as before."""
    zoe = fill(book)
    forget(book, zoe)
    performer = replace(book.performer, key=lambda: KEY)
    said = performer.perform(AddContact("Zoe Again", (HOME,)), Actor("cli"))
    assert any("is known again" in it for it in said.sentences)
    performer.perform(Undo(), Actor("cli"))
    assert 1 == read(book, letter(HOME, OWNER, 1)).ignored[RULE]


def test_a_backup_that_comes_back_is_forgotten_in_again(book: Book, tmp_path: Path) -> None:
    """The tombstones of the store there is name whom an older one still has."""
    old = _copy_of(book, tmp_path)
    fill(old)
    old.do(AddContact("Eve Stays", ("eve@e.example",)))
    read(old, letter("lone@corr.example", OWNER, 2, Subject="secretly"))
    zoe = fill(book)
    read(book, letter("lone@corr.example", OWNER, 2))
    forget(book, zoe)
    forget(book, "lone@corr.example")
    with book.store.reading() as tx:
        stones = tombstones.all_of_them(tx)
    with old.store.transaction() as tx:
        tombstones.carry(tx, stones, KEY)
        assert 2 == forgetting(old).apply(tx)
    assert forgetting(old).finish() is None
    assert [] == telling(old.store, [*MARKERS, "lone@"])
    assert "Eve Stays" == old.show("eve@e.example").name
    old.assert_right()
    with old.store.transaction() as tx:
        assert 0 == forgetting(old).apply(tx)
    old.store.close()


def _copy_of(book: Book, folder: Path) -> Book:
    """Another book whose people get the same ids."""
    store = Store(f"sqlite:///{folder}/old/krmd.sqlite3")
    upgrade(store)
    clock = StandingClock()
    numbers = iter(range(1, 10_000))
    performer = Performer(store, clock, lambda: UUID(int=(next(numbers) << 96) + 1), ZONE)
    return Book(store, clock, performer)


def test_without_the_key_nothing_comes_in(book: Book) -> None:
    """It could be who was forgotten; that is said, and how to go on."""

    def lost() -> Key:
        raise UserError("store.key: there is none")

    zoe = fill(book)
    forget(book, zoe)
    for key in (lost, lambda: Key(bytes(32))):
        with book.store.reading() as tx, pytest.raises(StoreError, match="krmd forget --lost-key"):
            tombstones.memory(tx, key)("email", [HOME])
        with pytest.raises(StoreError, match="krmd forget --lost-key"):
            forgetting(book, key).forget(BOB, Actor("cli"))
    with pytest.raises(UserError, match="nothing is lost"):
        forgetting(book).give_up_key()
    assert 0 < forgetting(book, lost).give_up_key()
    assert 1 == read(book, letter(HOME, OWNER, 1)).recorded


def test_the_files_are_finished_by_the_next_who_can(book: Book) -> None:
    """A kill between the transaction and the files is made good for."""
    zoe = fill(book)
    forgetting(book).forget(zoe, Actor("cli"))
    with book.store.reading() as tx:
        assert is_unfinished(tx)
    assert forgetting(book).finish() is None
    with book.store.reading() as tx:
        assert not is_unfinished(tx)
    assert forgetting(book).finish() is None


@contextmanager
def _empty_book() -> Iterator[Book]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/krmd.sqlite3")
        upgrade(store)
        yield Book(store, StandingClock(), Performer(store, StandingClock(), new_uuid, ZONE))
        store.close()


PEOPLE = ("ada@a.example", f"Bob <{BOB}>", "Cy <cy@c.example>", OWNER, "kim+tag@example.org")
everyone = st.sampled_from(PEOPLE)


@st.composite
def letters(draw: st.DrawFn) -> RawMail:
    """A mail among few people; its copies name the same."""
    kind = draw(st.sampled_from([{}, {}, {"List_Id": "<l.example>"}, {"Auto_Submitted": "yes"}]))
    to = ", ".join(draw(st.lists(everyone, max_size=3)))
    cc = ", ".join(draw(st.lists(everyone, max_size=2)))
    fields = {"Cc": cc, "Subject": "words", **kind}
    if draw(st.booleans()):
        return sent(to, draw(st.integers(1, 9)), **fields)
    return letter(draw(everyone), to, draw(st.integers(1, 9)), **fields)


copies = st.lists(
    st.tuples(st.sampled_from(["inbox", "sent", "archive"]), st.integers(0, 5), st.integers(0, 9)),
    max_size=9,
)


def _ledger(book: Book) -> list[str]:
    with book.store.reading() as tx:
        rows = tx.connection.exec_driver_sql(
            "SELECT i.high, i.low, i.at, i.received, i.marks, i.people, i.rule, i.reach,"
            " i.direction, i.summary, i.message_id, d.value, p.field, p.name, p.rule, p.counts"
            " FROM interactions i LEFT JOIN participants p ON p.interaction_id = i.id"
            " LEFT JOIN identities d ON d.id = p.identity_id"
        )
        return sorted(map(repr, rows))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    mails=st.lists(letters(), min_size=6, max_size=6),
    copies=copies,
    known=st.integers(0, 9),
    ignore=st.sampled_from([(), ("ada@a.example",), (BOB,)]),
)
def test_to_forget_after_reading_is_to_read_after_forgetting(
    mails: list[RawMail], copies: list[tuple[str, int, int]], known: int, ignore: tuple[str, ...]
) -> None:
    """The ledger is the same whenever they are forgotten, and equals its rebuild."""
    with _empty_book() as before, _empty_book() as after:
        for book in (before, after):
            book.judged_by(ignore=ignore)
        with before.store.transaction() as tx:
            tombstones.put(tx, KEY, [("email", "ada@a.example")], at=NOW, suppressed=False)
        done = False
        for at, (role, number, ago) in enumerate(copies):
            copy = mails[number]._replace(received=day(ago))
            read(before, copy, role=role)
            read(after, copy, role=role)
            if at == known:
                done = _forget_ada(after)
        if not done:
            _forget_ada(after)
        assert _ledger(before) == _ledger(after)
        before.assert_right()
        after.assert_right()


def _forget_ada(book: Book) -> bool:
    try:
        forgetting(book).forget("ada@a.example", Actor("cli"))
    except UserError:
        return False  # not seen yet
    return True
