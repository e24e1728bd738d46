"""The ledger's laws: order, batching and repetition are of no account, and sums equal the fold."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krmd.app.perform import Performer
from krmd.base.command import AddContact, EditContact, LogInteraction, Undo
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.intake.mailbox import RawMail
from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from tests.app.conftest import NOW, ZONE, Book, StandingClock
from tests.app.mails import OWNER, header

PEOPLE = ("ada@a.example", "bob@b.example", "Cy <cy@c.example>", "Di <cy@c.example>")
ME = (OWNER, "kim+tag@example.org", "kim@old.example")


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


@st.composite
def mails(draw: st.DrawFn) -> RawMail:
    """A mail between the owner and some people, of any kind, known by one of few ids."""
    everyone = st.sampled_from(PEOPLE + ME)
    block = header(
        draw(everyone),
        ", ".join(draw(st.lists(everyone, max_size=3))),
        date=draw(st.none() | st.integers(0, 9).map(lambda days: Instant(NOW - days * 86_400))),
        message_id=draw(st.sampled_from(["", *(f"<{n}@ids.example>" for n in range(6))])),
        Cc=", ".join(draw(st.lists(everyone, max_size=2))),
        **draw(st.sampled_from([{}, {}, {"List_Id": "<l.example>"}, {"Auto_Submitted": "yes"}])),
    )
    received = Instant(NOW - draw(st.integers(-3, 9)) * 86_400)
    return RawMail(0, received, block, draw(st.booleans()), draw(st.booleans()), ())


Batches = list[tuple[str, list[RawMail]]]

batches = st.lists(
    st.tuples(st.sampled_from(["inbox", "sent", "archive"]), st.lists(mails(), max_size=5)),
    max_size=6,
)


def _ledger(book: Book) -> object:
    with book.store.reading() as tx:
        rows = tx.connection.exec_driver_sql(
            "SELECT i.high, i.low, i.at, i.received, i.marks, i.rule, i.reach, i.direction,"
            " d.value, p.field, p.rule, p.counts FROM interactions i"
            " LEFT JOIN participants p ON p.interaction_id = i.id"
            " LEFT JOIN identities d ON d.id = p.identity_id"
        )
        return sorted(map(repr, rows))


def _recency(book: Book) -> object:
    with book.store.reading() as tx:
        rows = tx.connection.exec_driver_sql(
            "SELECT d.value, r.* FROM recency r JOIN identities d ON d.id = r.subject_id"
            " WHERE r.subject = 'identity'"
        )
        return sorted(repr((row[0], *row[3:])) for row in rows)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=batches, shuffle=st.randoms(use_true_random=False))
def test_neither_order_nor_batching_nor_repetition_matters(
    batches: Batches, shuffle: Random
) -> None:
    """Read forward, backward, in pieces, twice: the same ledger and the same dates."""
    singles = [(role, [one]) for role, several in batches for one in several]
    again = singles + shuffle.sample(singles, len(singles) // 2)
    shuffle.shuffle(again)
    with _empty_book() as one, _empty_book() as other:
        for role, several in batches:
            one.read(*several, folder=role)
        for role, several in again:
            other.read(*several, folder=role)
        assert _ledger(one) == _ledger(other)
        assert _recency(one) == _recency(other)
        one.assert_right()
        other.assert_right()


commands = st.one_of(
    st.builds(
        AddContact,
        st.sampled_from(["Ada", "Bob", "Cy", "Di"]),
        st.lists(
            st.sampled_from(["ada@a.example", "bob@b.example", "cy@c.example"]), max_size=2
        ).map(tuple),
    ),
    st.builds(
        EditContact,
        st.sampled_from(["Ada", "Cy"]),
        name=st.sampled_from([None, "Di", "Eve"]),
        add_addresses=st.sampled_from([(), ("cy@c.example",), ("bob@b.example",)]),
        remove_addresses=st.sampled_from([(), ("cy@c.example",)]),
    ),
    st.builds(
        LogInteraction,
        st.sampled_from([("Ada",), ("bob@b.example",), ("Cy", "Ada")]),
        st.sampled_from(["called", "called, no answer", "wrote a letter"]),
    ),
    st.just(Undo()),
)
rules = st.tuples(
    st.sampled_from([ME[:1], (ME[0], ME[2]), ("@example.org",)]),
    st.sampled_from([(), ("@a.example",), ("cy@c.example",)]),
    st.sampled_from([1, 12]),
)
steps = st.lists(st.one_of(batches.map(lambda it: it[:1]), commands, rules), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps)
def test_whatever_happens_the_sums_equal_the_fold(steps: list[Any]) -> None:
    """Mail, commands, undo and changed settings in any order leave nothing to rebuild."""
    with _empty_book() as book:
        for step in steps:
            match step:
                case list():
                    for role, several in step:
                        book.read(*several, folder=role)
                case (owner, ignore, many):
                    book.judged_by(owner=owner, ignore=ignore, many=many)
                case command:
                    with suppress(UserError):
                        book.do(command)
            book.assert_right()
