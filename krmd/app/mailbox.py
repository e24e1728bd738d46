"""What the use cases ask of a mailbox; `wire` has the adapters, tests have a fake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from krmd.base.instant import Instant
from krmd.intake.mailbox import FetchedRange, Folder, FolderState, MailText, UidRange


class Mailbox(Protocol):
    """An open connection to one mailbox, read-only. All methods raise UnreachableError."""

    def folders(self) -> tuple[Folder, ...]:
        """Every folder there is."""
        ...

    def states(self, folders: Sequence[Folder]) -> dict[str, FolderState]:
        """The counters of these by wire name, without opening them; who vanished is absent."""
        ...

    def open(self, folder: Folder) -> FolderState:
        """Open a folder read-only (EXAMINE)."""
        ...

    def fetch(
        self, ranges: Iterable[UidRange], *, header_fields: tuple[str, ...]
    ) -> Iterator[FetchedRange]:
        """The mails of the open folder, range by range, in the order asked."""
        ...

    def oldest_since(self, since: Instant) -> int | None:
        """A UID of the open folder below which all mail arrived before `since`; None if the
        server can't tell.
        """
        ...

    def text(self, uid: int) -> MailText | None:
        """The beginning of the body of a mail in the open folder; None where it is gone."""
        ...

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait on the open folder until something may be new (True), or time or `stop` ends it."""
        ...


class Stop(Protocol):
    """A request to end, set by another thread."""

    def is_set(self) -> bool:
        """Whether to end now."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep until it is set, or for so many seconds; says whether it is set."""
        ...
