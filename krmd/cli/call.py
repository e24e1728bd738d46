"""One call of `krmd`: what was asked for around the command, where answers go, and krmd opened."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from krmd.cli import spoken
from krmd.cli.terminal import Screen, safe, safe_json, screen_of

if TYPE_CHECKING:
    from krmd.base.command import Command, Outcome
    from krmd.base.instant import Instant
    from krmd.bootstrap import Krmd
    from krmd.settings import Settings

Json = Mapping[str, object]


class UnwrittenError(Exception):
    """An answer could not be written where standard output leads: a full disk, a closed file."""


@dataclass
class Call:
    """What a command is handed: streams, environment, and the options that every command takes."""

    environ: Mapping[str, str]
    keys: TextIO
    out: TextIO
    err: TextIO
    config: Path | None = None
    as_json: bool = False
    quiet: bool = False
    verbose: int = 0
    answered: bool = field(default=False, init=False)

    @cached_property
    def screen(self) -> Screen:
        """What standard output can show."""
        return screen_of(self.out, self.environ)

    @cached_property
    def error_screen(self) -> Screen:
        """What standard error can show."""
        return screen_of(self.err, self.environ)

    @property
    def may_ask(self) -> bool:
        """Whether somebody sits at a terminal who can answer a question."""
        try:
            return not self.as_json and self.keys.isatty() and self.error_screen.is_terminal
        except ValueError:  # closed
            return False

    def settings(self) -> Settings:
        """The settings alone, without the store; raises SettingsError."""
        from krmd.logs import register_secret
        from krmd.settings import load_settings

        return load_settings(self.config, self.environ, revealed=register_secret)

    @contextlib.contextmanager
    def opened(self) -> Iterator[Krmd]:
        """A krmd ready for any command, closed afterwards; raises SettingsError, StoreError."""
        from krmd.bootstrap import open_krmd

        krmd = open_krmd(self.config, self.environ, progress=self._judged)
        try:
            yield krmd
        finally:
            krmd.close()

    def log(self, level: str = "error") -> None:
        """Let the log begin on standard error, more talkative with -v and -vv."""
        from krmd import logs

        levels = ["error", "info", "debug"]
        chosen = max(levels.index(level), min(self.verbose, 2))
        logs.configure(levels[chosen], stream=self.err)

    def perform(self, command: Command) -> None:
        """Perform a command and say what came of it."""
        with self.opened() as krmd:
            self.say_outcome(self.performed(krmd, command))

    def performed(self, krmd: Krmd, command: Command) -> Outcome:
        """What comes of a command through this door."""
        from krmd.base.command import Actor

        return krmd.performer.perform(command, Actor("cli"))

    def say_outcome(self, outcome: Outcome) -> None:
        """Tell what came of a command."""
        if self.as_json:
            self.tell(outcome_json(outcome))
            return
        if not self.quiet:
            for sentence in outcome.sentences:
                self.say(safe(sentence))

    def say(self, line: str = "") -> None:
        """One line for people on standard output; it may hold colours, so parts must be safe."""
        self.write(line + "\n")

    def write(self, text: str) -> None:
        """A piece of a line on standard output; raises BrokenPipeError, UnwrittenError."""
        try:
            self.out.write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UnwrittenError(error.strerror) from error

    def write_octets(self, octets: bytes) -> None:
        """A piece of a file on standard output, whatever that is encoded in; raises as `write`."""
        beneath = getattr(self.out, "buffer", None)
        if beneath is None:
            self.write(octets.decode())
            return
        try:
            self.out.flush()
            beneath.write(octets)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UnwrittenError(error.strerror) from error

    def note(self, line: str) -> None:
        """One line beside the answer, on standard error; --quiet silences it."""
        if not self.quiet:
            self.err.write(safe(line) + "\n")

    def warn(self, line: str) -> None:
        """One line on standard error that --quiet doesn't silence: something wasn't done."""
        self.err.write(safe(line) + "\n")

    def tell(self, document: Json) -> None:
        """The one JSON document that answers this call."""
        assert not self.answered, "one document a call"
        self.answered = True
        indent = 2 if self.screen.is_terminal else None
        self.write(safe_json(json.dumps(document, ensure_ascii=False, indent=indent)) + "\n")

    def when(self, then: Instant | None, krmd: Krmd, never: str = "never") -> str:
        """A time for a table: in words on a terminal, sortable in a pipe."""
        zone = krmd.settings.owner.timezone
        if then is None:
            return never if self.screen.is_terminal else ""
        if self.screen.is_terminal:
            return spoken.ago(then, krmd.clock.now(), zone)
        return spoken.plain(then, zone)

    def days(self, days: int | None) -> str:
        """A cadence for a table: with its unit on a terminal, a number in a pipe."""
        if days is None:
            return ""
        return f"{days} d" if self.screen.is_terminal else str(days)

    def _judged(self, done: int, total: int) -> None:
        if self.error_screen.is_terminal and not self.quiet:
            end = "\n" if done >= total else ""
            self.err.write(f"\rSettings changed, judging again: {done:,} of {total:,}{end}")
            self.err.flush()


def call_of(context: typer.Context) -> Call:
    """The call a command belongs to."""
    call = context.obj
    assert isinstance(call, Call)
    return call


def outcome_json(outcome: Outcome) -> dict[str, object]:
    """What came of a command, as JSON has it: `id` names what was made or changed."""
    return {
        "id": outcome.subject,
        "command": outcome.id,
        "changed": outcome.changed,
        "sentences": list(outcome.sentences),
    }
