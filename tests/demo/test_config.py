"""The demo's settings are settings like any owner's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from krmd.demo.config import write_config
from krmd.demo.servers import EmbeddedServers
from krmd.demo.world import build_world
from krmd.settings.load import load_settings

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_written_settings_load_without_a_problem(tmp_path: Path) -> None:
    """Owner, store, account and circles arrive; password and settings are for nobody else."""
    world = replace(build_world(NOW), mails=())
    with EmbeddedServers(world) as servers:
        config = write_config(tmp_path, world, servers)
        settings = load_settings(config, {})
        account = settings.accounts["demo"]
        assert servers.imap_port == account.imap.port
    assert world.owner.name == settings.owner.name
    assert "hello@ada.example" in settings.owner.own
    assert tmp_path / "krmd.sqlite3" == settings.store.path
    circles = {name: circle.cadence_days for name, circle in settings.categories.items()}
    assert {c.name: c.cadence_days for c in world.address_book.categories} == circles
    assert {0o600} == {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
