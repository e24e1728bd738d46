"""`krmd why`: which entry and which rule gave each of a person's dates, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from krmd.base.instant import to_rfc3339
from krmd.cli.call import call_of
from krmd.cli.menu import new_commands
from krmd.cli.show import Who

if TYPE_CHECKING:
    from krmd.app.timeline import TimelineEntry, Why
    from krmd.cli.card_text import Frame

commands = new_commands()

_LOGGED = {
    "logged": "You logged it by hand.",
    "logged_no_answer": "You logged it by hand: nobody answered, so it isn't a contact.",
    "logged_to_many": "You logged it by hand as something that went to many.",
}
_NEVER = {
    "last_contacted": "No entry moves it: there was no personal contact either way.",
    "last_outbound": "You never wrote, called or met them in person.",
    "last_inbound": "They never wrote to you or called in person.",
    "last_mailed": "No mailing of yours went to them.",
}


@commands.command()
def why(context: typer.Context, who: Who) -> None:
    """Which mail, which folder and which rule gave each date of a person."""
    from krmd.app import timeline
    from krmd.app.who import find_person
    from krmd.cli.card_text import Frame

    call = call_of(context)
    with call.opened() as krmd, krmd.store.reading() as tx:
        person = find_person(tx, who)
        reasons = timeline.why(tx, person)
        if call.as_json:
            call.tell({name: _json(getattr(reasons, name)) for name in _NEVER})
            return
        frame = Frame(call.screen, krmd.clock.now(), krmd.settings.owner.timezone)
        for line in _lines(person.name, reasons, frame):
            call.say(line)


def rule_sentence(rule: str) -> str:
    """What a rule means, in words."""
    from krmd.intake.classify import RULES

    return _LOGGED.get(rule) or RULES.get(rule) or "By a rule of another version of krmd."


def _json(entry: TimelineEntry | None) -> dict[str, object] | None:
    if entry is None:
        return None
    return {
        "at": to_rfc3339(entry.at),
        "entry": entry.id,
        "rule": entry.rule,
        "sentence": rule_sentence(entry.rule),
        "account": entry.account,
        "folder": entry.folder,
        "message_id": entry.message_id,
    }


def _lines(name: str, reasons: Why, frame: Frame) -> Iterator[str]:
    from krmd.cli.terminal import safe

    yield frame.screen.ink(safe(name), "bold")
    for date, never in _NEVER.items():
        entry = getattr(reasons, date)
        label = date.replace("_", " ").capitalize()
        yield ""
        if entry is None:
            yield f"{frame.screen.ink(label, 'bold')}: never. {never}"
            continue
        yield from _told(label, entry, frame)


def _told(label: str, entry: TimelineEntry, frame: Frame) -> Iterator[str]:
    from krmd.cli import spoken
    from krmd.cli.terminal import safe

    ago = spoken.ago(entry.at, frame.now, frame.zone)
    yield f"{frame.screen.ink(label, 'bold')}: {ago}, {spoken.moment(entry.at, frame.zone)}."
    what = f"“{safe(entry.summary)}”" if entry.summary else "without a subject"
    if entry.folder is None:
        yield f"  The {entry.kind} {what}. {rule_sentence(entry.rule)}"
    else:
        place = f"{safe(entry.folder)} of the account {safe(entry.account or '')}"
        yield f"  The {entry.kind} {what} in {place}. {rule_sentence(entry.rule)}"
    details = f"rule {entry.rule}, entry {entry.id}"
    if entry.message_id:
        details += f", Message-ID {safe(entry.message_id)}"
    yield f"  {frame.screen.ink(details, 'dim')}"
