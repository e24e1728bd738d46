"""Where servers are and where krmd listens: the addresses in settings as typed values.

Plain text is for loopback only: a password would cross the network for all to read, and there is no
setting that allows it. Opportunistic TLS doesn't exist either (RFC 8314 section 3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from krmd.base.address import parse_address
from krmd.settings.values import quoted, text_of

Security = Literal["tls", "starttls", "plain"]

IMAP_SCHEMES: dict[str, tuple[Security, int]] = {
    "imaps": ("tls", 993),
    "imap+starttls": ("starttls", 143),
    "imap": ("plain", 143),
}
SMTP_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
    "smtp": ("plain", 25),
}

_LOCAL_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class Server:
    """One server to connect to, and the user its URL named, if it did."""

    host: str
    port: int
    security: Security
    user: str | None = None


@dataclass(frozen=True, slots=True)
class TcpListen:
    """A TCP address to listen on."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class UnixListen:
    """A socket in the file system to listen on."""

    path: Path


Listen = TcpListen | UnixListen


def parse_server(value: object, schemes: dict[str, tuple[Security, int]]) -> Server:
    """The server a URL names; raises ValueError. The URL is never echoed: it may hold a password.

    The last @ splits user from host, so that `ada@example.org@imap.example.org` is what it looks
    like; the user may be percent-encoded (RFC 5092 section 3).
    """
    scheme, separator, rest = text_of(value).strip().partition("://")
    known = ", ".join(f"{name}://" for name in schemes)
    if not separator:
        raise ValueError(f"is no URL; begin it with one of {known}")
    if scheme.lower() not in schemes:
        near = get_close_matches(scheme.lower(), schemes, n=1)
        hint = f"; did you mean {near[0]}://?" if near else f"; use one of {known}"
        raise ValueError(f"{scheme[:20]}:// is not known here{hint}")
    security, default_port = schemes[scheme.lower()]
    userinfo, at, place = rest.rpartition("@")
    host, port = parse_host_port(place.removesuffix("/"), default_port)
    if security == "plain" and not is_loopback(host):
        encrypted = " or ".join(
            f"{name}://" for name, (kind, _) in schemes.items() if kind != "plain"
        )
        raise ValueError(
            f"{scheme}:// sends the password unencrypted, so it is for this machine only; "
            f"use {encrypted}"
        )
    return Server(host, port, security, _user(userinfo) if at else None)


def _user(userinfo: str) -> str:
    if ":" in userinfo:
        raise ValueError("holds a password; leave it out of the URL and set password = … instead")
    user = unquote(userinfo)
    if not user or any(ord(char) < 32 or ord(char) == 127 for char in user):
        raise ValueError("names no usable user before the @")
    return user


def parse_host_port(text: str, default_port: int | None) -> tuple[str, int]:
    """`host`, `host:port`, `[::1]:port`; names become A-labels. Raises ValueError."""
    host, colon, digits = text, "", ""
    if text.startswith("["):
        inner, bracket, tail = text[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise ValueError(f"{quoted(text)} is no host with a port; write [::1]:993")
        host, colon, digits = inner, tail[:1], tail[1:]
    elif text.count(":") == 1:
        host, colon, digits = text.partition(":")
    if not colon and default_port is None:
        raise ValueError(f"{quoted(text)} lacks a port; write host:port")
    if colon and not (digits.isascii() and digits.isdecimal() and 0 < int(digits[:6]) < 65536):
        raise ValueError(f"{quoted(digits)} is no port; write a number from 1 to 65535")
    port = int(digits) if colon else default_port
    assert port is not None
    return _host(host), port


def _host(host: str) -> str:
    lowered = host.strip().lower().removesuffix(".")
    try:
        return ip_address(lowered).compressed
    except ValueError:
        pass
    if _LOCAL_NAME.match(lowered):
        return lowered
    address = parse_address(f"x@{lowered}") if not set(lowered) & set("/?#@") else None
    if address is None or not re.match(r"[a-z0-9._-]+\Z", address[2:]):
        raise ValueError(f"{quoted(host)} is no host")
    return address[2:]


def is_loopback(host: str) -> bool:
    """Whether a host can only be this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def parse_listen(value: object) -> Listen | None:
    """`127.0.0.1:8470`, `[::1]:8470`, `unix:/run/krmd/web.sock`, or `none`; raises ValueError."""
    if isinstance(value, Listen):  # a default
        return value
    text = text_of(value).strip()
    if text == "none":
        return None
    if text.startswith("unix:"):
        path = Path(text.removeprefix("unix:"))
        if not path.is_absolute() or len(str(path).encode()) > 107:
            raise ValueError(f"{quoted(path)} is no absolute path of at most 107 bytes")
        return UnixListen(path)
    return TcpListen(*parse_host_port(text, None))


def parse_web_url(value: object) -> str:
    """An https URL without query and fragment; http is for loopback. Raises ValueError."""
    text = text_of(value).strip()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{quoted(text)} is no URL") from None
    if parts.username or parts.password:
        raise ValueError("holds a user or password; leave them out of the URL")
    if not host or parts.query or parts.fragment or set(text) & set(' \t\r\n\\"<>'):
        raise ValueError(f"{quoted(text)} is no URL without query and fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError(f"{quoted(text)} must begin with https://")
    return text
