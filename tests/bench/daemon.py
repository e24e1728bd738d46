"""A running `krmd run`: started, waited for, its memory looked at, ended."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.bench.contenders import Krmd
from tests.bench.process import ROOT, RunFailed

READY_SECONDS = 120.0
END_SECONDS = 10.0


class Daemon:
    """A context manager: entering returns once krmd has said READY=1, leaving sends SIGTERM."""

    def __init__(self, krmd: Krmd, config: Path) -> None:
        # It dies with the harness, should that be killed.
        setpriv = shutil.which("setpriv")
        pact = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        self._command = [*pact, *krmd.command, "--config", str(config), "run"]
        self._folder = config.parent
        self._exit = contextlib.ExitStack()
        self.ended_after: float | None = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            notices = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            address = f"\0krmd-bench-{os.getpid()}-{time.monotonic_ns()}"
            notices.bind(address)
            log = stack.enter_context((self._folder / "run.log").open("wb"))
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env={**os.environ, "NOTIFY_SOCKET": "@" + address[1:]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            stack.callback(self._end)
            self._wait_until_ready(notices)
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    def rss_mib(self) -> float:
        """Resident memory of it and its children now."""
        first = psutil.Process(self._process.pid)
        total = 0.0
        for each in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += float(each.memory_info().rss)
        return total / 2**20

    def cpu_seconds(self) -> float:
        """User and system time so far, that of its children too."""
        first = psutil.Process(self._process.pid)
        ended = first.cpu_times()
        total = ended.children_user + ended.children_system
        for each in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system
        return float(total)

    def log(self) -> str:
        """All it wrote."""
        return (self._folder / "run.log").read_text(errors="replace")

    def wait_until_idle(self, *, seconds: float = 120.0, quiet: float = 3.0) -> None:
        """Return once it used less than 2 % of a core for `quiet` seconds; raises RunFailed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            before = self.cpu_seconds()
            time.sleep(quiet)
            if self.cpu_seconds() - before < 0.02 * quiet:
                return
        raise RunFailed(f"krmd run did not come to rest within {seconds} s")

    def _wait_until_ready(self, notices: socket.socket) -> None:
        deadline = time.monotonic() + READY_SECONDS
        notices.settimeout(0.2)
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(TimeoutError):
                if b"READY=1" in notices.recv(4096).split(b"\n"):
                    return
        raise RunFailed(f"krmd run did not get ready:\n{self.log()[-2000:]}")

    def _end(self) -> None:
        began = time.monotonic()
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
            self.ended_after = time.monotonic() - began
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
