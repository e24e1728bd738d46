"""Where a secret comes from, and the reading of each kind of source; not what it is for."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SourceKind = Literal["env", "file", "credential", "command", "keyring", "literal"]
SOURCES: tuple[SourceKind, ...] = ("env", "file", "credential", "command", "keyring")

COMMAND_SECONDS = 30
"""How long a command may take to print a secret."""

MAX_BYTES = 65536
"""A secret longer than that is a mistake (a whole file named by accident)."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class UnreadableError(Exception):
    """Half a sentence for the user: what is wrong with a source and what to do; holds no secret."""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of source and its argument there: a name, a path, or the words of a command.

    `user` is whom a keyring keeps the secret for.
    """

    kind: SourceKind
    argument: str | tuple[str, ...]
    user: str = "krmd"

    def __repr__(self) -> str:
        return f"Source({self.shown})"

    @property
    def shown(self) -> str:
        """The source in words that hold no secret."""
        match self.kind:
            case "literal":
                return "krmd.toml itself"
            case "command":
                return f"the command {self.argument[0]}"
            case "env":
                return f"${self.argument}"
            case "credential":
                return f"the credential {self.argument}"
            case "keyring":
                return f"the keyring's entry {self.argument}"
            case "file":
                return str(self.argument)

    def read(self, environ: Mapping[str, str]) -> str:
        """The first line of what the source holds; raises UnreadableError. May block for
        COMMAND_SECONDS.
        """
        line = _READERS[self.kind](self, environ).split("\n", 1)[0].rstrip("\r")
        if not line or "\x00" in line:
            raise UnreadableError(f"{self.shown} is empty or holds no text")
        return line


def others_can_read(path: Path) -> bool:
    """Whether group or others have any right to a file; false where there is none."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(mode & _OTHERS)


def _from_env(source: Source, environ: Mapping[str, str]) -> str:
    value = environ.get(str(source.argument))
    if value is None:
        raise UnreadableError(f"{source.shown} isn't set; set it, or name another source")
    return value


def _from_file(source: Source, _: Mapping[str, str]) -> str:
    return _read_file(Path(str(source.argument)), private=True)


def _from_credential(source: Source, environ: Mapping[str, str]) -> str:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise UnreadableError(
            f"{source.shown} needs LoadCredential= of a systemd unit; "
            "no CREDENTIALS_DIRECTORY is set here"
        )
    # systemd guards this folder itself; behind DynamicUser its files carry an ACL, which shows as
    # a right of the group in the mode.
    return _read_file(Path(folder, str(source.argument)), private=False)


def _read_file(path: Path, *, private: bool) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if private and stat.S_ISREG(mode) and mode & _OTHERS:
                raise UnreadableError(f"others can read {path}; run: chmod 600 {path}")
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"{path} can't be read: {error.strerror}") from None
    return _decoded(content, str(path))


def _decoded(content: bytes, shown: str) -> str:
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"{shown} gives more than {MAX_BYTES} bytes; that is no secret")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise UnreadableError(f"{shown} gives no UTF-8 text") from None


def _from_command(source: Source, environ: Mapping[str, str]) -> str:
    assert isinstance(source.argument, tuple)
    try:
        done = subprocess.run(
            source.argument,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may repeat the secret
            timeout=COMMAND_SECONDS,
            check=False,
            env=dict(environ),
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(
            f"{source.shown} didn't answer within {COMMAND_SECONDS} s; run it by hand to see why"
        ) from None
    except OSError as error:
        raise UnreadableError(f"{source.shown} can't be run: {error.strerror}") from None
    if done.returncode != 0:
        raise UnreadableError(
            f"{source.shown} ended with {done.returncode}; run it by hand to see why"
        )
    return _decoded(done.stdout, source.shown)


def _from_keyring(source: Source, _: Mapping[str, str]) -> str:
    try:
        import keyring  # heavy, and an extra
    except ImportError:
        raise UnreadableError(
            "the keyring needs krmd[keyring]; install it, or name another source"
        ) from None
    try:
        value = keyring.get_password(str(source.argument), source.user)
    except Exception as error:  # noqa: BLE001 # each backend raises what it likes
        raise UnreadableError(f"the keyring doesn't answer ({type(error).__name__})") from None
    if value is None:
        raise UnreadableError(f"{source.shown} has nothing for the user {source.user}")
    return value


def _from_literal(source: Source, _: Mapping[str, str]) -> str:
    return str(source.argument)


_READERS: dict[SourceKind, Callable[[Source, Mapping[str, str]], str]] = {
    "env": _from_env,
    "file": _from_file,
    "credential": _from_credential,
    "command": _from_command,
    "keyring": _from_keyring,
    "literal": _from_literal,
}
