"""Entries the owner logs: a call, a meeting, a letter, with whom, when, in which direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import get_args
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from krmd.app.audience import people_in
from krmd.app.changes import Changes
from krmd.app.made import Made
from krmd.app.steps import EntryStands
from krmd.app.who import Correspondent, Person, find_person
from krmd.base.command import LogInteraction
from krmd.base.errors import UserError
from krmd.base.identifier import PublicId
from krmd.base.instant import to_datetime
from krmd.intake.log_words import LogWords, read_log_words
from krmd.ledger.interaction import KINDS, Direction, Kind, Reach
from krmd.ledger.portrait import LONGEST_TEXT, clean
from krmd.store import identities, journal, ledger
from krmd.store.ledger import InteractionRow, ParticipantRow

RULE = "logged"
RULE_NO_ANSWER = "logged_no_answer"
RULE_TO_MANY = "logged_to_many"
_MUTUAL: tuple[Kind, ...] = ("call", "meeting")


Find = Callable[[str], Person]


def log_interaction(
    changes: Changes,
    command: LogInteraction,
    *,
    new_uuid: Callable[[], UUID],
    zone: ZoneInfo,
    find: Find | None = None,
) -> Made:
    """Enter what the owner says happened; the same `key` twice is entered once.

    `find` is another way to find WHO. Raises UserError before anything is written.
    """
    people = _people(changes, command, find or partial(find_person, changes.tx))
    dated = command.at is not None
    words = read_log_words(command.text, now=changes.now, zone=zone, dated=dated)
    uuid, is_there = _by_key(changes, command.key) if command.key else (new_uuid(), False)
    entry = PublicId("i", uuid)
    if is_there:
        return Made(str(entry), ("Logged already.",))
    kind = _kind(command, words)
    direction = _direction(command, words, kind)
    reach = _reach(command)
    rule = _rule(words, reach, mutual=command.direction == "mutual")
    at = command.at or words.at or changes.now
    if at > changes.now:
        when = to_datetime(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")
        raise UserError(f"{when} has not come yet; what is logged has happened")
    _enter(
        changes,
        uuid,
        people,
        (kind, direction, reach, rule, at, clean(words.text, most=LONGEST_TEXT)),
    )
    names = ", ".join(sorted(person.name for person in people))
    how = "no answer" if rule == RULE_NO_ANSWER else direction
    when = to_datetime(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return Made(str(entry), (f"Logged {kind} ({how}) with {names}, {when}.",))


def log_all(
    changes: Changes,
    commands: Sequence[LogInteraction],
    *,
    new_uuid: Callable[[], UUID],
    zone: ZoneInfo,
) -> list[bool | UserError]:
    """Enter many: for each whether it was entered (else it was there), or what is wrong with it.

    Each WHO is looked for once, since a file names the same few people again and again.
    """
    known: dict[str, Person | UserError] = {}

    def find(who: str) -> Person:
        if who not in known:
            try:
                known[who] = find_person(changes.tx, who)
            except UserError as error:
                known[who] = error
        found = known[who]
        if isinstance(found, UserError):
            raise UserError(found.message, candidates=found.candidates)
        return found

    fates: list[bool | UserError] = []
    for command in commands:
        before = len(changes.inverse)
        try:
            log_interaction(changes, command, new_uuid=new_uuid, zone=zone, find=find)
        except UserError as error:
            fates.append(error)
        else:
            fates.append(len(changes.inverse) > before)
    return fates


def _by_key(changes: Changes, key: str) -> tuple[UUID, bool]:
    """The UUID of a key's entry, and whether it is there already.

    An entry that was taken back with its whole import makes room for another, as it may be right
    in the file by now; one taken back by itself stays away.
    """
    for attempt in count():
        spelled = f"krmd:log:{key}" + (f"\x1f{attempt}" if attempt else "")
        uuid = uuid5(NAMESPACE_URL, spelled)
        stands = changes.entry_stands(uuid)
        if stands is None:
            return uuid, False
        if stands or journal.mentioning(changes.tx, uuid.hex) is not None:
            return uuid, True
    raise AssertionError("there is always another number")


_Entry = tuple[Kind, Direction, Reach, str, int, str]


def _enter(changes: Changes, uuid: UUID, people: list[Person], entry: _Entry) -> None:
    kind, direction, reach, rule, at, text = entry
    key = ledger.key_of(uuid)
    row = InteractionRow(
        id=ledger.next_id(changes.tx),
        high=key.high,
        low=key.low,
        kind=kind,
        at=at,  # type: ignore[arg-type]  # an instant, by the caller
        received=changes.now,
        date=None,
        direction=direction,
        reach=reach,
        rule=rule,
        marks=0,
        people=len(people),
        summary=text,
        message_id=None,
        parent=None,
        thread=None,
        folder_id=None,
        recorded=changes.now,
    )
    field = "from" if direction == "inbound" else "to"
    parts = [
        ParticipantRow(row.id, _identity(changes, person), field, "", rule, rule == RULE)
        for person in people
    ]
    ledger.add_by_hand(changes.tx, row, parts)
    changes.identities.update(part.identity_id for part in parts)
    changes.inverse.insert(0, EntryStands(uuid.hex, stands=False))


def _people(changes: Changes, command: LogInteraction, find: Find) -> list[Person]:
    found: dict[object, Person] = {}
    for who in command.who:
        person = find(who)
        found[person.identity.id if isinstance(person, Correspondent) else person.uuid] = person
    if command.audience is not None:
        for row in people_in(changes.tx, command.audience):
            found[row.uuid] = row
    if not found:
        raise UserError("say with whom: an address, an id, a name, or --audience")
    return list(found.values())


def _identity(changes: Changes, person: Person) -> int:
    if isinstance(person, Correspondent):
        return person.identity.id
    return identities.ensure(changes.tx, "self", person.uuid).id


def _kind(command: LogInteraction, words: LogWords) -> Kind:
    if command.kind is None:
        return words.kind or "other"
    for kind in KINDS:
        if kind == command.kind:
            return kind
    raise UserError(f"“{command.kind}” is no kind; there are {', '.join(KINDS)}")


def _direction(command: LogInteraction, words: LogWords, kind: Kind) -> Direction:
    if command.direction is None:
        return words.direction or ("mutual" if kind in _MUTUAL else "outbound")
    for direction in get_args(Direction):
        if direction == command.direction:
            return direction  # type: ignore[no-any-return]  # get_args gives what Direction lists
    raise UserError(f"“{command.direction}” is no direction; outbound, inbound or mutual")


def _reach(command: LogInteraction) -> Reach:
    for reach in get_args(Reach):
        if reach == command.reach:
            return reach  # type: ignore[no-any-return]  # as above
    raise UserError(f"“{command.reach}” is no reach; one_to_one, group or one_to_many")


def _rule(words: LogWords, reach: Reach, *, mutual: bool) -> str:
    if reach != "one_to_one":
        return RULE_TO_MANY
    # Whoever says that it was mutual says that somebody answered, whatever the text says.
    return RULE if words.counts or mutual else RULE_NO_ANSWER
