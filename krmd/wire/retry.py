"""How often to try again: the named policies, in one place.

`Backoff` is for what lives for ever: a loop asks it how long to wait. `bounded` is for one command
that a person waits for. Neither sleeps, draws or reads a clock by itself: all three are handed in.
"""

import random
from collections.abc import Callable

import structlog
import tenacity

from krmd.base.errors import CertificateError, LoginError, UnreachableError
from krmd.wire.imap.stream import ConnectionCutError

log = structlog.get_logger()

FIRST_WAIT = 2.0
LONGEST_WAIT = 80.0
"""Seconds between attempts on a server that can't be reached: doubled from the first to this."""

STABLE = 300.0
"""A connection must have lived so long for the next failure to count as the first again. After a
mere login it may not: a server that accepts and drops was seen to draw 17 logins a second.
"""

LOGIN_INTERVAL = 60.0
LOGIN_BURST = 2
"""At most one login a minute, two in a row."""

FIRST_PARKED = 600.0
LONGEST_PARKED = 6 * 3600.0
"""From the second refused login on: asked seldom, so that nobody's account is locked for it. A
first one proves nothing, since some providers refuse at random.
"""

_SOON_ENOUGH = 10.0


class Backoff:
    """How long one connection waits after a failure. One thread's own.

    `seed` is the account's name, so that accounts of one host don't march in step; `now` gives
    monotonic seconds.
    """

    def __init__(self, seed: str, now: Callable[[], float]) -> None:
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - spreads attempts, guards nothing
        self._now = now
        self._failures = 0
        self._refusals = 0
        self._connected_at: float | None = None
        self._logins: list[float] = []

    @property
    def parked(self) -> bool:
        """Whether the account's login was refused so often that the owner must act."""
        return self._refusals >= LOGIN_BURST

    def connected(self) -> None:
        """A login succeeded."""
        self._note_login()
        self._connected_at = self._now()
        self._refusals = 0

    def lift(self) -> None:
        """The settings were read again: the password may be another, so all is forgotten."""
        self._failures = self._refusals = 0
        self._connected_at = None

    def next_delay(self, error: BaseException) -> float:
        """Seconds to wait after this failure, until the next attempt; logged.

        At least what the server itself asked for, and what the limit on logins asks for.
        """
        if self._connected_at is not None and self._now() - self._connected_at >= STABLE:
            self._failures = 0
        self._connected_at = None
        delay = max(self._by_kind(error), self._login_pause())
        asked = getattr(error, "retry_after", None)
        if asked is not None:
            delay = max(delay, asked * (1 + self._random.random() / 10))
        log.info(
            "imap.retry_scheduled",
            account=self._seed,
            kind=getattr(error, "kind", type(error).__name__),
            seconds=round(delay, 1),
            parked=self.parked,
        )
        return delay

    def _by_kind(self, error: BaseException) -> float:
        if isinstance(error, LoginError):
            self._note_login()
            self._refusals += 1
            if self.parked:
                return self._doubled(FIRST_PARKED, self._refusals - LOGIN_BURST, LONGEST_PARKED)
            return LOGIN_INTERVAL * (1 + self._random.random() / 2)
        self._failures += 1
        longest = FIRST_PARKED if isinstance(error, CertificateError) else LONGEST_WAIT
        return self._doubled(FIRST_WAIT, self._failures - 1, longest)

    def _doubled(self, first: float, times: int, longest: float) -> float:
        full = min(first * 2.0 ** min(times, 30), longest)
        return full * (0.75 + self._random.random() / 4)

    def _note_login(self) -> None:
        self._logins = [*self._logins[-LOGIN_BURST + 1 :], self._now()]

    def _login_pause(self) -> float:
        if len(self._logins) < LOGIN_BURST:
            return 0.0
        # The burst refills one login an interval, so the oldest of it must be that many away.
        return max(0.0, self._logins[0] + LOGIN_BURST * LOGIN_INTERVAL - self._now())


def bounded(seed: str, *, attempts: int = 3, sleep: Callable[[float], object]) -> tenacity.Retrying:
    """Attempts within one command: only for what may pass in seconds, then the error itself.

    A refused login, a wrong certificate, a server that asks for longer than ten seconds and a
    connection krmd cut itself aren't tried again.
    """
    drawn = random.Random(seed)  # noqa: S311 - as in Backoff

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after", None) or 0.0
        return max(float(asked), min(2.0 ** (state.attempt_number - 1), 8.0) + drawn.random() / 2)

    def pause(seconds: float) -> None:
        sleep(seconds)

    return tenacity.Retrying(
        sleep=pause,
        stop=tenacity.stop_after_attempt(attempts),
        wait=wait,
        retry=tenacity.retry_if_exception(_may_pass),
        before_sleep=lambda state: _log_retry(seed, state),
        reraise=True,
    )


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, LoginError | CertificateError | ConnectionCutError):
        return False
    return isinstance(error, UnreachableError) and (error.retry_after or 0.0) <= _SOON_ENOUGH


def _log_retry(seed: str, state: tenacity.RetryCallState) -> None:
    log.info(
        "imap.retry_scheduled",
        account=seed,
        attempt=state.attempt_number,
        seconds=round(state.next_action.sleep, 1) if state.next_action else None,
    )
