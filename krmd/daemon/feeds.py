"""The thread that keeps feeds up to date: draws what changed, joins it, notes who fetched."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from krmd.app.feed_joining import Joiner
from krmd.app.feed_shelf import Shelf
from krmd.base.errors import KrmdError, StoreError, TryLaterError
from krmd.daemon.memory import give_back
from krmd.logs import get_logger
from krmd.store.changed import Changed
from krmd.store.passing import let_go

if TYPE_CHECKING:
    from krmd.daemon.account_threads import Workshop

log = get_logger()

_LOOK_ANYWAY = 30.0
"""So often it is asked whether anything is to be done, though nothing seems to have changed."""
_SERVER_FACTOR = 4
_QUIET_SECONDS = 3.0
"""When so long nothing was to be done, what that took in memory is given back."""
_BREATH = 0.005
"""Between two slices other threads come to their turn."""


class Progress(Protocol):
    """How far a feed is drawn, in contacts."""

    @property
    def feed(self) -> str:
        """The feed's name."""
        ...

    @property
    def done(self) -> int:
        """So many are."""
        ...

    @property
    def total(self) -> int:
        """Of so many."""
        ...


class Builder(Protocol):
    """What draws feeds into the store, a slice at a time."""

    def is_needed(self) -> bool:
        """Whether anything is to be drawn; cheap."""
        ...

    def step(self) -> Progress | None:
        """Draw a slice; None where nothing is left. Raises KrmdError of the store."""
        ...


@dataclass(frozen=True, slots=True)
class FeedJob:
    """How feeds are drawn and kept. `changed` is the thread's own; `today` is the owner's calendar
    day; `made_of` as for accounts.
    """

    builder: Builder
    joiner: Joiner
    shelf: Shelf
    changed: Changed
    today: Callable[[], date]
    made_of: object = None
    name: str = "feeds"

    def does_as(self, other: object) -> bool:
        """Whether the other would draw the same."""
        return (
            isinstance(other, FeedJob)
            and self.made_of is not None
            and self.made_of == other.made_of
        )


class FeedThread:
    """The feeds' thread, as the supervisor handles it."""

    def __init__(self, job: FeedJob, workshop: Workshop) -> None:
        self.job = job
        self._shop = workshop
        self._stop = threading.Event()
        self._seen: tuple[int, date] | None = None
        self._looked = 0.0
        self._drew: float | None = None
        self._kept = self._told = time.monotonic()
        self._doing = "starting"
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._run, name="feeds", daemon=True)

    @property
    def is_well(self) -> bool:
        """Whether it does what it should, and nothing new in the settings could help it."""
        return self._trouble is None

    @property
    def words(self) -> str:
        """What it does now, for people; nothing where there is no feed."""
        if self._trouble is None and not self.job.joiner.feeds:
            return ""
        return f"feeds: {self._trouble or self._doing}"

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Let it end soon; returns at once."""
        self._stop.set()

    def wait(self, began: float) -> None:
        """Wait until it has ended; what still blocks then is left behind, with nothing in hand."""
        if self._thread.ident is not None:
            self._thread.join(max(0.0, began + self._shop.pace.stop_at_all - time.monotonic()))
        if self._thread.is_alive():
            self._shop.beats.forget(self._thread)
            log.warning("feed.thread_left_behind", thread=self._thread.name)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._shop.beats.beat(self._shop.pace.longest_step)
                pause = self._once()
                self._shop.beats.beat(self._shop.pace.longest_step + pause)
                self._stop.wait(pause)
            with contextlib.suppress(KrmdError):
                self._keep_fetches(last=True)
        finally:
            self.job.changed.close()
            self._shop.beats.end()
            self._shop.trouble.forget()

    def _once(self) -> float:
        """One look, and whatever it shows to be done; gives back the seconds until the next."""
        try:
            self._look()
            self._keep_fetches()
        except (TryLaterError, StoreError) as error:
            self._seen = None
            return self._shop.trouble.failed(error)
        except KrmdError as error:
            return self._failed(error.message)
        except Exception:
            log.exception("feed.bug")
            return self._failed("stopped by a bug")
        self._shop.trouble.over()
        if self._trouble is not None:
            log.info("feed.recovered")
            self._trouble = None
        again = self._shop.pace.feeds_again
        # Each look at a server is some questions across the network.
        return again if self._shop.store.is_sqlite else _SERVER_FACTOR * again

    def _failed(self, words: str) -> float:
        if words != self._trouble:
            log.error("feed.failed", error=words)
        self._trouble, self._seen = words, None
        return self._shop.pace.bug_again

    def _look(self) -> None:
        """What stands in the store is served before anything is drawn."""
        if not self.job.shelf.is_stocked:
            self._join()
        now = time.monotonic()
        present = (self.job.changed.version(), self.job.today())
        if present == self._seen and now - self._looked < _LOOK_ANYWAY:
            if self.job.joiner.is_behind:
                self._join()
            self._tidy(now)
            return
        if self.job.builder.is_needed():
            self._draw()
        self._join()
        self._seen, self._looked = present, now
        self._doing = "ok"
        self._tidy(now)

    def _tidy(self, now: float) -> None:
        if (
            self._drew is not None
            and now - self._drew > _QUIET_SECONDS
            and not self.job.joiner.is_behind
        ):
            self._drew = None
            let_go(self._shop.store)
            give_back()

    def _draw(self) -> None:
        """Until nothing is left; what is whole meanwhile is served meanwhile."""
        self._doing = "drawing"
        while not self._stop.is_set():
            self._shop.beats.beat(self._shop.pace.longest_step)
            progress = self.job.builder.step()
            if progress is None:
                break
            self._drew = time.monotonic()
            self._tell(progress)
            self._join()
            self._keep_fetches()
            self._stop.wait(_BREATH)

    def _tell(self, progress: Progress) -> None:
        percent = 100 * progress.done // max(progress.total, 1)
        self._doing = f"drawing {progress.feed}, {percent} %"
        if time.monotonic() - self._told >= self._shop.pace.progress_every:
            self._told = time.monotonic()
            log.info("feed.building", feed=progress.feed, done=progress.done, total=progress.total)

    def _join(self) -> None:
        for edition in self.job.joiner.join(stop=self._stop.is_set):
            log.info(
                "feed.changed" if edition.is_whole else "feed.partly_built",
                feed=edition.name,
                revision=edition.revision,
                octets=edition.plain.size,
            )

    def _keep_fetches(self, *, last: bool = False) -> None:
        now = time.monotonic()
        if last or now - self._kept >= self._shop.pace.fetches_again:
            self._kept = now
            self.job.shelf.keep_fetches()
