"""Where a mailbox is, how it is reached and who logs in: the values handed to `connect`."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from krmd.base.errors import UserError

Security = Literal["tls", "starttls", "plain"]
"""`tls`: from the first byte. `starttls`: demanded, never opportunistic. `plain`: loopback only."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's host and port, how the line is secured, and a private CA to trust instead.

    With `ca_file` only the certificates in that file are trusted (a company's own CA, or the
    server's self-signed certificate itself). Raises UserError for plain text beyond loopback.
    """

    host: str
    port: int
    security: Security
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if self.security == "plain" and not is_loopback(self.host):
            raise UserError(
                f"{self.host} would be reached without encryption, which is allowed on this "
                "machine alone: use imaps:// or imap+starttls://"
            )


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in. `secret` gives the password or the access token and is asked at every login,
    since tokens go stale; `mechanism` says which of the two it gives.
    """

    user: str
    secret: Callable[[], str] = field(repr=False)
    mechanism: Literal["password", "oauth2"] = "password"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds: for a connection, for the next bytes, for a whole command,
    for the answer to DONE, and between two NOOPs where there is no IDLE.
    """

    connect: float = 30.0
    read: float = 60.0
    command: float = 900.0
    done: float = 15.0
    poll: float = 60.0


def is_loopback(host: str) -> bool:
    """Whether a host's name can only mean this machine; nothing is looked up."""
    if host.lower() in {"localhost", "localhost."}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
