"""The demo's krmd.toml, in the words any owner's has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from krmd.demo.person import OWNER_ADDRESS
from krmd.demo.servers import EmbeddedServers
from krmd.demo.world import World

FILE_NAME: Final = "krmd.toml"
ACCOUNT: Final = "demo"
_PRIVATE: Final = 0o600


def write_config(
    folder: Path, world: World, servers: EmbeddedServers, *, web_port: int | None = None
) -> Path:
    """Write krmd.toml and the password's file into the folder, for nobody else to read; the store
    and the key will lie there too. Feeds are served on `web_port` of this machine, else nowhere.
    Returns the path of krmd.toml.
    """
    password = folder / "password"
    _write_private(password, servers.password + "\n")
    config = folder / FILE_NAME
    _write_private(config, config_text(folder, world, servers, web_port=web_port))
    return config


def config_text(
    folder: Path, world: World, servers: EmbeddedServers, *, web_port: int | None = None
) -> str:
    """The settings as TOML; a JSON string is a TOML basic string for all that is written here."""
    owner = world.owner
    lines = [
        "# krmd demo: everything in this folder goes when the demo ends.",
        "[owner]",
        f"name = {_quoted(owner.name)}",
        f"addresses = [{', '.join(_quoted(address) for address in owner.addresses)}]",
        f"timezone = {_quoted(owner.zone)}",
        "",
        "[store]",
        f"url = {_quoted('sqlite:///' + str(folder / 'krmd.sqlite3'))}",
        "",
        f"[accounts.{ACCOUNT}]",
        f'imap = "imap://127.0.0.1:{servers.imap_port}"',
        f'smtp = "smtp://127.0.0.1:{servers.smtp_port}"',
        f"user = {_quoted(servers.user)}",
        f"password = {{ file = {_quoted(str(folder / 'password'))} }}",
        f"from = {_quoted(f'{owner.name} <{OWNER_ADDRESS}>')}",
        "poll_seconds = 5  # a stranger doesn't wait a minute for the newsletters' folder",
        "",
        "[web]",
        f"listen = {_quoted('none' if web_port is None else f'127.0.0.1:{web_port}')}",
        f"metrics_listen = {_quoted('none')}  # the owner's own krmd may run beside this",
    ]
    for category in world.address_book.categories:
        lines += [
            "",
            f"[categories.{_quoted(category.name)}]",
            f"cadence_days = {category.cadence_days}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=_PRIVATE, exist_ok=False)
    path.write_text(text, encoding="utf-8")
