"""Laying generated mails on the disk as a Maildir++ tree that Dovecot reads; quick for 100,000."""

import os
from collections.abc import Iterable
from pathlib import Path

from tests.mailgen.mail import GeneratedMail

LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}


def write_maildir(
    path: Path,
    mails: Iterable[GeneratedMail],
    *,
    uid: int | None = None,
    gid: int | None = None,
) -> list[GeneratedMail]:
    """Write the mails under `path`, made if absent, and give them back without their bytes.

    Dovecot numbers them in this order; INTERNALDATE is the file's time. `uid`, `gid`: who shall
    own everything (only root may say so). File names are the same for the same mails.
    """
    tree = _Tree(path, uid, gid)
    kept = []
    for number, mail in enumerate(mails):
        tree.write(number, mail)
        kept.append(mail._replace(raw=b""))
    return kept


class _Tree:
    """The folders made so far."""

    def __init__(self, root: Path, uid: int | None, gid: int | None) -> None:
        self._root = root
        self._owner = None if uid is None else (uid, -1 if gid is None else gid)
        self._folders: dict[str, str] = {}
        self._folder("INBOX")

    def write(self, number: int, mail: GeneratedMail) -> None:
        size, wire_size = len(mail.raw), len(mail.raw) + mail.raw.count(b"\n")
        letters = "".join(sorted(LETTERS[flag] for flag in mail.flags))
        name = f"{1_000_000_000 + number // 1_000_000}.M{number % 1_000_000:06}P1.mailgen"
        file = f"{self._folder(mail.folder)}/cur/{name},S={size},W={wire_size}:2,{letters}"
        # Plain system calls: pathlib costs as much again as the writing itself.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, mail.raw)
            if self._owner:
                os.fchown(handle, *self._owner)
        finally:
            os.close(handle)
        moment = mail.internaldate.timestamp()
        os.utime(file, (moment, moment))

    def _folder(self, name: str) -> str:
        if name not in self._folders:
            place = self._root if name == "INBOX" else self._root / f".{name.replace('/', '.')}"
            for part in (place, *(place / part for part in ("cur", "new", "tmp"))):
                part.mkdir(parents=True, exist_ok=True)
                if self._owner:
                    os.chown(part, *self._owner)
            self._folders[name] = str(place)
        return self._folders[name]
