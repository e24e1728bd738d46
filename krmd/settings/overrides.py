"""Names in the environment that override settings: `KRMD_SECTION__KEY`, nested by `__`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from krmd.base.errors import Problem

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Override:
    """One such name, the keys it stands for, and what was written there."""

    name: str
    keys: tuple[str, ...]
    text: str

    def covers(self, keys: tuple[str, ...]) -> bool:
        """Whether it decides what stands under these keys."""
        return keys[: len(self.keys)] == self.keys


def read_overrides(environ: Mapping[str, str], table: Table) -> tuple[Override, ...]:
    """All overrides, outer tables before what lies in them; other `KRMD_…` names are free.

    Where a key of the file differs only in case, or has - for _, that key is meant, since the
    environment's names have no other letters.
    """
    found = []
    for name in sorted(environ):
        parts = name.removeprefix("KRMD_").split("__")
        if name.startswith("KRMD_") and len(parts) > 1 and all(parts):
            found.append(Override(name, _keys(parts, table), environ[name]))
    return tuple(sorted(found, key=lambda override: len(override.keys)))


def _keys(parts: list[str], table: object) -> tuple[str, ...]:
    keys = []
    for part in parts:
        wanted = part.lower().replace("-", "_")
        here = table if isinstance(table, dict) else {}
        key = next((key for key in here if key.lower().replace("-", "_") == wanted), part.lower())
        table = here.get(key)
        keys.append(key)
    return tuple(keys)


def apply_overrides(
    table: Table, overrides: tuple[Override, ...], *, as_text: frozenset[str] = frozenset()
) -> tuple[Table, tuple[Problem, ...]]:
    """The table with the overrides in it; those named in `as_text` aren't parsed as TOML."""
    merged = deepcopy(table)
    problems = []
    for override in overrides:
        value = override.text if override.name in as_text else _value(override.text)
        if not _put(merged, override.keys, value):
            dotted = ".".join(override.keys[:-1])
            problems.append(
                Problem(f"${override.name}", dotted, "is no table, so nothing in it can be set")
            )
    return merged, tuple(problems)


def _put(table: Table, keys: tuple[str, ...], value: object) -> bool:
    for key in keys[:-1]:
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            return False
        table = inner
    table[keys[-1]] = value
    return True


def _value(text: str) -> object:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if len(parsed) == 1 else text  # more: a line break smuggled keys in
