"""One state of a feed's calendar, ready to be sent: its octets in memory or in a file, its tags."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from os import pread
from pathlib import Path
from typing import IO

from krmd.base.instant import Instant

IN_MEMORY = 1 << 20
"""What has more octets lies in a file instead."""

_AT_ONCE = 1 << 18
_LEVEL = 6
_GZIP = 16 + zlib.MAX_WBITS
"""zlib's word for a gzip header; it holds no time, so the same octets are the same again."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Content:
    """`size` octets: in `memory`, else in `file`, which has no name any more.

    The file is closed when nobody holds the content. Whoever reads it says where: its own position
    means nothing.
    """

    size: int
    memory: bytes | None
    file: IO[bytes] | None = None

    def __post_init__(self) -> None:
        if self.file is not None:
            weakref.finalize(self, self.file.close)

    def slices(self, octets: int) -> Iterator[bytes | memoryview]:
        """All of it, so many octets at a time. Raises OSError."""
        view = None if self.memory is None else memoryview(self.memory)
        for start in range(0, self.size, octets):
            if view is not None:
                yield view[start : start + octets]
            elif self.file is not None:
                yield pread(self.file.fileno(), octets, start)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Edition:
    """One state of a feed's calendar.

    `digest` is the SHA-256 of the octets in hex. `revision` and `name` are the feed's when it was
    made; `is_whole`: nobody is missing. `modified` is when these octets were first told. `gzip` may
    follow later, and never does where it would save nothing.
    """

    name: str
    revision: int
    digest: str
    modified: Instant
    is_whole: bool
    plain: Content
    gzip: Content | None = None

    @property
    def etag(self) -> str:
        """The strong entity tag of the plain octets, quoted (RFC 9110 8.8.3)."""
        return f'"{self.digest[:32]}"'

    @property
    def gzip_etag(self) -> str:
        """That of the compressed ones: other octets need another (RFC 9110 8.8.3.3)."""
        return f'"{self.digest[:32]}-gzip"'

    def compressed(self, folder: Path | None) -> Edition:
        """The same with `gzip`; raises OSError."""
        content, _ = collect(_gzipped(self.plain.slices(_AT_ONCE)), folder)
        return replace(self, gzip=content if content.size < self.plain.size else None)


def collect(pieces: Iterable[bytes], folder: Path | None) -> tuple[Content, str]:
    """Octets put where they can be sent from, and their SHA-256 in hex; never all in memory.

    `folder` is where files without a name may lie, None: where the system has them. Raises OSError.
    """
    digest, size = hashlib.sha256(), 0
    held: list[bytes] = []
    file: IO[bytes] | None = None
    try:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            if file is None and size > IN_MEMORY:
                file = tempfile.TemporaryFile(dir=folder, buffering=_AT_ONCE)  # noqa: SIM115 - Content closes it
                file.writelines(held)
                held.clear()
            if file is None:
                held.append(piece)
            else:
                file.write(piece)
        if file is not None:
            file.flush()
    except BaseException:
        if file is not None:
            file.close()
        raise
    memory = b"".join(held) if file is None else None
    return Content(size, memory, file), digest.hexdigest()


def _gzipped(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        yield compressor.compress(piece)
    yield compressor.flush()
