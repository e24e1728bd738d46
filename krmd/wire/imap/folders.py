"""Which folders there are and what each is for: LIST (RFC 3501, 5258, 6154), else usual names."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import structlog

from krmd.base.errors import UserError
from krmd.intake.mailbox import Folder, FolderRole
from krmd.wire.imap.gate import mailbox_name
from krmd.wire.imap.grammar import UnreadableError, Untagged, parse
from krmd.wire.modified_utf7 import decoded
from krmd.wire.usual_names import ROLE_OF_NAME, WITHOUT_MAIL, comparable

log = structlog.get_logger()

_ROLE_OF_FLAG: dict[str, FolderRole] = {
    "\\inbox": "inbox",
    "\\sent": "sent",
    "\\drafts": "drafts",
    "\\junk": "junk",
    "\\trash": "trash",
    "\\archive": "archive",
    "\\all": "all",
    # Google's XLIST, before RFC 6154; others copied it.
    "\\spam": "junk",
    "\\allmail": "all",
}
_NOT_SELECTABLE = {"\\noselect", "\\nonexistent"}
# Cyrus keeps calendars and address books as mailboxes, Kolab and old Horde likewise by name.
_CYRUS_COLLECTIONS = {
    "#calendars", "#addressbooks", "#jmap", "#jmapnotification", "#jmappushsubscription",
    "#jmapsubmission", "#notifications", "#drive", "#subscriptions",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """How to read a LIST: whether the server is Exchange, and the wire names of folders whose
    annotations say that they hold no mail (Kolab, RFC 5464).
    """

    exchange: bool = False
    without_mail: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Listed:
    wire: str
    name: str
    delimiter: str | None
    flags: frozenset[str]

    @property
    def leaf(self) -> str:
        return self._path()[-1]

    @property
    def usual(self) -> str | None:
        """The name by which its use may be guessed: at the top, or right below INBOX."""
        path = self._path()
        if len(path) == 1 or (len(path) == 2 and path[0].casefold() == "inbox"):
            return comparable(path[-1])
        return None

    def _path(self) -> list[str]:
        return self.name.split(self.delimiter) if self.delimiter else [self.name]


def folders_of(responses: Iterable[Untagged], listing: Listing) -> tuple[Folder, ...]:
    """The folders that LIST responses name, in the server's order, INBOX first.

    Names that no command can be sent with are left out. Two lines for one name count once.
    """
    listed = {entry.wire: entry for entry in map(_listed, responses) if entry is not None}
    found = [_folder(entry, listing) for entry in listed.values()]
    guessed = _guessed(found, listed)
    found = [replace(f, role=guessed.get(f.wire, f.role)) for f in found]
    return tuple(sorted(found, key=lambda folder: folder.role != "inbox"))


def _folder(entry: _Listed, listing: Listing) -> Folder:
    role: FolderRole = next(
        (role for flag, role in _ROLE_OF_FLAG.items() if flag in entry.flags), "none"
    )
    if entry.name.upper() == "INBOX":
        role = "inbox"
    holds_mail = not (
        entry.flags & _NOT_SELECTABLE
        or entry.wire in listing.without_mail
        or _collection(entry)
        or (listing.exchange and role == "none" and entry.usual in WITHOUT_MAIL)
    )
    return Folder(entry.wire, entry.name, role, entry.delimiter, holds_mail)


def _guessed(found: list[Folder], listed: dict[str, _Listed]) -> dict[str, FolderRole]:
    """Roles by usual name, for each role the server gave to no folder, where one name fits."""
    given = {folder.role for folder in found}
    fitting: dict[FolderRole, list[str]] = {}
    for folder in found:
        usual = listed[folder.wire].usual
        if folder.role == "none" and folder.holds_mail and usual in ROLE_OF_NAME:
            fitting.setdefault(ROLE_OF_NAME[usual], []).append(folder.wire)
    return {
        wires[0]: role for role, wires in fitting.items() if len(wires) == 1 and role not in given
    }


def _collection(entry: _Listed) -> bool:
    path = entry.name.split(entry.delimiter) if entry.delimiter else [entry.name]
    return any(part.lower() in _CYRUS_COLLECTIONS for part in path)


def _listed(response: Untagged) -> _Listed | None:
    kind = response.text.split(b" ", 1)[0].upper()
    if kind not in {b"LIST", b"XLIST"}:
        return None
    try:
        values = parse(response.parts)
    except UnreadableError:
        values = []
    if len(values) < 4 or not isinstance(values[1], list):
        log.warning("imap.folder_unreadable")
        return None
    raw = b"NIL" if values[3] is None else values[3]
    if not isinstance(raw, bytes) or not raw:
        return None
    wire = raw.decode("latin-1")
    try:
        mailbox_name(wire)
    except UserError:
        log.warning("imap.folder_unsendable")
        return None
    delimiter = values[2].decode("latin-1") if isinstance(values[2], bytes) else None
    flags = {flag.decode("latin-1").lower() for flag in values[1] if isinstance(flag, bytes)}
    return _Listed(wire, decoded(raw), delimiter or None, frozenset(flags))
