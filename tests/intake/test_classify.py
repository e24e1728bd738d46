"""PRODUCT's table "When an email counts", row by row and corner by corner."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.address import AddressSet, EmailAddress
from krmd.intake.classify import MAIL_RULES, PERSON_RULES, RULES, Judge
from krmd.ledger.facts import Facts, Field, Mark, Party
from krmd.ledger.interaction import DIRECTIONS, REACHES, Role, Verdict

KIM, ADA, BO, CY, BOSS = (
    EmailAddress(address)
    for address in (
        "kim@example.org",
        "ada@alpha.example",
        "bo@beta.example",
        "cy@gamma.example",
        "boss@ignored.example",
    )
)
JUDGE = Judge(
    owner=AddressSet(["kim@example.org", "@kim.example"], tags=True),
    ignore=AddressSet(["@ignored.example"]),
    personal_recipients=12,
)
SENT, INBOX = Mark.IN_SENT, Mark.IN_INBOX | Mark.RECEIVED


def _facts(marks: int = 0, **fields: str) -> Facts:
    """Facts of addresses by field, blanks between them: `to="ada@… bo@…"`, in the kept order."""
    parties = tuple(
        Party(field, EmailAddress(address), "")
        for field in get_args(Field)
        for address in fields.get(field, "").split()
    )
    people = {p.address for p in parties if p.field in ("from", "to", "cc", "bcc")}
    return Facts(int(marks), parties, len(people))


def _judge(marks: int = 0, **fields: str) -> Verdict:
    return JUDGE.judge(_facts(marks, **fields))


def _whole(verdict: Verdict) -> tuple[str, str | None, str | None]:
    return verdict.rule, verdict.reach, verdict.direction


def _roles(verdict: Verdict) -> list[str]:
    """Rules of the parties in order, those that count in capitals."""
    return [role.rule.upper() if role.counts else role.rule for role in verdict.roles]


# The mail as a whole.


@pytest.mark.parametrize(
    ("marks", "whole"),
    [
        (Mark.MAILING | Mark.LIST, ("mailing", "one_to_many", "outbound")),
        (Mark.KRMD | Mark.LIST | Mark.AUTO, ("krmd_mail", None, None)),
        (Mark.DRAFT, ("draft", None, None)),
        (Mark.IN_DRAFTS, ("in_drafts", None, None)),
        (Mark.IN_OUTBOX, ("outbox", None, None)),
        (Mark.IN_JUNK, ("junk", None, None)),
        (Mark.IN_TRASH, ("trash", None, None)),
        (INBOX | Mark.REPORT, ("report", None, None)),
        (INBOX | Mark.INVITATION_REPLY, ("invitation_reply", None, None)),
        (INBOX | Mark.AUTO, ("automatic", None, None)),
        (INBOX | Mark.AUTO | Mark.LIST, ("automatic", None, None)),
        (INBOX | Mark.LIST, ("bulk", "one_to_many", "inbound")),
        (INBOX | Mark.UNSUBSCRIBE, ("bulk", "one_to_many", "inbound")),
        (INBOX | Mark.BULK, ("bulk", "one_to_many", "inbound")),
        (INBOX | Mark.NO_REPLY, ("bulk", "one_to_many", "inbound")),
        (INBOX | Mark.DMARC_FAIL, ("dmarc_fail", "one_to_one", "inbound")),
        (INBOX | Mark.INVITATION, ("inbound", "one_to_one", "inbound")),
        (INBOX | Mark.RESENT, ("inbound", "one_to_one", "inbound")),
        (INBOX, ("inbound", "one_to_one", "inbound")),
        (0, ("inbound", "one_to_one", "inbound")),
    ],
)
def test_marks_decide_on_a_mail_from_a_person(
    marks: int, whole: tuple[str, str | None, str | None]
) -> None:
    """One row each; where a row of the whole mail decides, nobody's date moves."""
    verdict = _judge(marks, **{"from": ADA, "to": KIM})

    assert whole == _whole(verdict)
    counts = whole[0] == "inbound"
    assert (Role(whole[0], counts), Role("owner", counts=False)) == verdict.roles


@pytest.mark.parametrize("place", [Mark.IN_INBOX, Mark.IN_SENT, Mark.IN_OTHER])
@pytest.mark.parametrize("thrown", [Mark.IN_TRASH, Mark.IN_JUNK, Mark.IN_DRAFTS, Mark.IN_OUTBOX])
def test_a_copy_in_a_real_place_is_a_real_mail(place: Mark, thrown: Mark) -> None:
    """Read and thrown away, drafted and sent: it happened."""
    assert "inbound" == _judge(place | thrown, **{"from": ADA, "to": KIM}).rule


@pytest.mark.parametrize(
    ("place", "rule"),
    [(Mark.IN_OTHER, "draft"), (Mark.IN_SENT, "inbound"), (INBOX | Mark.RECEIVED, "inbound")],
)
def test_a_flagged_draft_is_none_once_it_was_sent_or_arrived(place: Mark, rule: str) -> None:
    """The flag alone decides, in whichever folder: drafts lie about in archives too."""
    assert rule == _judge(place | Mark.DRAFT, **{"from": ADA, "to": KIM}).rule


def test_trash_and_junk_together_are_still_no_place() -> None:
    """Neither is a real copy of the other."""
    assert "junk" == _judge(Mark.IN_TRASH | Mark.IN_JUNK, **{"from": ADA, "to": KIM}).rule


@pytest.mark.parametrize("to", ["kim@example.org", "kim+note@example.org", "any@kim.example", ""])
def test_a_mail_to_oneself_is_no_interaction(to: str) -> None:
    """With a tag, at another own address, or with recipients that left no trace."""
    verdict = _judge(SENT, **{"from": KIM, "to": to})

    assert ("to_self", None, None) == _whole(verdict)
    assert {"owner"} == set(_roles(verdict))


def test_a_mail_that_names_nobody_is_no_interaction() -> None:
    """From is missing or unreadable, and the owner is the only one on the line."""
    assert ("nobody", None, None) == _whole(_judge(INBOX, to=KIM))
    assert ("nobody", None, None) == _whole(_judge())
    assert ("nobody", None, None) == _whole(_judge(INBOX, to=KIM, reply_to=ADA))


def test_a_mail_with_none_but_ignored_people_is_ignored() -> None:
    """Either way, also where it would be bulk."""
    assert ("ignored", None, None) == _whole(_judge(INBOX, **{"from": BOSS, "to": KIM}))
    assert ("ignored", None, None) == _whole(_judge(SENT, **{"from": KIM, "to": BOSS}))
    assert "ignored" == _judge(INBOX | Mark.LIST, **{"from": BOSS, "to": KIM}).rule


def test_ignored_people_beside_others_have_a_role_and_never_count() -> None:
    """They are still people on the line: a Cc beside them is no letter to one."""
    verdict = _judge(SENT, **{"from": KIM, "to": BOSS, "cc": ADA})

    assert ["owner", "ignored", "outbound_cc"] == _roles(verdict)
    assert ["ignored", "owner", "bystander"] == _roles(
        _judge(INBOX, **{"from": BOSS, "to": f"{KIM} {ADA}"})
    )


def test_the_owner_can_not_be_ignored() -> None:
    """A setting that ignores the owner's own domain means the others there."""
    judge = Judge(AddressSet([KIM], tags=True), AddressSet(["@example.org"]), 12)

    verdict = judge.judge(_facts(SENT, **{"from": KIM, "to": f"{ADA} colleague@example.org"}))

    assert ["owner", "OUTBOUND_TO", "ignored"] == _roles(verdict)


# Proof that the owner wrote it.


@pytest.mark.parametrize(
    ("marks", "rule"),
    [
        (Mark.IN_SENT, "outbound_to"),
        (Mark.IN_SENT | Mark.RECEIVED, "outbound_to"),
        (Mark.IN_SENT | Mark.RECEIVED_UNKNOWN, "outbound_to"),
        (Mark.IN_SENT | Mark.DMARC_FAIL, "outbound_to"),
        (Mark.IN_OTHER, "outbound_to"),
        (Mark.IN_INBOX | Mark.RECEIVED | Mark.AUTH_PASS, "outbound_to"),
        (Mark.IN_INBOX | Mark.RECEIVED, "unproven_owner"),
        (Mark.IN_INBOX | Mark.RECEIVED_UNKNOWN, "unproven_owner"),
        (Mark.IN_OTHER | Mark.RECEIVED_UNKNOWN, "unproven_owner"),
        (Mark.IN_INBOX | Mark.RECEIVED | Mark.DMARC_FAIL, "unproven_owner"),
    ],
)
def test_the_owner_as_author_wants_proof(marks: int, rule: str) -> None:
    """Sent, or never travelled, or passed by the owner's own server."""
    assert rule == _judge(marks, **{"from": KIM, "to": ADA}).rule


def test_an_unproven_mail_is_recorded_and_counts_for_nobody() -> None:
    """It stays visible: a proof may turn up with another copy."""
    verdict = _judge(INBOX, **{"from": KIM, "to": ADA})

    assert ("unproven_owner", "one_to_one", "outbound") == _whole(verdict)
    assert ["owner", "unproven_owner"] == _roles(verdict)


def test_a_copy_that_passed_outweighs_one_that_failed() -> None:
    """A forwarder spoils signatures; the direct copy is the mail."""
    marks = INBOX | Mark.DMARC_FAIL | Mark.AUTH_PASS

    assert "inbound" == _judge(marks, **{"from": ADA, "to": KIM}).rule


# Size.


def test_thirteen_people_are_a_group_and_twelve_are_not() -> None:
    """More than the setting; the owner isn't counted."""
    many = " ".join(f"p{n}@example.net" for n in range(13))
    few = " ".join(f"p{n}@example.net" for n in range(12))

    assert ("group", "group", "outbound") == _whole(_judge(SENT, **{"from": KIM, "to": many}))
    assert "outbound_to" == _judge(SENT, **{"from": KIM, "to": few, "cc": KIM}).rule
    assert ("group", "group", "inbound") == _whole(
        _judge(INBOX, **{"from": ADA, "to": KIM, "cc": few})
    )


def test_people_who_were_not_kept_make_a_group_too() -> None:
    """A hundred addresses are kept, all are counted."""
    facts = _facts(SENT, **{"from": KIM, "to": ADA})._replace(people=5000)

    assert "group" == JUDGE.judge(facts).rule


def test_a_mailing_list_is_no_group_but_bulk() -> None:
    """The table's order: what it is comes before how many they are."""
    many = " ".join(f"p{n}@example.net" for n in range(20))

    assert "bulk" == _judge(INBOX | Mark.LIST, **{"from": ADA, "to": many}).rule


def test_the_direction_of_bulk_is_its_authors() -> None:
    """The owner's own newsletter, from another program."""
    verdict = _judge(SENT | Mark.UNSUBSCRIBE, **{"from": KIM, "to": ADA})

    assert ("bulk", "one_to_many", "outbound") == _whole(verdict)
    assert ["owner", "bulk"] == _roles(verdict)


# What it is to each person.


def test_whom_the_owner_writes_to_counts_and_who_is_copied_does_not() -> None:
    """To counts, each of them; Cc and Bcc beside others don't."""
    verdict = _judge(SENT, **{"from": KIM, "to": f"{ADA} {BO}", "cc": CY, "bcc": "dee@x.example"})

    assert ("outbound_to", "one_to_one", "outbound") == _whole(verdict)
    assert ["owner", "OUTBOUND_TO", "OUTBOUND_TO", "outbound_cc", "outbound_bcc"] == _roles(verdict)


@pytest.mark.parametrize("field", ["cc", "bcc"])
def test_the_only_one_in_cc_or_bcc_counts(field: str) -> None:
    """A letter to one person, with the owner or nobody in To."""
    assert "OUTBOUND_ONLY" == _roles(_judge(SENT, **{"from": KIM, field: ADA}))[1]
    assert "OUTBOUND_ONLY" == _roles(_judge(SENT, **{"from": KIM, "to": KIM, field: ADA}))[-1]


def test_one_in_cc_and_one_in_bcc_are_two() -> None:
    """Neither is alone: neither counts, but the owner wrote it."""
    verdict = _judge(SENT, **{"from": KIM, "cc": ADA, "bcc": BO})

    assert ("outbound_cc", "one_to_one", "outbound") == _whole(verdict)
    assert ["owner", "outbound_cc", "outbound_bcc"] == _roles(verdict)


def test_who_stands_in_two_fields_has_the_stronger_role_in_both() -> None:
    """A person is judged once, by the first row that fits any of their fields."""
    assert ["owner", "OUTBOUND_TO", "OUTBOUND_TO", "outbound_cc"] == _roles(
        _judge(SENT, **{"from": KIM, "to": ADA, "cc": f"{ADA} {BO}"})
    )
    assert ["INBOUND", "owner", "INBOUND"] == _roles(
        _judge(INBOX, **{"from": ADA, "to": KIM, "cc": ADA})
    )


@pytest.mark.parametrize("field", ["to", "cc"])
def test_a_mail_from_a_person_to_the_owner_counts(field: str) -> None:
    """In To or in Cc, among a handful of others who are bystanders."""
    verdict = _judge(INBOX, **{"from": ADA, field: f"{BO} {KIM}"})

    assert ("inbound", "one_to_one", "inbound") == _whole(verdict)
    assert ["INBOUND", "bystander", "owner"] == _roles(verdict)


def test_an_answer_to_a_mailing_is_a_letter() -> None:
    """It bears no mark of the mailing, and its references change nothing."""
    assert "inbound" == _judge(INBOX, **{"from": ADA, "to": "kim+news@example.org"}).rule


@pytest.mark.parametrize("field", ["bcc", "delivered_to"])
def test_a_mail_that_does_not_name_the_owner_is_inbound_without_counting(field: str) -> None:
    """A blind copy, a redirection, an alias that isn't set."""
    verdict = _judge(INBOX, **{"from": ADA, "to": BO, field: KIM})

    assert ("inbound_unnamed", "one_to_one", "inbound") == _whole(verdict)
    assert ["inbound_unnamed", "bystander", "owner"] == _roles(verdict)


def test_an_own_address_that_is_not_set_counts_for_nobody() -> None:
    """Sent by the owner under a name krmd doesn't know yet: `check` tells of it."""
    verdict = _judge(SENT, **{"from": "kim@old.example", "to": ADA})

    assert ["inbound_unnamed", "bystander"] == _roles(verdict)


def test_each_of_two_authors_wrote_to_the_owner() -> None:
    """RFC 5322 3.6.2 allows several addresses in From."""
    assert ["INBOUND", "INBOUND", "owner"] == _roles(
        _judge(INBOX, **{"from": f"{ADA} {BO}", "to": KIM})
    )


def test_who_writes_together_with_the_owner_is_named_without_counting() -> None:
    """Two authors, one the owner: it is the owner's mail, if proven."""
    fields = {"from": f"{KIM} {ADA}", "to": BO}

    assert ["owner", "other", "OUTBOUND_TO"] == _roles(_judge(SENT, **fields))
    assert "unproven_owner" == _judge(INBOX, **fields).rule


def test_who_writes_with_the_owner_to_nobody_else_is_other() -> None:
    """Neither wrote to the other."""
    assert ("other", None, None) == _whole(_judge(SENT, **{"from": f"{KIM} {ADA}", "to": KIM}))


def test_a_blind_recipient_of_anothers_mail_is_other() -> None:
    """Seen only in odd copies."""
    assert ["INBOUND", "owner", "other"] == _roles(
        _judge(INBOX, **{"from": ADA, "to": KIM, "bcc": BO})
    )


def test_the_fields_that_are_evidence_make_nobody_a_person() -> None:
    """Sender, Reply-To and Delivered-To: no people, no group, no counting."""
    verdict = _judge(INBOX, **{"from": ADA, "to": KIM, "sender": BO, "reply_to": f"{ADA} {BOSS}"})

    assert "inbound" == verdict.rule
    assert ["INBOUND", "other", "other", "ignored", "owner"] == _roles(verdict)


def test_a_mail_without_an_author_leaves_bystanders() -> None:
    """Nobody knows whose mail it is: no interaction."""
    assert ("bystander", None, None) == _whole(_judge(INBOX, to=f"{KIM} {ADA}"))


# The tables themselves.


def test_every_rule_has_a_name_of_its_own_and_a_sentence() -> None:
    """Names are stored in the ledger, sentences are what `krmd why` says."""
    names = [rule.name for rule in (*MAIL_RULES, *PERSON_RULES)]

    assert len(names) == len(set(names))
    assert {"owner", *names} == set(RULES)
    assert all(sentence.endswith(".") for sentence in RULES.values())


_ADDRESSES = st.sampled_from([KIM, "kim+x@example.org", ADA, BO, CY, BOSS]).map(EmailAddress)
_PARTIES = st.lists(
    st.builds(Party, st.sampled_from(get_args(Field)), _ADDRESSES, st.just("")), max_size=12
)
_FACTS = st.builds(Facts, st.integers(0, sum(Mark)), _PARTIES.map(tuple), st.integers(-1, 10_000))


@given(_FACTS)
def test_any_facts_have_a_verdict_that_hangs_together(facts: Facts) -> None:
    """A role for each party; nothing counts but in a personal mail; the owner is the owner."""
    verdict = JUDGE.judge(facts)

    assert len(facts.parties) == len(verdict.roles)
    assert {verdict.rule, *(role.rule for role in verdict.roles)} <= RULES.keys()
    assert verdict.reach in (*REACHES, None)
    assert verdict.direction in (*DIRECTIONS, None)
    assert (verdict.reach is None) == (verdict.direction is None)
    if any(role.counts for role in verdict.roles):
        assert "one_to_one" == verdict.reach
    for party, role in zip(facts.parties, verdict.roles, strict=True):
        assert (party.address in JUDGE.owner) == (role.rule == "owner")
