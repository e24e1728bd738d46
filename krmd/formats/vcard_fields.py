"""What each property of a vCard says of a person: one table, from names to tellers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from krmd.formats import vcard_days, vcard_places
from krmd.formats.content_lines import Head
from krmd.formats.vcard_draft import LONGEST_KEY, Draft
from krmd.formats.vcard_handles import SERVICES, messaging_handle, profile_handle
from krmd.formats.vcard_own import LABEL, NAMELESS, OWN_FIELDS, own_value
from krmd.formats.vcard_text import NAME_PARTS, components_of, list_of, unescaped
from krmd.ledger.portrait import FactField, clean

Teller = Callable[[Draft, Head, str], None]
"""Tells a draft what a property's value says."""

SYSTEM_CATEGORIES = frozenset(
    ("mycontacts", "my contacts", "* mycontacts", "* my contacts", "starred", "* starred")
)
"""Google's groups that everybody is in, or that are a mark and no circle, in small letters."""

_ANDROID = "vnd.android.cursor.item/"
# ContactsContract.CommonDataKinds: Relation.TYPE_* from 1 on, Event.TYPE_*.
_ANDROID_RELATIONS = (
    " assistant brother child partner father friend manager mother parent partner referrer "
    "relative sister spouse"
).split(" ")
_ANDROID_BIRTHDAY, _ANDROID_ANNIVERSARY = "3", "1"
_GENDERS = {"M": "male", "F": "female", "O": "other", "N": "", "U": ""}


def _name(draft: Draft, head: Head, value: str) -> None:
    name = clean(unescaped(value))
    if NAMELESS in head.parameters:
        draft.is_nameless = True
    elif not draft.name:
        draft.name = name
    elif name not in ("", draft.name):
        draft.add("custom", name, "name")


def _parts(draft: Draft, _head: Head, value: str) -> None:
    if not any(draft.parts):
        draft.parts = components_of(value)[:NAME_PARTS]


def _text(field: FactField) -> Teller:
    def tell(draft: Draft, head: Head, value: str) -> None:
        draft.add(field, unescaped(value), head.parameter(LABEL) or "")

    return tell


def _single(field: FactField) -> Teller:
    def tell(draft: Draft, head: Head, value: str) -> None:
        draft.add_single(field, unescaped(value), head.parameter(LABEL) or "")

    return tell


def _own(field: FactField) -> Teller:
    def tell(draft: Draft, head: Head, value: str) -> None:
        told = own_value(field, unescaped(value))
        if told is None:
            draft.unusable(value, f"can't stand in {head.name}")
        else:
            draft.add(field, told, head.parameter(LABEL) or "")

    return tell


def _labelled(field: FactField, label: str) -> Teller:
    def tell(draft: Draft, _head: Head, value: str) -> None:
        draft.add(field, unescaped(value), label)

    return tell


def _relative(kind: str) -> Teller:
    def tell(draft: Draft, _head: Head, value: str) -> None:
        draft.relation(kind, unescaped(value), "")

    return tell


def _nicknames(draft: Draft, head: Head, value: str) -> None:
    for name in list_of(value):
        draft.add("nickname", name, head.parameter(LABEL) or "")


def _categories(draft: Draft, head: Head, value: str) -> None:
    for name in list_of(value):
        if name.strip().casefold() not in SYSTEM_CATEGORIES:
            draft.add("category", name, head.parameter(LABEL) or "")


def _organization(draft: Draft, head: Head, value: str) -> None:
    company, *units = components_of(value)
    draft.add_single("company", company, head.parameter(LABEL) or "")
    draft.add_single("department", ", ".join(unit for unit in units if unit))


def _gender(draft: Draft, _head: Head, value: str) -> None:
    sex, *identity = components_of(value)
    told = " ".join(identity).strip() or _GENDERS.get(sex.upper(), sex)
    draft.add("custom", told, "gender")


def _related(draft: Draft, head: Head, value: str) -> None:
    text = unescaped(value)
    # A reference to another card tells nothing by itself.
    if not text.lower().startswith("urn:") or head.parameter("VALUE") == "text":
        draft.relation(", ".join(head.types), text, head.parameter(LABEL) or "")


def _apple_related(draft: Draft, head: Head, value: str) -> None:
    draft.relation(draft.apple_label(head), unescaped(value), head.parameter(LABEL) or "")


def _messaging(draft: Draft, head: Head, value: str) -> None:
    draft.add("handle", *messaging_handle(head, value))


def _profile(draft: Draft, head: Head, value: str) -> None:
    draft.add("handle", *profile_handle(head, value))


def _android(draft: Draft, head: Head, value: str) -> None:
    """X-ANDROID-CUSTOM: a kind, the value, its type by number, the type's name if it is 0."""
    kind, data, number, name, *_ = (*components_of(value), "", "", "", "")
    match kind.removeprefix(_ANDROID):
        case "nickname":
            draft.add("nickname", data)
        case "relation":
            known = number.isdecimal() and 0 < int(number[:3]) < len(_ANDROID_RELATIONS)
            draft.relation(_ANDROID_RELATIONS[int(number[:3])] if known else name, data, "")
        case "contact_event" if number == _ANDROID_BIRTHDAY:
            vcard_days.birthday(draft, head, data)
        case "contact_event":
            label = vcard_days.ANNIVERSARY if number == _ANDROID_ANNIVERSARY else name
            vcard_days.dated(draft, head, data, label)
        case _:
            pass


def _key(draft: Draft, _head: Head, value: str) -> None:
    key = clean(unescaped(value), most=LONGEST_KEY + 1)
    if len(key) > LONGEST_KEY:
        draft.unusable(key, f"is too long for a UID: over {LONGEST_KEY} characters")
    elif not draft.key:
        draft.key = key


def _kind(draft: Draft, _head: Head, value: str) -> None:
    draft.kind = value.strip().lower()


def _shows_as(draft: Draft, _head: Head, value: str) -> None:
    draft.shows_company = value.strip().upper() == "COMPANY"


_RELATIVES = {
    "spouse": "X-SPOUSE X-EVOLUTION-SPOUSE X-MS-SPOUSE X-KADDRESSBOOK-X-SPOUSENAME",
    "manager": "X-MANAGER X-EVOLUTION-MANAGER X-MS-MANAGER X-KADDRESSBOOK-X-MANAGERSNAME"
    " X-MANAGERSNAME",
    "assistant": "X-ASSISTANT X-EVOLUTION-ASSISTANT X-MS-ASSISTANT"
    " X-KADDRESSBOOK-X-ASSISTANTSNAME X-ASSISTANTSNAME",
    "child": "X-CHILDREN X-MS-CHILD",
}
_ANNIVERSARIES = (
    "ANNIVERSARY X-ANNIVERSARY X-MS-ANNIVERSARY X-EVOLUTION-ANNIVERSARY"
    " X-KADDRESSBOOK-X-ANNIVERSARY"
)
_HEADINGS = {
    "BIRTHPLACE": "birthplace",
    "DEATHPLACE": "place of death",
    "EXPERTISE": "expertise",
    "HOBBY": "hobby",
    "INTEREST": "interest",
    "X-KADDRESSBOOK-X-PROFESSION": "profession",
    "X-PROFESSION": "profession",
    **{f"X-CUSTOM{number}": f"custom {number}" for number in range(1, 5)},
}

TELLERS: Mapping[str, Teller] = {
    "FN": _name,
    "N": _parts,
    "NICKNAME": _nicknames,
    "X-MAIDENNAME": _text("former_name"),
    "EMAIL": vcard_places.email,
    "TEL": vcard_places.phone,
    "ADR": vcard_places.postal,
    "LABEL": vcard_places.postal_label,
    "URL": vcard_places.url,
    "X-EVOLUTION-BLOG-URL": _labelled("url", "blog"),
    "X-KADDRESSBOOK-BLOGFEED": _labelled("url", "blog"),
    "ORG": _organization,
    "TITLE": _single("role"),
    "ROLE": _single("role"),
    "BDAY": vcard_days.birthday,
    "DEATHDATE": vcard_days.death,
    "X-DEATHDATE": vcard_days.death,
    **dict.fromkeys(_ANNIVERSARIES.split(), vcard_days.anniversary),
    "X-ABDATE": vcard_days.apple_date,
    "RELATED": _related,
    "X-ABRELATEDNAMES": _apple_related,
    **{it: _relative(kind) for kind, names in _RELATIVES.items() for it in names.split()},
    "IMPP": _messaging,
    "X-SOCIALPROFILE": _profile,
    "SOCIALPROFILE": _profile,
    **{name: _labelled("handle", service) for name, service in SERVICES.items()},
    "CATEGORIES": _categories,
    "NOTE": _text("note"),
    "LANG": _single("language"),
    "GENDER": _gender,
    "X-GENDER": _gender,
    **{name: _labelled("custom", heading) for name, heading in _HEADINGS.items()},
    "X-ANDROID-CUSTOM": _android,
    "UID": _key,
    "KIND": _kind,
    "X-ADDRESSBOOKSERVER-KIND": _kind,
    "X-ABSHOWAS": _shows_as,
    **{name: _own(field) for name, field in OWN_FIELDS.items()},
}
"""What isn't named here (REV, PHOTO, phonetic names, other programs' bookkeeping) says nothing."""
