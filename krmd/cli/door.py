"""The door itself: a command line comes in, an exit code goes out, and every failure is told.

An expected failure is one sentence (or one JSON document) with the code its kind has; everything
else is a bug and says so. Nobody ever sees a traceback who didn't ask for it.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TextIO

import typer

from krmd.base.errors import (
    EXIT_BUG,
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_TRY_LATER,
    EXIT_USAGE,
    KrmdError,
    SettingsError,
    UserError,
)
from krmd.cli.call import Call, UnwrittenError
from krmd.cli.menu import root_command
from krmd.cli.terminal import safe

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ENUMERATED = 10
"""So many candidates a sentence of the use cases names by itself."""


def run(
    argv: Sequence[str],
    environ: Mapping[str, str] | None = None,
    *,
    streams: tuple[TextIO, TextIO, TextIO] | None = None,
) -> int:
    """Run one command line; returns the exit code and raises nothing.

    `environ` and `streams` (standard input, output, error) are the process's where they aren't
    given.
    """
    keys, out, err = streams or _streams()
    for stream in (out, err):
        if hasattr(stream, "reconfigure"):
            # A name that the terminal's character set lacks must not end the command.
            stream.reconfigure(errors="backslashreplace")
    call = Call(os.environ if environ is None else environ, keys, out, err)
    call.as_json = "--json" in argv[: argv.index("--") if "--" in argv else None]
    try:
        code = _told(argv, call)
        out.flush()
    except BrokenPipeError:
        # Whoever read has read enough. Without this the interpreter complains while it ends.
        _let_go(out)
        return EXIT_DONE
    except UnwrittenError as error:
        return _unwritten(out, err, str(error))
    except OSError as error:
        return _unwritten(out, err, error.strerror)
    return code


def _unwritten(out: TextIO, err: TextIO, why: str | None) -> int:
    _let_go(out)
    _write_error(err, f"the answer can't be written: {why or 'unknown'}")
    return EXIT_TRY_LATER


def _streams() -> tuple[TextIO, TextIO, TextIO]:
    """The process's streams; where one was closed before it began, nothing in its place."""
    return _or_nothing(sys.stdin, "r"), _or_nothing(sys.stdout, "w"), _or_nothing(sys.stderr, "w")


def _or_nothing(stream: TextIO | None, mode: Literal["r", "w"]) -> TextIO:
    return open(os.devnull, mode) if stream is None else stream  # noqa: PTH123 # till the end


def _told(argv: Sequence[str], call: Call) -> int:
    try:
        return _run(argv, call)
    except KrmdError as error:
        return _tell(call, error.kind, error.message, error.exit_code, of=error)
    except (KeyboardInterrupt, typer.Abort):
        call.err.write("\n" if call.error_screen.is_terminal else "")
        return _tell(call, "interrupted", "interrupted", EXIT_INTERRUPTED)
    except (BrokenPipeError, UnwrittenError):
        raise
    except Exception as error:  # the one place where a bug is told like all else
        if isinstance(error, OSError) and error.errno in _DISK_FULL and error.filename is None:
            raise  # help, which click writes
        if hasattr(error, "format_message"):
            return _misused(call, error)
        return _bug(call, error)


def _is_text(word: str) -> bool:
    """Whether a word of the command line could be decoded (PEP 383); a file's name needn't be."""
    if not any("\ud800" <= sign <= "\udfff" for sign in word):
        return True
    path = word.partition("=")[2] if word.startswith("-") else word
    return Path(path).exists()


def _run(argv: Sequence[str], call: Call) -> int:
    for word in argv:
        if not _is_text(word):
            raise UserError(f"“{word}” is no text in UTF-8")
    command = root_command()
    try:
        with command.make_context("krmd", list(argv), obj=call) as context:
            code = command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return code if isinstance(code, int) else EXIT_DONE


def _misused(call: Call, error: Exception) -> int:
    """Tell what click says of a command line that can't be, in our manner."""
    message: str = error.format_message()  # type: ignore[attr-defined]  # asked before
    context = getattr(error, "ctx", None)
    path = "krmd" if context is None else context.command_path
    if "\n" in message:  # a whole help text, since nothing was asked for
        if not call.as_json:
            call.err.write(message + "\n")
            return EXIT_USAGE
        message = "a command is missing"
    if "unexpected extra argument" in message and _takes_who(context):
        message = f"{message.rstrip('.')}; a name of several words goes in quotes"
    return _tell(call, "usage", f"{message.rstrip('.')} (see {path} --help)", EXIT_USAGE)


def _takes_who(context: object) -> bool:
    """Whether a command is asked for one person."""
    return any(
        param.name == "who" for param in getattr(getattr(context, "command", None), "params", ())
    )


def _tell(
    call: Call,
    kind: str,
    message: str,
    code: int,
    *,
    of: KrmdError | None = None,
) -> int:
    candidates = of.candidates if isinstance(of, UserError) else ()
    if call.as_json and not call.answered:
        document: dict[str, object] = {
            "error": kind,
            "message": message,
            "candidates": list(candidates),
        }
        if isinstance(of, SettingsError):
            document["problems"] = [
                {"file": it.file, "key": it.key, "message": it.message} for it in of.problems
            ]
        call.tell(document)
        return code
    call.out.flush()  # so that it stands before, where both go to one place
    lines = message.splitlines()
    for line in _with_candidates(lines[0], candidates) if len(lines) == 1 else lines:
        _write_error(call.err, line)
    return code


def _with_candidates(sentence: str, candidates: Sequence[str]) -> list[str]:
    """A sentence and the candidates it speaks of, one a line."""
    if not candidates:
        return [sentence]
    stem = sentence.partition(candidates[0])[0]
    for separator in ("; ", ", "):
        for shown in (candidates, candidates[:_ENUMERATED]):
            if sentence == stem + separator.join(shown):
                return [stem.rstrip(), *(f"  {candidate}" for candidate in candidates)]
    if all(candidate in sentence for candidate in candidates):
        return [sentence]
    return [f"{sentence}; there are:", *(f"  {candidate}" for candidate in candidates)]


def _bug(call: Call, error: Exception) -> int:
    message = f"this is a bug in krmd ({type(error).__name__})"
    if call.verbose:
        from krmd import logs

        logs.configure("info", stream=call.err)
        logs.get_logger().exception("command.failed")
    else:
        message += "; the same with -v shows where it is"
    return _tell(call, "bug", message, EXIT_BUG)


def _write_error(err: TextIO, line: str) -> None:
    prefix = "" if line.startswith(" ") else "krmd: "
    try:
        err.write(f"{prefix}{safe(line)}\n")
        err.flush()
    except OSError:
        _let_go(err)


def _let_go(stream: TextIO) -> None:
    """Point a broken stream at nothing, so that what is left in its buffer goes there."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
    except (OSError, ValueError):  # a stream of a test has no descriptor
        return
