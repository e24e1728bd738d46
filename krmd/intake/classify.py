"""When an email counts: PRODUCT's table, as two ordered tables of small rules. First match wins.

"Where is it decided that a newsletter is no contact?" Here: `MAIL_RULES` decide on a mail as a
whole; where none matches, `PERSON_RULES` say what the mail is to each person on it.

A rule asks about a *situation*: the mail's marks, and the signs below which say how the owner and
the people stand in it, as bits of one number. A mailbox has few different situations, so each is
looked up in the tables once and remembered; that is all the speed there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from krmd.base.address import AddressSet, EmailAddress
from krmd.ledger.facts import Facts, Field, Mark
from krmd.ledger.interaction import Direction, Reach, Role, Verdict

# Signs of the mail, above all marks.
FROM_OWNER: Final = 1 << 40
OWNER_NAMED: Final = 1 << 41
"""In To or Cc; who is only in Bcc or Delivered-To was not on the line."""
NOBODY: Final = 1 << 42
"""No people: nobody but the owner in From, To, Cc and Bcc."""
ONLY_IGNORED: Final = 1 << 43
MANY: Final = 1 << 44
"""More people than the setting personal_recipients."""
ALONE: Final = 1 << 45
"""Exactly one person."""
# Signs of a person: the fields they stand in.
IS_FROM: Final = 1 << 46
IS_TO: Final = 1 << 47
IS_CC: Final = 1 << 48
IS_BCC: Final = 1 << 49

_REAL_COPY: Final = int(Mark.IN_INBOX | Mark.IN_SENT | Mark.IN_OTHER)
_PROVEN: Final = int(Mark.IN_SENT | Mark.AUTH_PASS)


class Rule(NamedTuple):
    """One row: it matches a situation with all of `all_of`, any of `any_of`, none of `none_of`.

    An `any_of` of 0 asks for nothing. A `direction` of None is that of the author. `sentence` tells
    people what the rule means.
    """

    name: str
    sentence: str
    reach: Reach | None = None
    direction: Direction | None = None
    counts: bool = False
    all_of: int = 0
    any_of: int = 0
    none_of: int = 0

    def matches(self, situation: int) -> bool:
        """Whether the rule applies to marks and signs."""
        return (
            situation & self.all_of == self.all_of
            and not (self.any_of and not situation & self.any_of)
            and not situation & self.none_of
        )


MAIL_RULES: Final[tuple[Rule, ...]] = (
    # First, for such a copy bears List-Id and To like any mailing, or like any letter.
    Rule(
        "mailing",
        "A copy of one of krmd's own mailings: it went to many, each separately.",
        reach="one_to_many",
        direction="outbound",
        any_of=Mark.MAILING,
    ),
    # Before what is automatic or bulk, so that `why` can tell krmd's own mail from others'.
    Rule("krmd_mail", "krmd's own mail to the owner: no interaction.", any_of=Mark.KRMD),
    # What was written or thrown away is one thing, where else it lies another: a mail that was
    # read in the inbox and then put into the trash did happen, and so did a draft that was sent.
    Rule(
        "draft",
        "A draft that was never sent.",
        any_of=Mark.DRAFT,
        none_of=Mark.IN_SENT | Mark.RECEIVED,
    ),
    Rule(
        "in_drafts", "It was only ever seen in Drafts.", any_of=Mark.IN_DRAFTS, none_of=_REAL_COPY
    ),
    Rule("outbox", "It still waits in the outbox.", any_of=Mark.IN_OUTBOX, none_of=_REAL_COPY),
    Rule("junk", "It was only ever seen in Junk.", any_of=Mark.IN_JUNK, none_of=_REAL_COPY),
    Rule("trash", "It was only ever seen in Trash.", any_of=Mark.IN_TRASH, none_of=_REAL_COPY),
    # Notes to oneself, and mails whose recipients were all blind and left no trace.
    Rule("to_self", "The owner to themselves, or to nobody named.", all_of=FROM_OWNER | NOBODY),
    Rule("nobody", "It names nobody but the owner.", all_of=NOBODY),
    # Before all that would record it.
    Rule("ignored", "The settings say that this address is to be ignored.", all_of=ONLY_IGNORED),
    # RFC 3464: nobody wrote it, whatever its From says.
    Rule(
        "report", "A delivery report or a read receipt, written by a machine.", any_of=Mark.REPORT
    ),
    Rule(
        "invitation_reply",
        "An answer to an invitation, made by a click.",
        any_of=Mark.INVITATION_REPLY,
    ),
    # RFC 3834. Before bulk: what is automatic is no interaction, not even one to many.
    Rule("automatic", "Sent automatically: nobody pressed send.", any_of=Mark.AUTO),
    # A newsletter is no contact.
    Rule(
        "bulk",
        "A mailing list, newsletter or other bulk mail.",
        reach="one_to_many",
        any_of=Mark.LIST | Mark.UNSUBSCRIBE | Mark.BULK | Mark.NO_REPLY,
    ),
    # Anybody can write the owner's address into From. A mail that never travelled was put into the
    # mailbox by its owner; one in Sent likewise; of others the owner's own server must speak.
    Rule(
        "unproven_owner",
        "It bears the owner's address as its author, but nothing proves that the owner sent it.",
        reach="one_to_one",
        all_of=FROM_OWNER,
        any_of=Mark.RECEIVED | Mark.RECEIVED_UNKNOWN,
        none_of=_PROVEN,
    ),
    # Of two copies, one of which passed, the other was spoilt on its way (a forwarder, a list).
    Rule(
        "dmarc_fail",
        "The owner's own mail server says that its author is forged.",
        reach="one_to_one",
        any_of=Mark.DMARC_FAIL,
        none_of=FROM_OWNER | Mark.AUTH_PASS,
    ),
    Rule("group", "Too many people on the line to be personal.", reach="group", all_of=MANY),
)
"""What a mail is as a whole; the people on it have the same rule, and none of it counts."""

PERSON_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "outbound_to",
        "The owner wrote to them.",
        reach="one_to_one",
        counts=True,
        all_of=FROM_OWNER | IS_TO,
    ),
    # A letter to one person is personal in whichever field the address stands.
    Rule(
        "outbound_only",
        "The owner wrote to them alone.",
        reach="one_to_one",
        counts=True,
        all_of=FROM_OWNER | ALONE,
        any_of=IS_CC | IS_BCC,
    ),
    Rule(
        "outbound_cc",
        "The owner wrote to others and copied them.",
        reach="one_to_one",
        all_of=FROM_OWNER | IS_CC,
    ),
    Rule(
        "outbound_bcc",
        "The owner wrote to others and copied them blindly.",
        reach="one_to_one",
        all_of=FROM_OWNER | IS_BCC,
    ),
    # An answer to a mailing is among these: it is a letter like any other.
    Rule(
        "inbound",
        "They wrote to the owner.",
        reach="one_to_one",
        counts=True,
        all_of=IS_FROM | OWNER_NAMED,
        none_of=FROM_OWNER,
    ),
    # Blind copies, redirections, lists without a trace of being one.
    Rule(
        "inbound_unnamed",
        "They wrote it, but the owner is neither in To nor in Cc.",
        reach="one_to_one",
        all_of=IS_FROM,
        none_of=FROM_OWNER,
    ),
    Rule(
        "bystander",
        "They were on the line of somebody else's mail.",
        any_of=IS_TO | IS_CC,
        none_of=FROM_OWNER,
    ),
    # Who wrote it together with the owner, blind recipients of others' mails.
    Rule("other", "They are named in it, in no way that counts."),
)
"""What a personal mail is to one person; the first rule that anybody matches names the mail."""

RULES: Final[dict[str, str]] = {
    "owner": "The owner.",
    **{rule.name: rule.sentence for rule in (*MAIL_RULES, *PERSON_RULES)},
}
"""A plain sentence for each rule that a verdict can name. The names are stored: never rename."""

_ROLES = {rule: Role(rule.name, rule.counts) for rule in (*MAIL_RULES, *PERSON_RULES)}
_OWNER = Role("owner", counts=False)
_IGNORED = Role("ignored", counts=False)
_EVIDENCE = Role("other", counts=False)  # Sender, Reply-To, Delivered-To: nobody's own mail

_SIGNS: dict[Field, int] = {
    "from": IS_FROM,
    "to": IS_TO,
    "cc": IS_CC,
    "bcc": IS_BCC,
    "sender": 0,
    "reply_to": 0,
    "delivered_to": 0,
}


@lru_cache(maxsize=4096)
def mail_rule(situation: int) -> Rule | None:
    """The first of MAIL_RULES that matches."""
    return next((rule for rule in MAIL_RULES if rule.matches(situation)), None)


@lru_cache(maxsize=4096)
def person_rule(situation: int) -> int:
    """The index of the first of PERSON_RULES that matches; the last matches all."""
    return next(i for i, rule in enumerate(PERSON_RULES) if rule.matches(situation))


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules together with the settings they depend on: facts in, verdicts out.

    `owner` are the owner's addresses (made with tags=True), `ignore` those never recorded,
    `personal_recipients` the most people a personal mail has. The owner's are never ignored.
    """

    owner: AddressSet
    ignore: AddressSet
    personal_recipients: int
    _standing: Callable[[EmailAddress], Role | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        owner, ignore = self.owner, self.ignore

        @lru_cache(maxsize=16384)
        def standing(address: EmailAddress) -> Role | None:
            if address in owner:
                return _OWNER
            return _IGNORED if address in ignore else None

        object.__setattr__(self, "_standing", standing)

    def judge(self, facts: Facts) -> Verdict:
        """What the tables say of a mail. Total: any facts have a verdict."""
        marks, parties, named = facts
        standing = self._standing
        fields: dict[EmailAddress, int] = {}
        for place, address, _ in parties:
            if sign := _SIGNS[place]:
                fields[address] = fields.get(address, 0) | sign
        roles: dict[EmailAddress, Role] = {}
        owners = owner_fields = ignored = 0
        for address, signs in fields.items():
            role = standing(address)
            if role is _OWNER:
                owners += 1
                owner_fields |= signs
            elif role is _IGNORED:
                ignored += 1
        people = named - owners
        situation = marks | self._signs(owner_fields, people, ignored)
        rule = mail_rule(situation)
        if rule is None:
            rule = _personal(fields, roles, situation, standing)
        else:
            roles = dict.fromkeys(fields, _ROLES[rule])
        direction = rule.direction
        if direction is None and rule.reach is not None:
            direction = "outbound" if situation & FROM_OWNER else "inbound"
        return Verdict(
            rule.name,
            rule.reach,
            direction,
            tuple(
                [
                    standing(address) or (roles[address] if _SIGNS[place] else _EVIDENCE)
                    for place, address, _ in parties
                ]
            ),
        )

    def _signs(self, owner_fields: int, people: int, ignored: int) -> int:
        signs = 0
        if owner_fields & IS_FROM:
            signs |= FROM_OWNER
        if owner_fields & (IS_TO | IS_CC):
            signs |= OWNER_NAMED
        if people == 1:
            signs |= ALONE
        elif people <= 0:
            signs |= NOBODY
        elif people > self.personal_recipients:
            signs |= MANY
        if ignored and people == ignored:
            signs |= ONLY_IGNORED
        return signs


def _personal(
    fields: dict[EmailAddress, int],
    roles: dict[EmailAddress, Role],
    situation: int,
    standing: Callable[[EmailAddress], Role | None],
) -> Rule:
    """Fills in each person's role, and gives the rule that names the mail."""
    best = len(PERSON_RULES) - 1
    for address, signs in fields.items():
        if standing(address) is None:
            index = person_rule(situation & _MAIL_SIGNS | signs)
            best = min(best, index)
            roles[address] = _ROLES[PERSON_RULES[index]]
    return PERSON_RULES[best]


_MAIL_SIGNS: Final = FROM_OWNER | OWNER_NAMED | ALONE
