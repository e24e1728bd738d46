"""Events to write, and texts of every kind to put into them."""

from hypothesis import strategies as st

from krmd.base.instant import Instant
from krmd.outputs.event import Draft, Stamp, Stamped

# What has a meaning in a calendar, beside all of Unicode, halves of pairs and controls included.
_SIGNS = (
    *("\\", "\\\\", "\\n", "\\N", "\\,", ",", ";", ":", '"', "\n", "\r\n", "\r", "\t", " ", "^n"),
    *("\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x00", "\ufeff", "\u202e", "\u2066"),
    *("END:VEVENT", "\nEND:VEVENT\nBEGIN:VEVENT\n", "BEGIN:VALARM", "\r\n ", "\ud83d", "e\u0301"),
    *("\U0001f469\u200d\U0001f467", "שלום", "語", "é" * 40, "x" * 80, "\U0001f382" * 20),
)
texts = st.lists(
    st.one_of(st.sampled_from(_SIGNS), st.text(st.characters(codec=None), max_size=20)), max_size=12
).map("".join)


def draft(
    title: str = "Ada Example (41)",
    description: str = "",
    *,
    day: str = "2026-03-12",
    categories: tuple[str, ...] = ("BIRTHDAY",),
    alarm_minutes: int | None = None,
) -> Draft:
    """A birthday."""
    uid = f"birthday-{7:032x}-2026@krmd.invalid"
    return Draft(uid, day, title, description, categories, alarm_minutes)


def stamped(event: Draft, sequence: int = 0, modified: int = 1_700_000_000) -> Stamped:
    """An event as it was changed last in November 2023."""
    return Stamped(event, Stamp(sequence, Instant(modified)))
