"""Turns what pydantic found into sentences: where, what is wrong, what to write instead.

No sentence repeats a value but those of `krmd.settings.values`, which know that it is no secret.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from krmd.base.errors import Problem
from krmd.settings.fields import NAME
from krmd.settings.model import Settings
from krmd.settings.values import kind_of, quoted

Keys = tuple[str, ...]
Model = type[BaseModel]

_NEEDED = {
    "owner": "is missing: krmd must know whose mail this is; write a table [owner] with name and "
    "addresses, or run: krmd init",
    "accounts": "is missing: krmd needs at least one mailbox; write a table [accounts.home] with "
    "imap, user and password, or run: krmd init",
}

_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}


def describe(error: ErrorDetails, locate: Callable[[Keys], str]) -> Problem:
    """The problem that one of pydantic's findings is."""
    keys = keys_of(error)
    return Problem(locate(keys), ".".join(keys), _sentence(error, keys))


def keys_of(error: ErrorDetails) -> Keys:
    """The keys of the file that an error is about, without places in lists and pydantic's own."""
    keys = []
    for part in error["loc"]:
        if not isinstance(part, str) or part == NAME or part.startswith("is-instance["):
            break
        keys.append(part)
    return tuple(keys)


def _sentence(error: ErrorDetails, keys: Keys) -> str:
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown(keys)
    if len(keys) == 1 and kind in {"missing", "too_short"}:
        return _NEEDED[keys[0]]
    if kind == "value_error":
        text = str(context["error"])
    elif kind == "missing":
        text = "is missing"
    elif kind == "too_short":
        text = "is empty"
    elif kind == "literal_error":
        text = _not_one_of(error["input"], context["expected"])
    elif kind in {"greater_than_equal", "less_than_equal"}:
        bound = context.get("ge", context.get("le"))
        text = f"must be {bound} or {'more' if 'ge' in context else 'less'}, not {error['input']}"
    elif kind in _WANTED:
        text = f"must be {_WANTED[kind]}, not {kind_of(error['input'])}"
    else:
        text = error["msg"]
    # Half a sentence behind a semicolon says already what to do.
    return text if ";" in text else text + _example(keys)


def _not_one_of(value: object, expected: str) -> str:
    allowed = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    near = get_close_matches(str(value), allowed, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{quoted(value)} is not one of {', '.join(allowed)}{hint}"


def _unknown(keys: Keys) -> str:
    known = _known_keys(keys[:-1])
    near = get_close_matches(keys[-1].lower(), known, n=1, cutoff=0.5)
    if near:
        return f"is not known here; did you mean {near[0]}?"
    homes = [path for path, model in _tables() if keys[-1] in _names(model)]
    if homes:
        return f"is not known here; it belongs into [{homes[0]}]"
    return f"is not known here; known are {', '.join(sorted(known))}"


def _example(keys: Keys) -> str:
    field = _field(keys)
    if field is None or not field.examples:
        return ""
    return f"; for example: {keys[-1]} = {field.examples[0]}"


def _names(model: Model) -> dict[str, FieldInfo]:
    fields = model.model_fields.items()
    return {info.alias or name: info for name, info in fields if info.validation_alias != NAME}


def _known_keys(keys: Keys) -> list[str]:
    model = _model_at(keys)
    return list(_names(model)) if model else []


def _field(keys: Keys) -> FieldInfo | None:
    model = _model_at(keys[:-1]) if keys else None
    return _names(model).get(keys[-1]) if model else None


def _model_at(keys: Keys) -> Model | None:
    model: Model | None = Settings
    inside = False
    for key in keys:
        if inside:  # a name such as that of an account, not a key
            inside = False
            continue
        field = _names(model).get(key) if model else None
        model, inside = _model_of(field.annotation) if field else (None, False)
    return None if inside else model


def _model_of(annotation: object) -> tuple[Model | None, bool]:
    if get_origin(annotation) is dict:
        return get_args(annotation)[1], True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    return None, False


def _tables() -> list[tuple[str, Model]]:
    tables = []
    for name, field in _names(Settings).items():
        model, named = _model_of(field.annotation)
        if model:
            tables.append((f"{name}.NAME" if named else name, model))
    return tables
