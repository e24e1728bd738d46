"""From mails read to the ledger: a batch, its entries, recency and cursor, in one transaction.

Idempotent: a mail that is known already is only looked at for what its copy adds (another folder,
an earlier arrival), so a batch may come twice, from two folders, accounts or files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from krmd.app.folding import contact_of
from krmd.app.rewriting import judge_again
from krmd.app.understanding import ReadMail
from krmd.base.address import EmailAddress
from krmd.base.instant import Instant
from krmd.intake.classify import Judge
from krmd.ledger.copies import merged
from krmd.ledger.facts import PEOPLE, Facts, Field, Party
from krmd.ledger.identity import name_weight
from krmd.ledger.interaction import Verdict
from krmd.ledger.recency import Moment, Recency
from krmd.ledger.when import happened_at
from krmd.store import identities, ledger, recency
from krmd.store.engine import Transaction
from krmd.store.ledger import PlainRow

_Moments = list[tuple[str, int, Moment]]
"""One identity's: the display name seen, the interaction, and the part in it."""


@dataclass(slots=True)
class Recorded:
    """What became of a batch. `ignored` counts mails that are no interaction, by rule."""

    seen: int = 0
    recorded: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    touched: set[int] = field(default_factory=set)

    def add(self, more: Recorded) -> None:
        """Count another batch in."""
        self.seen += more.seen
        self.recorded += more.recorded
        self.ignored.update(more.ignored)
        self.quarantined += more.quarantined


_Part = tuple[int, EmailAddress, Field, str, str, bool]
"""A ParticipantRow with the address in the place of its identity."""


class _Batch:
    """The rows of one batch in the making, and what it tells of each address."""

    __slots__ = (
        "folder",
        "judge",
        "moments",
        "names",
        "now",
        "parts",
        "report",
        "rows",
        "subjects",
    )

    def __init__(self, folder: int | None, judge: Judge, now: Instant, *, subjects: bool) -> None:
        self.folder = folder
        self.judge = judge
        self.now = now
        self.subjects = subjects
        self.report = Recorded()
        self.rows: list[PlainRow] = []
        self.parts: list[_Part] = []
        self.names: dict[EmailAddress, tuple[int, str]] = {}
        self.moments: dict[EmailAddress, _Moments] = {}


def record(
    tx: Transaction,
    folder: int | None,
    mails: Sequence[ReadMail],
    *,
    judge: Judge,
    now: Instant,
    subjects: bool,
) -> Recorded:
    """Put a batch of mails read from a folder into the ledger; returns what became of it.

    `subjects` false keeps none. The caller moves the cursor in the same transaction.
    """
    known = ledger.known_mails(tx, [mail.message.key.high for mail in mails])
    batch = _Batch(folder, judge, now, subjects=subjects)
    next_id = ledger.next_id(tx)
    ids = dict(known)
    copies: list[tuple[int, ReadMail]] = []
    places: list[tuple[int, int, int]] = []
    for mail in mails:
        interaction = ids.get(mail.message.key)
        if interaction is None:
            interaction = ids[mail.message.key] = next_id
            next_id += 1
            _enter(batch, interaction, mail)
        else:
            copies.append((interaction, mail))
        if folder is not None and mail.uid:
            places.append((folder, mail.uid, interaction))
    _write(tx, batch)
    if copies:
        _take_in_copies(tx, copies, batch)
    ledger.locate(tx, places)
    batch.report.seen = len(mails)
    return batch.report


def _enter(batch: _Batch, interaction: int, mail: ReadMail) -> None:
    (high, low), message_id, date, subject, parties, people, _, parent, thread, _ = mail.message
    verdict = batch.judge.judge(Facts(mail.marks, parties, people))
    rule, reach, direction, _ = verdict
    at = happened_at(date, mail.received)
    batch.rows.append(
        (
            interaction,
            high,
            low,
            "email",
            at,
            mail.received,
            date,
            direction,
            reach,
            rule,
            mail.marks,
            people,
            subject if batch.subjects and rule != "ignored" and not mail.with_forgotten else None,
            message_id,
            parent,
            thread,
            batch.folder,
            batch.now,
        )
    )
    _enter_parties(batch, parties, verdict, interaction=interaction, at=at)
    if reach is None:
        batch.report.ignored[rule] += 1
    else:
        batch.report.recorded += 1


def _enter_parties(
    batch: _Batch, parties: tuple[Party, ...], verdict: Verdict, *, interaction: int, at: Instant
) -> None:
    _, reach, direction, roles = verdict
    to_many = reach == "one_to_many" and direction == "outbound"
    parts, names = batch.parts, batch.names
    for (field_, address, name), (rule, counts) in zip(parties, roles, strict=True):
        if not (field_ in PEOPLE or _is_evidence(field_, rule)):
            continue
        parts.append((interaction, address, field_, name, rule, counts))
        if rule == "owner":
            continue
        if name:
            offer = (name_weight(field_, at), name)
            if address not in names or offer > names[address]:
                names[address] = offer
        if counts or to_many:
            moment = Moment(at, "email", direction, reach, counts)
            batch.moments.setdefault(address, []).append((name, interaction, moment))


def _write(tx: Transaction, batch: _Batch) -> None:
    ids = identities.email_ids(tx, list({address for _, address, *_ in batch.parts}))
    rows: list[PlainRow] = [
        (interaction, ids[address], field_, name, rule, counts)
        for interaction, address, field_, name, rule, counts in batch.parts
    ]
    ledger.add(tx, batch.rows, rows)
    offers = [(ids[address], name, weight) for address, (weight, name) in batch.names.items()]
    identities.offer_names(tx, offers)
    theirs = {ids[address]: moments for address, moments in batch.moments.items()}
    _add_recency(tx, theirs)
    batch.report.touched = set(theirs)


def _is_evidence(field_: Field, rule: str) -> bool:
    """Whether a party that is no person of the mail is worth a row: a stranger's mailbox is."""
    return field_ == "delivered_to" and rule != "owner"


def _add_recency(tx: Transaction, theirs: Mapping[int, _Moments]) -> None:
    """Merge the moments of new mails into the stored recency of identities and contacts."""
    claims = identities.claims_on(tx, list(theirs))
    of_identities: dict[int, Recency] = {}
    of_contacts: dict[int, dict[int, Moment]] = {}
    for identity, moments in theirs.items():
        mine: dict[int, Moment] = {}
        for name, interaction, moment in moments:
            _put(mine, interaction, moment)
            contact = contact_of(claims[identity], name) if identity in claims else None
            if contact is not None:
                _put(of_contacts.setdefault(contact, {}), interaction, moment)
        of_identities[identity] = Recency.fold(mine.values())
    _merge(tx, "identity", of_identities)
    _merge(tx, "contact", {who: Recency.fold(of.values()) for who, of in of_contacts.items()})


def _put(moments: dict[int, Moment], interaction: int, moment: Moment) -> None:
    stands = moments.get(interaction)
    if stands is None or (moment.counts and not stands.counts):
        moments[interaction] = moment


def _merge(tx: Transaction, subject: recency.Subject, more: dict[int, Recency]) -> None:
    stored = recency.read(tx, subject, list(more))
    merged = {who: stored[who].merge(it) if who in stored else it for who, it in more.items()}
    recency.write(tx, subject, merged)


def _take_in_copies(tx: Transaction, copies: Sequence[tuple[int, ReadMail]], batch: _Batch) -> None:
    """Let further copies of known mails tell what they know: where they lie, an earlier arrival."""
    told: dict[int, list[ReadMail]] = {}
    for interaction, copy in copies:
        told.setdefault(interaction, []).append(copy)
    changed: dict[int, tuple[Facts, Instant]] = {}
    for mail in ledger.recorded(tx, list(told)):
        facts, received = mail.facts, mail.received
        for copy in told[mail.id]:
            facts = merged(facts, _facts_kept(copy, batch.judge))
            received = min(received, copy.received)
        if facts != mail.facts or received != mail.received:
            changed[mail.id] = (facts, received)
    if batch.folder is not None:
        ledger.move_to_folder(tx, [(interaction, batch.folder) for interaction in told])
    batch.report.touched |= judge_again(tx, list(changed), batch.judge, changed=changed).touched


def _facts_kept(copy: ReadMail, judge: Judge) -> Facts:
    message = copy.message
    parties = dict.fromkeys(
        (party.field, party.address, party)
        for party in message.parties
        if party.field in PEOPLE
        or _is_evidence(party.field, "owner" if party.address in judge.owner else "")
    )
    seen: dict[tuple[str, str], Party] = {}
    for field_, address, party in parties:
        seen.setdefault((field_, address), party)
    return Facts(copy.marks, tuple(seen.values()), message.people)
