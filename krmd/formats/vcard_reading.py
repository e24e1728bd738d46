"""Reads vCard files: 2.1, 3.0 and 4.0, as every program has written them (RFC 6350, RFC 2426)."""

from __future__ import annotations

from collections.abc import Iterator

from krmd.formats.content_lines import ContentLine, Contents, contents_of
from krmd.formats.reading import Octets, Raw, Read, Skipped
from krmd.formats.vcard_cutting import cards_of, in_lines_of_utf8
from krmd.formats.vcard_draft import Draft
from krmd.formats.vcard_fields import TELLERS
from krmd.formats.vcard_groups import groups_of, is_group, may_have_groups, with_groups
from krmd.formats.vcard_labels import label_of_apple
from krmd.formats.vcard_text import unescaped
from krmd.ledger.portrait import clean

_HABITS = b"vcard 1"
"""Changes whenever the same octets begin to mean something else."""
_NO_LABELS: dict[str, str] = {}
# RFC 6350 6.1.4, RFC 6473, RFC 6869. A company is somebody to keep; what is unknown may be.
_NOBODY = frozenset(("group", "location", "application", "device", "thing"))


class VcardReader:
    """A PeopleReader of one vCard file."""

    def __init__(self, octets: Octets) -> None:
        """UserError where the file would have to be read at once and is too large for that."""
        self._octets = in_lines_of_utf8(octets)

    @property
    def source(self) -> str:
        """`vcard`."""
        return "vcard"

    @property
    def habits(self) -> bytes:
        """The version of what properties mean; a card's groups stand in its octets."""
        return _HABITS

    def pieces(self) -> Iterator[Raw | Skipped]:
        """The cards of people, those in groups with these as categories, without pictures."""
        if not may_have_groups(self._octets):
            yield from cards_of(self._octets)
            return
        groups = groups_of(cards_of(self._octets))
        for piece in cards_of(self._octets):
            if isinstance(piece, Skipped):
                yield piece
            elif not is_group(piece.octets):
                yield with_groups(piece, groups)

    def parse(self, raw: Raw) -> Read | Skipped:
        """The person of one card."""
        contents = contents_of(raw.octets)
        lines, labels = contents.lines, _NO_LABELS
        if not contents.is_plain:
            lines, labels = _sorted(lines), _apple_labels(lines)
        draft = Draft(labels)
        for head, value in lines:
            tell = TELLERS.get(head.name)
            if tell is not None and value:
                tell(draft, head, value)
        if draft.kind in _NOBODY:
            return Skipped(raw.line, f"The card describes no person: its kind is {draft.kind}.")
        portrait = draft.portrait()
        if portrait is None:
            return Skipped(raw.line, "The card has no name and nothing to know a person by.")
        _remark(draft, contents)
        return Read(raw.line, portrait, draft.remarks)


def _sorted(lines: list[ContentLine]) -> list[ContentLine]:
    """The preferred first."""
    return sorted(lines, key=lambda line: line.head.preference)


def _apple_labels(lines: list[ContentLine]) -> dict[str, str]:
    return {
        head.group: label_of_apple(clean(unescaped(value)))
        for head, value in lines
        if head.name == "X-ABLABEL" and head.group
    }


def _remark(draft: Draft, contents: Contents) -> None:
    if contents.guessed:
        draft.remark("The card isn't in UTF-8; it was read as Windows-1252.")
    for text in contents.broken:
        draft.unusable(text, "is no property of a card")
