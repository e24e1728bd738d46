"""What a category's name is, and when two names are the same."""

from __future__ import annotations

import unicodedata

from krmd.base.errors import UserError

LONGEST_NAME = 100


def category_name(text: str) -> str:
    """A category's name as it is kept: NFC, printable, blanks folded; UserError where none."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UserError(f"“{text[:LONGEST_NAME]}” can't be a category's name")
    return name


def category_key(text: str) -> str:
    """A category's name as it is compared: without regard to case."""
    return unicodedata.normalize("NFC", category_name(text).casefold())
