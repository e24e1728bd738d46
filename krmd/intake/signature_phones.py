"""Phone numbers in the lines of a signature, as the library `phonenumbers` knows them.

Only numbers that may exist (its leniency VALID), and only a person's: no faxes, no hotlines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from krmd.intake.signature_words import PHONE_WORDS, PhoneWord

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

PhoneLabel = Literal["mobile", "work", "home", ""]

_MOST = 4
_FEWEST_DIGITS = 7
_MOST_TRIES = 20
"""So many places of one line are tried as a number."""

_INTERNATIONAL_ZEROS = re.compile(r"(?<![\d+])00(?=[1-9]\d{0,2}[\s()/.-])")
_WORD = re.compile(r"[^\W\d_]+")
_BEHIND = re.compile(r"\s*[(\[]\s*([^\W\d_]+)")


def phones_in(
    lines: Sequence[str], region: str | None, *, at_work: bool
) -> Iterator[tuple[str, PhoneLabel]]:
    """Numbers in international form with what they are, each once.

    `region` as in `read_signature`. `at_work`: the signature is that of a job, so that a number of
    a fixed line is one of the job.
    """
    seen: set[str] = set()
    for line in lines:
        if sum(map(str.isdigit, line)) < _FEWEST_DIGITS:
            continue
        for number, label in _in_line(_INTERNATIONAL_ZEROS.sub("+", line), region, at_work):
            if number not in seen and len(seen) < _MOST:
                seen.add(number)
                yield number, label


def _in_line(line: str, region: str | None, at_work: bool) -> Iterator[tuple[str, PhoneLabel]]:
    # Loaded only here: 40 ms and the plans of all countries.
    from phonenumbers import (
        Leniency,
        PhoneNumberFormat,
        PhoneNumberMatcher,
        format_number,
    )

    end = 0
    for found in PhoneNumberMatcher(line, region, Leniency.VALID, _MOST_TRIES):
        said = _said_of(line[end : found.start], line[found.end :])
        end = found.end
        label = _label(found.number, said, at_work)
        if label is not None:
            yield format_number(found.number, PhoneNumberFormat.INTERNATIONAL), label


def _said_of(before: str, behind: str) -> PhoneWord | None:
    """The word that says what a number is: the last before it, else one in brackets behind it."""
    words = [it for it in _WORD.findall(before.lower()) if it in PHONE_WORDS]
    if words:
        kinds = {PHONE_WORDS[it] for it in words}
        # `Tel./Fax` is both.
        return "phone" if kinds == {"phone", "fax"} and "/" in before else PHONE_WORDS[words[-1]]
    after = _BEHIND.match(behind.lower())
    return PHONE_WORDS.get(after[1]) if after else None


def _label(number: PhoneNumber, said: PhoneWord | None, at_work: bool) -> PhoneLabel | None:
    """The label, None for a number that is no person's own."""
    from phonenumbers import PhoneNumberType, number_type

    kind = number_type(number)
    if said in ("fax", "other") or kind in (
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.PAGER,
    ):
        return None
    if said in ("mobile", "work", "home"):
        return said
    if kind == PhoneNumberType.MOBILE:
        return "mobile"
    return "work" if at_work else ""
