"""Two contacts become one, and two again: what is theirs moves, and every move has its inverse.

Who was merged stays as a row that points at whom they are now, so that their ids still find them.
History needn't move at all: it hangs on identities, and follows the claims.
"""

from __future__ import annotations

from krmd.app.changes import Changes
from krmd.app.claiming import claim_address, release_address, share_no_more
from krmd.app.made import Made
from krmd.app.steps import (
    OWNER,
    ClaimStands,
    ContactSet,
    FactStands,
    MergedInto,
    Moved,
    SuggestionDeclined,
    from_json,
)
from krmd.app.who import find_contact
from krmd.base.address import EmailAddress
from krmd.base.command import DeclineSuggestion, MergeContacts, UnmergeContact
from krmd.base.errors import UserError
from krmd.base.identifier import parse_id, public_contact
from krmd.store import categories, contacts, identities, journal, sources
from krmd.store.contacts import ContactRow


def merge(changes: Changes, command: MergeContacts) -> Made:
    """Let all that is one contact's be another's. Raises UserError where they are one already."""
    row, into = find_contact(changes.tx, command.who), find_contact(changes.tx, command.into)
    if row.id == into.id:
        raise UserError(f"“{command.who}” and “{command.into}” are {row.name}, one and the same")
    _move_claims(changes, row, into)
    _move_rows(changes, row, into)
    _join_columns(changes, row, into)
    if row.name_key != into.name_key:
        changes.take(FactStands(into.uuid, "former_name", row.name, OWNER, stands=True))
    changes.take(ContactSet(row.uuid, "kept", value=False))
    changes.take(MergedInto(row.uuid, into.uuid))
    way_back = f"krmd contacts unmerge {public_contact(row.uuid)[:14]}"
    return Made(
        public_contact(into.uuid),
        (f"{row.name} is one with {into.name} now; {way_back} parts them.",),
    )


def unmerge(changes: Changes, command: UnmergeContact) -> Made:
    """Part again whoever was merged; what came since stays with whom it was said of."""
    row, into = _merged(changes, command.who)
    entry = journal.newest_of(changes.tx, MergeContacts.__name__, mentioning=row.uuid)
    if into.merged_into is not None:
        other = contacts.root_of(changes.tx, into)
        raise UserError(f"{into.name} was merged into {other.name} since; unmerge that first")
    if entry is None:
        raise UserError(f"how {row.name} was merged isn't known any more")
    for step in from_json(entry.inverse):
        if not changes.is_moot(step):
            changes.take(step)
    _addresses_follow(changes, row, into)
    share_no_more(changes)
    journal.strike(changes.tx, entry.uuid, changes.now)
    return Made(public_contact(row.uuid), (f"{row.name} and {into.name} are two again.",))


def decline_suggestion(changes: Changes, command: DeclineSuggestion) -> Made:
    """Don't make a suggestion again."""
    if not changes.take(SuggestionDeclined(command.key, stands=True)):
        return Made(None, ("That was declined already.",))
    return Made(None, (f"Won't be suggested again: {command.sentence}",))


def _move_claims(changes: Changes, row: ContactRow, into: ContactRow) -> None:
    claims = identities.claims_of(changes.tx, [row.id]).get(row.id, ())
    known = identities.by_ids(changes.tx, [claim.identity for claim in claims])
    for claim in claims:
        it = known[claim.identity]
        changes.take(ClaimStands(it.kind, it.value, claim.name_key, row.uuid, stands=False))
        changes.take(ClaimStands(it.kind, it.value, claim.name_key, into.uuid, stands=True))
    share_no_more(changes)


def _move_rows(changes: Changes, row: ContactRow, into: ContactRow) -> None:
    """Facts, memberships and keys; a category that both are in keeps a row of each."""
    tx = changes.tx
    theirs = {it for it in categories.rows_of(tx, into.id).values() if it is not None}
    changes.take(
        Moved(
            row.uuid,
            into.uuid,
            facts=tuple(contacts.fact_ids(tx, row.id)),
            memberships=tuple(
                it for it, of in categories.rows_of(tx, row.id).items() if of not in theirs
            ),
            keys=tuple((it.source, it.key) for it in sources.of_contact(tx, row.id)),
        )
    )


def _join_columns(changes: Changes, row: ContactRow, into: ContactRow) -> None:
    """What either forbids is forbidden; a cadence of one's own is kept where there is one."""
    joined: dict[str, int | bool] = {
        "no_mailings": row.no_mailings or into.no_mailings,
        "deceased": row.deceased or into.deceased,
        "kept": row.kept or into.kept,
        "added": min(row.added, into.added),
    }
    if into.cadence_days is None and row.cadence_days is not None:
        joined["cadence_days"] = row.cadence_days
    for column, value in joined.items():
        changes.take(ContactSet(into.uuid, column, value))


def _merged(changes: Changes, who: str) -> tuple[ContactRow, ContactRow]:
    """Who was merged, and into whom: named by their own id, or the last merged into `who`."""
    spelled = parse_id(who)
    if spelled is not None and spelled.prefix == "c":
        found = contacts.find(changes.tx, spelled.first, spelled.last)
        if len(found) == 1 and found[0].merged_into is not None:
            return found[0], contacts.get(changes.tx, found[0].merged_into)
    into = find_contact(changes.tx, who)
    merged = contacts.merged_into(changes.tx, into.id)
    if not merged:
        raise UserError(f"nobody was merged into {into.name}")
    if len(merged) > 1:
        ids = tuple(f"{it.name} {public_contact(it.uuid)[:14]}" for it in merged)
        raise UserError(f"several were merged into {into.name}: {'; '.join(ids)}", candidates=ids)
    return merged[0], into


def _addresses_follow(changes: Changes, row: ContactRow, into: ContactRow) -> None:
    """An address that a source added while the two were one goes where what it says goes."""
    tx = changes.tx
    said = contacts.facts_of(tx, [row.id, into.id])
    theirs = {it.value for it in said.get(into.id, ()) if it.field == "email"}
    for fact in said.get(row.id, ()):
        address = EmailAddress(fact.value)
        if fact.field != "email" or fact.withdrawn is not None or address in theirs:
            continue
        if release_address(changes, into.uuid, address):
            claim_address(changes, row.uuid, address)
