"""`krmd run` as a process of its own, without the command line: `python -m … CONFIG`."""

import os
import sys
from pathlib import Path

from krmd import bootstrap
from krmd.base.errors import KrmdError
from krmd.daemon.daemon import run_daemon
from krmd.logs import configure


def main() -> int:
    """Run until a signal; the exit code."""
    configure(as_json=True)
    config = Path(sys.argv[1])
    try:
        krmd = bootstrap.open_krmd(config, os.environ)
        try:
            return run_daemon(bootstrap.daemon(krmd, config, os.environ))
        finally:
            krmd.close()
    except KrmdError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
