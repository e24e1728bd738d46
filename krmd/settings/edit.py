"""Changes `krmd.toml` as its owner would: comments, order and layout stay.

Each change is text to text; whether the result makes sense is `load_settings`' business.
Values are changed with tomlkit, whole tables in the text itself: tomlkit takes the comment above a
heading for the end of the table before it, and would remove or strand it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from krmd.base.address import ascii_lower
from krmd.base.errors import UserError
from krmd.settings.overrides import Table
from krmd.settings.place import Keys, Statement, spell, statements

TomlValue = str | int | bool | date | list[str] | Mapping[str, str | list[str]]


def add_account(text: str, name: str, values: Mapping[str, TomlValue]) -> str:
    """The file with one more `[accounts.NAME]` behind the others, its keys in the order given.

    Raises UserError if there is one of that name, or if the file can't be changed safely.
    """
    wanted = _parse(text)
    accounts = wanted.setdefault("accounts", {})
    if any(name.casefold() == other.casefold() for other in accounts):
        raise UserError(f"there is an account {name!r} already; take another name or remove it")
    accounts[name] = {key: _plain(value) for key, value in values.items()}
    headings = _headings(text)
    ends = [_end(text, at, headings) for at in headings if at.keys[0] == "accounts"]
    place = max(ends, default=len(text))
    lines = "".join(f"{spell((key,))} = {_spelled(value)}\n" for key, value in values.items())
    block = f"[{spell(('accounts', name))}]\n{lines}"
    return _checked(_insert(text, place, block), wanted)


def rename_account(text: str, old: str, new: str) -> str:
    """The file with an account renamed, also where other sections name it.

    Raises UserError if there is none, if the name is taken, or if the file can't be changed safely.
    """
    wanted = _parse(text)
    accounts = wanted.get("accounts", {})
    _must_exist(old, accounts)
    if any(new.casefold() == name.casefold() for name in accounts if name != old):
        raise UserError(f"there is an account {new!r} already; take another name")
    accounts[new] = accounts.pop(old)
    _in_sections_naming(wanted, old, lambda section: section.__setitem__("account", new))
    document = tomlkit.parse(text)
    _in_sections_naming(document, old, lambda section: section.__setitem__("account", new))
    renamed = tomlkit.dumps(document)
    for heading in reversed(_headings(renamed)):
        if heading.keys[:2] == ("accounts", old):
            spelled = spell(("accounts", new, *heading.keys[2:]))
            renamed = renamed[: heading.name_begin] + spelled + renamed[heading.name_end :]
    return _checked(renamed, wanted)


def remove_account(text: str, name: str) -> str:
    """The file without an account and the comment right above it.

    Raises UserError if there is none, if other sections name it, or if the file can't be changed
    safely.
    """
    wanted = _parse(text)
    accounts = wanted.get("accounts", {})
    _must_exist(name, accounts)
    del accounts[name]
    headings = _headings(text)
    if not accounts and all(heading.keys != ("accounts",) for heading in headings):
        del wanted["accounts"]
    users: list[str] = []
    _in_sections_naming(wanted, name, lambda _: users.append("account"))
    if users:
        raise UserError(
            f"{name!r} is named as account = … elsewhere in the file; change that first"
        )
    for heading in reversed([at for at in headings if at.keys[:2] == ("accounts", name)]):
        text = text[: _begin(text, heading)] + text[_end(text, heading, headings) :]
    return _checked(text, wanted)


def add_own_addresses(text: str, addresses: Iterable[str]) -> str:
    """The file with more addresses in `[owner]`; those that are there already stay single."""
    return _extended(text, "owner", "addresses", addresses)


def add_ignored(text: str, patterns: Iterable[str]) -> str:
    """The file with more addresses or domains in `[counting] ignore`."""
    return _extended(text, "counting", "ignore", patterns)


def _extended(text: str, section: str, key: str, additions: Iterable[str]) -> str:
    wanted = _parse(text)
    there = wanted.setdefault(section, {}).setdefault(key, [])
    known = {ascii_lower(str(item)) for item in there}
    fresh = [item for item in dict.fromkeys(additions) if ascii_lower(item) not in known]
    if not fresh:
        return text
    spelled = f"{key} = {_spelled(fresh)}\n"
    heading = next((at for at in _headings(text) if at.keys == (section,)), None)
    if there:
        document = tomlkit.parse(text)
        array = document[section][key]
        if not isinstance(array, Array):
            raise UserError(f"{section}.{key} is no list; correct it first")
        for item in fresh:
            array.append(item)
        changed = tomlkit.dumps(document)
    elif heading is not None and not _stands(text, (section, key)):
        line_end = "" if text[: heading.end].endswith("\n") else "\n"
        changed = text[: heading.end] + line_end + spelled + text[heading.end :]
    else:
        changed = _insert(text, len(text), f"[{section}]\n{spelled}")
    there.extend(fresh)
    return _checked(changed, wanted)


def _stands(text: str, keys: Keys) -> bool:
    return any(statement.keys == keys for statement in statements(text))


def _headings(text: str) -> list[Statement]:
    return [statement for statement in statements(text) if statement.table]


def _begin(text: str, heading: Statement) -> int:
    """Where a table begins: at the comment right above its heading."""
    begin = heading.begin
    while begin:
        above = text.rfind("\n", 0, begin - 1) + 1
        if not text[above:begin].lstrip().startswith("#"):
            break
        begin = above
    return begin


def _end(text: str, heading: Statement, headings: list[Statement]) -> int:
    """Where a table ends: where the next begins."""
    following = [at for at in headings if at.begin > heading.begin]
    return _begin(text, following[0]) if following else len(text)


def _insert(text: str, place: int, block: str) -> str:
    before, after = text[:place].rstrip("\r\n"), text[place:]
    return (before + "\n\n" if before else "") + block + ("\n" + after if after else "")


def _in_sections_naming(document: Table, account: str, act: Callable[[Table], object]) -> None:
    categories = document.get("categories", {})
    for section in (document.get("digest"), document.get("commands"), *categories.values()):
        if isinstance(section, Mapping) and section.get("account") == account:
            act(section)  # type: ignore[arg-type]  # tomllib's and tomlkit's tables can be changed


def _must_exist(name: str, accounts: Table) -> None:
    if name not in accounts:
        there = ", ".join(accounts) or "none"
        raise UserError(f"there is no account {name!r}; there is {there}")


def _spelled(value: TomlValue) -> str:
    if isinstance(value, Mapping):
        parts = (f"{spell((key,))} = {_spelled(part)}" for key, part in value.items())
        return f"{{ {', '.join(parts)} }}"
    return tomlkit.item(value).as_string()


def _plain(value: TomlValue) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def _parse(text: str) -> Table:
    try:
        tomlkit.parse(text)
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, TOMLKitError) as error:
        raise UserError(f"krmd.toml isn't TOML, so nothing was changed: {error}") from None


def _checked(text: str, wanted: Table) -> str:
    """The text, if it says what it should and nothing else; else nothing is touched."""
    try:
        if tomllib.loads(text) == wanted:
            return text
    except tomllib.TOMLDecodeError:
        pass
    raise UserError("krmd.toml is written in a way krmd can't change safely; change it by hand")
