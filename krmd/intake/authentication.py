"""What the owner's own server says of a mail's sender: Authentication-Results (RFC 8601).

Anybody can write such a field. Only the topmost one that bears exactly the id which the owner
configured is read (section 5); nothing is checked by DNS or cryptography here.
"""

from __future__ import annotations

import re

from krmd.base.address import EmailAddress, ascii_lower, domain_of
from krmd.ledger.facts import Mark

MAX_LENGTH = 8192
"""Characters of a field that are read; a longer one proves nothing."""

_PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|[()]|\\.|[^()\"\\]++|.", re.DOTALL)
_AUTHSERV_ID = re.compile(r"\s*+(?:\"([^\"\\]*+)\"|([^\s;\"]++))(?:\s++[0-9]++)?\s*+\Z")
_METHOD = re.compile(
    r"\s*+([a-z0-9-]++)(?:\s*+/\s*+[0-9]++)?\s*+=\s*+([a-z]++)(?![^\s])", re.IGNORECASE
)
_DOMAIN = re.compile(
    r"(?<!\S)header\s*+\.\s*+(d|i|from)\s*+=\s*+\"?(?:[^\s@\"]*+@)?([^\s@\"]++)", re.IGNORECASE
)


def marks_of_results(values: list[str], authserv_id: str, authors: list[EmailAddress]) -> int:
    """AUTH_PASS, DMARC_FAIL or neither, by the first of `values` (topmost first) with our id.

    A pass counts only for exactly one author: with two in From nobody knows for whom it speaks.
    """
    for value in values:
        parts = _parts(value)
        if parts and _is_ours(parts[0], authserv_id):
            return _judge(parts[1:], domain_of(authors[0]) if len(authors) == 1 else None)
    return 0


def _is_ours(part: str, authserv_id: str) -> bool:
    found = _AUTHSERV_ID.match(part)
    return found is not None and ascii_lower(found[1] or found[2]) == ascii_lower(authserv_id)


def _judge(results: list[str], author: str | None) -> int:
    passed = False
    for result in results:
        found = _METHOD.match(result)
        if found is None:
            continue
        method, outcome = found[1].lower(), found[2].lower()
        if method == "dmarc" and outcome == "fail":
            return Mark.DMARC_FAIL
        domains = {kind.lower(): ascii_lower(name) for kind, name in _DOMAIN.findall(result)}
        if author is None or outcome != "pass":
            continue
        if method == "dmarc":
            passed |= domains.get("from", author) == author
        elif method == "dkim":
            passed |= _aligned(domains.get("d") or domains.get("i"), author)
    return Mark.AUTH_PASS if passed else 0


def _aligned(signer: str | None, author: str) -> bool:
    """The author's own domain signed, or one above it; never one below, which others may own."""
    return signer is not None and (author == signer or author.endswith("." + signer))


def _parts(value: str) -> list[str]:
    """The value without comments (they nest), cut at the semicolons outside quotes.

    Empty where comments or quotes don't close: such a field is not one of a server's making.
    """
    if len(value) > MAX_LENGTH:
        return []
    parts, depth = [""], 0
    for piece in _PIECE.findall(value):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
        elif depth == 0 and piece == '"':
            return []
        elif depth == 0 and piece.startswith('"'):
            parts[-1] += piece
        elif depth == 0:
            head, *others = piece.split(";")
            parts[-1] += head
            parts += others
        if depth < 0:
            return []
    return parts if depth == 0 else []
