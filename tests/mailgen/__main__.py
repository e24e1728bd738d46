"""`python -m tests.mailgen OUT --count N --seed S --truth FILE`: a mailbox on the disk."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests.mailgen import generate, truth, write_maildir


def main() -> None:
    """Write the Maildir++ tree OUT and, if asked, a JSON object of address to truth."""
    options = _options()
    folders = tuple(options.folders.split(","))
    started = time.perf_counter()
    mails = generate(options.count, options.seed, options.owner, folders=folders)
    uid, gid = (int(part) for part in options.chown.split(":")) if options.chown else (None, None)
    kept = write_maildir(options.out, mails, uid=uid, gid=gid)
    if options.truth:
        known = {address: asdict(value) for address, value in sorted(truth(kept).items())}
        text = json.dumps(known, indent=1, default=lambda moment: moment.isoformat())
        options.truth.write_text(text + "\n")
    seconds = time.perf_counter() - started
    print(f"{len(kept)} messages in {seconds:.1f} s", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mailgen", description=main.__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--owner", action="append", help="an address of the owner; repeatable")
    parser.add_argument("--folders", default="INBOX,Sent,Archive")
    parser.add_argument("--truth", type=Path, metavar="FILE")
    parser.add_argument("--chown", metavar="UID:GID", help="who owns the files")
    options = parser.parse_args()
    options.owner = options.owner or ["kim@example.org", "kim.odegard@work.example"]
    return options


if __name__ == "__main__":
    main()
