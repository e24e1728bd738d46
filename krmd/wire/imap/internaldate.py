"""INTERNALDATE (RFC 3501 2.3.3) as an instant; what is absurd falls to the moment of reading."""

import calendar
import re

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
_NEVER = -1


class ArrivalTimes:
    """Reads INTERNALDATEs; remembers days, since a mailbox has many mails of each.

    `now` is the moment of reading, in seconds since 1970. A date before 1990 (a file system's
    zero) or more than a day ahead says nothing of the mail, nor does one that is no date at all:
    the moment of reading stands for it, so that the Date header is believed and the least of
    several copies' times wins.
    """

    __slots__ = ("_days", "_latest", "_now")

    def __init__(self, now: float) -> None:
        self._now = Instant(int(now))
        self._latest = self._now + _DAY
        self._days: dict[tuple[bytes, bytes], int] = {}

    def at(self, day: bytes, zone: bytes, clock: tuple[bytes, bytes, bytes]) -> Instant:
        """The instant of ` 1-Jul-2020`, `-0700` and `02`, `44`, `25`; the day may be unpadded."""
        hour, minute, second = clock
        try:
            midnight = self._days[day, zone]
        except KeyError:
            midnight = self._remember(day, zone)
        try:
            instant = midnight + _HOURS[hour] + _MINUTES[minute] + _SECONDS[second]
        except KeyError:
            return self._now
        return Instant(instant) if _EARLIEST <= instant <= self._latest else self._now

    def read(self, stamp: bytes) -> Instant:
        """The instant of a whole INTERNALDATE, its quotation marks gone, in any usual spelling."""
        found = _STAMP.match(stamp)
        if found is None:
            return self._now
        clock = (found["hour"], found["minute"], found["second"])
        return self.at(found["day"], found["zone"] or b"+0000", clock)

    def _remember(self, day: bytes, zone: bytes) -> int:
        if len(self._days) >= _DAYS_KEPT:
            self._days.clear()
        midnight = self._days[day, zone] = _midnight(day, zone)
        return midnight


def _midnight(day: bytes, zone: bytes) -> int:
    number, name, year = day.decode("ascii").split("-")
    month = _MONTHS.get(name.lower())
    hours, minutes = int(zone[1:3]), int(zone[3:5])
    if month is None or not 1970 <= int(year) <= 9999 or hours > 24 or minutes > 59:
        return _NEVER
    if not 1 <= int(number) <= calendar.monthrange(int(year), month)[1]:
        return _NEVER
    east = (hours * 60 + minutes) * 60
    utc = calendar.timegm((int(year), month, int(number), 0, 0, 0))
    return utc + east if zone[:1] == b"-" else utc - east
