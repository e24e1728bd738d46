"""Recency is a fold that cares for neither order nor batches."""

import itertools
from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from krmd.base.instant import Instant
from krmd.ledger.recency import NEVER, Moment, Recency, Tally, together
from tests.ledger.mails import moments

many = st.lists(moments, max_size=12)


def at(when: int, **differently: object) -> Moment:
    """A letter from somebody, unless said otherwise."""
    letter = Moment(Instant(when), "email", "inbound", "one_to_one", counts=True)
    return letter._replace(**differently)  # type: ignore[arg-type]


@given(many, st.randoms(use_true_random=False))
def test_the_order_of_moments_is_of_no_account(some: list[Moment], chance: Random) -> None:
    """Any permutation gives the same."""
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert Recency.fold(some) == Recency.fold(shuffled)


@given(many, st.lists(st.integers(0, 12), max_size=4))
def test_batches_merged_are_the_fold_of_all(some: list[Moment], cuts: list[int]) -> None:
    """However they are cut."""
    edges = [0, *sorted(min(cut, len(some)) for cut in cuts), len(some)]
    batches = [Recency.fold(some[low:high]) for low, high in itertools.pairwise(edges)]
    assert Recency.fold(some) == reduce(Recency.merge, batches, NEVER)


@given(many, many, many)
def test_merging_is_associative_and_commutative_and_nothing_changes_nothing(
    one: list[Moment], two: list[Moment], three: list[Moment]
) -> None:
    """As sums and maxima are."""
    a, b, c = map(Recency.fold, (one, two, three))
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(NEVER) == a == NEVER.merge(a)
    assert NEVER == Recency.fold([])


@given(many)
def test_the_dates_are_the_greatest_of_those_that_move_them(some: list[Moment]) -> None:
    """Told a second way."""
    counting = [it for it in some if it.counts]
    mailed = [
        it.at
        for it in some
        if not it.counts and it.reach == "one_to_many" and it.direction == "outbound"
    ]
    found = Recency.fold(some)
    assert found.last_contacted == max((it.at for it in counting), default=None)
    assert found.last_outbound == max(
        (it.at for it in counting if it.direction != "inbound"), default=None
    )
    assert found.last_inbound == max(
        (it.at for it in counting if it.direction != "outbound"), default=None
    )
    assert found.last_mailed == max(mailed, default=None)
    assert len(counting) + len(mailed) == sum(found[4:])
    assert found.is_empty == (not counting and not mailed)


def test_a_letter_moves_its_own_direction() -> None:
    """Last contacted is the newer of both."""
    found = Recency.fold([at(5), at(3, direction="outbound")])
    assert (5, 3, 5, None) == found[:4]
    assert (1, 1) == (found.email_outbound, found.email_inbound)


def test_a_meeting_moves_both_directions() -> None:
    """It is mutual."""
    found = Recency.fold([at(7, kind="meeting", direction="mutual")])
    assert (7, 7, 7, None) == found[:4]
    assert 1 == found.meeting


def test_what_does_not_count_moves_nothing_but_a_mailing_last_mailed() -> None:
    """A newsletter received, a Cc, a call nobody answered; and a mailing of the owner's."""
    still = [
        at(9, reach="one_to_many", counts=False),
        at(9, counts=False),
        at(9, kind="call", direction="outbound", counts=False),
        at(9, direction=None, reach=None, counts=False),
    ]
    assert NEVER == Recency.fold(still)
    mailed = Recency.fold([at(4, direction="outbound", reach="one_to_many", counts=False)])
    assert Recency(last_mailed=Instant(4), mailing=1) == mailed


def test_the_beginning_of_time_is_a_date_like_any_other() -> None:
    """Instant 0 is not "never", nor is what lies before it."""
    assert 0 == Recency.fold([at(0)]).last_contacted
    assert -5 == Recency.fold([at(-5)]).merge(NEVER).last_contacted
    assert 0 == Recency.fold([at(0)]).merge(Recency.fold([at(-5)])).last_contacted


@given(many)
def test_a_tally_is_the_fold_in_the_making(some: list[Moment]) -> None:
    """Step by step to the same values."""
    tally = Tally()
    for moment in some:
        tally.add(moment)
    assert tuple(tally.values) == tuple(Recency.fold(some))


@given(st.lists(moments, min_size=1, max_size=5))
def test_several_addresses_on_one_mail_are_one_moment(parts: list[Moment]) -> None:
    """It counts if it counts for any of them."""
    whole = together(parts)
    assert whole in parts
    assert whole.counts == any(part.counts for part in parts)
