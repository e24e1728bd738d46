"""An owner with settings, a store and mailboxes, who calls krmd as from a shell."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select

from krmd.base.identifier import PublicId
from krmd.cli.door import run
from krmd.ledger.facts import MailKey
from krmd.store import folders
from krmd.store.engine import Store, Transaction
from krmd.store.folders import FolderRow
from krmd.store.ledger import uuid_of
from krmd.store.tables import identities, interactions, locations, participants

OWNER = "kim@example.org"
OTHER = "kim.odegard@work.example"

_HEAD = """\
[owner]
name = "Kim Ödegård"
addresses = {addresses}
timezone = "Europe/Berlin"

[store]
url = "{url}"
"""
_ACCOUNT = """
[accounts.{name}]
imap = "{imap}"
user = "{user}"
password = "{password}"
{more}
"""
_NOWHERE = """
[web]
listen = "none"
metrics_listen = "none"

"""
# Many daemons run side by side.


class Reachable(Protocol):
    """A mailbox on some server."""

    @property
    def url(self) -> str:
        """As `imap` in krmd.toml."""
        ...

    @property
    def user(self) -> str:
        """Who logs in."""
        ...

    @property
    def password(self) -> str:
        """With what."""
        ...


class Place(NamedTuple):
    """A mailbox by its words alone."""

    url: str
    user: str
    password: str


@dataclass(frozen=True)
class Said:
    """What a call left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on standard output."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def everything(self) -> str:
        """Both streams."""
        return self.out + self.err


class Entry(NamedTuple):
    """What the ledger holds of one interaction, by values that outlive any store."""

    at: int
    kind: str
    direction: str | None
    reach: str | None
    rule: str
    parts: tuple[tuple[str, str, str, bool], ...]


@dataclass
class Owner:
    """Settings in a folder of their own; `more` is appended to them, `lines` to each account."""

    folder: Path
    store_url: str
    addresses: tuple[str, ...] = (OWNER, OTHER)
    accounts: dict[str, Reachable] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    more: str = ""

    @property
    def config(self) -> Path:
        """The settings' file."""
        return self.folder / "krmd.toml"

    @property
    def store_file(self) -> Path:
        """The SQLite file."""
        path = Store(self.store_url).path
        assert path is not None, "this store is on PostgreSQL"
        return path

    def write(self) -> None:
        """Write the settings as they are now."""
        text = _HEAD.format(addresses=json.dumps(self.addresses), url=self.store_url)
        for name, where in self.accounts.items():
            text += _ACCOUNT.format(
                name=name,
                imap=where.url,
                user=where.user,
                password=where.password,
                more=self.lines.get(name, ""),
            )
        web = "" if "[web]" in self.more else _NOWHERE
        self.config.write_text(text + web + self.more)
        self.config.chmod(0o600)

    def krmd(self, *words: str) -> Said:
        """Call krmd in this process, under the settings as they are now."""
        self.write()
        streams = (io.StringIO(), io.StringIO(), io.StringIO())
        code = run([*words, "--config", str(self.config)], self._environ, streams=streams)
        return Said(code, streams[1].getvalue(), streams[2].getvalue())

    def ask(self, *words: str) -> dict[str, Any]:
        """Call krmd for its JSON document; it must end well."""
        said = self.krmd(*words, "--json")
        assert 0 == said.code, said
        return said.json

    def process(
        self, *words: str, before: Callable[[], None] | None = None
    ) -> subprocess.Popen[str]:
        """Start the real krmd; `before` runs in the child, ahead of Python."""
        self.write()
        return subprocess.Popen(
            [sys.executable, "-m", "krmd", "--config", str(self.config), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environ,
            preexec_fn=before,  # noqa: PLW1509 - no thread of the tests holds a lock it needs
        )

    def run_process(self, *words: str, before: Callable[[], None] | None = None) -> Said:
        """Run the real krmd to its end."""
        process = self.process(*words, before=before)
        out, err = process.communicate(timeout=90)
        return Said(process.returncode, out, err)

    def sync(self) -> int:
        """One pass, which must end well; says how many interactions were new."""
        return sum(folder["recorded"] for folder in self.folders_read(self.ask("sync")))

    @staticmethod
    def folders_read(document: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The folders of all accounts in a sync's document."""
        return [folder for account in document["accounts"] for folder in account["folders"]]

    def assert_right(self) -> None:
        """`rebuild --check` finds nothing to say."""
        said = self.krmd("rebuild", "--check")
        assert 0 == said.code, said

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """The store, looked at from outside."""
        store = Store(self.store_url)
        try:
            with store.reading() as tx:
                yield tx
        finally:
            store.close()

    def ledger(self) -> dict[str, Entry]:
        """Every entry by its public id."""
        with self.reading() as tx:
            parts: dict[int, list[tuple[str, str, str, bool]]] = {}
            named = select(participants, identities.c.value).join(
                identities, identities.c.id == participants.c.identity_id
            )
            for row in tx.execute(named).mappings():
                part = (row["value"], row["field"], row["rule"], bool(row["counts"]))
                parts.setdefault(row["interaction_id"], []).append(part)
            return {
                str(PublicId("i", uuid_of(MailKey(row["high"], row["low"])))): Entry(
                    row["at"],
                    row["kind"],
                    row["direction"],
                    row["reach"],
                    row["rule"],
                    tuple(sorted(parts.get(row["id"], []))),
                )
                for row in tx.execute(select(interactions)).mappings()
            }

    def folders(self, account: str = "home") -> dict[str, FolderRow]:
        """The folders that are there, by name."""
        with self.reading() as tx:
            return {row.name: row for row in folders.present(tx, account)}

    def lying_in(self, folder: str, account: str = "home") -> list[int]:
        """The UIDs known to lie in a folder."""
        row = self.folders(account)[folder]
        with self.reading() as tx:
            wanted = select(locations.c.uid).where(locations.c.folder_id == row.id)
            return sorted(tx.execute(wanted).scalars())

    def message_ids(self) -> list[str]:
        """The Message-IDs in the ledger, sorted."""
        with self.reading() as tx:
            found = tx.execute(select(interactions.c.message_id)).scalars()
            return sorted(key for key in found if key)

    @property
    def _environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "TERM": "dumb",
            "COLUMNS": "80",
            "LANG": "C.UTF-8",
        }
