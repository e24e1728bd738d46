"""Reads a TOML file, and says in one sentence why it can't."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from krmd.base.errors import Problem, SettingsError
from krmd.settings.overrides import Table

MAX_BYTES = 4 * 1024 * 1024

_SYNTAX = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)\Z", re.DOTALL
)


def read_text(path: Path) -> str:
    """What a file holds; raises SettingsError if it can't be read or is no UTF-8."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise refused(path, "there is no such file; name another, or run: krmd init") from None
    except OSError as error:
        raise refused(path, f"can't be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise refused(path, "is larger than 4 MB; that is no krmd.toml")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(f"{path}:{line}", "is no UTF-8 text; save it as UTF-8") from None


def parse_toml(path: Path | None, text: str) -> Table:
    """The tables of a file; raises SettingsError that names the line of a mistake in its syntax."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.match(str(error))
        what = found["what"] if found else str(error)
        line = (found["line"] if found else None) or text.rstrip().count("\n") + 1
        sentence = f"isn't TOML here: {what[:1].lower()}{what[1:]}"
        raise refused(f"{path}:{line}", sentence) from None
    except RecursionError:
        raise refused(path or "krmd.toml", "is nested too deeply") from None


def refused(place: Path | str, message: str) -> SettingsError:
    """The error for a file as a whole."""
    return SettingsError((Problem(str(place), "", message),))
