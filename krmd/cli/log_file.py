"""A file that is read into the log: opened, looked at, read within bounds."""

from __future__ import annotations

import codecs
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TextIO

from krmd.base.errors import UserError

LARGEST_CALENDAR = 50_000_000
LARGEST_LOG = 200_000_000
"""So many octets are read; a log of that size holds two million lines."""
LONGEST_LINE = 1_000_000
"""So many characters of a line are read; no line that can be logged has as many."""
_HEAD = 4096
_CHUNK = 1 << 20
_IN_MEMORY = 8 << 20


class LogFile:
    """A file's octets, which can be read more than once. `name` is what the owner calls it."""

    def __init__(self, octets: IO[bytes], name: str) -> None:
        self._octets = octets
        self._name = name

    def head(self) -> bytes:
        """Its beginning."""
        with _told(self._name):
            self._octets.seek(0)
            return self._octets.read(_HEAD)

    def whole(self) -> bytes:
        """All of it; UserError where it is larger than a calendar may be."""
        with _told(self._name):
            self._octets.seek(0)
            octets = self._octets.read(LARGEST_CALENDAR + 1)
        if len(octets) > LARGEST_CALENDAR:
            raise self._too_large(LARGEST_CALENDAR, "export a shorter span of time")
        return octets

    def lines(self) -> Iterator[str]:
        """The lines of a text in UTF-8, with their ends, cut at LONGEST_LINE.

        UserError where it is no such text or too large, which is found out before the first line is
        given: nothing is half taken in.
        """
        decoder = codecs.getincrementaldecoder("utf-8")()
        size = 0
        with _told(self._name):
            self._octets.seek(0)
            for piece in _pieces(self._octets):
                size += len(piece)
                if size > LARGEST_LOG:
                    raise self._too_large(LARGEST_LOG, "take it in in parts")
                decoder.decode(piece)
            decoder.decode(b"", final=True)
            self._octets.seek(0)
        return _lines(self._octets)

    def _too_large(self, most: int, do: str) -> UserError:
        return UserError(f"{self._name} is larger than {most // 1_000_000} MB; {do}")


@contextlib.contextmanager
def opened(file: Path, keys: TextIO) -> Iterator[LogFile]:
    """A file, or standard input for `-`; UserError where it can't be read."""
    name = str(file)
    with contextlib.ExitStack() as stack:
        with _told(name):
            if name == "-":
                octets = stack.enter_context(_kept(_typed(keys)))
            else:
                octets = stack.enter_context(file.open("rb"))
                if not octets.seekable():  # a pipe, as in <(zcat calls.csv.gz)
                    octets = stack.enter_context(_kept(_pieces(octets)))
        yield LogFile(octets, name)


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"{name} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is no UTF-8 text; save it as UTF-8") from error


def _kept(pieces: Iterator[bytes]) -> IO[bytes]:
    """What can be read only once, kept in a temporary file; a little more than is allowed."""
    kept = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 # the caller's stack closes it
    for piece in pieces:
        kept.write(piece)
        if kept.tell() > LARGEST_LOG:
            break
    return kept


def _typed(keys: TextIO) -> Iterator[bytes]:
    while text := keys.read(_CHUNK):
        yield text.encode("utf-8", "surrogateescape")


def _pieces(octets: IO[bytes]) -> Iterator[bytes]:
    while piece := octets.read(_CHUNK):
        yield piece


def _lines(octets: IO[bytes]) -> Iterator[str]:
    # Byte order marks and Windows line ends are what spreadsheets write.
    with io.TextIOWrapper(octets, "utf-8-sig", newline="") as text:
        while line := text.readline(LONGEST_LINE):
            yield line
            while len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
                line = text.readline(LONGEST_LINE)
