"""What must fit together across sections, looked at in the raw tables, so that it is told beside
all other problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from krmd.settings.overrides import Table
from krmd.settings.place import Keys
from krmd.settings.values import quoted


def disagreements(table: Table) -> Iterator[tuple[Keys, str]]:
    """The keys that don't fit others, and a sentence for each."""
    yield from _unknown_accounts(table)
    for section in ("accounts", "categories", "contacts"):
        yield from _twice(section, _table(table, section))


def _unknown_accounts(table: Table) -> Iterator[tuple[Keys, str]]:
    accounts = _table(table, "accounts")
    named: list[Keys] = [("digest",), ("commands",)]
    named += [("categories", name) for name in _table(table, "categories")]
    for keys in named:
        section = table
        for key in keys:
            section = _table(section, key)
        account = section.get("account")
        if accounts and isinstance(account, str) and account not in accounts:
            near = get_close_matches(account, accounts, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(accounts)}"
            yield (*keys, "account"), f"{quoted(account)} is no account; {hint}"


def _twice(section: str, names: Table) -> Iterator[tuple[Keys, str]]:
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(name.casefold(), name)
        if first != name:
            yield (section, name), f"is the same name as {quoted(first)}, but for its letters' case"


def _table(table: Table, key: str) -> Table:
    inner = table.get(key)
    return inner if isinstance(inner, dict) else {}
