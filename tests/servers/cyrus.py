"""A private Cyrus on loopback, run out of unpacked packages: the second make of IMAP server.

Nothing of it is installed (its packages conflict with Dovecot's); `make servers` unpacks them.
What it does otherwise than Dovecot is why it is here: FETCH answers, folder names, CAPABILITY
before and after login, OBJECTID, and an IDLE that, without its idled, tells nothing before DONE.
"""

import contextlib
import datetime as dt
import imaplib
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

from imapclient import imap_utf7

from tests.servers.certificates import Certificate, CertificateFiles, make_certificates
from tests.servers.processes import (
    ServerMissing,
    ServerProcess,
    free_ports,
    greets,
    server_folder,
    service_identity,
)

UNPACKED = Path(__file__).parents[2] / "build" / "cyrus"
FOLDERS = ("Drafts", "Sent", "Junk", "Trash", "Archive")


class Cyrus:
    """One server in its own temporary folder, on the same ports for its whole life.

    A context manager: entering starts it, leaving ends it and removes the folder. Every password
    is right: Cyrus leaves passwords to others, and here nobody checks them.
    """

    host = "localhost"
    password = "any"

    def __init__(self, *, idled: bool = True) -> None:
        self._idled = idled
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if not (UNPACKED / "complete").exists():
            raise ServerMissing("Cyrus is not unpacked")
        with contextlib.ExitStack() as stack:
            self._folder = stack.enter_context(server_folder("cyrus"))
            self.port, self.tls_port = free_ports(2)
            self._lay_out()
            programs = self._folder / "programs"
            libraries = sorted({str(path.parent) for path in programs.rglob("*.so.*")})
            self._process = ServerProcess(
                [
                    str(programs / "lib/cyrus/bin/master"),
                    *("-C", str(self._folder / "imapd.conf")),
                    *("-M", str(self._folder / "cyrus.conf")),
                    *("-p", str(self._folder / "master.pid")),
                ],
                cwd=self._folder,
                log=self._folder / "cyrus.log",
                env={"LD_LIBRARY_PATH": ":".join(libraries), "CYRUS_VERBOSE": "0"},
            )
            stack.callback(self._process.kill)
            self.start()
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self._process.running

    @property
    def certificates(self) -> CertificateFiles:
        """The CA to trust, among others."""
        return CertificateFiles(self._folder / "certificates")

    def start(self) -> None:
        """Start it, and return when it greets; raises ServerFailed."""
        self._process.start(lambda: greets(self.port, b"* OK"))

    def stop(self) -> None:
        """End it in order."""
        self._process.stop()

    def kill(self) -> None:
        """SIGKILL all its processes."""
        self._process.kill()

    def restart(self) -> None:
        """Stop and start on the same ports."""
        self.stop()
        self.start()

    def add_user(self, name: str, *, folders: Iterable[str] = FOLDERS) -> None:
        """A user with INBOX and the named folders, all empty; the usual ones with their use."""
        with self.session("cyrus") as imap:
            _done(imap.create(f"user/{name}"))
        with self.session(name) as imap:
            for folder in folders:
                use = f" (USE (\\{folder}))" if folder in FOLDERS else ""
                # RFC 6154, 3: CREATE with a special use; imaplib would quote it all as a name.
                _done(imap._simple_command("CREATE", _quoted(folder) + use))

    def append(
        self,
        user: str,
        folder: str,
        raw: bytes,
        *,
        internaldate: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> int:
        """Deliver by IMAP APPEND; gives back the new UID. `raw` must have CRLF line ends."""
        with self.session(user) as imap:
            when = imaplib.Time2Internaldate(internaldate) if internaldate else ""
            answer = _done(imap.append(_quoted(folder), f"({' '.join(flags)})", when, raw))
        found = re.search(rb"APPENDUID \d+ (\d+)", answer[0])
        assert found, answer
        return int(found[1])

    def flags(self, user: str, folder: str = "INBOX") -> Mapping[int, frozenset[str]]:
        r"""Every message's flags by UID, \Recent too; taken by EXAMINE, which changes nothing."""
        with self.session(user) as imap:
            _done(imap.select(_quoted(folder), readonly=True))
            lines = _done(imap.uid("FETCH", "1:*", "(UID FLAGS)"))
        uids = (re.search(rb"UID (\d+)", line) for line in lines)
        flags = (re.search(rb"FLAGS \(([^)]*)\)", line) for line in lines)
        pairs = zip(uids, flags, strict=True)
        return {int(u[1]): frozenset(f[1].decode().split()) for u, f in pairs if u and f}

    @contextlib.contextmanager
    def session(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A logged-in connection in plain text."""
        imap = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        try:
            imap.login(user, self.password)
            yield imap
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                imap.logout()
            with contextlib.suppress(OSError):
                imap.shutdown()

    def _lay_out(self) -> None:
        who, folder = service_identity(), self._folder
        # Copied, since the server's user may be unable to enter the folder of the project.
        for tree in ("root/usr/lib", "root/lib"):
            if (UNPACKED / tree).exists():
                target = folder / "programs/lib"
                shutil.copytree(UNPACKED / tree, target, symlinks=True, dirs_exist_ok=True)
        certificates = make_certificates(folder / "certificates")
        rooms = ("config", "spool", "run", "run/proc", "config/db", "config/msg", "config/log")
        for room in rooms:
            (folder / room).mkdir()
        (folder / "imapd.conf").write_text(_imapd_conf(folder, certificates, who.user))
        (folder / "cyrus.conf").write_text(self._cyrus_conf())
        who.own(
            *(folder / room for room in rooms),
            *(folder / "certificates").iterdir(),
            folder / "certificates",
        )

    def _cyrus_conf(self) -> str:
        programs = self._folder / "programs/lib/cyrus/bin"
        conf = f"-C {self._folder}/imapd.conf"
        idled = f'idled cmd="{programs}/idled {conf}"' if self._idled else ""
        return f"""
START {{
  recover cmd="{programs}/ctl_cyrusdb {conf} -r"
  {idled}
}}
SERVICES {{
  imap cmd="{programs}/imapd {conf}" listen="127.0.0.1:{self.port}" prefork=0
  imaps cmd="{programs}/imapd {conf} -s" listen="127.0.0.1:{self.tls_port}" prefork=0
}}
EVENTS {{
}}
"""


def _imapd_conf(folder: Path, certificates: CertificateFiles, user: str) -> str:
    return f"""
configdirectory: {folder}/config
partition-default: {folder}/spool
defaultpartition: default
cyrus_user: {user}
admins: cyrus
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
unixhierarchysep: yes
altnamespace: yes
specialusealways: yes
hashimapspool: no
proc_path: {folder}/run/proc
mboxname_lockpath: {folder}/run/lock
idlesocket: {folder}/run/idle
notifysocket: {folder}/run/notify
lmtpsocket: {folder}/run/lmtp
tls_server_cert: {certificates.chain(Certificate.GOOD)}
tls_server_key: {certificates.key(Certificate.GOOD)}
imapidlepoll: 1
failedloginpause: 0
"""


def _quoted(folder: str) -> str:
    wire: bytes = imap_utf7.encode(folder)
    return '"' + wire.decode("ascii") + '"'


def _done(answer: tuple[str, Iterable[object]]) -> list[bytes]:
    kind, lines = answer
    assert kind == "OK", lines
    return [line for line in lines if isinstance(line, bytes)]
