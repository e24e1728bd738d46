"""Microseconds to parse and to judge a mail: `python -m tests.bench.parse_bench [count]`.

Ordinary mails are what nine in ten are: 16 fields, two or three addresses, one person writing to
another. Awkward ones have encoded words, groups, quotes that don't close, raw 8-bit, odd dates.
Processor time of this process, the best of several rounds, so that neighbours disturb it less.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from time import process_time
from typing import TypeVar

from krmd.base.address import AddressSet
from krmd.intake.classify import Judge
from krmd.intake.parse import HEADER_FIELDS, parse_header
from krmd.ledger.facts import Facts

T = TypeVar("T")

ROUNDS = 15
_GIVEN = "Ada Bo Carla Dmitri Elena Farid Greta Hiro Ines Jose Katrin Liam".split()
_FAMILY = "Adams Berg Castillo Dvorak Eriksson Fischer Garcia Haddad Ito Jansen".split()
_WORDS = "invoice meeting draft lunch budget question notes contract weekly travel garden".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _people(chance: random.Random, number: int) -> list[tuple[str, str]]:
    return [
        (
            f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}",
            f"person{serial}@domain{serial % 40}.example",
        )
        for serial in range(number)
    ]


def _mailbox(chance: random.Random, name: str, address: str) -> str:
    spelling = chance.random()
    if spelling < 0.1:
        return address
    given, _, family = name.partition(" ")
    return f'"{family}, {given}" <{address}>' if spelling < 0.35 else f"{name} <{address}>"


def _day(chance: random.Random) -> str:
    return f"{chance.randint(1, 28):02} {chance.choice(_MONTHS)} {chance.randint(2006, 2026)}"


def _clock(chance: random.Random) -> str:
    return ":".join(f"{chance.randrange(limit):02}" for limit in (24, 60, 60))


def ordinary_mails(count: int, seed: int = 1) -> list[bytes]:
    """Header blocks as a server hands them out; the same for the same seed."""
    chance = random.Random(seed)
    people = _people(chance, 800)
    weights = [1 / (rank + 3) ** 0.9 for rank in range(len(people))]
    owner = ("Kim Doe", "kim@example.org")
    ids: list[str] = ["<first@domain0.example>"]
    mails = []
    for _ in range(count):
        writer, reader, copied = (*chance.choices(people, weights, k=2), owner)
        writer, reader = (owner, reader) if chance.random() < 0.3 else (writer, owner)
        _, address = writer
        lines = [
            f"Return-Path: <{address}>",
            f"Delivered-To: {owner[1]}",
            "MIME-Version: 1.0",
            "X-Mailer: Bench 3.1",
            "Content-Transfer-Encoding: 8bit",
            "Thread-Index: AdX1",
            "Accept-Language: en",
            f"From: {_mailbox(chance, *writer)}",
            f"To: {_mailbox(chance, *reader)}",
            f"Subject: Re: {' '.join(chance.choices(_WORDS, k=5))}",
            f"Date: Thu, {_day(chance)} {_clock(chance)} +0100",
            'Content-Type: multipart/alternative;\r\n boundary="=_0123456789abcdef"',
        ]
        if chance.random() < 0.25:
            lines.append(f"Cc: {_mailbox(chance, *copied)}")
        if chance.random() < 0.55:
            parents = chance.sample(ids[-300:], k=min(3, len(ids[-300:])))
            lines += [f"In-Reply-To: {parents[-1]}", "References: " + "\r\n ".join(parents)]
        ids.append(
            f"<{chance.getrandbits(60):x}.{chance.getrandbits(44):x}@{address.split('@')[1]}>"
        )
        lines.append(f"Message-ID: {ids[-1]}")
        mails.append("\r\n".join((*lines, "", "")).encode())
    return mails


def as_fetched(mail: bytes) -> bytes:
    """What a server hands out of it when asked for HEADER_FIELDS."""
    asked = tuple(f"{name}:".encode().lower() for name in HEADER_FIELDS)
    kept: list[bytes] = []
    wanted = False
    for line in mail.split(b"\r\n"):
        wanted = wanted if line[:1] == b" " else line.lower().startswith(asked)
        if wanted:
            kept.append(line)
    return b"\r\n".join((*kept, b"", b""))


def awkward_mails(count: int, seed: int = 2) -> list[bytes]:
    """As `ordinary_mails`, with something in each that the quick ways can't read."""
    chance = random.Random(seed)
    return [
        mail.replace(b"From: ", chance.choice(_ODD_NAMES), 1)
        .replace(
            b"Subject: Re:", b"Subject: Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?utf-8?b?8J+YgA==?=", 1
        )
        .replace(b"Thu, ", b"", 1)
        .replace(b"To: ", b"To: Team: bo@alpha.example, Cy (of Beta) <cy@beta.example>; ", 1)
        for mail in ordinary_mails(count, seed)
    ]


_ODD_NAMES = (
    b"From: =?iso-8859-2?q?Tom=E1=B9?= ",
    b"From: J\xfcrgen ",
    b"From: Gr\xc3\xbc\xc3\x9fe ",
    b'From: "Unbalanced ',
)


def microseconds(work: Callable[[T], object], things: Sequence[T]) -> float:
    """Processor time a thing, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = process_time()
        for thing in things:
            work(thing)
        best = min(best, process_time() - begun)
    return best / len(things) * 1e6


def main() -> None:
    """Prints a line for each kind of mail."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    ordinary, awkward = ordinary_mails(count), awkward_mails(count // 4)
    judge = Judge(
        owner=AddressSet(["kim@example.org"], tags=True),
        ignore=AddressSet(["@ignored.example"]),
        personal_recipients=12,
    )
    facts = [
        Facts(message.marks, message.parties, message.people)
        for message in map(parse_header, ordinary)
    ]
    print(f"parse an ordinary mail  {microseconds(parse_header, ordinary):6.1f} µs")
    fetched = [as_fetched(mail) for mail in ordinary]
    print(f"the same, as fetched    {microseconds(parse_header, fetched):6.1f} µs")
    print(f"parse an awkward mail   {microseconds(parse_header, awkward):6.1f} µs")
    print(f"judge an ordinary mail  {microseconds(judge.judge, facts):6.1f} µs")


if __name__ == "__main__":
    main()
