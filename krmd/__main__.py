"""`krmd` and `python -m krmd`: hands the command line to the station that understands it."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command line of this process and end it with the command's exit code."""
    try:
        from krmd.cli.door import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules were still being loaded
        code = _INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    main()
