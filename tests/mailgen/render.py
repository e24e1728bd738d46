"""The bytes of a mail: its header lines, broken on purpose now and then, and its body."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.mailgen.bodies import FOREIGN, WORDS, BodyMaker
from tests.mailgen.cast import Person
from tests.mailgen.kinds import Sketch
from tests.mailgen.mail import Kind
from tests.mailgen.text import DateLine, encoded_word, mailbox, mailboxes, received_lines


class Chance(NamedTuple):
    """Where a generation's randomness comes from."""

    rng: random.Random
    bodies: BodyMaker


@dataclass(frozen=True, slots=True)
class Letter:
    """A sketch with its date, id and thread: all that its bytes say."""

    sketch: Sketch
    date: DateLine
    message_id: bytes | None
    references: tuple[bytes, ...]


def trace(
    sketch: Sketch, recipient: str, internaldate: dt.datetime, *, chance: Chance
) -> list[bytes]:
    """What the wire adds on top: Return-Path, Delivered-To, Received, DKIM and its verdict.

    `recipient`: the owner's address it was delivered to. A forged mail fails DMARC.
    """
    rng, bodies = chance
    sender = sketch.sender.address if sketch.sender else "unknown@relay.example"
    domain = sender.rpartition("@")[2].encode()
    path = b"" if sketch.bounce_path else sender.encode()
    verdict = b"fail" if sketch.kind is Kind.FORGED else b"pass"
    return [
        b"Return-Path: <%b>" % path,
        b"Delivered-To: " + recipient.encode(),
        *received_lines(internaldate, recipient, rng),
        b"Authentication-Results: mx.provider.example;\n\tdkim=%b header.i=@%b header.s=s1;\n"
        b"\tspf=%b smtp.mailfrom=%b; dmarc=%b header.from=%b"
        % (verdict, domain, verdict, path, verdict, domain),
        b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%b; s=s1;\n"
        b"\th=from:to:subject:date:message-id:mime-version;\n\tbh=%b=;\n\tb=%b\n\t %b"
        % (domain, bodies.noise(rng, 43), bodies.noise(rng, 70), bodies.noise(rng, 70)),
    ]


def render(letter: Letter, chance: Chance) -> tuple[bytes, str | None]:
    """All but the trace, from From to the last line; beside it what was broken, if anything."""
    rng, bodies = chance
    sketch = letter.sketch
    body = sketch.body or bodies.make(rng)
    sender_lines, oddity = _from(sketch, rng)
    recipient_lines, broken = _recipients(sketch, rng)
    oddity = broken or oddity
    lines = [
        *sender_lines,
        *recipient_lines,
        *_subject(sketch, rng, answer=bool(letter.references)),
    ]
    if letter.date.text is not None:
        lines.append(b"Date: " + letter.date.text)
    if letter.message_id is not None:
        name = b"Message-ID: " if rng.random() < 0.7 else b"Message-Id: "
        lines.append(name + letter.message_id)
    if letter.references:
        lines.append(b"In-Reply-To: " + letter.references[-1])
        lines.append(b"References: " + b"\n ".join(letter.references[-12:]))
    lines += [*sketch.marks, b"MIME-Version: 1.0", *body.headers]
    lines.append(b"X-Mailer: Quill %d.%d" % (rng.randint(1, 9), rng.randint(0, 9)))
    junk = _junk_line(rng)
    if junk is not None:
        lines.append(junk)
        oddity = oddity or "junk-line"
    return b"\n".join(lines) + b"\n\n" + body.text, oddity


def _from(sketch: Sketch, rng: random.Random) -> tuple[list[bytes], str | None]:
    if sketch.sender is None:
        return ([], "from-missing") if rng.random() < 0.5 else ([b"From:"], "from-empty")
    address = sketch.sender.address.encode()
    if rng.random() < 0.002:
        return [b'From: "Unbalanced <%b>' % address], "from-unbalanced"
    lines = [b"From: " + mailbox(sketch.sender, rng)]
    if rng.random() < 0.05:
        lines.append(b"Reply-To: " + mailbox(sketch.sender, rng))
    return lines, None


def _recipients(sketch: Sketch, rng: random.Random) -> tuple[list[bytes], str | None]:
    lines, oddity = [], None
    if sketch.undisclosed:
        lines.append(b"To: " + rng.choice([b"undisclosed-recipients:;", b"Undisclosed: ;"]))
    elif len(sketch.to) > 1 and rng.random() < 0.02:
        lines.append(b"To: Team: %b;" % mailboxes(sketch.to, rng))
        oddity = "to-group"
    elif len(sketch.to) > 1 and rng.random() < 0.01:
        lines.append(b"To: " + _semicolons(sketch.to))
        oddity = "to-semicolons"
    elif sketch.to:
        lines.append(b"To: " + mailboxes(sketch.to, rng))
    lines += [
        name + mailboxes(people, rng)
        for name, people in ((b"Cc: ", sketch.cc), (b"Bcc: ", sketch.bcc))
        if people
    ]
    return lines, oddity


def _semicolons(people: Sequence[Person]) -> bytes:
    # Not RFC 5322, but what Outlook's users type into other clients.
    return b";\n ".join(person.address.encode() for person in people)


def _subject(sketch: Sketch, rng: random.Random, *, answer: bool) -> list[bytes]:
    if rng.random() < 0.003:
        return []
    words = sketch.subject or " ".join(rng.choices(WORDS, k=rng.randint(2, 7))).encode()
    dice = rng.random()
    if dice < 0.22:
        words = encoded_word(rng.choice(FOREIGN) + " ", rng) + b" " + words
    elif dice < 0.24:
        words = rng.choice(FOREIGN).encode() + b" " + words
    elif dice < 0.27:
        words += b"\n " + " ".join(rng.choices(WORDS, k=8)).encode()
    return [b"Subject: " + (b"Re: " if answer else b"") + words]


def _junk_line(rng: random.Random) -> bytes | None:
    dice = rng.random()
    if dice < 0.001:
        return b"this line has no colon in it"
    if dice < 0.003:
        return b"X-Junk: folded\n \n\t\n  again and again"
    if dice < 0.005:
        return b"X-Report: " + b"long " * 700
    if dice < 0.007:
        return b"X-Raw: \xe4\xf6\xfc\xdf \x80\x81"
    return None
