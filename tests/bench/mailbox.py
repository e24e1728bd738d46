"""The mailboxes that are read: generated once into the build folder, laid out fresh on a server."""

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from tests.bench.process import CACHE, ROOT, run
from tests.servers.dovecot import Dovecot
from tests.servers.processes import service_identity

SEED = 1
OWNER = ("kim@example.org", "kim.odegard@work.example")
"""Whose mailbox is generated."""

NOT_READ = frozenset({rb"\Junk", rb"\Trash", rb"\Drafts", rb"\Noselect", rb"\NonExistent"})
"""What krmd leaves out by default, and so every other contender here, too."""


@dataclass(frozen=True, slots=True)
class Box:
    """One user's mailbox on the running server: where it is, and what of it is to be read."""

    port: int
    user: str
    password: str
    root: Path
    folders: tuple[str, ...]
    messages: int

    def make_cold(self) -> None:
        """Delete what Dovecot cached of the headers; its index and the UIDs stay.

        So it is for a first reading of mail whose folders another client has opened before. The
        files themselves stay in the kernel's page cache.
        """
        for path in (self.root, *self.root.glob(".[!.]*")):
            (path / "dovecot.index.cache").unlink(missing_ok=True)


def generated(count: int) -> Path:
    """A Maildir++ of `count` messages, made now unless this generator made it before.

    Raises RunFailed.
    """
    place = CACHE / f"mail-{count}-{SEED}-{_generator_version()}"
    if not place.exists():
        for outdated in CACHE.glob(f"mail-{count}-*"):
            shutil.rmtree(outdated)
        unfinished = place.with_name(place.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        words = ["--count", str(count), "--seed", str(SEED)]
        words += [word for address in OWNER for word in ("--owner", address)]
        run([sys.executable, "-m", "tests.mailgen", str(unfinished), *words])
        unfinished.rename(place)
    return place


def laid_out(server: Dovecot, user: str, mail: Path) -> Box:
    """A user of `server` who has a copy of that Maildir, indexed and with a warm page cache.

    The copy consists of hard links where the file system can: a Maildir's files never change.
    """
    server.add_user(user, folders=())
    root = server.maildir(user)
    shutil.rmtree(root)
    shutil.copytree(mail, root, copy_function=_link_or_copy)
    service_identity().own(root, *root.rglob("*"))
    return opened(server, user)


def opened(server: Dovecot, user: str) -> Box:
    """The mailbox of an existing user, each folder opened once so that the server indexes it."""
    password = server.password(user)
    with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
        client.login(user, password)
        names = [
            name
            for flags, _, name in client.list_folders()
            if not NOT_READ & set(flags) and name not in {"Junk", "Trash", "Drafts"}
        ]
        counts = {name: int(client.select_folder(name, readonly=True)[b"EXISTS"]) for name in names}
    folders = tuple(name for name, count in counts.items() if count)
    total = sum(counts.values())
    return Box(server.port, user, password, server.maildir(user), folders, total)


def _generator_version() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "tests" / "mailgen").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def counts_wanted(count: Sequence[int], *, quick: bool) -> tuple[int, ...]:
    """Which sizes to measure: those asked for, else 20,000 and (unless quick) 100,000."""
    return tuple(count) or ((20_000,) if quick else (20_000, 100_000))
