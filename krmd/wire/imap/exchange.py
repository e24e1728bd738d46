"""One command and its answer over a stream; notices on the way that something new lies there."""

import itertools
import re
from collections.abc import Iterator, Sequence

from krmd.base.errors import UnreachableError
from krmd.wire.imap.grammar import Completion, Response, Untagged, read_response
from krmd.wire.imap.stream import Stream
from krmd.wire.imap.throttle import asks_for_pause, retry_after

PIPELINED = 10
"""Commands sent at once; their answers must fit into the buffers between, or both sides wait."""

_NEWS = re.compile(rb"(?:\d+ (?:EXISTS|EXPUNGE|RECENT)|VANISHED)\b", re.IGNORECASE)


class Exchange:
    """Sends commands under tags of its own and reads what comes back.

    `news` becomes true when the server says, at whatever moment, that the opened folder gained or
    lost mail; whoever acts on it sets it back.
    """

    __slots__ = ("_tags", "host", "news", "patience", "stream")

    def __init__(self, stream: Stream, host: str, patience: float) -> None:
        self.stream = stream
        self.host = host
        self.patience = patience
        self.news = False
        self._tags = itertools.count(1)

    def send(self, command: bytes) -> bytes:
        """Send a command whose arguments passed the gate; gives back its tag."""
        tag = b"krmd%d" % next(self._tags)
        self.stream.allow(self.patience)
        self.stream.send(tag + b" " + command + b"\r\n")
        return tag

    def read(self) -> Response:
        """The next response, whatever it belongs to."""
        response = read_response(self.stream, self.host)
        if isinstance(response, Untagged) and _NEWS.match(response.text):
            self.news = True
        return response

    def until(self, tag: bytes) -> Iterator[Response]:
        """All responses up to and with the completion of `tag`; none but it may be pending."""
        while True:
            response = self.read()
            yield response
            if isinstance(response, Completion):
                if response.tag != tag:
                    raise UnreachableError(f"{self.host} answers a command that wasn't given")
                return

    def run(self, command: bytes) -> tuple[Completion, list[Untagged]]:
        """Send one command, read to its end; the untagged responses that came meanwhile.

        A refusal that asks the whole account for patience is raised as UnreachableError.
        """
        untagged: list[Untagged] = []
        for response in self.until(self.send(command)):
            if isinstance(response, Untagged):
                untagged.append(response)
            elif isinstance(response, Completion):
                return self.patient(response), untagged
        raise AssertionError("until() ends with a completion")

    def run_all(self, commands: Sequence[bytes]) -> Iterator[tuple[Completion, list[Untagged]]]:
        """Send several commands at once, ten in a row, and read them to their ends in turn.

        Their answers must not depend on each other (RFC 3501 5.5); refusals are the caller's.
        """
        for first in range(0, len(commands), PIPELINED):
            tags = [self.send(command) for command in commands[first : first + PIPELINED]]
            for tag in tags:
                responses = list(self.until(tag))
                completion = responses.pop()
                assert isinstance(completion, Completion)
                yield completion, [r for r in responses if isinstance(r, Untagged)]

    def patient(self, completion: Completion) -> Completion:
        """The completion; raises UnreachableError where it tells the account to wait."""
        if not completion.ok and asks_for_pause(completion.text):
            raise UnreachableError(
                f"{self.host} asks for patience: {completion.text}",
                retry_after=retry_after(completion.text),
            )
        return completion
