"""Address books in folders, as vdirsyncer and khard keep them (vdir): a file for each card.

A folder that can't be read, or isn't there, is an error and never an empty book: its disk may only
be unmounted. Nothing is written.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote_from_bytes, unquote_to_bytes

import structlog

from krmd.base.errors import UnreachableError
from krmd.intake.address_book import (
    LARGEST_CARD,
    MOST_CARDS,
    BookChanges,
    CardState,
    Collection,
    FailedCard,
    FetchedCard,
)

log = structlog.get_logger()

_ITSELF = "."
_MOST_COLLECTIONS = 1000
_LONGEST_NAME = 1024
_PIECE = 65536
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_VANISHED = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def open_vdir(path: Path) -> VdirBooks:
    """The address books in a folder: the folder itself where cards lie in it, else (or besides)
    the folders right below. Nothing is read yet.
    """
    return VdirBooks(path.expanduser())


class VdirBooks:
    """What `open_vdir` gives. Every method may raise UnreachableError.

    An href is a file's name, escaped as in URLs, since a name may be any octets.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def collections(self) -> tuple[Collection, ...]:
        """Every book there is; a folder with nothing in it is one, and empty."""
        below: list[str] = []
        holds_cards = False
        for entry in _entries(self._path):
            if _is_folder(entry):
                if not entry.name.startswith("."):
                    below.append(_href(entry.name))
            elif _is_card(entry.name):
                holds_cards = True
        if len(below) > _MOST_COLLECTIONS:
            raise UnreachableError(f"{self._path} holds too many folders to be an address book")
        hrefs = sorted(below)
        if holds_cards or not below:
            hrefs.insert(0, _ITSELF)
        return tuple(self._collection(href) for href in hrefs)

    def changes(
        self, collection: Collection, since: str | None, known: Mapping[str, str]
    ) -> BookChanges:
        """What became of a book since it held `known` (href to etag). `since`, from the pass
        before, only tells whether an empty folder lies on another disk than the cards did.
        """
        folder = self._folder(collection)
        token = _disk(folder)
        states = dict(_states(folder))
        # A listing may miss a file that is replaced meanwhile; gone is only what isn't there alone.
        for href in (href for href in known if href not in states):
            etag = _etag_now(folder, href)
            if etag is not None:
                states[href] = etag
        moved = since is not None and since != token and not states and known
        if moved or token != _disk(folder):  # before, or while it was read
            raise UnreachableError(
                f"{folder} is empty and on another disk than before: is its own disk mounted?"
            )
        changed = tuple(
            CardState(href, etag) for href, etag in states.items() if known.get(href) != etag
        )
        removed = tuple(href for href in known if href not in states)
        return BookChanges(token, changed, removed, complete=True)

    def fetch(
        self, collection: Collection, hrefs: Iterable[str]
    ) -> Iterator[FetchedCard | FailedCard]:
        """These cards of a book, in the order asked; who is gone meanwhile isn't there."""
        folder = self._folder(collection)
        for href in hrefs:
            card = _read(folder, href)
            if card is not None:
                yield card

    def cancel(self) -> None:
        """Nothing here waits for anybody."""

    def close(self) -> None:
        """Nothing is kept open."""

    def _collection(self, href: str) -> Collection:
        folder = self._path if href == _ITSELF else self._path / _name(href)
        return Collection(href, _display_name(folder), _disk(folder))

    def _folder(self, collection: Collection) -> Path:
        if collection.href == _ITSELF:
            return self._path
        return self._path / _name(collection.href)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        raise _unreadable(folder, error) from error


def _states(folder: Path) -> Iterator[tuple[str, str]]:
    count = 0
    for entry in _entries(folder):
        if not _is_card(entry.name):
            continue
        try:
            found = entry.stat()
        except OSError as error:
            if error.errno in _VANISHED:  # or a link to nothing
                continue
            raise _unreadable(folder, error) from error
        if not stat.S_ISREG(found.st_mode):
            continue
        count += 1
        if count > MOST_CARDS:
            raise UnreachableError(f"{folder} holds more than {MOST_CARDS:,} cards")
        yield _href(entry.name), _etag(found)


def _etag_now(folder: Path, href: str) -> str | None:
    try:
        found = (folder / _name(href)).stat()
    except OSError as error:
        if error.errno in _VANISHED:
            return None
        raise _unreadable(folder, error) from error
    return _etag(found) if stat.S_ISREG(found.st_mode) else None


def _read(folder: Path, href: str) -> FetchedCard | FailedCard | None:
    try:
        # O_NONBLOCK: a pipe that was put in the file's place must not hold us up.
        descriptor = os.open(os.path.join(folder, _name(href)), _READ)  # noqa: PTH118 - 34,000 times
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                return None
            octets = _octets(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in _VANISHED:
            return None
        return FailedCard(href, f"it can't be read: {error.strerror}")
    if len(octets) > LARGEST_CARD:
        return FailedCard(href, f"it is larger than {LARGEST_CARD >> 20} MB")
    return FetchedCard(href, _etag(found), octets)


def _octets(descriptor: int) -> bytes:
    """All of a file, or one octet more than the largest card."""
    pieces: list[bytes] = []
    left = LARGEST_CARD + 1
    while left > 0 and (piece := os.read(descriptor, min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _is_card(name: str) -> bool:
    return name.lower().endswith(".vcf") and not name.startswith(".")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _etag(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}"


def _disk(folder: Path) -> str:
    try:
        return f"disk:{folder.stat().st_dev}"
    except OSError as error:
        raise _unreadable(folder, error) from error


def _display_name(folder: Path) -> str:
    """The first line of the file `displayname`, else the folder's own name."""
    name = os.fsencode(Path(os.path.realpath(folder)).name)
    try:
        descriptor = os.open(folder / "displayname", _READ)
        with os.fdopen(descriptor, "rb") as file:
            name = file.read(_LONGEST_NAME).partition(b"\n")[0].strip() or name
    except OSError:
        pass  # most folders have none
    letters = name.decode("utf-8", "replace")
    return "".join(letter for letter in letters if letter.isprintable()).strip() or "contacts"


def _href(name: str) -> str:
    return quote_from_bytes(os.fsencode(name))


def _name(href: str) -> str:
    """The file's name; never a path out of its folder."""
    name = os.fsdecode(unquote_to_bytes(href))
    if not name or name in {".", ".."} or "/" in name or "\0" in name:
        raise UnreachableError(f"{href!r} is no file's name in a folder of cards")
    return name


def _unreadable(folder: Path, error: OSError) -> UnreachableError:
    if error.errno == errno.ENOTDIR:
        return UnreachableError(f"{folder} is no folder: name the one in which the cards lie")
    if error.errno in _VANISHED:
        return UnreachableError(f"{folder} isn't there: is its disk mounted, is the path right?")
    return UnreachableError(f"{folder} can't be read: {error.strerror}")
