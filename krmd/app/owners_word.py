"""What the owner says of a person: it stands before what any other source says."""

from __future__ import annotations

from difflib import get_close_matches

from krmd.app.changes import Changes
from krmd.app.steps import OWNER, FactStands, FactWithdrawn
from krmd.base.address import parse_address
from krmd.base.command import EditContact, Said
from krmd.base.errors import UserError
from krmd.base.instant import to_datetime
from krmd.intake.birthday_words import read_birthday
from krmd.ledger.partial_date import read_partial_date
from krmd.ledger.phones import same_phone
from krmd.ledger.portrait import FACT_FIELDS, SINGLE, Fact, FactField, fact, parts_of
from krmd.store import contacts
from krmd.store.contacts import FactRow

_ELSEWHERE: frozenset[FactField] = frozenset(
    ("name", "email", "category", "cadence_days", "attention", "no_mailings", "added", "dropped")
)
"""What has an option of its own, and more to it than a fact."""


def change_facts(changes: Changes, uuid: str, command: EditContact) -> list[str]:
    """Carry out what a command says of a person; returns sentences. Raises UserError."""
    sentences = []
    for said in _said(command):
        stated = _fact(changes, said)
        sentences += _state(changes, uuid, stated) if stated else _empty(changes, uuid, said)
    removed = [("phone", phone, "") for phone in command.remove_phones]
    for field, value, _ in (*removed, *command.unsay):
        known = unsay(changes, uuid, _field(field), value)
        sentences += [f"{spoken(_field(field))} {it} removed." for it in known]
    return sentences


def unsay(changes: Changes, uuid: str, field: FactField, value: str) -> list[str]:
    """Take from a person what equals this value; returns what that was, as it was spelled.

    The owner's word goes; what other sources say is no longer believed.
    """
    found = [it for it in _facts(changes, uuid, field) if _is_same(field, it.value, value)]
    for known in found:
        _withdraw(changes, uuid, known)
    return list(dict.fromkeys(it.value for it in found if it.withdrawn is None))


def in_words(stated: Fact) -> str:
    """The value as a sentence has it."""
    if stated.field in ("postal", "structured_name"):
        return ", ".join(filter(None, parts_of(stated.value, 7)))
    return stated.value


def spoken(field: FactField) -> str:
    """A field as sentences begin with it."""
    return field.replace("_", " ").capitalize()


def _said(command: EditContact) -> list[Said]:
    said: list[Said] = [("phone", phone, "") for phone in command.add_phones]
    if command.birthday is not None:
        said.append(("birthday", command.birthday, ""))
    if command.note:
        said.append(("note", command.note, ""))
    return [*said, *command.say]


def _fact(changes: Changes, said: Said) -> Fact | None:
    """The fact, checked; None where the value is empty."""
    field, value, label = _field(said[0]), said[1], said[2]
    if field in _ELSEWHERE:
        raise UserError(f"{field} has an option of its own")
    if field == "birthday" and value.strip():
        value = read_birthday(value, now=changes.now)
    if field in ("died", "date", "connected") and value.strip():
        value = _date(value)
    if field == "note" and not label:
        label = f"{to_datetime(changes.now):%Y-%m-%d}"
    return fact(field, value, label) if value.strip() else None


def _date(value: str) -> str:
    read = read_partial_date(value.strip())
    if read is None:
        raise UserError(f"“{value}” is no date; write 2019-05-02, --05-02 or 2019")
    return str(read)


def _field(text: str) -> FactField:
    for field in FACT_FIELDS:
        if field == text:
            return field
    near = get_close_matches(text, FACT_FIELDS, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UserError(f"“{text}” is nothing that is known of people{hint}", candidates=FACT_FIELDS)


def _state(changes: Changes, uuid: str, stated: Fact) -> list[str]:
    if stated.field == "email" and parse_address(stated.value) is None:
        raise UserError(f"“{stated.value}” is no email address")
    replaced = _facts(changes, uuid, stated.field) if stated.field in SINGLE else []
    for known in replaced:
        if known.source == OWNER and (known.value, known.label) != stated[1:]:
            changes.take(_step(uuid, known, stands=False))
    step = FactStands(uuid, stated.field, stated.value, OWNER, stands=True, label=stated.label)
    if not changes.take(step):
        return []
    if stated.field == "note":
        return ["Noted."]
    label = f" ({stated.label})" if stated.label else ""
    return [f"{spoken(stated.field)} {in_words(stated)}{label}."]


def _empty(changes: Changes, uuid: str, said: Said) -> list[str]:
    field = _field(said[0])
    if field not in SINGLE:
        return []
    known = _facts(changes, uuid, field)
    for it in known:
        _withdraw(changes, uuid, it)
    return [f"{spoken(field)} removed."] if any(it.withdrawn is None for it in known) else []


def _withdraw(changes: Changes, uuid: str, known: FactRow) -> None:
    if known.source == OWNER:
        changes.take(_step(uuid, known, stands=False))
    elif known.withdrawn is None:
        changes.take(
            FactWithdrawn(
                uuid,
                known.field,
                known.value,
                known.label,
                known.source,
                known.source_key,
                withdrawn=changes.now,
            )
        )


def _step(uuid: str, known: FactRow, *, stands: bool) -> FactStands:
    return FactStands(
        uuid, known.field, known.value, known.source, stands, known.label, known.source_key
    )


def _is_same(field: FactField, one: str, other: str) -> bool:
    if field == "phone" and same_phone(one, other):
        return True
    return one.casefold().split() == other.casefold().split()


def _facts(changes: Changes, uuid: str, field: FactField) -> list[FactRow]:
    contact = changes.contact(uuid)
    known = contacts.facts_of(changes.tx, [contact.id]).get(contact.id, [])
    return [fact for fact in known if fact.field == field]
