"""`krmd run` as a process of its own, as a service manager has it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.dovecot import Mailbox

ROOT = Path(__file__).parents[2]

_COVERED = ("PATH", "TMPDIR", "LC_ALL", "PYTHONPATH")


class Process:
    """A context manager: entering starts it and (`ready`) returns once it has said READY=1, leaving
    kills what is left of it.

    Starts in the calling thread, which must outlive it: its death is tied to that thread's.
    """

    def __init__(
        self, config: Path, *, watchdog_seconds: float | None = None, ready: bool = True
    ) -> None:
        self._ready = ready
        self.config = config
        self._watchdog = watchdog_seconds
        self._exit = contextlib.ExitStack()
        self.heard: list[tuple[float, str]] = []

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            address = f"\0krmd-test-{os.getpid()}-{time.monotonic_ns()}"
            self._notices = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            self._notices.bind(address)
            self._notices.settimeout(0.05)
            self._log = self.config.with_name(f"run-{time.monotonic_ns()}.log")
            output = stack.enter_context(self._log.open("wb"))
            setpriv = shutil.which("setpriv")
            pact = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
            self._process = subprocess.Popen(
                [*pact, sys.executable, "-m", "krmd", "--config", str(self.config), "run"],
                cwd=ROOT,
                env=self._environment("@" + address[1:]),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            stack.callback(self.kill)
            if self._ready:
                self.until(lambda: self.said("READY=1") > 0, 30.0)
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            print(self._log.read_text(errors="replace"))
        self._exit.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def until(self, what: Callable[[], bool], seconds: float = 20.0) -> float:
        """Return how many seconds it took until it was so; fails in time, or when it has ended."""
        began = time.monotonic()
        while not what():
            self.listen()
            if self._process.poll() is not None:
                raise AssertionError(f"it ended with {self._process.returncode}\n{self.output()}")
            assert time.monotonic() - began < seconds, self.output()
        return time.monotonic() - began

    def listen(self) -> None:
        """Take in what it told the service manager, waiting a moment for it."""
        with contextlib.suppress(TimeoutError):
            lines = self._notices.recv(4096).decode().splitlines()
            self.heard.extend((time.monotonic(), line) for line in lines)

    def said(self, line: str) -> int:
        """How often it told the service manager a line."""
        return sum(each == line for _, each in self.heard)

    def events(self, name: str) -> list[dict[str, object]]:
        """The events of that name in its log."""
        found = []
        for line in self.output().splitlines():
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if event.get("event") == name:
                    found.append(event)
        return found

    def output(self) -> str:
        """All it wrote."""
        return self._log.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self, seconds: float = 10.0) -> int:
        """Wait for its end; the exit code."""
        return self._process.wait(seconds)

    def end(self) -> tuple[int, float]:
        """SIGTERM; the exit code and the seconds it took."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        return self.wait(), time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        self._process.kill()
        self._process.wait()

    def _environment(self, notify: str) -> Mapping[str, str]:
        kept = {name: os.environ[name] for name in _COVERED if name in os.environ}
        watchdog = (
            {} if self._watchdog is None else {"WATCHDOG_USEC": str(int(self._watchdog * 1e6))}
        )
        # What it keeps beside a store that is no file shall be the test's too.
        return {**kept, "HOME": str(self.config.parent), "NOTIFY_SOCKET": notify, **watchdog}


NOWHERE = 'listen = "none"\nmetrics_listen = "none"\n'
"""A `[web]` table by which many daemons run side by side."""


def write_config(folder: Path, store_url: str, *, web: str = NOWHERE, **boxes: Mailbox) -> Path:
    """A `krmd.toml` for these accounts, with the lines of its table `[web]`."""
    accounts = "".join(account_table(name, box) for name, box in boxes.items())
    config = folder / "krmd.toml"
    config.touch(mode=0o600)
    config.write_text(
        '[owner]\nname = "Ada Example"\naddresses = ["ada@example.org"]\ntimezone = "UTC"\n'
        f'[store]\nurl = "{store_url}"\nkey = {{ file = "{folder}/key" }}\n[web]\n{web}{accounts}'
    )
    return config


def account_table(name: str, box: Mailbox, *, password: str | None = None) -> str:
    """The table of one account."""
    return (
        f'[accounts.{name}]\nimap = "{box.url}"\nuser = "{box.user}"\n'
        f'password = "{password or box.password}"\npoll_seconds = 5\n'
    )
