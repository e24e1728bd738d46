"""Reading mails in bulk: ranges of UIDs, two commands in flight, and what to do when one fails.

A range that fails is halved until the single mail stands alone that the server can't hand out:
that one is named, all others are delivered.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from krmd.base.errors import UnreachableError
from krmd.intake.mailbox import HIGHEST_UID, FailedUid, FetchedRange, RawMail, UidRange
from krmd.wire.imap.answer import Gathered
from krmd.wire.imap.exchange import Exchange
from krmd.wire.imap.grammar import Completion, Untagged
from krmd.wire.imap.throttle import code_arguments, response_code, retry_after

log = structlog.get_logger()

DEPTH = 2
"""Commands in flight: the server works on the next while the last one's mails are stored."""

_JOBS = 4
"""Ranges begun at once, so that one which is halved again and again doesn't pile up the others."""

_ALONE = 8
"""So many incomplete mails are asked for one by one; more are asked for in halves."""

_HOPELESS = 8
"""So many single mails refused, and not one handed out: that is the server, not the mails."""

_PASSING = {"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT"}


@dataclass(slots=True)
class _Job:
    """One range asked for by the caller, and what is known of it."""

    asked: UidRange
    todo: deque[UidRange]
    flying: int = 0
    mails: dict[int, RawMail] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    doubtful: str = ""
    answered: bool = False

    @property
    def done(self) -> bool:
        return not self.todo and not self.flying

    def result(self) -> FetchedRange:
        for uid in self.mails:
            self.failed.pop(uid, None)
        return FetchedRange(
            self.asked,
            tuple(sorted(self.mails.values())),
            tuple(FailedUid(uid, reason) for uid, reason in sorted(self.failed.items())),
        )


class _Command(NamedTuple):
    tag: bytes
    part: UidRange
    job: _Job


class BulkReader:
    """One call of `fetch`: pulls ranges lazily, yields each when it is complete, in their order.

    `items` are the FETCH items; `limit` is how many mails the server handles in one command
    (RFC 9738), if it said so.
    """

    def __init__(
        self, exchange: Exchange, gathered: Gathered, *, items: bytes, limit: int | None
    ) -> None:
        self._exchange = exchange
        self._gathered = gathered
        self._items = items
        self._limit = limit
        self._jobs: deque[_Job] = deque()
        self._flying: list[_Command] = []

    def read(self, ranges: Iterable[UidRange]) -> Iterator[FetchedRange]:
        """The ranges' mails; raises UnreachableError when the server or the line gives up."""
        source = iter(ranges)
        while True:
            while len(self._flying) < DEPTH and (job := self._next_job(source)) is not None:
                self._launch(job)
            if not self._flying:
                return
            self._conclude(self._await_completion())
            while self._jobs and self._jobs[0].done:
                self._make_sure(self._jobs[0])
                fetched = self._jobs.popleft().result()
                log.debug(
                    "imap.fetched",
                    host=self._exchange.host,
                    low=fetched.asked.low,
                    high=fetched.asked.high,
                    mails=len(fetched.mails),
                    failed=len(fetched.failed),
                )
                yield fetched

    def drain(self) -> None:
        """Read what is still in flight and keep nothing, so that the session can go on."""
        while self._flying:
            command, _ = self._await_completion()
            self._flying.remove(command)
            self._gathered.mails.clear()

    def _next_job(self, source: Iterator[UidRange]) -> _Job | None:
        for job in self._jobs:
            if job.todo:
                return job
        if len(self._jobs) >= _JOBS:
            return None
        asked = next(source, None)
        if asked is None:
            return None
        job = _Job(asked, deque(_split(asked, self._limit)))
        self._jobs.append(job)
        return job

    def _launch(self, job: _Job) -> None:
        part = job.todo.popleft()
        tag = self._exchange.send(b"UID FETCH %d:%d %s" % (part.low, part.high, self._items))
        job.flying += 1
        self._flying.append(_Command(tag, part, job))

    def _await_completion(self) -> tuple[_Command, Completion]:
        stream, gathered = self._exchange.stream, self._gathered
        while True:
            stream.position, missing = gathered.scan(stream.buffer, stream.position)
            if missing:
                stream.fill(missing)
                continue
            response = self._exchange.read()
            if isinstance(response, Untagged):
                if not gathered.add(response):
                    raise UnreachableError(f"{self._exchange.host} sends a mail that can't be read")
            elif isinstance(response, Completion):
                for command in self._flying:
                    if command.tag == response.tag:
                        self._exchange.stream.allow(self._exchange.patience)
                        return command, self._exchange.patient(response)
                raise UnreachableError(f"{self._exchange.host} answers a command that wasn't given")

    def _conclude(self, outcome: tuple[_Command, Completion]) -> None:
        command, completion = outcome
        part, job = command.part, command.job
        self._flying.remove(command)
        job.flying -= 1
        incomplete = self._gathered.settle(part.low, part.high)
        pending = [(flying.part.low, flying.part.high) for flying in self._flying]
        mails = self._gathered.take(part.low, part.high, pending=pending)
        job.mails.update(mails)
        job.answered |= bool(mails) or completion.ok
        if not completion.ok:
            self._refused(job, part, completion.text)
        else:
            if rest := _beyond_limit(part, mails, completion.text):
                job.todo.extendleft(reversed(rest))
            self._ask_again(job, part, incomplete)

    def _ask_again(self, job: _Job, part: UidRange, incomplete: dict[int, str]) -> None:
        if part.low == part.high:
            for uid, reason in incomplete.items():
                self._give_up(job, uid, reason)
        elif len(incomplete) <= _ALONE:
            job.todo.extendleft(UidRange(uid, uid) for uid in sorted(incomplete, reverse=True))
        else:
            job.todo.extendleft(reversed(_halves(part)))

    def _refused(self, job: _Job, part: UidRange, words: str) -> None:
        log.info("imap.range_refused", host=self._exchange.host, low=part.low, high=part.high)
        if part.low < part.high:
            job.todo.extendleft(reversed(_halves(part)))
            return
        if part.low in job.mails:
            return
        if response_code(words) in _PASSING:
            job.doubtful = words
        self._give_up(job, part.low, words or "the server refuses it without a word")

    def _give_up(self, job: _Job, uid: int, reason: str) -> None:
        job.failed[uid] = reason
        if len(job.failed) >= _HOPELESS and not job.mails:
            raise UnreachableError(f"{self._exchange.host} hands out no mail at all: {reason}")
        log.warning("imap.mail_refused", host=self._exchange.host, uid=uid, reason=reason)

    def _make_sure(self, job: _Job) -> None:
        """A mail that is [UNAVAILABLE] is given up only if the server answers of it at all.

        Else it is the server that is unavailable, and nothing of this was the mail's fault.
        """
        if not job.doubtful or job.answered:
            return
        while self._flying:
            self._conclude(self._await_completion())
        completion, _ = self._exchange.run(b"UID FETCH %d (UID)" % next(iter(job.failed)))
        if not completion.ok:
            raise UnreachableError(
                f"{self._exchange.host} hands out no mail for now: {job.doubtful}",
                retry_after=retry_after(job.doubtful),
            )


def _split(asked: UidRange, limit: int | None) -> Iterator[UidRange]:
    """As many UIDs a command as the server handles mails; a range without an end is left whole,
    since it holds what has just come, and the server says where it stopped.
    """
    if asked.high >= HIGHEST_UID:
        limit = None
    step = limit or asked.high - asked.low + 1
    for low in range(asked.low, asked.high + 1, max(1, step)):
        yield UidRange(low, min(low + step - 1, asked.high))


def _halves(part: UidRange) -> list[UidRange]:
    middle = (part.low + part.high) // 2
    return [UidRange(part.low, middle), UidRange(middle + 1, part.high)]


def _beyond_limit(part: UidRange, mails: dict[int, RawMail], words: str) -> list[UidRange]:
    """What is left of a range the server stopped in (`OK [MESSAGELIMIT 1000 23221]`, RFC 9738 3.1).

    The second number is the last UID it handled; in which direction it went is seen by its mails.
    """
    arguments = code_arguments(words, "MESSAGELIMIT")
    if arguments is None or part.low == part.high:
        return []
    if not mails:
        return _halves(part)
    below = UidRange(part.low, min(mails) - 1)
    above = UidRange(max(mails) + 1, part.high)
    if len(arguments) > 1 and arguments[1].isdigit():
        last = int(arguments[1])
        if last <= min(mails):
            below, above = UidRange(part.low, min(last, part.high) - 1), UidRange(1, 0)
        elif last >= max(mails):
            below, above = UidRange(1, 0), UidRange(max(last, part.low) + 1, part.high)
    return [rest for rest in (above, below) if rest.low <= rest.high]
