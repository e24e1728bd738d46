"""Whose an address is, when a mail happened, who is due: small decisions with sharp edges."""

from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.instant import Instant, days_since
from krmd.ledger.cadence import effective_cadence, how_due
from krmd.ledger.identity import ANY_NAME, Ambiguous, Claim, whose
from krmd.ledger.when import OLDEST_BELIEVED, happened_at

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86_400
NOON = Instant(1_700_046_000)  # 2023-11-15 12:00 in Berlin
claims = st.lists(
    st.builds(
        Claim,
        st.just(1),
        st.sampled_from([ANY_NAME, "ada", "bo"]),
        st.integers(1, 3),
    ),
    max_size=5,
)
names = st.sampled_from(["ada", "bo", "cy", ""])


def test_an_address_nobody_claims_is_nobodys() -> None:
    """A correspondent."""
    assert whose([], "ada") is None


def test_a_claim_on_any_name_matches_every_name() -> None:
    """The ordinary case."""
    assert 7 == whose([Claim(1, ANY_NAME, 7)], "whoever")
    assert 7 == whose([Claim(1, ANY_NAME, 7), Claim(1, "ada", 7)], "ada")


def test_a_shared_address_is_told_apart_by_the_name_seen() -> None:
    """And is nobody's under a name that none of them bears."""
    shared = [Claim(1, "ada", 7), Claim(1, "bo", 8)]
    assert 7 == whose(shared, "ada")
    assert 8 == whose(shared, "bo")
    assert Ambiguous((7, 8)) == whose(shared, "cy")


def test_two_matching_claims_are_ambiguous() -> None:
    """Ambiguous counts for nobody."""
    assert Ambiguous((7, 8)) == whose([Claim(1, ANY_NAME, 8), Claim(1, ANY_NAME, 7)], "ada")
    assert Ambiguous((7, 8)) == whose([Claim(1, ANY_NAME, 8), Claim(1, "ada", 7)], "ada")


@given(claims, names, st.randoms(use_true_random=False))
def test_the_order_of_claims_is_of_no_account(some: list[Claim], name: str, chance: Random) -> None:
    """Nor their repetition; and only who claims can be the answer."""
    shuffled = [*some, *some]
    chance.shuffle(shuffled)
    found = whose(some, name)
    assert found == whose(shuffled, name)
    everybody = {claim.contact for claim in some}
    match found:
        case None:
            assert not some
        case Ambiguous(contacts):
            assert contacts
            assert set(contacts) <= everybody
        case contact:
            assert contact in everybody


@given(st.none() | st.integers(-(2**40), 2**40), st.integers(0, 2**33))
def test_a_mail_never_happened_after_it_arrived(date: int | None, received: int) -> None:
    """Nor, if a Date is believed, before 1990."""
    found = happened_at(None if date is None else Instant(date), Instant(received))
    assert found <= received
    assert found == received or (found == date and found >= OLDEST_BELIEVED)


def test_the_edges_of_a_believable_date() -> None:
    """The first second of 1990 and that of the arrival are believed, those beside are not."""
    received = Instant(1_700_000_000)
    for date, expected in (
        (OLDEST_BELIEVED, OLDEST_BELIEVED),
        (OLDEST_BELIEVED - 1, received),
        (received, received),
        (received - 1, received - 1),
        (received + 1, received),
        (None, received),
    ):
        assert expected == happened_at(None if date is None else Instant(date), received)


@given(
    st.none() | st.integers(1, 999),
    st.lists(st.none() | st.integers(1, 999), max_size=4),
)
def test_the_persons_own_cadence_holds_else_the_strictest(
    own: int | None, others: list[int | None]
) -> None:
    """None where nobody says anything."""
    said = [days for days in others if days is not None]
    assert (own if own is not None else min(said, default=None)) == effective_cadence(own, others)


@pytest.mark.parametrize(
    ("days", "due"), [(0, False), (89, False), (90, True), (91, True), (900, True)]
)
def test_somebody_is_due_when_the_cadence_has_run_out(days: int, *, due: bool) -> None:
    """Counted from last contacted, in days of the owner's calendar."""
    found = how_due(Instant(NOON - days * DAY), Instant(0), cadence_days=90, now=NOON, zone=BERLIN)
    assert (due, days, False) == (found.is_due, found.days, found.never)
    assert found.is_due == (found.score >= 1)


def test_never_contacted_is_counted_from_the_day_they_were_added() -> None:
    """So nobody is invisible."""
    found = how_due(None, Instant(NOON - 30 * DAY), cadence_days=30, now=NOON, zone=BERLIN)
    assert (True, True, 1.0) == (found.is_due, found.never, found.score)


def test_a_contact_in_the_future_is_not_due_in_the_past() -> None:
    """A clock that was set back makes no negative days."""
    found = how_due(Instant(NOON + 9 * DAY), NOON, cadence_days=1, now=NOON, zone=BERLIN)
    assert (0, False) == (found.days, found.is_due)


@pytest.mark.parametrize(
    ("then", "now", "days"),
    [
        # 2023-11-14 23:59 and 2023-11-15 00:01 in Berlin.
        (1_700_002_740, 1_700_002_860, 1),
        # The night to 26 March 2023 has 23 hours, that to 29 October 25.
        (1_679_785_200, 1_679_785_200 + 23 * 3600, 1),
        (1_698_530_400, 1_698_530_400 + 24 * 3600, 0),
        (1_698_530_400, 1_698_530_400 + 25 * 3600, 1),
    ],
)
def test_days_are_those_of_the_calendar(then: int, now: int, days: int) -> None:
    """Not spans of 24 hours."""
    assert days == days_since(Instant(then), Instant(now), BERLIN)
