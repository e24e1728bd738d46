"""What a person reads of an HTML mail, as lines of text; what is quoted there begins with `>`.

Total and linear on any text. Python's own `html.parser` is neither: 64 KB of `<a ` cost it a
minute and `<![` an AssertionError (3.11), and each version reads broken tags differently.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

MOST_LINES = 4000
"""So many lines are kept."""

_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,20}")
_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0\u200b\ufeff]+")
# html.unescape hands digits to int(), which refuses thousands of them.
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
_UNREAD = frozenset("head iframe noscript object script style svg template textarea title".split())
"""What stands in these is not shown."""
_BLOCKS = frozenset(
    "address article blockquote br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li"
    " ol p pre section table tr ul".split()
)
"""Where these begin or end, a line ends."""
_CELLS = frozenset(("td", "th"))


def html_text(markup: str) -> str:
    """The text of `markup`: blocks as lines, quotations with `> ` before each, nothing hidden."""
    page = _Page()
    for tag, text in _pieces(markup):
        if tag:
            page.meet(tag)
        else:
            page.write(text)
        if len(page.lines) >= MOST_LINES:
            break
    page.end_line()
    return "\n".join(page.lines[:MOST_LINES])


class _Page:
    """The lines so far, and the one being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._as_typed = False

    def write(self, text: str) -> None:
        """Text goes on the line; in `pre` its line ends are kept."""
        first, *more = text.split("\n") if self._as_typed else [text]
        self._line.append(first)
        for line in more[:MOST_LINES]:
            self.end_line()
            self._line.append(line)

    def meet(self, tag: str) -> None:
        """A tag by its name, a closing one with a slash before it."""
        name = tag.lstrip("/")
        if name in _CELLS:
            self._line.append(" ")
        if name not in _BLOCKS:
            return
        self.end_line()
        if name == "blockquote":
            self._quoted = max(self._quoted - 1, 0) if tag[0] == "/" else self._quoted + 1
        elif name == "pre":
            self._as_typed = tag[0] != "/"
        elif tag == "/p":
            self.end_line()

    def end_line(self) -> None:
        """What was written becomes a line; of several empty ones, one."""
        text = _BLANKS.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if text or (self.lines and self.lines[-1]):
            self.lines.append(f"> {text}" if text and self._quoted else text)


def _pieces(markup: str) -> Iterator[tuple[str, str]]:
    """Tags as (name, ""), a closing one with its slash, and the text between them as ("", text)."""
    at = 0
    while (opened := markup.find("<", at)) >= 0:
        if opened > at:
            yield "", _unescaped(markup[at:opened])
        name = _NAME.match(markup, opened + 1)
        if name is None and not markup.startswith(("<!", "<?", "</"), opened):
            yield "", "<"  # an arrow, a heart
            at = opened + 1
        elif markup.startswith("<!--", opened):
            at = _behind(markup, "-->", opened + 4)
        else:
            at = _behind(markup, ">", opened + 1)
            if name is not None:
                tag = name[0].lower()
                if tag in _UNREAD and markup[at - 2 : at] != "/>":
                    at = _closing(markup, tag, at)
                yield tag, ""
    yield "", _unescaped(markup[at:])


def _unescaped(text: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("\ufffd", text)) if "&" in text else text


def _behind(markup: str, sign: str, start: int) -> int:
    """The place behind the next `sign`, or the end: what is torn off is no text."""
    found = markup.find(sign, start)
    return len(markup) if found < 0 else found + len(sign)


def _closing(markup: str, tag: str, start: int) -> int:
    """The place of the closing tag, or the end."""
    found = re.compile(f"</{tag}", re.IGNORECASE).search(markup, start)
    return len(markup) if found is None else found.start()
