"""Google's CSV: the old headings with `Name` and `Group Membership`, and those since 2024.

Of what a person may have several, each has its number and a column for its label (`E-mail 1 -
Value`). ` ::: ` joins what still didn't fit; `* ` marks what is primary, and Google's own groups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from krmd.formats.csv_columns import TAKES, Column, Table, Take
from krmd.formats.csv_headings import IGNORED
from krmd.formats.csv_reading import Plan
from krmd.formats.sketch import Sketch
from krmd.ledger.portrait import LONGEST_NAME, Fact, fact

SOURCE = "google"
JOINT = " ::: "
_NUMBERED = re.compile(r"([A-Z][\w\- ]*?) (\d{1,3}) - (\w[\w ]*)")
_PLAIN: Mapping[str, str] = {
    "Name": "name", "Given Name": "given", "First Name": "given", "Additional Name": "middle",
    "Middle Name": "middle", "Family Name": "family", "Last Name": "family",
    "Name Prefix": "prefix", "Name Suffix": "suffix", "Nickname": "nickname",
    "Maiden Name": "former_name", "File As": "file_as", "Organization Name": "company",
    "Organization Title": "role", "Organization Department": "department", "Birthday": "birthday",
    "Notes": "note", "Language": "language", "Group Membership": "category", "Labels": "category",
    "Initials": IGNORED, "Gender": IGNORED, "Photo": IGNORED, "Priority": IGNORED,
    "Sensitivity": IGNORED,
}  # fmt: skip
"""What isn't here becomes a `custom` fact under its heading."""
_GOOGLES_OWN = frozenset(
    ("Labels", "Group Membership", "File As", "Phonetic First Name", "Yomi Name")
)
_VALUES: Mapping[str, str] = {
    "E-mail": "email", "Phone": "phone", "Website": "url", "Event": "date", "Relation": "relation",
    "IM": "handle",
}  # fmt: skip
_ORGANIZATION: Mapping[str, str] = {
    "Name": "company", "Title": "role", "Department": "department", "Location": "custom",
    "Job Description": "custom",
}  # fmt: skip
_ADDRESS = ("PO Box", "Extended Address", "Street", "City", "Region", "Postal Code", "Country")
_USUAL_LABELS = frozenset(
    "home|work|mobile|other|main|pager|home fax|work fax|other fax|assistant|spouse|child|mother"
    "|father|parent|brother|sister|friend|relative|partner|manager|anniversary|blog|profile"
    "|homepage".split("|")
)
_GROUPS_NOT_MEANT = frozenset(("mycontacts", "starred", "starredinandroid", "othercontacts"))


class _Address(NamedTuple):
    """The cells of one numbered address, -1 for what the file hasn't got."""

    parts: tuple[int, ...]
    formatted: int
    label: int


def google_plan(headings: Sequence[str]) -> Plan | None:
    """What the rows mean, or None where the headings aren't Google's."""
    numbered: dict[tuple[str, str], dict[str, int]] = {}
    columns: list[Column] = []
    local_dates: list[int] = []
    for at, heading in enumerate(headings):
        if found := _NUMBERED.fullmatch(heading):
            numbered.setdefault((found[1], found[2]), {}).setdefault(found[3], at)
        elif (slot := _PLAIN.get(heading, "custom")) != IGNORED and heading:
            columns.append(Column(at, _each(_take(slot)), heading if slot == "custom" else ""))
            local_dates += [at] if slot == "birthday" else []
    if not any("Value" in cells for cells in numbered.values()) and not (
        _GOOGLES_OWN.intersection(headings) and {"Birthday", "Notes"} <= set(headings)
    ):
        return None
    addresses = []
    for (kind, _), cells in numbered.items():
        if kind == "Address":
            addresses.append(_address(cells))
        elif kind == "Organization":
            columns += _organization(cells)
        elif "Value" in cells:
            columns.append(_value(kind, cells))
            local_dates += [cells["Value"]] if kind == "Event" else []
    table = Table(tuple(columns))

    def draw(cells: Sequence[str], sketch: Sketch) -> None:
        table.draw(cells, sketch)
        for address in addresses:
            _draw_address(address, cells, sketch)

    return Plan(SOURCE, draw, local_dates=tuple(local_dates))


def is_google(heading: str) -> bool:
    """Whether it is a heading of Google's."""
    return heading in _PLAIN or _NUMBERED.fullmatch(heading) is not None


@lru_cache(maxsize=1024)
def google_label(text: str) -> str:
    """A label without the mark of what is primary; Google's own labels in small letters."""
    label = text.removeprefix("*").strip()
    return label.lower() if label.lower() in _USUAL_LABELS else label


def _value(kind: str, cells: Mapping[str, int]) -> Column:
    """The column of a numbered value, its label beside it."""
    take = TAKES[_VALUES.get(kind, "custom")]
    otherwise = "" if kind in _VALUES else kind
    beside = cells.get("Service", -1) if kind == "IM" else -1
    label_at = beside if beside >= 0 else cells.get("Label", cells.get("Type", -1))

    def take_labelled(sketch: Sketch, text: str, label: str) -> None:
        label = google_label(label[:LONGEST_NAME]) or otherwise
        if JOINT not in text:
            take(sketch, text, label)
            return
        for part in text.split(JOINT):
            take(sketch, part, label)

    return Column(cells["Value"], take_labelled, "", label_at)


def _organization(cells: Mapping[str, int]) -> list[Column]:
    return [
        Column(cells[part], _each(TAKES[slot]), part if slot == "custom" else "")
        for part, slot in _ORGANIZATION.items()
        if part in cells
    ]


def _address(cells: Mapping[str, int]) -> _Address:
    return _Address(
        tuple(cells.get(part, -1) for part in _ADDRESS),
        cells.get("Formatted", -1),
        cells.get("Label", cells.get("Type", -1)),
    )


def _draw_address(address: _Address, cells: Sequence[str], sketch: Sketch) -> None:
    parts = [cells[at] if at >= 0 else "" for at in address.parts]
    if not any(parts):
        if address.formatted < 0 or not (whole := cells[address.formatted]):
            return
        parts[_ADDRESS.index("Street")] = whole
    label = google_label(cells[address.label][:LONGEST_NAME]) if address.label >= 0 else ""
    if JOINT not in "\0".join(parts):
        sketch.add_postal(parts, label)
        return
    for one in zip_longest(*(part.split(JOINT) for part in parts), fillvalue=""):
        sketch.add_postal(one, label)


def _take(slot: str) -> Take:
    return _take_groups if slot == "category" else TAKES[slot]


def _take_groups(sketch: Sketch, text: str, _label: str) -> None:
    for group in text.split(JOINT):
        sketch.keep(_group(group[:LONGEST_NAME]))


@lru_cache(maxsize=1024)
def _group(text: str) -> Fact | None:
    """A group as a category, None for one that Google makes itself."""
    name = text.strip().removeprefix("*").strip()
    is_meant = name.casefold().replace(" ", "") not in _GROUPS_NOT_MEANT
    return fact("category", name) if is_meant else None


def _each(take: Take) -> Take:
    """Take each of several values in one cell."""

    def take_each(sketch: Sketch, text: str, label: str) -> None:
        if JOINT not in text:
            take(sketch, text, label)
            return
        for part in text.split(JOINT):
            take(sketch, part, label)

    return take_each
