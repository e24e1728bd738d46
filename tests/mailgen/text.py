"""Words of headers as real mail writes them: names, encoded words, dates, trace lines."""

import base64
import datetime as dt
import random
import zlib
from collections.abc import Sequence
from email.utils import format_datetime
from typing import NamedTuple

from tests.mailgen.cast import Person

CHARSETS = (
    "utf-8 utf-8 utf-8 iso-8859-1 iso-8859-2 iso-8859-15 windows-1252 windows-1251 koi8-r "
    "iso-2022-jp shift_jis windows-1253 windows-1255"
).split()
ZONES = (0, 60, 120, -300, -480, 330, 540, 765)
SPECIALS = set('()<>[]:;@\\,."')


class DateLine(NamedTuple):
    """A Date header: its text (None: no such line), and what it means (None: nothing sane)."""

    text: bytes | None
    meaning: dt.datetime | None
    oddity: str | None


def encoded_word(text: str, rng: random.Random) -> bytes:
    """RFC 2047, in some charset that can say it, as B or Q."""
    charset, data = "utf-8", text.encode()
    for candidate in rng.sample(CHARSETS, 4):
        try:
            charset, data = candidate, text.encode(candidate)
            break
        except UnicodeEncodeError:
            continue
    spelled = charset.upper() if rng.random() < 0.5 else charset
    if rng.random() < 0.5:
        return b"=?%b?B?%b?=" % (spelled.encode(), base64.b64encode(data))
    quoted = b"".join(_quoted_byte(byte) for byte in data)
    return b"=?%b?Q?%b?=" % (spelled.encode(), quoted)


USUAL = 0.9
"""People's programs spell them alike in nine of ten mails; the tenth is from another program."""


def mailbox(person: Person, rng: random.Random) -> bytes:
    """One address in one of the forms clients write (RFC 5322, 3.4 and 4.4)."""
    name, address = person
    if rng.random() < USUAL:
        return _spelled(name, address, random.Random(zlib.crc32(f"{name}<{address}".encode())))
    return _spelled(name, address, rng)


def _spelled(name: str, address: str, rng: random.Random) -> bytes:
    if rng.random() < 0.02:
        local, _, domain = address.partition("@")
        address = f"{local.title()}@{domain.upper()}"
    spec, style = address.encode(), rng.random()
    if not name or style < 0.06:
        return spec
    if style < 0.10:
        return b"<%b>" % spec
    if not name.isascii():
        return _foreign(name, rng) + b" <%b>" % spec
    if style < 0.13:
        return b"%b (%b)" % (spec, name.encode())
    if style < 0.35:
        given, _, family = name.partition(" ")
        return f'"{family}, {given}" <'.encode() + spec + b">"
    if SPECIALS & set(name):
        return f'"{name}" <'.encode() + spec + b">"
    return name.encode() + b" <%b>" % spec


def mailboxes(people: Sequence[Person], rng: random.Random) -> bytes:
    """An address list, folded at some 70 characters by blanks or tabs."""
    lines, line = [], b""
    for place, person in enumerate(people):
        word = mailbox(person, rng) + (b"," if place + 1 < len(people) else b"")
        if line and len(line) + len(word) > 70:
            lines.append(line)
            line = word
        else:
            line = line + b" " + word if line else word
    lines.append(line)
    return (b"\n\t" if rng.random() < 0.5 else b"\n ").join(lines)


def date_line(moment: dt.datetime, rng: random.Random) -> DateLine:
    """A Date header for this moment: nine in ten plain, the rest as old or broken clients do."""
    local = moment.astimezone(dt.timezone(dt.timedelta(minutes=rng.choice(ZONES))))
    plain, dice = format_datetime(local), rng.random()
    if dice < 0.80:
        text = plain
    elif dice < 0.88:
        text = f"{plain} ({rng.choice(['UTC', 'CEST', 'PDT', 'Mitteleurop. Zeit'])})"
    elif dice < 0.91:
        text = plain.partition(", ")[2]
    elif dice < 0.94:
        text = format_datetime(moment).replace("+0000", "GMT")
    elif dice < 0.96:
        text = plain.replace(", 0", ",  ", 1)
    elif dice < 0.97:
        text = local.strftime("%a, %d %b %y %H:%M:%S %z")  # RFC 5322, 4.3
    elif dice < 0.975:
        eastern = moment.astimezone(dt.timezone(dt.timedelta(hours=-5)))
        text = eastern.strftime("%a, %d %b %Y %H:%M:%S EST")
    else:
        return _odd_date(moment, dice, rng)
    return DateLine(text.encode(), moment, None)


def plain_date_line(moment: dt.datetime) -> DateLine:
    """The Date header as RFC 5322 wants it."""
    return DateLine(format_datetime(moment).encode(), moment, None)


def _odd_date(moment: dt.datetime, dice: float, rng: random.Random) -> DateLine:
    if dice < 0.982:
        # A clock that runs ahead: sane by itself, but later than the delivery.
        ahead = moment + dt.timedelta(seconds=rng.randint(4 * 86400, 400 * 86400))
        return DateLine(format_datetime(ahead).encode(), ahead, "date-ahead")
    if dice < 0.988:
        return DateLine(None, None, "date-missing")
    absurd = rng.choice(
        [
            b"",
            b"yesterday",
            b"Thu, 00 Xxx 0000 00:00:00 +0000",
            b"Mon, 32 Jan 2020 25:61:00 +9999",
            b"Thu, 01 Jan 1970 00:00:00 +0000",
            b"Fri, 31 Dec 9999 23:59:59 -1200",
            b"Sat, 01 Jan 1904 00:00:00 +0000",
            b"Tue, 15 Nov \xff\xfe",
        ]
    )
    return DateLine(absurd, None, "date-absurd")


def received_lines(moment: dt.datetime, recipient: str, rng: random.Random) -> list[bytes]:
    """A chain of two to six trace lines, newest first."""
    lines = []
    for hop in range(rng.randint(2, 6)):
        stamp = format_datetime(moment - dt.timedelta(seconds=3 * hop))
        lines.append(
            f"Received: from out{hop}.relay{hop}.example (out{hop}.relay{hop}.example "
            f"[192.0.2.{rng.randint(1, 254)}])\n\tby mx{hop}.example.org (Postfix) with ESMTPS "
            f"id {rng.getrandbits(40):010X}\n\tfor <{recipient}>; {stamp}".encode()
        )
    return lines


def _foreign(name: str, rng: random.Random) -> bytes:
    dice = rng.random()
    if dice < 0.06:
        return name.encode()  # raw UTF-8, as before RFC 6532 allowed it
    if dice < 0.09:
        return name.encode("latin-1", "replace")
    if dice < 0.11:
        return b"=?x-unknown?Q?" + b"".join(_quoted_byte(b) for b in name.encode()) + b"?="
    if dice < 0.13:
        return b"=?us-ascii?B?" + base64.b64encode(name.encode()) + b"?="
    return encoded_word(name, rng)


def _quoted_byte(byte: int) -> bytes:
    char = bytes([byte])
    if char.isalnum():
        return char
    return b"_" if char == b" " else b"=%02X" % byte
