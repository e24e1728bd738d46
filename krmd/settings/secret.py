"""Passwords and tokens as settings hold them: read when they are needed, never shown.

What is read is told to a listener (the log's redaction, wired by bootstrap), since settings don't
know the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from krmd.base.errors import UserError
from krmd.settings.source import SOURCES, Source, SourceKind, UnreadableError, others_can_read
from krmd.settings.values import kind_of, parse_path


class Secret:
    """One secret, masked in every form but `reveal()`. Two are equal that come from one source."""

    __slots__ = ("_environ", "_listen", "_value", "key", "source")

    key: str
    """The dotted key it stands under: `accounts.home.password`."""
    source: Source

    def __init__(
        self,
        key: str,
        source: Source,
        *,
        environ: Mapping[str, str],
        listen: Callable[[str], None] | None = None,
    ) -> None:
        self.key = key
        self.source = source
        self._environ = environ
        self._listen = listen
        self._value: str | None = None

    def reveal(self, *, fresh: bool = False) -> str:
        """The secret itself, read at the first call; `fresh` reads again, as tokens need.

        May block for half a minute (commands, keyrings). Raises UserError that names the key and
        the source and never what was read.
        """
        value = self._value
        if value is None or fresh:
            try:
                value = self.source.read(self._environ)
            except UnreadableError as problem:
                raise UserError(f"{self.key}: {problem}") from None
            if self._listen is not None:
                self._listen(value)
            self._value = value
        return value

    def __repr__(self) -> str:
        return f"Secret({self.key}, ***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return (self.key, self.source) == (other.key, other.source)

    def __hash__(self) -> int:
        return hash((self.key, self.source))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret isn't written anywhere")


def parse_source(
    value: object,
    *,
    home: Path,
    folder: Path,
    kinds: tuple[SourceKind, ...] = SOURCES,
    user: str = "krmd",
) -> Source:
    """The source that a value of `krmd.toml` names; raises ValueError and never echoes it.

    A secret file that others can read is refused here already, so that it stands beside all other
    problems; one that isn't there yet is nobody's problem before it is needed.
    """
    spelled = " or ".join(f"{{ {kind} = … }}" for kind in kinds)
    if isinstance(value, str):
        if not value or "\n" in value or "\x00" in value:
            raise ValueError(f"must be one line and not empty; or write {spelled}")
        return Source("literal", value)
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(f"must name exactly one source: {spelled}")
    kind, argument = next(iter(value.items()))
    for known in kinds:
        if kind == known:
            return _checked(
                Source(known, _argument(known, argument), user), home=home, folder=folder
            )
    near = get_close_matches(str(kind), kinds, n=1)
    hint = f"did you mean {near[0]}?" if near else f"write {spelled}"
    raise ValueError(f"doesn't know the source {str(kind)[:30]!r}; {hint}")


def _argument(kind: SourceKind, argument: object) -> str | tuple[str, ...]:
    if kind == "command":
        if not isinstance(argument, list) or not argument:
            raise ValueError(
                'needs a list of words: { command = ["pass", "mail"] }; there is no shell'
            )
        if not all(isinstance(word, str) and "\x00" not in word for word in argument):
            raise ValueError("needs a command of which every word is text")
        if not argument[0].strip():
            raise ValueError("needs a command that begins with a program")
        return tuple(argument)
    if not isinstance(argument, str):
        raise ValueError(f"needs text after {kind} =, not {kind_of(argument)}")  # noqa: TRY004 # pydantic gathers ValueErrors only
    if not argument.strip() or "\x00" in argument:
        raise ValueError(f"needs a name after {kind} =")
    if kind == "env" and argument.startswith("$"):
        raise ValueError("needs the name of a variable without the dollar sign")
    if kind == "credential" and "/" in argument:
        raise ValueError("needs the name of a credential, not a path")
    return argument


def _checked(source: Source, *, home: Path, folder: Path) -> Source:
    if source.kind != "file":
        return source
    path = parse_path(source.argument, home=home, folder=folder)
    if others_can_read(path):
        raise ValueError(f"names a file that others can read; run: chmod 600 {path}")
    return Source("file", str(path))
