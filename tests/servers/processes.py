"""Starting and ending the servers' processes: unprivileged, on loopback, and never left behind.

A server is a foreground process in a session of its own (Ctrl-C at the terminal does not reach it
before the fixtures end it in order) whose death is tied to the test process by the kernel
(`setpriv --pdeathsig`), so that not even `kill -9` on pytest leaves one running.
"""

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psutil

SERVICE_USER = "nobody"
"""Who the servers run as where the tests run as root; initdb refuses root outright."""


class ServerMissing(Exception):
    """A server's programs are not on this machine; the text says what to install."""


class ServerFailed(Exception):
    """A server did not start or answer; the text holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user and group the servers run as, and who owns the files they read."""

    user: str
    uid: int
    gid: int

    @property
    def differs(self) -> bool:
        """Whether it is somebody else than who runs the tests (only root can do that)."""
        return self.uid != os.geteuid()

    def own(self, *paths: Path) -> None:
        """Hand files and folders to the server's user; nothing where the tests run as that user."""
        if self.differs:
            for path in paths:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def service_identity() -> Identity:
    """Who servers run as: an unprivileged user for root, oneself otherwise."""
    entry = pwd.getpwnam(SERVICE_USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return Identity(entry.pw_name, entry.pw_uid, entry.pw_gid)


@contextlib.contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """A temporary folder the server's user owns; short, since a socket's path has 107 bytes.

    What a killed test process left behind is removed on the way: its id is in the name.
    """
    # Not TMPDIR: it may be long, or closed to the server's user.
    room = Path("/tmp")  # noqa: S108 - mkdtemp makes the folder unguessable and private
    for stale in room.glob(f"krmd-{name}-*-*"):
        owner = stale.name.split("-")[2]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(stale, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=f"krmd-{name}-{os.getpid()}-", dir=room))
    try:
        service_identity().own(path)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Loopback ports nobody listens on.

    Below 32768, so that the kernel gives none of them to an outgoing connection while the server
    that owns it is being restarted.
    """
    ports: set[int] = set()
    while len(ports) < count:
        port = random.SystemRandom().randrange(15000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            ports.add(port)
    return list(ports)


def find_program(name: str, *folders: str) -> str:
    """The full path of a program, looked for in PATH, in the sbin folders and in `folders`.

    Raises ServerMissing.
    """
    found = shutil.which(
        name, path=os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    )
    if found is None:
        raise ServerMissing(f"{name} is not installed")
    return found


def run_as_service(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None
) -> str:
    """Run a short program as the server's user, give back its output; raises ServerFailed."""
    who = service_identity()
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**_environment(), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
        text=True,
        **_demotion(who),
    )
    if done.returncode != 0:
        raise ServerFailed(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


class ServerProcess:
    """One server's process tree."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        log: Path,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self._command = list(command)
        self._cwd = cwd
        self._log = log
        self._env = {**_environment(), **(env or {})}
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the server's first process; the server must be running."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the first process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, ready: Callable[[], bool], *, seconds: float = 20.0) -> None:
        """Start, and return once `ready()` is true; raises ServerFailed with the log's end.

        Must be called on a thread that lives as long as the server: the kernel ties the server's
        life to the thread that started it.
        """
        assert not self.running, "the server runs already"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_death_pact(), *self._command],
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_demotion(service_identity()),
            )
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(f"{self._command[0]} did not start:\n{self.log_end()}")
            time.sleep(0.02)

    def stop(self, *, seconds: float = 10.0) -> None:
        """End it in order; what is left after `seconds` is killed. Nothing if it does not run."""
        if self._process is None:
            return
        family = self.family()
        if self.running:
            self._process.send_signal(self._stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        _wait_for_end(family, 1.0)
        self._slay(family)

    def kill(self) -> None:
        """SIGKILL every process of it at once, as a power failure would."""
        if self._process is not None:
            self._slay(self.family())

    def log_end(self, characters: int = 3000) -> str:
        """The end of its log."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return text[-characters:]

    def family(self) -> list[psutil.Process]:
        """All that descends from the first process or shares its session, even after its death."""
        assert self._process is not None
        first = self._process.pid
        family: dict[int, psutil.Process] = {}
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.NoSuchProcess):
                if os.getsid(process.pid) == first:
                    family |= {process.pid: process}
                    family |= {child.pid: child for child in process.children(recursive=True)}
        return list(family.values())

    def _slay(self, family: list[psutil.Process]) -> None:
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self._process is not None:
            self._process.wait(10)
            self._process = None
        _wait_for_end(family, 5.0)


def accepts(port: int) -> bool:
    """Whether something on loopback accepts connections at this port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def greets(port: int, greeting: bytes) -> bool:
    """Whether what listens at this port says `greeting` first, in plain text."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2.0) as probe:
            return probe.recv(256).startswith(greeting)
    except OSError:
        return False


def _wait_for_end(family: list[psutil.Process], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(map(_alive, family)) and time.monotonic() < deadline:
        time.sleep(0.01)


def _alive(process: psutil.Process) -> bool:
    # A zombie holds no port and no file; only its new parent can lay it to rest.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _environment() -> dict[str, str]:
    kept = ("PATH", "TMPDIR", "TZ")
    return {"LC_ALL": "C.UTF-8", **{name: os.environ[name] for name in kept if name in os.environ}}


def _death_pact() -> list[str]:
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "TERM"] if program else []


class _Credentials(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _demotion(who: Identity) -> _Credentials:
    if not who.differs:
        return {}
    return {"user": who.uid, "group": who.gid, "extra_groups": []}
