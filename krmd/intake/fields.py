"""A header block as fields: cut to size, unfolded, decoded to text; only the names krmd reads.

What the values mean is for others to say; nothing here knows addresses, dates or words.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_HEADER = 256 * 1024
"""Octets of a header block that are looked at; the cap comes before any parsing."""

MAX_FIELDS = 1000
"""Lines, after unfolding, that are looked at."""

_FEW_LINES = 200

FETCHED = (
    "From",
    "Sender",  # who sent it on behalf of From
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Date",
    "Message-ID",
    "X-Microsoft-Original-Message-ID",  # Outlook rewrites Message-ID of what it sent
    "In-Reply-To",
    "References",
    "Subject",
    "List-Id",  # RFC 2919
    "List-Post",  # RFC 2369: lists older than List-Id
    "Mailing-List",  # ezmlm and the group services that grew from it
    "List-Unsubscribe",  # RFC 2369
    "Precedence",
    "X-Campaign",
    "X-CampaignID",
    "X-CSA-Complaints",  # bulk senders certified by the CSA
    "X-MC-User",  # Mailchimp, Mandrill
    "Auto-Submitted",  # RFC 3834
    "X-Autoreply",
    "X-Autorespond",
    "Return-Path",
    "Delivered-To",
    "Content-Type",  # reports and calendar answers
    "X-Failed-Recipients",  # Exim's and Gmail's bounces
    "X-Krmd",
    "Resent-From",
)
"""The fields worth a mailbox's bytes on every mail."""

AUTHENTICATION_RESULTS = "Authentication-Results"
"""Worth them only where the owner named the server whose word counts (RFC 8601)."""

READ_WHERE_GIVEN = ("Received",)
"""Never asked for (a kilobyte a mail), but read where a whole header is at hand."""

_NAMES = (*FETCHED, AUTHENTICATION_RESULTS, *READ_WHERE_GIVEN)
_BY_LOWER = {name.lower(): name.lower() for name in _NAMES}
_BY_SPELLING = _BY_LOWER | {
    spelling: name.lower() for name in _NAMES for spelling in (name, name.title(), name.upper())
}


class HeaderFields(NamedTuple):
    """Fields by lower-case name: the topmost of each, and those that repeat one, in order.

    Values are unfolded; controls, a stray CR among them, and blanks at the ends are still there.
    """

    first: dict[str, str]
    again: list[tuple[str, str]]
    defects: list[str]


def split_header(block: bytes) -> HeaderFields:
    """The fields of `block` that krmd reads (RFC 5322 2.2), up to the first empty line.

    Lines may end in CR LF, in LF, or in a mixture. Never raises.
    """
    defects: list[str] = []
    if len(block) > MAX_HEADER:
        block = _cut(block)
        defects.append("header_too_long")
    # Latin-1 maps octet to character: the structure is ASCII, values are read properly later.
    text = block.decode("latin-1")
    lines = text.split("\r\n", _FEW_LINES)
    if len(lines) > _FEW_LINES or len(lines) <= text.count("\n"):
        lines = _unfolded_lines(text)
        if len(lines) > MAX_FIELDS:
            del lines[MAX_FIELDS:]
            defects.append("too_many_fields")
    header = HeaderFields({}, [], defects)
    _sort_lines(lines, header)
    if not text.isascii():
        _read_8bit(header)
    return header


def _cut(block: bytes) -> bytes:
    """The block's beginning, up to the last place where nothing is torn apart."""
    block = block[:MAX_HEADER]
    end = max(block.rfind(b"\n"), block.rfind(b","))
    return block[:end] if end > 0 else block


def _unfolded_lines(text: str) -> list[str]:
    """For long headers and for other line ends than CR LF; each step linear, whatever the text."""
    # Twice, for CR CR LF out of a text-mode file.
    text = text.replace("\r\n", "\n").replace("\r\n", "\n")
    if text.startswith("\n"):
        return []
    text = text.partition("\n\n")[0]
    return text.replace("\n ", " ").replace("\n\t", " ").split("\n", MAX_FIELDS)


def _sort_lines(lines: list[str], header: HeaderFields) -> None:
    """The lines up to the first empty one, each put where it belongs."""
    first, again, defects = header
    spelled = _BY_SPELLING.get
    last = None  # the field a folded line continues
    for line in lines:
        name, colon, value = line.partition(":")
        key = spelled(name)
        if key is None:
            if not line.rstrip("\r"):
                return
            if line[0] in " \t":  # folded (RFC 5322 2.2.3)
                if last == "":
                    again[-1] = (again[-1][0], again[-1][1] + " " + line[1:])
                elif last is not None:
                    first[last] += " " + line[1:]
                continue
            last = None
            key = _BY_LOWER.get(name.rstrip().lower())  # blanks before the colon: RFC 5322 4.5
            if key is None or not colon:
                if not colon:
                    defects.append("line_without_colon")
                continue
        if key in first:
            again.append((key, value))
            last = ""  # the last of `again`
        else:
            first[key] = value
            last = key


def _read_8bit(header: HeaderFields) -> None:
    """Octets beyond ASCII, in place: UTF-8 (RFC 6532), else what Windows would have meant."""
    first, again, defects = header
    for name, value in first.items():
        if not value.isascii():
            first[name] = _from_8bit(value, defects)
    again[:] = [(n, v if v.isascii() else _from_8bit(v, defects)) for n, v in again]


def _from_8bit(value: str, defects: list[str]) -> str:
    octets = value.encode("latin-1")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        defects.append("unlabelled_8bit")
        return octets.decode("cp1252", "replace")
