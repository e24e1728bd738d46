"""Where something lies on a server, how an href names it, and which hosts may see the password."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from krmd.base.errors import UserError
from krmd.wire.imap.endpoint import is_loopback

_SAFE = "-._~!$&'()*+,;=:@"
"""What a path segment may hold unescaped (RFC 3986 3.3)."""

_PLAIN_PATH = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@/]*")
_LONGEST = 4096
_ONE_OWNER = ("icloud.com", "icloud.com.cn")
"""Domains below which every host is one provider's, and people are sent from one to another
(contacts.icloud.com to p50-contacts.icloud.com).
"""

_PORTS = {"https": 443, "http": 80}


class Origin(NamedTuple):
    """A server: `scheme` is https, or http on this machine; `host` is lower case, in A-labels."""

    scheme: str
    host: str
    port: int

    @property
    def name(self) -> str:
        """The host as it is shown, with the port where it isn't the usual one."""
        usual = self.port == _PORTS[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if usual else f"{host}:{self.port}"


class Place(NamedTuple):
    """A resource: its server and the path to ask for, in normal form."""

    origin: Origin
    path: str

    def __str__(self) -> str:
        return f"{self.origin.scheme}://{self.origin.name}{self.path}"

    def at(self, path: str) -> Place:
        """Another path on the same server."""
        return Place(self.origin, normal_path(path))


def place_of(url: str) -> Place:
    """The place a URL names; raises UserError for one that krmd doesn't speak to."""
    found = _parsed(url)
    if found is None:
        raise UserError(f"{url[:200]!r} is no address of a CardDAV server: it begins with https://")
    if found.origin.scheme == "http" and not is_loopback(found.origin.host):
        raise UserError(
            f"{found.origin.host} would be reached without encryption, which is allowed on this "
            "machine alone: use https://"
        )
    return found


def resolved(reference: str, base: Place, *, is_location: bool = False) -> Place | None:
    """The place that an href or (`is_location`) a Location names, seen from `base`; else None.

    An href to the same host in plain http is what a server says that doesn't know of the TLS in
    front of it; it means its own place. A query is part of a Location and no part of an href,
    where `?` and `#` are letters of a file's name that nobody escaped.
    """
    reference = reference.strip()
    if not reference or len(reference) > _LONGEST:
        return None
    if _PLAIN_PATH.fullmatch(reference) and "//" not in reference and "/." not in reference:
        return Place(base.origin, reference)  # nearly every href there is, and there are many
    if not is_location:
        reference = reference.replace("?", "%3F").replace("#", "%23")
    try:
        found = _parsed(urljoin(str(base), reference), query=is_location)
    except ValueError:
        return None
    if found is None:
        return None
    same_host = found.origin.host == base.origin.host
    if same_host and found.origin.scheme == "http" and base.origin.scheme == "https":
        return Place(base.origin, found.path)
    return found


def normal_path(path: str) -> str:
    """A path with one way of writing each octet, so that hrefs can be compared.

    Servers escape differently from one answer to the next (`%40` and `@`). An escaped slash stays
    one.
    """
    return "/".join(quote(unquote_to_bytes(segment), _SAFE) for segment in path.split("/"))


def as_folder(path: str) -> str:
    """A collection's path with its slash at the end (RFC 4918 5.2)."""
    return path if path.endswith("/") else path + "/"


def may_see_password(origin: Origin, configured: Origin) -> bool:
    """Whether a server that the configured one points to may be given the same password.

    The same host may, on any port; a host below it (`carddav.example.org` for `example.org`); and
    iCloud's hosts among themselves. A sibling in general may not: only the Public Suffix List would
    tell `dav.example.co.uk`, the owner's own, from `dav.co.uk`, which is anybody's. Plain http may
    only come from plain http on this machine, and stays on it.
    """
    if origin.scheme == "http":
        return configured.scheme == "http" and is_loopback(origin.host)
    asked, given = origin.host, configured.host
    if asked == given:
        return True
    if asked.endswith("." + given) and not _is_number(given):
        return True
    return any(
        asked.endswith("." + domain) and given.endswith("." + domain) for domain in _ONE_OWNER
    )


def _parsed(url: str, *, query: bool = False) -> Place | None:
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or port == 0:
        return None
    path = normal_path(parts.path or "/")
    if {".", ".."} & set(path.split("/")):  # which were escaped, and mean no place of their own
        return None
    if query and parts.query:
        path += "?" + quote(parts.query, _SAFE + "/?%")
    return Place(Origin(parts.scheme, host, port or _PORTS[parts.scheme]), path)


def _host(host: str) -> str:
    try:
        named = host.encode("idna").decode() if host.isascii() is False else host
    except UnicodeError as error:
        raise ValueError(host) from error
    named = named.lower().removesuffix(".")
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", named):
        raise ValueError(host)
    return named


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
