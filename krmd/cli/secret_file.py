"""A typed password in a file of its own. Never touches a file that is there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from krmd.base.errors import UserError


@contextlib.contextmanager
def new_secret_file(folder: Path, name: str, secret: str) -> Iterator[Path]:
    """Write a password to a new file, mode 0600, named for the account; yields its path.

    A name that is taken, be it by a dangling link, gets a number: another account may log in with
    what lies there. Where the body raises, the file made here goes again, and no other. Raises
    UserError where none can be made.
    """
    path = folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path, handle = _opened(folder, name)
    except OSError as error:
        raise UserError(f"can't write a password into {folder}: {error.strerror}") from None
    try:
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(secret + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UserError(f"can't write {path}: {error.strerror}") from None
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _opened(folder: Path, name: str) -> tuple[Path, int]:
    stem = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name)
    for number in count(1):
        path = folder / (f"{stem}.password" if number == 1 else f"{stem}-{number}.password")
        with contextlib.suppress(FileExistsError):
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    raise AssertionError("counting ends nowhere")
