"""How far reading has come, on a terminal: a bar for each account; nothing in a pipe."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from krmd.app.reading_plan import Progress
from krmd.cli.call import Call
from krmd.cli.terminal import cut, safe

Show = Callable[[Progress], None]
_FOLDER = 20


@contextlib.contextmanager
def progress_of(call: Call) -> Iterator[Show]:
    """What is told of reading while it lasts; may be called from any thread."""
    if call.quiet or call.as_json or not call.error_screen.is_terminal:
        yield lambda _: None
        return
    # A tenth of a second to import, for terminals only.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    console = Console(file=call.err, no_color=not call.error_screen.coloured, highlight=False)
    bars = Bars(
        SpinnerColumn(),
        # Names come from servers: no markup.
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        expand=True,
    )
    tasks: dict[str, TaskID] = {}

    def show(progress: Progress) -> None:
        if progress.account not in tasks:
            tasks[progress.account] = bars.add_task("", total=None, rate="")
        task = tasks[progress.account]
        speed = bars.tasks[bars.task_ids.index(task)].speed
        bars.update(
            task,
            description=f"{safe(progress.account)} {cut(safe(progress.folder), _FOLDER)}",
            completed=progress.read,
            total=progress.total,
            rate=f"{speed:,.0f} mails/s" if speed else "",
        )

    with bars:
        yield show
