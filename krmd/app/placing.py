"""Files put in place whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from krmd.base.errors import UserError


def place_file(
    file: Path,
    parts: Iterable[bytes],
    *,
    like: os.stat_result | None = None,
    lasting: bool = True,
) -> int:
    """Put a file in place, and say how many octets it has; UserError where that can't be.

    Its owner alone can read it, or whoever could read the one that is `like` it. `lasting`: it is
    on the disk before its name is; who writes again whatever is wrong can do without.
    """
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.writelines(parts)
                if like is not None:
                    _make_like(opened.fileno(), like)
                opened.flush()
                size = opened.tell()
                if lasting:
                    os.fsync(opened.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except FileNotFoundError as error:
        raise UserError(f"{file} can't be written: there is no folder {file.parent}") from error
    except OSError as error:
        raise UserError(f"{file} can't be written: {error.strerror}") from error
    return size


def _make_like(handle: int, other: os.stat_result) -> None:
    # Whoever isn't root gives nothing away; the file is theirs then, and readable as before.
    with contextlib.suppress(PermissionError):
        os.fchown(handle, other.st_uid, other.st_gid)
    os.fchmod(handle, stat.S_IMODE(other.st_mode))
