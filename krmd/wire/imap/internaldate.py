"""INTERNALDATE (RFC 3501 2.3.3) as an instant; what is absurd falls to the moment of reading."""

import calendar
import re
from functools import lru_cache

from krmd.base.instant import Instant

_STAMP = re.compile(
    rb"\s*(?P<day>\d{1,2}-[A-Za-z]{3}-\d{4})"
    rb" (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?: (?P<zone>[+-]\d{4}))?\s*\Z"
)
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if n}
_HOURS = {b"%02d" % n: n * 3600 for n in range(24)}
_MINUTES = {b"%02d" % n: n * 60 for n in range(60)}
_SECONDS = {b"%02d" % n: n for n in range(61)}
_DAY = 86400
_EARLIEST = 631152000  # 1990-01-01
_DAYS_KEPT = 50_000
_USUAL = len("17-Jul-1996 02:44:25 -0700")


class ArrivalTimes:
    """Reads INTERNALDATEs; remembers days, since a mailbox has many mails of each.

    `now` is the moment of reading, in seconds since 1970. A date before 1990 (a file system's
    zero) or more than a day ahead says nothing of the mail, nor does one that is no date at all:
    the moment of reading stands for it, so that the Date header is believed and the least of
    several copies' times wins.
    """

    __slots__ = ("_days", "_now")

    def __init__(self, now: float) -> None:
        self._now = Instant(int(now))
        self._days: dict[tuple[bytes, bytes], int] = {}

    def at(self, stamp: bytes) -> Instant:
        """The instant of `17-Jul-1996 02:44:25 -0700`, quotation marks gone, in any spelling."""
        try:
            return Instant(
                self._days[stamp[:11], stamp[20:]]
                + _HOURS[stamp[12:14]]
                + _MINUTES[stamp[15:17]]
                + _SECONDS[stamp[18:20]]
            )
        except KeyError:
            return self._carefully(stamp)

    def _carefully(self, stamp: bytes) -> Instant:
        found = _STAMP.match(stamp)
        midnight = _midnight(found["day"], found["zone"] or b"+0000") if found else None
        if found is None or midnight is None:
            return self._now
        try:
            clock = _HOURS[found["hour"]] + _MINUTES[found["minute"]] + _SECONDS[found["second"]]
        except KeyError:
            return self._now
        if len(stamp) == _USUAL and _EARLIEST <= midnight <= self._now - _DAY:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            self._days[stamp[:11], stamp[20:]] = midnight
        return Instant(midnight + clock) if self._credible(midnight + clock) else self._now

    def _credible(self, instant: int) -> bool:
        return _EARLIEST <= instant <= self._now + _DAY


def _midnight(day: bytes, zone: bytes) -> int | None:
    number, _, month = day.partition(b"-")
    begins, days = _month(month.lower())
    hours, minutes = int(zone[1:3]), int(zone[3:5])
    if not 1 <= int(number) <= days or hours > 24 or minutes > 59:
        return None
    east = (hours * 60 + minutes) * 60
    utc = begins + (int(number) - 1) * _DAY
    return utc + east if zone[:1] == b"-" else utc - east


@lru_cache(maxsize=1024)
def _month(spelled: bytes) -> tuple[int, int]:
    """When `jul-1996` began, and how many days it had: none if there is no such month."""
    name, year = spelled.decode("ascii").split("-")
    month = _MONTHS.get(name)
    if month is None or not 1970 <= int(year) <= 9999:
        return 0, 0
    return calendar.timegm((int(year), month, 1, 0, 0, 0)), calendar.monthrange(int(year), month)[1]
