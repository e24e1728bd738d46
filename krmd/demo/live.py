"""The demo's screen: redrawn in place on a terminal, a line for each change in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from krmd.demo import words
from krmd.demo.mail import DemoMail
from krmd.demo.play import Progress
from krmd.demo.table import LosingRow, losing_table, say, show_losing

_OTHER_LINES = 15
_LEAST_ROWS = 3
_NEWS_KEPT = 3


class Screen:
    """Shows the state of the demo; a context manager, used by one thread."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        if console.is_terminal:
            self._live = Live(console=console, auto_refresh=False, vertical_overflow="crop")
        self._rows: tuple[LosingRow, ...] = ()
        self._hints: tuple[str, ...] = ()
        self._news: tuple[str, ...] = ()
        self._back: tuple[str, ...] = ()
        self._read = -1

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def reading(self, progress: Progress, rows: Sequence[LosingRow]) -> None:
        """How far the first reading is, with what is known already."""
        if self._live is not None:
            self._draw(
                [Text(words.reading(progress)), *self._table(rows)]
                if not progress.complete
                else [Text(words.reading(progress))]
            )
        elif progress.read != self._read:
            say(self._console, words.reading(progress))
        self._read = progress.read

    def table(self, rows: tuple[LosingRow, ...], hints: tuple[str, ...]) -> None:
        """The first whole table, and what to try."""
        self._rows, self._hints = rows, hints
        if self._live is not None:
            self._redraw()
            return
        show_losing(self._console, rows)
        say(self._console, "")
        for hint in hints:
            say(self._console, hint)

    def arrived(self, mail: DemoMail) -> None:
        """A new mail was put into the mailbox."""
        line = words.news(mail)
        self._news = (line, *self._news)[:_NEWS_KEPT]
        if self._live is None:
            say(self._console, line)

    def refresh(self, rows: tuple[LosingRow, ...]) -> None:
        """The table as it is now; tells who has left it."""
        names = {row.name for row in rows}
        left = tuple(row.name for row in self._rows if row.name not in names)
        self._rows = rows
        self._back = (*left, *(name for name in self._back if name not in names))
        if self._live is not None:
            self._redraw()
        elif left:
            say(self._console, f"{words.back_in_touch(left)} ({len(rows)} people left)")

    def _redraw(self) -> None:
        told = [*self._news, *([words.back_in_touch(self._back)] if self._back else [])]
        head = f"Whom you are losing: {len(self._rows)} people"
        lines = [
            Text(line, no_wrap=True, overflow="ellipsis") for line in (*self._hints, "", *told)
        ]
        self._draw([Text(head), *self._table(self._rows), Text(), *lines])

    def _table(self, rows: Sequence[LosingRow]) -> list[RenderableType]:
        room = max(_LEAST_ROWS, self._console.height - _OTHER_LINES)
        return [losing_table(rows[:room], width=self._console.width)] if rows else []

    def _draw(self, parts: Sequence[RenderableType]) -> None:
        assert self._live is not None
        self._live.update(Group(*parts), refresh=True)
