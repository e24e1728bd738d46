"""Draws `docs/terminal.svg` from a real run: krmd reads the demo's mailbox over IMAP and is asked.

Run it from the project's folder with the demo extra installed: `python docs/picture.py`.
"""  # noqa: INP001 # a script beside the picture it makes, in no package

from __future__ import annotations

import io
import shlex
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from krmd.cli.door import run
from krmd.demo.config import write_config
from krmd.demo.servers import EmbeddedServers
from krmd.demo.world import World, build_world

COLUMNS = 99
ASKED = (("due", "--limit", "4"), ("timeline", "Béla Fekete", "--limit", "4"))
PICTURE = Path(__file__).with_name("terminal.svg")
# rich's own frame loads a font from the network; this one loads nothing.
FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """As a terminal answers."""
        return True


def krmd(config: Path, *words: str) -> str:
    """What krmd says on a terminal of COLUMNS columns; raises where it ends otherwise than well."""
    out, err = Terminal(), io.StringIO()
    environ = {"HOME": str(config.parent), "TERM": "xterm", "COLUMNS": str(COLUMNS)}
    code = run([*words, "--config", str(config)], environ, streams=(io.StringIO(), out, err))
    if code != 0:
        raise SystemExit(f"krmd {shlex.join(words)} ended with {code}: {err.getvalue()}")
    return out.getvalue()


def keep(config: Path, world: World) -> None:
    """The demo's address book becomes contacts, by the command that any owner has."""
    for card in world.address_book.cards:
        words = ["contacts", "add", card.name]
        for option, values in (
            ("--address", card.addresses),
            ("--category", card.categories),
            ("--every", () if card.cadence_days is None else (str(card.cadence_days),)),
        ):
            for value in values:
                words += [option, value]
        krmd(config, *words)


def main() -> None:
    """Run it all and write the picture."""
    console = Console(record=True, width=90, file=io.StringIO(), force_terminal=True)
    world = build_world(datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder, EmbeddedServers(world) as servers:
        config = write_config(Path(folder), world, servers)
        keep(config, world)
        krmd(config, "sync")
        for words in ASKED:
            console.print(Text(f"$ krmd {shlex.join(words)}", style="bold green"))
            console.print(Text.from_ansi(krmd(config, *words)))
    PICTURE.write_text(
        console.export_svg(title="krmd", code_format=FRAME, unique_id="t"), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
