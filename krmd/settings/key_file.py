"""krmd's key where the settings say it lies: read, or made at first need where that is a file."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from krmd.base.errors import UserError
from krmd.base.key import KEY_OCTETS, Key, parse_key

if TYPE_CHECKING:
    from krmd.settings.secret import Secret


def is_there(secret: Secret) -> bool:
    """Whether there is a key: always but for a file that wasn't made yet."""
    source = secret.source
    return source.kind != "file" or os.path.lexists(str(source.argument))


def read_key(secret: Secret) -> Key:
    """The key that is there. Raises UserError that names the setting where it is none."""
    key = parse_key(secret.reveal(fresh=True))
    if key is None:
        raise UserError(
            f"{secret.key}: {secret.source.shown} holds no key, which is {2 * KEY_OCTETS} hex"
            " digits; put back the one that was there, from a backup"
        )
    return key


def ensure_key(secret: Secret, *, random: Callable[[int], bytes]) -> Key:
    """The key, made of so many `random` octets where its file isn't there yet.

    Of two processes that make it at once both end with the same. Raises UserError.
    """
    if not is_there(secret):
        path = Path(str(secret.source.argument))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(path, Key(random(KEY_OCTETS)))
        except OSError as error:
            raise UserError(f"{secret.key}: {path} can't be made: {error.strerror}") from error
    return read_key(secret)


def _make(path: Path, key: Key) -> None:
    """Put it there whole or not at all, and never in the place of another.

    A link appears at once, with its contents; a file opened to be written is empty for a moment,
    and for good where the machine stops then.
    """
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.spelled() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was faster: that one counts
            os.link(beside, path)
    finally:
        Path(beside).unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Without it the name itself may be lost with the power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
