"""Where things lie on this machine: `krmd.toml`, the state folder, the home, the time zone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo


def find_config(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file in force: `config`, $KRMD_CONFIG, that of the user, that of the machine, or none.

    What is named is taken as it is, also when there is no such file.
    """
    if config is not None:
        return config
    if environ.get("KRMD_CONFIG"):
        return Path(environ["KRMD_CONFIG"])
    return next((place for place in usual_places(environ) if os.path.lexists(place)), None)


def usual_places(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where `krmd.toml` is looked for when none is named, the user's first."""
    base = environ.get("XDG_CONFIG_HOME", "")
    user = Path(base) if base.startswith("/") else home_folder(environ) / ".config"
    return user / "krmd/krmd.toml", Path("/etc/krmd/krmd.toml")


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where the store lies by default: systemd's StateDirectory=, else the user's state folder."""
    given = environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    base = environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else home_folder(environ) / ".local/state") / "krmd"


def home_folder(environ: Mapping[str, str]) -> Path:
    """$HOME; a service without one has nothing there."""
    return Path(environ.get("HOME") or "/")


def local_zone(environ: Mapping[str, str]) -> ZoneInfo:
    """The machine's time zone: $TZ, the one /etc/localtime points to or Debian names, else UTC."""
    names = [environ.get("TZ", "").removeprefix(":")]
    with suppress(OSError):
        names.append(str(Path("/etc/localtime").readlink()).rpartition("zoneinfo/")[2])
    with suppress(OSError, UnicodeDecodeError):
        names.append(Path("/etc/timezone").read_text().strip())
    for name in names:
        with suppress(ValueError, OSError, LookupError):
            return ZoneInfo(name)
    return ZoneInfo("UTC")
