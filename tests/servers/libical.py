"""Reads a calendar with libical, as Evolution and Cyrus do: a program of its own.

Octets on standard input, first and last year as arguments, one JSON document as `calendars.py`
describes it on standard output. By ctypes, so that no header files are needed; in a process of its
own, since a fault in C must not end the tests.
"""

import ctypes
import datetime as dt
import json
import sys
from collections.abc import Iterator

LIBRARY = "libical.so.3"
_ANY_COMPONENT = 1
_ANY_PROPERTY = 0
"""icalcomponent_kind and icalproperty_kind of libical 3 (icalenums.h, icalderivedproperty.h)."""


class _Time(ctypes.Structure):
    """struct icaltimetype (icaltime.h)."""

    _fields_ = (
        ("year", ctypes.c_int),
        ("month", ctypes.c_int),
        ("day", ctypes.c_int),
        ("hour", ctypes.c_int),
        ("minute", ctypes.c_int),
        ("second", ctypes.c_int),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


class _Span(ctypes.Structure):
    """struct icaltime_span (icaltime.h); seconds since 1970 as if the floating day were UTC."""

    _fields_ = (("start", ctypes.c_long), ("end", ctypes.c_long), ("is_busy", ctypes.c_int))


_Told = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_Span), ctypes.c_void_p)

_SIGNATURES: dict[str, tuple[object, list[object]]] = {
    "icalparser_parse_string": (ctypes.c_void_p, [ctypes.c_char_p]),
    "icalcomponent_string_to_kind": (ctypes.c_int, [ctypes.c_char_p]),
    "icalcomponent_isa": (ctypes.c_int, [ctypes.c_void_p]),
    "icalcomponent_get_first_component": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "icalcomponent_get_next_component": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "icalcomponent_get_first_property": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "icalcomponent_get_next_property": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "icalcomponent_get_uid": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalcomponent_get_summary": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalcomponent_get_description": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalcomponent_get_dtstart": (_Time, [ctypes.c_void_p]),
    "icalcomponent_get_dtend": (_Time, [ctypes.c_void_p]),
    "icalcomponent_foreach_recurrence": (
        None,
        [ctypes.c_void_p, _Time, _Time, _Told, ctypes.c_void_p],
    ),
    "icalcomponent_count_errors": (ctypes.c_int, [ctypes.c_void_p]),
    "icalproperty_string_to_kind": (ctypes.c_int, [ctypes.c_char_p]),
    "icalproperty_as_ical_string": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalproperty_get_categories": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalrestriction_check": (ctypes.c_int, [ctypes.c_void_p]),
    "icalerror_set_errors_are_fatal": (None, [ctypes.c_int]),
}


def main() -> None:
    """Read, and tell what was read."""
    library = ctypes.CDLL(LIBRARY)
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.icalerror_set_errors_are_fatal(0)
    calendar = library.icalparser_parse_string(sys.stdin.buffer.read())
    if not calendar:
        json.dump({"entries": [], "warnings": ["libical finds no calendar"]}, sys.stdout)
        return
    reader = _Reader(library, int(sys.argv[1]), int(sys.argv[2]))
    reader.read(calendar)
    json.dump({"entries": reader.entries, "warnings": reader.warnings}, sys.stdout)


class _Reader:
    def __init__(self, library: ctypes.CDLL, first: int, last: int) -> None:
        self._ical = library
        self._begin = _Time(year=first, month=1, day=1, is_date=1)
        self._end = _Time(year=last + 1, month=1, day=1, is_date=1)
        self.entries: list[list[object]] = []
        self.warnings: list[str] = []

    def read(self, calendar: int) -> None:
        """Take in all of a calendar."""
        event = self._ical.icalcomponent_string_to_kind(b"VEVENT")
        if self._ical.icalcomponent_isa(calendar) != self._ical.icalcomponent_string_to_kind(
            b"VCALENDAR"
        ):
            self.warnings.append("what is parsed is no single calendar")
        if not self._ical.icalrestriction_check(calendar):
            self.warnings.append("icalrestriction_check finds a rule broken")
        # What the parser or the check stumbled over stands as X-LIC-ERROR where it was.
        if count := self._ical.icalcomponent_count_errors(calendar):
            self.warnings.append(f"{count} errors")
            self._complain(calendar)
        for component in self._walk("component", calendar, _ANY_COMPONENT):
            if self._ical.icalcomponent_isa(component) == event:
                self._tell(component)
            else:
                self.warnings.append("something else than an event between the events")

    def _walk(self, what: str, of: int, kind: int) -> Iterator[int]:
        found = getattr(self._ical, f"icalcomponent_get_first_{what}")(of, kind)
        while found:
            yield found
            found = getattr(self._ical, f"icalcomponent_get_next_{what}")(of, kind)

    def _complain(self, component: int) -> None:
        kind = self._ical.icalproperty_string_to_kind(b"X-LIC-ERROR")
        for error in self._walk("property", component, kind):
            self.warnings.append(_text(self._ical.icalproperty_as_ical_string(error)))
        for child in self._walk("component", component, _ANY_COMPONENT):
            self._complain(child)

    def _tell(self, event: int) -> None:
        uid = _text(self._ical.icalcomponent_get_uid(event))
        start = self._ical.icalcomponent_get_dtstart(event)
        end = self._ical.icalcomponent_get_dtend(event)
        if not (start.is_date and end.is_date):
            self.warnings.append(f"{uid} isn't all day")
            return
        kind = self._ical.icalproperty_string_to_kind(b"CATEGORIES")
        rest = [
            _text(self._ical.icalcomponent_get_summary(event)),
            _text(self._ical.icalcomponent_get_description(event)),
            [
                _text(self._ical.icalproperty_get_categories(each))
                for each in self._walk("property", event, kind)
            ],
        ]

        def told(_event: object, span: "ctypes._Pointer[_Span]", _data: object) -> None:
            first, until = span.contents.start, span.contents.end
            self.entries.append([uid, _day(first), _day(until), *rest])

        ours = _Told(told)
        self._ical.icalcomponent_foreach_recurrence(event, self._begin, self._end, ours, None)


def _text(octets: bytes | None) -> str:
    return (octets or b"").decode()


def _day(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date().isoformat()


if __name__ == "__main__":
    main()
