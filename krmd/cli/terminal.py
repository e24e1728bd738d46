"""What may reach the terminal, and what the terminal can show: escaping, widths, colours, keys.

Names and subjects come from strangers. `safe` is the one function between them and the screen.
"""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

_BLANK = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
# C0, DEL and C1 steer terminals (ECMA-48); bidi controls reorder what stands around them; lone
# surrogates are no text; tags and interlinear marks are text that nobody sees.
_DANGEROUS = (
    "\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
_DANGER = re.compile(f"[{_DANGEROUS}]")
_DANGER_IN_JSON = re.compile(f"(?![\\x00-\\x7e])[{_DANGEROUS}]")

Style = Literal["bold", "dim", "green", "red", "yellow"]
_SGR: dict[Style, str] = {"bold": "1", "dim": "2", "green": "32", "red": "31", "yellow": "33"}


def safe(text: str) -> str:
    """A text from anywhere as it may stand on a line of the terminal: it steers nothing.

    Line breaks and tabs become a blank, everything else that isn't plain text a replacement mark.
    """
    if text.isascii() and text.isprintable():
        return text
    return _DANGER.sub("\ufffd", _BLANK.sub(" ", text))


def safe_json(document: str) -> str:
    """A JSON document with what steers terminals escaped; it says the same."""

    def spelled(found: re.Match[str]) -> str:
        raw = found[0].encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{raw[at : at + 4]}" for at in range(0, len(raw), 4))

    return (
        document
        if document.isascii() and "\x7f" not in document
        else _DANGER_IN_JSON.sub(spelled, document)
    )


def width(text: str) -> int:
    """How many columns of a terminal a text takes: wide letters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """A text in at most so many columns; what is cut off leaves an ellipsis."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for sign in text:
        used += _columns(sign)
        if used > columns - 1:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Screen:
    """One stream for people: whether it is a terminal, its columns, and whether it has colours."""

    is_terminal: bool
    columns: int
    coloured: bool

    def ink(self, text: str, style: Style) -> str:
        """A text in a style, where the screen has styles; the text must be safe already."""
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.coloured and text else text


def screen_of(stream: TextIO, environ: Mapping[str, str]) -> Screen:
    """What a stream can show. NO_COLOR (no-color.org) and TERM=dumb are honoured."""
    try:
        is_terminal = stream.isatty()
    except ValueError:  # closed
        is_terminal = False
    dull = bool(environ.get("NO_COLOR")) or environ.get("TERM", "dumb") in ("dumb", "")
    given = environ.get("COLUMNS", "")
    columns = int(given) if given.isdecimal() and int(given) else shutil.get_terminal_size().columns
    return Screen(is_terminal, max(40, min(columns, 200)), is_terminal and not dull)


def read_key(stream: TextIO = sys.stdin) -> str:
    """The next key pressed on a terminal, without waiting for the return key; "" at its end."""
    import termios
    import tty

    try:
        handle = stream.fileno()
    except OSError:  # no terminal of its own
        return stream.read(1)
    before = termios.tcgetattr(handle)
    try:
        # Not raw: Ctrl-C stays an interrupt. Drained, not flushed: keys typed ahead count.
        tty.setcbreak(handle, termios.TCSADRAIN)
        return stream.read(1)
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
