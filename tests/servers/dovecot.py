"""A private Dovecot on loopback, run by an unprivileged user, that tests may kill and restart."""

import contextlib
import datetime as dt
import imaplib
import re
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil
from imapclient import imap_utf7

from tests.servers.certificates import CertificateFiles, make_certificates
from tests.servers.dovecot_conf import SPECIAL_USE, DovecotOptions, DovecotPlace, configuration
from tests.servers.maildir import Maildir
from tests.servers.processes import (
    Identity,
    ServerMissing,
    ServerProcess,
    find_program,
    free_ports,
    greets,
    run_as_service,
    server_folder,
    service_identity,
)

DEFAULT_PASSWORD = "secret"


class Dovecot:
    """One server in its own temporary folder, on the same ports for its whole life.

    A context manager: entering starts it, leaving ends it and removes the folder.
    """

    host = "localhost"

    def __init__(self, options: DovecotOptions | None = None) -> None:
        self.options = options or DovecotOptions()
        self._exit = contextlib.ExitStack()
        self._passwords: dict[str, str] = {}
        self._maildirs: dict[str, Maildir] = {}

    def __enter__(self) -> Self:
        program = dovecot_program()
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(server_folder("dovecot"))
            self._who = service_identity()
            plain, tls = free_ports(2)
            certificates = make_certificates(folder / "certificates")
            self._who.own(certificates.folder, *certificates.folder.iterdir())
            self._place = DovecotPlace(folder, plain, tls, certificates)
            self._config = folder / "dovecot.conf"
            self._config.write_text(configuration(self._place, self._who, self.options))
            self._place.passwords.mkdir()
            self._who.own(self._place.passwords, self._config)
            self._process = ServerProcess(
                [program, "-F", "-c", str(self._config)],
                cwd=folder,
                log=folder / "console.log",
            )
            stack.callback(self._process.kill)  # faster, and nothing in it is to be kept
            self.start()
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def start(self) -> None:
        """Start it, and return when it greets; raises ServerFailed."""
        self._process.start(lambda: greets(self.port, b"* OK"))

    def stop(self) -> None:
        """End it in order: every client hears BYE."""
        self._process.stop()

    def kill(self) -> None:
        """SIGKILL all its processes: clients see the connection end without a word."""
        self._process.kill()
        # A master that finds its predecessor's pid file alive refuses to start.
        (self._place.folder / "run" / "master.pid").unlink(missing_ok=True)

    def restart(self) -> None:
        """Stop and start on the same ports."""
        self.stop()
        self.start()

    def disconnect(self, user: str) -> None:
        """End the sessions of one user, as an administrator would."""
        self.doveadm("kick", user)

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self._process.running

    def processes(self) -> list[psutil.Process]:
        """All its processes now."""
        return self._process.family()

    def log(self) -> str:
        """Everything it logged so far."""
        path = self._place.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def port(self) -> int:
        """Plain text and STARTTLS."""
        return self._place.plain_port

    @property
    def tls_port(self) -> int:
        """TLS from the first byte."""
        return self._place.tls_port

    @property
    def certificates(self) -> CertificateFiles:
        """The CA to trust, among others."""
        return self._place.certificates

    @property
    def identity(self) -> Identity:
        """Who it runs as, and who must own the mail."""
        return self._who

    def doveadm(self, *words: str) -> str:
        """Run one doveadm command against this server; gives back its output."""
        program = find_program("doveadm")
        return run_as_service([program, "-c", str(self._config), *words], cwd=self._place.folder)

    def add_user(
        self,
        name: str,
        password: str = DEFAULT_PASSWORD,
        *,
        folders: Iterable[str] = tuple(SPECIAL_USE),
    ) -> Maildir:
        """A user who may log in from now on, with INBOX and the named folders, all empty."""
        home = self._place.homes / name
        self._passwords[name] = password
        self._maildirs[name] = maildir = Maildir(home / "Maildir", self._who)
        maildir.create("INBOX")
        self._who.own(home.parent, home)
        for folder in folders:
            maildir.create(folder)
        self._write_password(name)
        return maildir

    def set_password(self, name: str, password: str) -> None:
        """Let another password count for this user from now on; takes a second."""
        self._passwords[name] = password
        self._write_password(name)
        time.sleep(1.1)  # see _write_password

    def password(self, name: str) -> str:
        """The user's password."""
        return self._passwords[name]

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Where a folder lies on the disk."""
        return self._maildirs[user].folder(folder)

    def files(self, user: str, folder: str = "INBOX") -> list[Path]:
        """The message files of a folder, unsorted."""
        return self._maildirs[user].files(folder)

    def put(
        self,
        user: str,
        folder: str,
        raw: bytes,
        *,
        internaldate: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> Path:
        """Lay a message straight into the Maildir: fast, and noticed by an IDLE within a second."""
        return self._maildirs[user].put(folder, raw, internaldate=internaldate, flags=flags)

    def append(
        self,
        user: str,
        folder: str,
        raw: bytes,
        *,
        internaldate: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> int:
        """Deliver by IMAP APPEND, as a client saves to Sent; gives back the new UID."""
        with self.session(user) as imap:
            when = imaplib.Time2Internaldate(internaldate) if internaldate else None
            # The stub asks for str where imaplib itself passes None on.
            answer = _ok(imap.append(_quoted(folder), " ".join(flags), when or "", raw))
        found = re.search(rb"APPENDUID \d+ (\d+)", answer[0])
        assert found, answer
        return int(found[1])

    @contextlib.contextmanager
    def session(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A logged-in connection in plain text, for a test to look at or change the mailbox."""
        imap = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        try:
            imap.login(user, self._passwords[user])
            yield imap
        finally:
            # The server may be dead by now; imaplib's own context manager would raise.
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                imap.logout()
            with contextlib.suppress(OSError):
                imap.shutdown()

    def flags(self, user: str, folder: str = "INBOX") -> Mapping[int, frozenset[str]]:
        r"""Every message's flags by UID, \Recent too; taken by EXAMINE, which changes nothing."""
        with self.session(user) as imap:
            _ok(imap.select(_quoted(folder), readonly=True))
            lines = _ok(imap.uid("FETCH", "1:*", "(UID FLAGS)"))
        found = (re.search(rb"UID (\d+) FLAGS \(([^)]*)\)", line) for line in lines)
        return {int(m[1]): frozenset(m[2].decode().split()) for m in found if m}

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """The folder's UIDVALIDITY now."""
        with self.session(user) as imap:
            answer = _ok(imap.status(_quoted(folder), "(UIDVALIDITY)"))
        found = re.search(rb"UIDVALIDITY (\d+)", answer[0])
        assert found, answer
        return int(found[1])

    def remove_index(self, user: str, folder: str | None = None) -> None:
        """Forget what was cached of one folder or all: the next client meets a cold server."""
        self._maildirs[user].remove_index(folder)

    def bump_uidvalidity(self, user: str, folder: str = "INBOX", *, renumber: bool = False) -> int:
        """Give a folder another UIDVALIDITY, and with `renumber` new UIDs; gives back the value.

        Open sessions on that folder are ended, as Dovecot does itself when it notices.
        """
        new = self.uidvalidity(user, folder) + 1
        with contextlib.suppress(Exception):
            self.disconnect(user)
        maildir = self._maildirs[user]
        if renumber:
            maildir.forget_uids(folder)
            self.uidvalidity(user, folder)
        maildir.set_uidvalidity(folder, new)
        assert self.uidvalidity(user, folder) == new
        return new

    def _write_password(self, user: str) -> None:
        # A file for each user: Dovecot looks at most once a second whether one has changed.
        fresh = self._place.passwords / f"{user}.new"
        fresh.write_text(f"{user}:{{PLAIN}}{self._passwords[user]}\n")
        self._who.own(fresh)
        fresh.replace(self._place.passwords / user)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One fresh user of one server: what most tests want."""

    server: Dovecot
    user: str
    password: str

    @property
    def url(self) -> str:
        """As `imap` in krmd.toml: plain text on loopback."""
        return f"imap://127.0.0.1:{self.server.port}"

    def put(
        self,
        raw: bytes,
        folder: str = "INBOX",
        *,
        internaldate: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> Path:
        """As Dovecot.put."""
        return self.server.put(self.user, folder, raw, internaldate=internaldate, flags=flags)

    def append(
        self,
        raw: bytes,
        folder: str = "INBOX",
        *,
        internaldate: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> int:
        """As Dovecot.append."""
        return self.server.append(self.user, folder, raw, internaldate=internaldate, flags=flags)

    def flags(self, folder: str = "INBOX") -> Mapping[int, frozenset[str]]:
        """As Dovecot.flags."""
        return self.server.flags(self.user, folder)

    def maildir(self, folder: str = "INBOX") -> Path:
        """As Dovecot.maildir."""
        return self.server.maildir(self.user, folder)

    def files(self, folder: str = "INBOX") -> list[Path]:
        """As Maildir.files."""
        return self.server.files(self.user, folder)

    def session(self) -> contextlib.AbstractContextManager[imaplib.IMAP4]:
        """As Dovecot.session."""
        return self.server.session(self.user)


def dovecot_program() -> str:
    """Dovecot's own program; raises ServerMissing, also for 2.4, whose configuration differs."""
    program = find_program("dovecot")
    find_program("imap", "/usr/lib/dovecot", "/usr/libexec/dovecot", "/usr/local/libexec/dovecot")
    version = run_as_service([program, "--version"], cwd=Path("/"))
    if not version.startswith("2.3."):
        raise ServerMissing(f"Dovecot 2.3 is needed, and this is {version.strip()}")
    return program


def trusting(certificates: CertificateFiles) -> ssl.SSLContext:
    """A client's TLS context that trusts the throw-away CA and nobody else."""
    return ssl.create_default_context(cafile=str(certificates.ca))


def _quoted(folder: str) -> str:
    wire: bytes = imap_utf7.encode(folder)
    return '"' + wire.decode("ascii").replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ok(answer: tuple[str, Sequence[object]]) -> list[bytes]:
    kind, lines = answer
    assert kind == "OK", lines
    return [line for line in lines if isinstance(line, bytes)]
