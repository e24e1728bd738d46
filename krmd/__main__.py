"""`krmd` and `python -m krmd`: hands the command line to the station that understands it."""

from __future__ import annotations

import contextlib
import os
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command line of this process and end it with the command's exit code."""
    try:
        from krmd.cli.door import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules were still being loaded
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        # An interrupt within exec or eval of a string, as when a dataclass is made, is remembered
        # by CPython (pythonrun.c: unhandled_keyboard_interrupt) although it was caught, and the
        # process would end by the signal instead of with this code.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
