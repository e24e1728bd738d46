"""krmd's secret, and what is made of it: a key for each purpose, marks that nobody else can make.

Not where it lies: that is the settings' business.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from typing import NoReturn

KEY_OCTETS = 32
"""So many octets of randomness are krmd's secret."""

_DIGEST = "sha256"
_DIGEST_OCTETS = 32


class Key:
    """krmd's secret, masked in every form but `spelled()`. Purposes share nothing.

    Raises ValueError for anything but KEY_OCTETS octets.
    """

    __slots__ = ("_derived", "_octets")

    def __init__(self, octets: bytes) -> None:
        if len(octets) != KEY_OCTETS:
            raise ValueError(f"a key has {KEY_OCTETS} octets")
        self._octets = octets
        self._derived: dict[str, bytes] = {}

    def derive(self, purpose: str) -> bytes:
        """The key of one purpose, as long as the secret: HKDF-SHA256 (RFC 5869) without salt."""
        derived = self._derived.get(purpose)
        if derived is None:
            derived = hkdf(self._octets, salt=b"", info=purpose.encode(), octets=KEY_OCTETS)
            self._derived[purpose] = derived
        return derived

    def mark(self, purpose: str, value: str) -> str:
        """What stands for a value where the value mustn't: its HMAC-SHA256 in 64 hex digits."""
        return hmac.digest(
            self.derive(purpose), value.encode(errors="surrogatepass"), _DIGEST
        ).hex()

    def spelled(self) -> str:
        """The secret itself, as a file holds it: 64 hex digits."""
        return self._octets.hex()

    def __repr__(self) -> str:
        return "Key(***)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Key):
            return NotImplemented
        return hmac.compare_digest(self._octets, other._octets)

    def __hash__(self) -> int:
        return hash(self.derive("hash"))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key isn't written anywhere")


def parse_key(text: str) -> Key | None:
    """The key that a line spells in hex or base64, or None where it spells none."""
    text = text.strip()
    try:
        octets = (
            bytes.fromhex(text) if len(text) == 2 * KEY_OCTETS else b64decode(text, validate=True)
        )
        return Key(octets)
    except (ValueError, binascii.Error):
        return None


def hkdf(secret: bytes, *, salt: bytes, info: bytes, octets: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869 2.2, 2.3): extracted, then expanded to so many octets."""
    extracted = hmac.digest(salt or bytes(_DIGEST_OCTETS), secret, _DIGEST)
    block = made = b""
    for number in range(1, -(-octets // _DIGEST_OCTETS) + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), _DIGEST)
        made += block
    return made[:octets]
