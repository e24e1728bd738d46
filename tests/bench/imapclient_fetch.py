"""imapclient merely fetching: the yardstick for krmd's CPU time. Run as a program of its own.

    python -m tests.bench.imapclient_fetch PORT USER PASSWORD FOLDER ITEMS [FOLDER ITEMS]...

Batches of 500 explicit UIDs, one after another: imapclient 4.1.0 refuses ranges.
Prints {"messages": N}.
"""

import json
import re
import sys

from imapclient import IMAPClient

BATCH = 500


def split_items(items: str) -> list[str]:
    """`UID BODY.PEEK[HEADER.FIELDS (FROM TO)]` as its items.

    Without UID, which imapclient adds, and without partial sections (`<0.8>`): each literal more
    costs imapclient a third as much again, which would flatter whoever is compared with it.
    """
    found = re.findall(r"[A-Z0-9.]+\[[^\]]*\](?:<[0-9.]+>)?|[^\s\[\]]+", items)
    return [item for item in found if item != "UID" and not item.endswith(">")]


def main(port: str, user: str, password: str, *folders_and_items: str) -> None:
    """Read the folders and print the count."""
    messages = 0
    with IMAPClient("127.0.0.1", int(port), ssl=False) as client:
        client.login(user, password)
        for folder, items in zip(folders_and_items[::2], folders_and_items[1::2], strict=True):
            wanted = split_items(items)
            next_uid = int(client.select_folder(folder, readonly=True)[b"UIDNEXT"])
            for low in range(1, next_uid, BATCH):
                uids = list(range(low, min(low + BATCH, next_uid)))
                messages += len(client.fetch(uids, wanted))
    print(json.dumps({"messages": messages}))


if __name__ == "__main__":
    main(*sys.argv[1:])
