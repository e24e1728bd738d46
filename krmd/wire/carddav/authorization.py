"""Saying who asks: Basic (RFC 7617) from the first request on, Digest (RFC 7616) where it is asked.

Digest is Baikal's default. The password is asked for once, when the first request goes out.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.request import parse_http_list, parse_keqv_list

from krmd.base.errors import LoginError

_LONGEST = 4096
_DIGEST = re.compile(r"(?:^|,)\s*Digest\s+", re.IGNORECASE)
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in; `secret` gives the password, and may ask a person or a program for it."""

    user: str
    secret: Callable[[], str] = field(repr=False)


class _Challenge(NamedTuple):
    realm: str
    nonce: str
    opaque: str | None
    algorithm: str
    with_quality: bool


class Authorization:
    """Makes the Authorization field of one server's requests."""

    def __init__(self, credentials: Credentials, nonce: Callable[[], str]) -> None:
        self.user = credentials.user
        self._secret = credentials.secret
        self._nonce = nonce
        self._password: str | None = None
        self._challenge: _Challenge | None = None
        self._count = 0

    def header(self, method: str, target: str) -> str:
        """The field's value for one request; raises LoginError where name or password can't be
        sent.
        """
        password = self._ask()
        if self._challenge is not None:
            return self._digest(self._challenge, password, method, target)
        if ":" in self.user:
            raise LoginError(f"the name {self.user!r} holds a colon, which Basic login can't send")
        return "Basic " + base64.b64encode(f"{self.user}:{password}".encode()).decode()

    def answers(self, challenges: list[str]) -> bool:
        """Whether a refused request may go again with a better answer to these challenges
        (WWW-Authenticate): Digest where Basic was refused, or a fresh nonce for a stale one.
        """
        for challenge, stale in map(_read, challenges):
            if challenge is not None and (self._challenge is None or stale):
                self._challenge, self._count = challenge, 0
                return True
        return False

    def _ask(self) -> str:
        if self._password is None:
            self._password = self._secret()
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in self.user + self._password):
            raise LoginError(
                f"the name or the password of {self.user!r} holds a line break or a control "
                "character; a password file's last line break may be one too many"
            )
        return self._password

    def _digest(self, challenge: _Challenge, password: str, method: str, target: str) -> str:
        self._count += 1
        count, cnonce = f"{self._count:08x}", self._nonce()

        def digest(text: str) -> str:
            return hashlib.new(
                _HASHES[challenge.algorithm], text.encode(), usedforsecurity=False
            ).hexdigest()

        who = digest(f"{self.user}:{challenge.realm}:{password}")
        what = digest(f"{method}:{target}")
        fields = {
            "username": self.user,
            "realm": challenge.realm,
            "nonce": challenge.nonce,
            "uri": target,
        }
        if challenge.with_quality:
            answer = digest(f"{who}:{challenge.nonce}:{count}:{cnonce}:auth:{what}")
            fields["cnonce"] = cnonce
        else:
            answer = digest(f"{who}:{challenge.nonce}:{what}")  # RFC 2069
        fields["response"] = answer
        if challenge.opaque is not None:
            fields["opaque"] = challenge.opaque
        words = [f'{name}="{_escaped(value)}"' for name, value in fields.items()]
        words.append(f"algorithm={challenge.algorithm}")
        if challenge.with_quality:
            words += ["qop=auth", f"nc={count}"]
        # The header's octets are UTF-8, which http.client takes as if they were Latin-1.
        return ("Digest " + ", ".join(words)).encode().decode("latin-1")


def _read(text: str) -> tuple[_Challenge | None, bool]:
    """A Digest challenge that can be answered, or None; and whether it only replaces a nonce."""
    begin = _DIGEST.search(text[:_LONGEST])
    if begin is None or not text.isprintable():
        return None, False
    rest = text[begin.end() : _LONGEST]
    try:
        said = {
            name.strip().lower(): value
            for name, value in parse_keqv_list(
                [item for item in parse_http_list(rest) if "=" in item]
            ).items()
        }
    except (ValueError, IndexError):
        return None, False
    qualities = [word.strip().lower() for word in said.get("qop", "").split(",") if word.strip()]
    algorithm = said.get("algorithm", "MD5").upper()
    if algorithm not in _HASHES or "nonce" not in said or (qualities and "auth" not in qualities):
        return None, False
    found = _Challenge(
        said.get("realm", ""), said["nonce"], said.get("opaque"), algorithm, bool(qualities)
    )
    return found, said.get("stale", "").lower() == "true"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
