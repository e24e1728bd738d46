"""What may stand in `[store] url`: SQLite by absolute path, or PostgreSQL through psycopg."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from krmd.settings.values import text_of

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql+psycopg://", "postgresql://", "postgres://")


def parse_store_url(value: object) -> str:
    """The URL as SQLAlchemy takes it; raises ValueError, which never echoes it (it may hold a
    password).
    """
    text = text_of(value).strip()
    for scheme in _POSTGRES:
        if text.startswith(scheme):
            return _POSTGRES[0] + _checked(text.removeprefix(scheme))
    if not text.startswith("sqlite:"):
        raise ValueError("is no URL of a store; it begins with sqlite:/// or postgresql+psycopg://")
    path = text.removeprefix(_SQLITE) if text.startswith(_SQLITE) else ""
    if not path or path == ":memory:" or "?" in path:
        raise ValueError("names no file; write four slashes before its absolute path")
    if not Path(path).is_absolute():
        raise ValueError(
            "names a file relative to who knows where; write four slashes before its absolute path"
        )
    return _SQLITE + path


def _checked(rest: str) -> str:
    try:
        parts = urlsplit(f"//{rest}")
        _ = parts.port
    except ValueError:
        raise ValueError("holds a host or a port that can't be") from None
    if not parts.path.strip("/") and not parts.query:
        raise ValueError("names no database; put its name behind the host and a /")
    return rest


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite store, None for PostgreSQL."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None


def password_in(url: str) -> str | None:
    """The password that a PostgreSQL URL holds, decoded."""
    password = urlsplit(url).password if not url.startswith(_SQLITE) else None
    return unquote(password) if password else None
