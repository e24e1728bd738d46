r"""Mail in files: mbox and Maildir, read like a mailbox: header blocks, one after the other.

No body is kept, and a file of any size is read in constant memory. Nothing is written, no file is
renamed from new/ to cur/.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.intake.mailbox import FailedUid, Folder, FolderRole, RawMail
from krmd.wire.mailheaders import gmail_labels, header_of, is_pine_draft, says_received
from krmd.wire.mboxlines import BLOCK, HEAD, MboxMail, mails_of
from krmd.wire.modified_utf7 import decoded
from krmd.wire.usual_names import ROLE_OF_NAME, comparable

_DEEPEST = 20
_DELIVERED = re.compile(r"(\d{9,11})[._]")
_EARLIEST = 631152000  # 1990-01-01


class MailFolder(NamedTuple):
    """A folder on the disk: what it is for, and where its cur/ and new/ lie."""

    folder: Folder
    path: Path


def mbox_folder(path: Path) -> Folder:
    """The folder that an mbox file is; its use is guessed from the file's name (`Sent`)."""
    name = path.stem if path.suffix.lower() in {".mbox", ".mbx"} else path.name
    return _folder(path.name, name, ROLE_OF_NAME.get(comparable(name), "none"))


def read_mbox(path: Path) -> Iterator[RawMail | FailedUid]:
    """The mails of an mbox file in their order, numbered from 1.

    mboxo, mboxrd and mboxcl (Content-Length is not believed). `received` is the From_ line's time
    (UTC where it names no offset), else the file's. What can't be read is a FailedUid. Raises
    UserError if there is no such file or it is no mbox.
    """
    try:
        with path.open("rb") as file:
            changed = Instant(int(os.fstat(file.fileno()).st_mtime))
            yield from _mails_of(path, file, changed)
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}") from error


def maildir_folders(path: Path) -> tuple[MailFolder, ...]:
    """The Maildirs at and below a path, Maildir++ (`.Lists.Dev`) and nested ones alike.

    Raises UserError if there are none.
    """
    found = tuple(_maildirs(path, path, 0))
    if not found:
        raise UserError(f"{path} is no Maildir: there is no folder with cur and new in it")
    return found


def read_maildir(path: Path) -> Iterator[RawMail | FailedUid]:
    r"""The mails of one Maildir (not of those below it) by file name, numbered from 1.

    `received` is the file's own time, which is what an IMAP server over that
    Maildir says too. `draft` is flag D; flag T gives the label
    \Trash.
    """
    for uid, file in enumerate(_files(path), start=1):
        try:
            with file.open("rb") as opened:
                header = header_of(opened.read(HEAD))
                changed = os.fstat(opened.fileno()).st_mtime
        except OSError as error:
            yield FailedUid(uid, f"{file.name}: {error.strerror}")
            continue
        if not header.strip():
            yield FailedUid(uid, f"{file.name}: no header")
            continue
        flags = file.name.rpartition(":2,")[2] if ":2," in file.name else ""
        labels = gmail_labels(header) + (("\\Trash",) if "T" in flags else ())
        draft = "D" in flags
        yield RawMail(
            uid, _delivered(file.name, changed), header, draft, says_received(header), labels
        )


def _mails_of(path: Path, file: BinaryIO, changed: Instant) -> Iterator[RawMail | FailedUid]:
    start = file.read(BLOCK)
    if start and not start.lstrip(b"\xef\xbb\xbf\r\n").startswith(b"From "):
        raise UserError(f"{path} is no mbox: it doesn't begin with a From line")
    file.seek(0)
    for uid, mail in enumerate(mails_of(file), start=1):
        yield _mail(uid, mail, changed)


def _mail(uid: int, mail: MboxMail, changed: Instant) -> RawMail | FailedUid:
    header = header_of(mail.header)
    if not header.strip():
        return FailedUid(uid, f"the mail at octet {mail.place} has no header")
    return RawMail(
        uid,
        changed if mail.received is None else mail.received,
        header,
        is_pine_draft(header),
        says_received(header),
        gmail_labels(header),
    )


def _maildirs(root: Path, path: Path, depth: int) -> Iterator[MailFolder]:
    try:
        below = sorted(e.name for e in os.scandir(path) if e.is_dir(follow_symlinks=False))
    except OSError as error:
        if path == root:
            raise UserError(f"{path} can't be read: {error.strerror}") from error
        return
    if {"cur", "new"} <= set(below):
        yield MailFolder(_maildir_folder(root, path), path)
    if depth < _DEEPEST:
        for name in below:
            if name not in {"cur", "new", "tmp"}:
                yield from _maildirs(root, path / name, depth + 1)


def _maildir_folder(root: Path, path: Path) -> Folder:
    if path == root:
        role = ROLE_OF_NAME.get(comparable(root.name.lstrip(".")), "inbox")
        return _folder("INBOX" if role == "inbox" else root.name, "INBOX", role)
    parts = [
        decoded(os.fsencode(part))
        for level in path.relative_to(root).parts
        for part in level.lstrip(".").split(".")
    ]
    short = parts[1:] if len(parts) > 1 and comparable(parts[0]) == "inbox" else parts
    return _folder(str(path.relative_to(root)), "/".join(parts), _role(short))


def _role(parts: list[str]) -> FolderRole:
    if len(parts) != 1:
        return "none"
    name = comparable(parts[0])
    return "inbox" if name == "inbox" else ROLE_OF_NAME.get(name, "none")


def _folder(wire: str, name: str, role: FolderRole) -> Folder:
    # Octets as characters, as in wire names from a server.
    return Folder(os.fsencode(wire).decode("latin-1"), name, role, "/", holds_mail=True)


def _files(path: Path) -> list[Path]:
    try:
        found = [
            (entry.name, part)
            for part in ("cur", "new")
            for entry in os.scandir(path / part)
            if not entry.name.startswith(".")
        ]
    except OSError as error:
        raise UserError(f"{path} is no Maildir: {error.strerror}") from error
    return [path / part / name for name, part in sorted(found)]


def _delivered(name: str, changed: float) -> Instant:
    """The file's time, as an IMAP server tells INTERNALDATE; its name's where that was lost.

    Programs that write Maildirs put the arrival there, and put into the name what they like.
    """
    named = _DELIVERED.match(name)
    return Instant(int(named[1]) if named and changed < _EARLIEST else int(changed))
