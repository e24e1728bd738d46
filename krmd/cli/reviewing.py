"""`krmd contacts review` on a terminal: one proposal after the other, a key each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from krmd.app.review import Proposal
from krmd.base.command import Command, Decline, Keep
from krmd.cli import spoken
from krmd.cli.card_text import recency_json
from krmd.cli.tables import Column, table
from krmd.cli.terminal import read_key, safe

if TYPE_CHECKING:
    from krmd.bootstrap import Krmd
    from krmd.cli.call import Call

_HELP = "k keep · n no, don't ask again · s skip · q quit"


def proposal_json(proposal: Proposal) -> dict[str, object]:
    """A proposal as JSON has it: named by its address, since a correspondent has no id."""
    return {
        "id": None,
        "kept": False,
        "name": proposal.name or None,
        "address": proposal.address,
        "warmth": proposal.warmth,
        **recency_json(proposal.recency),
    }


def proposal_lines(call: Call, krmd: Krmd, proposals: Sequence[Proposal]) -> list[str]:
    """The proposals as a table."""
    columns = [
        Column("Address", least=16), Column("Name", least=12), Column("Last contacted"),
        Column("To them", right=True), Column("From them", right=True),
    ]  # fmt: skip
    rows = [
        (
            it.address,
            it.name,
            call.when(it.recency.last_contacted, krmd),
            str(it.recency.email_outbound),
            str(it.recency.email_inbound),
        )
        for it in proposals
    ]
    return table(columns, rows, call.screen)


def ask_about(call: Call, krmd: Krmd, proposals: Sequence[Proposal]) -> None:
    """Ask about each on the terminal, and do at once what is answered."""
    call.say(call.screen.ink(_HELP, "dim"))
    for number, proposal in enumerate(proposals, start=1):
        call.say()
        for line in _question(call, krmd, proposal, f"{number} of {len(proposals)}"):
            call.say(line)
        key = _answer(call)
        if key == "q":
            return
        wanted: dict[str, Command] = {"k": Keep(proposal.address), "n": Decline(proposal.address)}
        if key in wanted:
            for sentence in call.performed(krmd, wanted[key]).sentences:
                call.say(safe(sentence))


def _question(call: Call, krmd: Krmd, it: Proposal, place: str) -> Iterator[str]:
    name = call.screen.ink(safe(it.name or it.address), "bold")
    address = f" <{safe(it.address)}>" if it.name else ""
    yield f"{name}{address}  {call.screen.ink(place, 'dim')}"
    seen = it.recency
    to_them = spoken.counted(seen.email_outbound, "mail")
    last = call.when(seen.last_contacted, krmd)
    yield f"  {to_them} to them, {seen.email_inbound} from them; last {last}"


def _answer(call: Call) -> str:
    call.write("  keep? [k/n/s/q] ")
    while True:
        call.out.flush()
        key = read_key(call.keys).lower()
        if key in ("", "\x04"):  # the end of input
            key = "q"
        if key in ("k", "n", "s", "q"):
            call.say(key)
            return key
