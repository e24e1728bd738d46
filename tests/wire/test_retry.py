"""How long to wait after which failure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import CertificateError, LoginError, UnreachableError
from krmd.wire.retry import (
    FIRST_PARKED,
    LOGIN_BURST,
    LOGIN_INTERVAL,
    LONGEST_PARKED,
    LONGEST_WAIT,
    STABLE,
    Backoff,
    bounded,
)

GONE = UnreachableError("gone")
REFUSED = LoginError("refused")
KINDS = {"gone": UnreachableError, "refused": LoginError, "certificate": CertificateError}


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Monotonic seconds."""
        return self.seconds


@pytest.fixture
def hand() -> Hand:
    """The clock."""
    return Hand()


def test_waits_double_from_two_seconds_to_eighty(hand: Hand) -> None:
    """With jitter, never beyond."""
    backoff = Backoff("home", hand)

    waits = [backoff.next_delay(GONE) for _ in range(12)]

    for wait, full in zip(waits, [2, 4, 8, 16, 32, 64, 80, 80, 80, 80, 80, 80], strict=True):
        assert full * 0.75 <= wait <= full


def test_accounts_of_one_host_do_not_march_in_step(hand: Hand) -> None:
    """Each account has a jitter of its own, the same at every start."""
    first, second, again = Backoff("home", hand), Backoff("work", hand), Backoff("home", hand)

    assert first.next_delay(GONE) != second.next_delay(GONE)
    assert Backoff("home", hand).next_delay(GONE) == again.next_delay(GONE)


def test_only_a_connection_that_lived_is_a_fresh_start(hand: Hand) -> None:
    """A server that accepts and drops gets ever longer waits, though each login succeeds."""
    backoff = Backoff("home", hand)
    last = 0.0
    for _ in range(6):
        backoff.connected()
        hand.seconds += 500  # the login rate is another test's matter
        backoff._connected_at = hand.seconds
        hand.seconds += STABLE - 1
        last = backoff.next_delay(GONE)
    assert last >= 48

    backoff.connected()
    hand.seconds += STABLE
    assert backoff.next_delay(GONE) <= 2


def test_logins_are_one_a_minute_with_two_in_a_row(hand: Hand) -> None:
    """However well each of them goes."""
    backoff = Backoff("home", hand)
    started = hand.seconds
    for _ in range(6):
        backoff.connected()
        hand.seconds += backoff.next_delay(GONE)

    assert hand.seconds - started >= (6 - LOGIN_BURST) * LOGIN_INTERVAL


def test_the_server_s_own_number_is_obeyed(hand: Hand) -> None:
    """It is a lower bound, spread a little upward."""
    wait = Backoff("home", hand).next_delay(UnreachableError("slow down", retry_after=299.961))
    assert 299.961 <= wait <= 330


def test_a_wrong_password_is_not_hammered(hand: Hand) -> None:
    """One refusal proves nothing; from the second on the account is parked."""
    backoff = Backoff("home", hand)

    waits, parked = [], []
    for _ in range(11):
        waits.append(backoff.next_delay(REFUSED))
        parked.append(backoff.parked)
        hand.seconds += waits[-1]

    assert LOGIN_INTERVAL <= waits[0] <= 2 * LOGIN_INTERVAL
    assert waits[1] >= 0.75 * FIRST_PARKED
    assert waits[-1] >= 0.75 * LONGEST_PARKED
    assert [False] + [True] * 10 == parked


def test_new_settings_lift_the_parking(hand: Hand) -> None:
    """The password may be another now; a good login lifts it too."""
    backoff = Backoff("home", hand)
    for _ in range(3):
        backoff.next_delay(REFUSED)
        hand.seconds += 1000

    backoff.lift()

    assert not backoff.parked
    assert backoff.next_delay(GONE) <= 2


def test_a_bad_certificate_is_looked_at_every_ten_minutes(hand: Hand) -> None:
    """Nobody renews one within seconds."""
    backoff = Backoff("home", hand)
    assert max(backoff.next_delay(CertificateError("expired")) for _ in range(20)) > LONGEST_WAIT


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["gone", "refused", "certificate", "connected", "lift"]),
            st.floats(0, 10_000),
            st.none() | st.floats(0, 90_000),
        )
    )
)
def test_no_history_makes_a_wait_too_short_or_endless(
    history: list[tuple[str, float, float | None]],
) -> None:
    """At least a second and a half, at least what was asked, at most a day and a tenth."""
    hand = Hand()
    backoff = Backoff("home", hand)
    for event, passed, asked in history:
        hand.seconds += passed
        if event == "connected":
            backoff.connected()
        elif event == "lift":
            backoff.lift()
        else:
            wait = backoff.next_delay(KINDS[event]("x", retry_after=asked))
            assert 1.5 <= wait <= 99_001
            assert wait >= (asked or 0)


def test_within_a_command_what_may_pass_is_tried_three_times() -> None:
    """With growing waits, then the error itself."""
    waits: list[float] = []
    attempts: list[int] = []

    def fail() -> None:
        attempts.append(1)
        raise GONE

    with pytest.raises(UnreachableError, match="gone"):
        bounded("home", sleep=waits.append)(fail)

    assert 3 == len(attempts)
    assert 1 <= waits[0] < 2 <= waits[1] < 3


@pytest.mark.parametrize(
    "error", [REFUSED, CertificateError("x"), UnreachableError("x", retry_after=300), ValueError()]
)
def test_within_a_command_what_will_not_pass_is_tried_once(error: Exception) -> None:
    """A refused login least of all."""
    attempts: list[int] = []

    def fail() -> None:
        attempts.append(1)
        raise error

    with pytest.raises(type(error)):
        bounded("home", sleep=lambda _: None)(fail)

    assert 1 == len(attempts)
