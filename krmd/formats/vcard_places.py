"""Where a person is reached, in a vCard: addresses of email, phones, the web and the post."""

from __future__ import annotations

import re
from collections.abc import Iterable

from krmd.base.address import parse_address
from krmd.formats.content_lines import Head
from krmd.formats.vcard_draft import Draft
from krmd.formats.vcard_text import POSTAL_PARTS, components_of, unescaped
from krmd.ledger.portrait import compound

MOST_IN_ONE = 20
"""Addresses that are looked for in one property."""

_BRACKETED = re.compile(r"<([^<>]*)>\Z")
_BETWEEN_ADDRESSES = re.compile(r"[,;\s]+")
_EXTENSION = re.compile(r";ext=([0-9]+)", re.IGNORECASE)


def email(draft: Draft, head: Head, value: str) -> None:
    """EMAIL."""
    address = parse_address(value)
    if address is not None:
        draft.add("email", address, draft.label(head))
        return
    text = unescaped(value).strip()
    for word in _addresses_in(text):
        address = parse_address(word)
        if address is not None:
            draft.add("email", address, draft.label(head))
        else:
            draft.unusable(text, "is no email address")


def _addresses_in(text: str) -> Iterable[str]:
    """What may be addresses: some programs put a name in front, or several into one property."""
    if text[:7].lower() == "mailto:":
        text = text[7:]
    bracketed = _BRACKETED.search(text)
    if bracketed:
        return (bracketed[1],)
    words = [word for word in _BETWEEN_ADDRESSES.split(text) if word]
    return words[:MOST_IN_ONE] if all("@" in word for word in words) else (text,)


def phone(draft: Draft, head: Head, value: str) -> None:
    """TEL, as a text or as a URI (RFC 3966)."""
    number = unescaped(value).strip()
    if number[:4].lower() == "tel:":
        extension = _EXTENSION.search(number)
        number = number[4:].partition(";")[0]
        number += f" ext. {extension[1]}" if extension else ""
    draft.add("phone", number, draft.label(head))


def url(draft: Draft, head: Head, value: str) -> None:
    """URL."""
    draft.add("url", unescaped(value), draft.label(head))


def postal(draft: Draft, head: Head, value: str) -> None:
    """ADR."""
    draft.add("postal", compound(components_of(value)[:POSTAL_PARTS]), draft.label(head))


def postal_label(draft: Draft, head: Head, value: str) -> None:
    """LABEL, the address as it is printed: of use where there is no ADR."""
    if len(draft.postal_labels) < MOST_IN_ONE:
        draft.postal_labels.append((unescaped(value).strip(), draft.label(head)))
