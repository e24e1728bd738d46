"""How a mail of each kind is made: who stands where, what marks it, whom it moves.

PRODUCT's table "When an email counts" is the law; `moves` follows from what was intended, and
nothing here looks at the finished mail.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.mailgen.bodies import Body, multipart
from tests.mailgen.cast import Cast, Person, stranger
from tests.mailgen.mail import Direction, Kind

PERSONAL_RECIPIENTS = 12
IN, OUT = Direction.INBOUND, Direction.OUTBOUND
ME = "Kim Ödegård"


@dataclass(frozen=True, slots=True)
class Sketch:
    """A mail before its dates, ids and bytes.

    `sender` None: no From. `trace`: whether it came over the wire (Received, Return-Path).
    `bounce_path`: whether Return-Path is empty. `undisclosed`: To is an empty group. `marks`:
    header lines that say what it is. `body`: fixed, else a letter's. `tidy`: keep ids and dates
    in order, since the kind is about something else.
    """

    kind: Kind
    folder: str
    sender: Person | None
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    moves: tuple[tuple[str, Direction], ...] = ()
    trace: bool = False
    bounce_path: bool = False
    undisclosed: bool = False
    marks: tuple[bytes, ...] = ()
    flags: tuple[str, ...] = ("\\Seen",)
    subject: bytes | None = None
    body: Body | None = None
    tidy: bool = False


Maker = Callable[[random.Random, Cast], Sketch]


def _owner(rng: random.Random, cast: Cast) -> Person:
    address = rng.choice(cast.owners)
    if rng.random() < 0.03:
        local, _, domain = address.partition("@")
        address = f"{local}+{rng.choice(['shop', 'club', '2024'])}@{domain}"
    return Person(ME, address)


def _sender_me(rng: random.Random, cast: Cast) -> Person:
    return Person(ME, rng.choice(cast.owners))


def letter_in(rng: random.Random, cast: Cast, who: Person | None = None) -> Sketch:
    """A person writes to the owner alone."""
    who = who or cast.regular(rng)
    flags = ("\\Answered", "\\Seen") if rng.random() < 0.3 else ("\\Seen",)
    return Sketch(
        Kind.LETTER_IN, "INBOX", who, (_owner(rng, cast),),
        moves=((who.address, IN),), trace=True, flags=flags,
    )  # fmt: skip


def letter_out(rng: random.Random, cast: Cast, who: Person | None = None) -> Sketch:
    """The owner writes to one person."""
    who = who or cast.regular(rng)
    # Some providers keep a copy that has been over the wire; in Sent that changes nothing.
    over_wire = rng.random() < 0.03
    return Sketch(
        Kind.LETTER_OUT, "Sent", _sender_me(rng, cast), (who,),
        moves=((who.address, OUT),), trace=over_wire,
    )  # fmt: skip


def _group_in(rng: random.Random, cast: Cast) -> Sketch:
    who = cast.regular(rng)
    others = cast.circle(rng, rng.randint(1, PERSONAL_RECIPIENTS - 1), without=who)
    cut = rng.randint(0, len(others))
    to, cc = [_owner(rng, cast), *others[:cut]], others[cut:] + _bystander(rng, cast, others)
    rng.shuffle(to)
    return Sketch(
        Kind.GROUP_IN, "INBOX", who, tuple(to), tuple(cc), moves=((who.address, IN),), trace=True
    )


def _group_out(rng: random.Random, cast: Cast) -> Sketch:
    people = cast.circle(rng, rng.randint(2, PERSONAL_RECIPIENTS))
    cut = rng.randint(1, len(people))
    to, cc = people[:cut], people[cut:]
    cc += _bystander(rng, cast, people)
    moves = tuple((person.address, OUT) for person in to)
    return Sketch(Kind.GROUP_OUT, "Sent", _sender_me(rng, cast), tuple(to), tuple(cc), moves=moves)


def _bystander(rng: random.Random, cast: Cast, others: list[Person]) -> list[Person]:
    # Sender included, one more must not make the group a crowd.
    room = len(others) < PERSONAL_RECIPIENTS - 1
    return [rng.choice(cast.bystanders)] if room and rng.random() < 0.5 else []


def _cc_me(rng: random.Random, cast: Cast) -> Sketch:
    who, other = cast.circle(rng, 2)
    return Sketch(
        Kind.CC_ME, "INBOX", who, (other,), (_owner(rng, cast),),
        moves=((who.address, IN),), trace=True,
    )  # fmt: skip


def _crowd(rng: random.Random, cast: Cast, *, least: int) -> list[Person]:
    size = 2000 if rng.random() < 0.02 else rng.randint(least, 45)
    known = cast.circle(rng, min(10, size))
    return known + [stranger(rng) for _ in range(size - len(known))]


def _crowd_in(rng: random.Random, cast: Cast) -> Sketch:
    # With its sender that is at least one more than twelve.
    others = _crowd(rng, cast, least=PERSONAL_RECIPIENTS + 1)
    who, to = others[0], [_owner(rng, cast), *others[1:]]
    return Sketch(Kind.CROWD_IN, "INBOX", who, tuple(to), trace=True)


def _crowd_out(rng: random.Random, cast: Cast) -> Sketch:
    people = _crowd(rng, cast, least=PERSONAL_RECIPIENTS + 1)
    cut = rng.randint(0, len(people)) if rng.random() < 0.5 else len(people)
    sender = _sender_me(rng, cast)
    return Sketch(Kind.CROWD_OUT, "Sent", sender, tuple(people[:cut]), tuple(people[cut:]))


def _bcc_one(rng: random.Random, cast: Cast) -> Sketch:
    who = cast.regular(rng)
    return Sketch(
        Kind.BCC_ONE, "Sent", _sender_me(rng, cast), bcc=(who,),
        moves=((who.address, OUT),), undisclosed=rng.random() < 0.5,
    )  # fmt: skip


def _bcc_many(rng: random.Random, cast: Cast) -> Sketch:
    people = tuple(cast.circle(rng, rng.randint(2, 9)))
    return Sketch(Kind.BCC_MANY, "Sent", _sender_me(rng, cast), bcc=people, undisclosed=True)


def _bcc_me(rng: random.Random, cast: Cast) -> Sketch:
    who, other = cast.circle(rng, 2)
    if rng.random() < 0.5:
        return Sketch(Kind.BCC_ME, "INBOX", who, undisclosed=True, trace=True)
    return Sketch(Kind.BCC_ME, "INBOX", who, (other,), trace=True)


def _sent_archived(rng: random.Random, cast: Cast) -> Sketch:
    return replace(letter_out(rng, cast), kind=Kind.SENT_ARCHIVED, folder="Archive", trace=False)


def _sent_to_self_too(rng: random.Random, cast: Cast) -> Sketch:
    who, me = cast.regular(rng), _sender_me(rng, cast)
    return Sketch(
        Kind.SENT_TO_SELF_TOO, "Sent", me, (who,), (me,), moves=((who.address, OUT),), tidy=True
    )


def _list(rng: random.Random, cast: Cast) -> Sketch:
    group = rng.choice(cast.lists)
    name, domain = group.address.encode().split(b"@")
    who = rng.choice(cast.posters) if rng.random() < 0.6 else cast.regular(rng)
    cc = (_owner(rng, cast),) if rng.random() < 0.2 else ()
    marks = [
        b"List-Id: %b discussion <%b.%b>" % (name.title(), name, domain),
        b"List-Post: <mailto:%b>" % group.address.encode(),
        b"Precedence: list",
    ]
    return Sketch(
        Kind.LIST, "INBOX", who, (group,), cc, trace=True,
        # Old list software says only one of them.
        marks=tuple(marks if rng.random() < 0.8 else [rng.choice([marks[0], marks[2]])]),
    )  # fmt: skip


def _newsletter(rng: random.Random, cast: Cast) -> Sketch:
    sender, dice = rng.choice(cast.senders), rng.random()
    token = rng.getrandbits(80)
    leave = b"List-Unsubscribe: <https://bulk.example/u/%x>,\n <mailto:leave@bulk.example>" % token
    marks = [leave, b"Precedence: bulk", b"List-Id: <%b>" % sender.address.split("@")[1].encode()]
    if dice < 0.5:
        marks = [marks[rng.randrange(3)]]
    elif dice < 0.8:
        marks = [leave, b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    marks.append(b"Feedback-ID: %x:news:esp" % rng.getrandbits(48))
    hidden = rng.random() < 0.25
    to = () if hidden else (_owner(rng, cast),)
    return Sketch(
        Kind.NEWSLETTER, "INBOX", sender, to, trace=True, undisclosed=hidden, marks=tuple(marks)
    )


def _no_reply(rng: random.Random, cast: Cast) -> Sketch:
    local = rng.choice(["noreply", "no-reply", "donotreply", "do-not-reply"])
    sender = Person("Your Order", f"{local}@shop{rng.randrange(40)}.example")
    marks = (b"Auto-Submitted: auto-generated",) if rng.random() < 0.3 else ()
    return Sketch(Kind.NO_REPLY, "INBOX", sender, (_owner(rng, cast),), trace=True, marks=marks)


def _bounce(rng: random.Random, cast: Cast) -> Sketch:
    lost = cast.regular(rng).address.encode()
    sender = Person("Mail Delivery System", f"MAILER-DAEMON@mx{rng.randrange(9)}.example")
    marks: tuple[bytes, ...] = ()
    notice = b"I could not deliver your letter to <%b>.\n" % lost
    if rng.random() < 0.25:  # qmail's kind says so only by its sender and empty path
        headers = (b"Content-Type: text/plain; charset=us-ascii",)
        body = Body(headers, notice)
    else:
        status = b"Final-Recipient: rfc822; %b\nAction: failed\nStatus: 5.1.1\n" % lost
        parts = [
            (b"text/plain", notice),
            (b"message/delivery-status", b"Reporting-MTA: dns; mx.example\n\n" + status),
            (b"text/rfc822-headers", b"To: %b\nSubject: hello\n" % lost),
        ]
        boundary = b"=_%024x" % rng.getrandbits(96)
        body = multipart(b"report; report-type=delivery-status", boundary, parts)
        marks = (b"Auto-Submitted: auto-replied",)
    return Sketch(
        Kind.BOUNCE, "INBOX", sender, (_owner(rng, cast),), trace=True, bounce_path=True,
        marks=marks, subject=b"Undelivered Mail Returned to Sender", body=body,
    )  # fmt: skip


def _auto_reply(rng: random.Random, cast: Cast) -> Sketch:
    who, dice = cast.regular(rng), rng.random()
    marks: tuple[bytes, ...] = (b"Auto-Submitted: auto-replied (vacation)",)
    if dice < 0.3:
        marks = (b"Auto-Submitted: auto-replied", b"X-Auto-Response-Suppress: All")
    elif dice < 0.4:  # before RFC 3834
        marks = (b"Precedence: auto_reply", b"X-Autoreply: yes")
    return Sketch(
        Kind.AUTO_REPLY, "INBOX", who, (_owner(rng, cast),), trace=True,
        bounce_path=rng.random() < 0.7, marks=marks, subject=b"Out of office",
    )  # fmt: skip


def _calendar_reply(rng: random.Random, cast: Cast) -> Sketch:
    who = cast.regular(rng)
    answer = (
        b"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:%x@meet.example\n"
        b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:%b\nEND:VEVENT\nEND:VCALENDAR\n"
    ) % (rng.getrandbits(64), who.address.encode())
    calendar = b"text/calendar; method=REPLY; charset=UTF-8"
    marks: tuple[bytes, ...] = ()
    if rng.random() < 0.6:
        body = Body((b"Content-Type: " + calendar,), answer)
    else:
        boundary = b"=_%024x" % rng.getrandbits(96)
        body = multipart(b"mixed", boundary, [(b"text/plain", b"Yes.\n"), (calendar, answer)])
        marks = (b"Auto-Submitted: auto-generated",)
    return Sketch(
        Kind.CALENDAR_REPLY, "INBOX", who, (_owner(rng, cast),), trace=True,
        marks=marks, subject=b"Accepted: lunch", body=body,
    )  # fmt: skip


def _draft(rng: random.Random, cast: Cast) -> Sketch:
    sketch = replace(letter_out(rng, cast), kind=Kind.DRAFT, folder="Drafts", trace=False)
    return replace(sketch, moves=(), flags=("\\Draft", "\\Seen"))


def _self(rng: random.Random, cast: Cast) -> Sketch:
    arrived = rng.random() < 0.5
    return Sketch(
        Kind.SELF, "INBOX" if arrived else "Sent", _sender_me(rng, cast), (_owner(rng, cast),),
        trace=arrived,
    )  # fmt: skip


def _forged(rng: random.Random, cast: Cast) -> Sketch:
    who = cast.regular(rng)
    to = (who,) if rng.random() < 0.5 else (_owner(rng, cast), who)
    return Sketch(Kind.FORGED, "INBOX", _sender_me(rng, cast), to, trace=True)


def _no_sender(rng: random.Random, cast: Cast) -> Sketch:
    return Sketch(Kind.NO_SENDER, "INBOX", None, (_owner(rng, cast),), trace=True)


def _junk(rng: random.Random, cast: Cast) -> Sketch:
    return replace(letter_in(rng, cast), kind=Kind.JUNK, folder="Junk", moves=())


def _trash(rng: random.Random, cast: Cast) -> Sketch:
    return replace(letter_in(rng, cast), kind=Kind.TRASH, folder="Trash", moves=())


WEIGHTS: Mapping[Kind, tuple[float, Maker]] = {
    Kind.LETTER_IN: (17, letter_in),
    Kind.LETTER_OUT: (11, letter_out),
    Kind.REPLY_IN: (8, letter_in),
    Kind.REPLY_OUT: (8, letter_out),
    Kind.GROUP_IN: (9, _group_in),
    Kind.GROUP_OUT: (6, _group_out),
    Kind.CC_ME: (2, _cc_me),
    Kind.CROWD_IN: (2, _crowd_in),
    Kind.CROWD_OUT: (1, _crowd_out),
    Kind.BCC_ONE: (0.7, _bcc_one),
    Kind.BCC_MANY: (0.7, _bcc_many),
    Kind.BCC_ME: (1.5, _bcc_me),
    Kind.SENT_ARCHIVED: (1, _sent_archived),
    Kind.SENT_TO_SELF_TOO: (0.7, _sent_to_self_too),
    Kind.LIST: (10, _list),
    Kind.NEWSLETTER: (10, _newsletter),
    Kind.NO_REPLY: (4, _no_reply),
    Kind.BOUNCE: (1, _bounce),
    Kind.AUTO_REPLY: (1.5, _auto_reply),
    Kind.CALENDAR_REPLY: (1, _calendar_reply),
    Kind.DRAFT: (0.7, _draft),
    Kind.SELF: (1, _self),
    Kind.FORGED: (0.7, _forged),
    Kind.NO_SENDER: (0.3, _no_sender),
    Kind.JUNK: (1, _junk),
    Kind.TRASH: (0.7, _trash),
}
"""How often a kind comes, relatively, and how it is made."""
