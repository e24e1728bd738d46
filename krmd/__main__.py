"""`krmd` and `python -m krmd`: hands the command line to the station that understands it."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line of this process and end it with the command's exit code."""
    from krmd.cli.door import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
