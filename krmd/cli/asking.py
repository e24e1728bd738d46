"""Questions on a terminal. Elsewhere nobody is asked: a command is told, or names the option."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TextIO

import typer

from krmd.base.errors import UserError
from krmd.cli.call import Call
from krmd.cli.terminal import safe


def ask(call: Call, question: str, option: str, *, default: str | None = None) -> str:
    """The answer to a question; the default where nobody can be asked or just return is pressed.

    Raises UserError that names the option where nobody can be asked and there is no default.
    """
    if not call.may_ask:
        if default is None:
            raise UserError(f"nobody can be asked here: {option} says it")
        return default
    shown = f" [{safe(default)}]" if default else ""
    while True:
        answer = _line(call, f"{question}{shown}: ").strip() or (default or "")
        if answer or default == "":
            return answer


def ask_secret(call: Call, question: str, option: str) -> str:
    """A password, typed without being shown; UserError where nobody can be asked."""
    if not call.may_ask:
        raise UserError(f"nobody can be asked here: {option} says it")
    while True:
        with _without_echo(call.keys):
            answer = _line(call, f"{question}: ")
            call.err.write("\n")
        if answer:
            return answer


def choose(call: Call, question: str, choices: Sequence[str]) -> int:
    """Which of some choices is taken, the first by just return; only on a terminal."""
    for number, choice in enumerate(choices, start=1):
        call.err.write(f"  {number}  {choice}\n")
    while True:
        answer = _line(call, f"{question} [1]: ").strip() or "1"
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return int(answer) - 1


def confirm(call: Call, question: str, *, yes: bool) -> bool:
    """Whether the owner agrees: by --yes, or asked; UserError where neither is possible."""
    if yes:
        return True
    if not call.may_ask:
        raise UserError(f"{question} Nobody can be asked here: --yes agrees")
    return _line(call, f"{question} [y/N] ").strip().lower() in ("y", "yes", "j", "ja")


def _line(call: Call, prompt: str) -> str:
    call.err.write(prompt)
    call.err.flush()
    line = call.keys.readline()
    if not line:
        raise typer.Abort
    return line.rstrip("\r\n")


@contextlib.contextmanager
def _without_echo(stream: TextIO) -> Iterator[None]:
    import termios

    try:
        handle = stream.fileno()
        before = termios.tcgetattr(handle)
    except (OSError, termios.error):  # a test's stream
        yield
        return
    silent = [*before]
    silent[3] &= ~termios.ECHO
    try:
        termios.tcsetattr(handle, termios.TCSADRAIN, silent)
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
