"""config/README.md and the example know every setting; the model's own examples are true."""

import re
import tomllib
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from krmd.settings import Settings, load_settings
from krmd.settings.fields import NAME
from krmd.settings.server import TcpListen
from krmd.settings.values import Rate

CONFIG = Path(__file__).parents[2] / "config"
ROW = re.compile(r"^\| `([a-zA-Z_.]+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {row[1]: row for row in ROW.finditer((CONFIG / "README.md").read_text())}

GOOD: dict[str, Any] = {
    "owner.name": '"Ada"',
    "owner.addresses": '["ada@example.org"]',
    "accounts.x.imap": '"imaps://imap.example.org"',
    "accounts.x.user": '"ada@example.org"',
    "accounts.x.password": '{ env = "P" }',
}


def settings() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its dotted key, with NAME where a name of the user's stands."""
    for section, field in Settings.model_fields.items():
        model: Any = field.annotation
        prefix = section
        if get_origin(model) is dict:
            model, prefix = get_args(model)[1], f"{section}.NAME"
        for name, info in model.model_fields.items():
            if info.validation_alias != NAME:
                yield f"{prefix}.{info.alias or name}", info


SETTINGS = dict(settings())


def spelled(value: object) -> str:
    """A default as TOML spells it."""
    match value:
        case bool():
            return str(value).lower()
        case time():
            return f'"{value:%H:%M}"'
        case TcpListen():
            return f'"{value.host}:{value.port}"'
        case Rate():
            unit = {60: "minute", 86_400: "day"}[value.seconds]
            return f'"{value.count}/{unit}"'
        case tuple():
            return f"[{', '.join(spelled(part) for part in value)}]"
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def test_every_setting_is_explained() -> None:
    """With default, unit and reason; and nothing is explained that doesn't exist."""
    assert sorted(SETTINGS) == sorted(ROWS)


@pytest.mark.parametrize("key", SETTINGS)
def test_the_default_is_the_one_explained(key: str) -> None:
    """Written as the file would; in words where it depends."""
    default = SETTINGS[key].default
    shown = ROWS[key][2]
    if default is PydanticUndefined:
        assert "needed" == shown
    elif default is None or default == "":
        assert shown not in {"", "needed"}
    else:
        assert f"`{spelled(default)}`" == shown


@pytest.mark.parametrize("key", SETTINGS)
def test_the_example_shows_every_setting(key: str) -> None:
    """At least behind a #."""
    table, _, name = key.rpartition(".")
    heading = re.escape(table).replace("NAME", r"\w+")
    text = (CONFIG / "krmd.example.toml").read_text()
    bodies = re.findall(rf"^\[{heading}\](.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    assert any(re.search(rf"^(?:# )?{name} = ", body, re.MULTILINE) for body in bodies)


@pytest.mark.parametrize("key", SETTINGS)
def test_the_example_of_a_problem_is_itself_right(key: str, tmp_path: Path) -> None:
    """What a sentence tells to write can be written."""
    [example] = SETTINGS[key].examples or [None]
    path = key.replace("NAME", "x")
    table, _, name = path.rpartition(".")
    values = dict(GOOD)
    if name in {"smtp_user", "smtp_password"}:
        values["accounts.x.smtp"] = '"smtps://smtp.example.org"'
    if table == "contacts.x" and name != "vdir":
        values |= {f"{table}.carddav": '"https://x.example/"', f"{table}.user": '"a"'}
        values[f"{table}.password"] = '{ env = "P" }'
    if name == "auth":
        values[f"{table}.token"] = '{ env = "T" }'
    values[path] = example
    if name == "account":
        values = {key.replace(".x.", ".home.", 1) if key.startswith("accounts") else key: value
                  for key, value in values.items()}  # fmt: skip
    config = tmp_path / "krmd.toml"
    config.write_text("\n".join(f"{key} = {value}" for key, value in values.items()))
    tomllib.loads(config.read_text())
    load_settings(config, {"HOME": str(tmp_path)})
