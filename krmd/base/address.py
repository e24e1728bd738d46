"""What an email address is to krmd, and which addresses are the owner's.

Addresses are compared after lowering ASCII letters and nothing else: no NFKC, no folding of other
scripts, since look-alikes must stay different (a Cyrillic а is no Latin a).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NewType

EmailAddress = NewType("EmailAddress", str)
"""An addr-spec (RFC 5322 3.4.1), ASCII letters lowered, domain in its A-label form (RFC 5890)."""

MAX_ADDRESS = 320
"""Octets in the longest address kept: 64 for the local part, 255 for the domain (RFC 5321)."""

_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_PLAIN = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\Z")
_FORBIDDEN = re.compile(
    r"[\x00-\x20\x7f-\x9f<>()\[\],;:\\\"\s"
    # Invisible, turning the direction of writing, or no characters at all.
    r"\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\Z")


def ascii_lower(text: str) -> str:
    """Lower A to Z and leave everything else as it is."""
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)


def parse_address(text: str) -> EmailAddress | None:
    """The address that `text` spells, or None if it spells none.

    Takes a bare addr-spec. Quoted local parts, domain literals, blanks and control characters are
    no addresses to krmd: nobody's friend has one, and each is a trap on the way out.
    """
    return _parsed(text) if len(text) <= MAX_ADDRESS else _parsed(text.strip()[: MAX_ADDRESS + 1])


@lru_cache(maxsize=4096)
def _parsed(text: str) -> EmailAddress | None:
    text = ascii_lower(text.strip())
    if not 3 <= len(text) <= MAX_ADDRESS:
        return None
    if _PLAIN.match(text):
        return EmailAddress(text) if ".." not in text.rpartition("@")[2] else None
    local, at, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    if not (at and local and domain) or "@" in local or _FORBIDDEN.search(local + domain):
        return None
    return _with_ascii_domain(local, domain)


def _with_ascii_domain(local: str, domain: str) -> EmailAddress | None:
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    if not _DOMAIN.match(domain):
        return None
    labels = domain.split(".")
    if any(not label or label.startswith("-") or label.endswith("-") for label in labels):
        return None
    return EmailAddress(f"{local}@{domain}")


def domain_of(address: EmailAddress) -> str:
    """What stands behind the last @."""
    return address.rpartition("@")[2]


def without_tag(address: EmailAddress) -> EmailAddress:
    """`ada+krmd@example.org` without its +tag (RFC 5233): `ada@example.org`."""
    local, _, domain = address.rpartition("@")
    stem, plus, _ = local.partition("+")
    return EmailAddress(f"{stem}@{domain}") if plus and stem else address


class AddressSet:
    """A set of addresses and whole domains, as settings spell them: `ada@x.example`, `@x.example`.

    A domain stands for itself and not for those below it. Membership ignores +tags when `tags` is
    true, which is right for the owner's own addresses.
    """

    __slots__ = ("_addresses", "_domains", "_tags")

    def __init__(self, patterns: Iterable[str], *, tags: bool = False) -> None:
        lowered = [ascii_lower(pattern.strip()) for pattern in patterns]
        self._domains = frozenset(p[1:] for p in lowered if p.startswith("@"))
        self._addresses = frozenset(p for p in lowered if not p.startswith("@"))
        self._tags = tags

    def __contains__(self, address: object) -> bool:
        if not isinstance(address, str):
            return False
        if address in self._addresses:
            return True
        if self._domains and address.rpartition("@")[2] in self._domains:
            return True
        return (
            self._tags and "+" in address and without_tag(EmailAddress(address)) in self._addresses
        )

    def __bool__(self) -> bool:
        return bool(self._addresses or self._domains)
