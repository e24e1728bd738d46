"""`krmd forget`: erase a person, and keep them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import EXIT_DONE, EXIT_TRY_LATER, UserError
from krmd.cli.call import Call, call_of
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from krmd.app.forgetting import Forgetting
    from krmd.app.forgetting_plan import ForgettingPlan

commands = new_commands()

_FINISH = "krmd forget --finish"
_OUT_OF_REACH = " Out of krmd's reach:"


@commands.command()
def forget(
    context: typer.Context,
    who: Annotated[
        str | None, typer.Argument(metavar="WHO", help="An address, an id, or a name.")
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go; change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="Take what is left of people out of the store's files.")
    ] = False,
    lost_key: Annotated[
        bool,
        typer.Option("--lost-key", help="Begin with another key; the forgotten may come back."),
    ] = False,
) -> int:
    """Erase a person: all that is theirs, and their name in what is others'; keep them out."""
    call = call_of(context)
    if (who is not None) + finish + lost_key != 1:
        raise UserError("say whom to forget: an address, an id, or a name")
    with call.opened() as krmd:
        if lost_key:
            return _give_up_key(call, krmd.forgetting, yes=yes)
        if who is None:
            return _finish(call, krmd.forgetting)
        if dry_run:
            _show(call, krmd.forgetting.plan(who))
            return EXIT_DONE
        return _forget(call, krmd.forgetting, who, yes=yes)


def _forget(call: Call, forgetting: Forgetting, who: str, *, yes: bool) -> int:
    from krmd.base.command import Actor
    from krmd.cli.asking import confirm
    from krmd.cli.terminal import safe

    plan = forgetting.plan(who)
    is_shown = not yes and call.may_ask
    if is_shown:
        _say_plan(call, plan)
    if not confirm(call, f"Forget {safe(plan.name)}, for good?", yes=yes):
        raise typer.Abort
    done = forgetting.forget(plan.id or who, Actor("cli"))
    trouble = forgetting.finish()
    if call.as_json:
        call.tell(_plan_json(done, forgotten=True, finished=trouble is None))
    elif not call.quiet:
        call.say(f"Forgot {safe(done.name)}.{'' if is_shown else _OUT_OF_REACH}")
        for line in () if is_shown else done.beyond:
            call.say(f"  {safe(line)}")
    return _code(call, trouble)


def _finish(call: Call, forgetting: Forgetting) -> int:
    trouble = forgetting.finish()
    if call.as_json:
        call.tell({"finished": trouble is None})
    elif trouble is None and not call.quiet:
        call.say("Nothing of anybody forgotten is left in the store's files.")
    return _code(call, trouble)


def _code(call: Call, trouble: str | None) -> int:
    if trouble is None:
        return EXIT_DONE
    call.warn(f"Traces may be left in the store's files: {trouble}. {_FINISH} takes them out.")
    return EXIT_TRY_LATER


def _give_up_key(call: Call, forgetting: Forgetting, *, yes: bool) -> int:
    from krmd.cli.asking import confirm

    question = "Give up the key? Whoever was forgotten may come back with the next mail or import."
    if not confirm(call, question, yes=yes):
        raise typer.Abort
    number = forgetting.give_up_key()
    if call.as_json:
        call.tell({"tombstones": number})
    elif not call.quiet:
        call.say(f"Let go of {number:,} tombstones; another key is made when it is needed.")
    return EXIT_DONE


def _show(call: Call, plan: ForgettingPlan) -> None:
    if call.as_json:
        call.tell(_plan_json(plan, forgotten=False, finished=False))
    else:
        _say_plan(call, plan)


def _say_plan(call: Call, plan: ForgettingPlan) -> None:
    from krmd.cli.terminal import safe

    who = plan.name if plan.id is None else f"{plan.name} ({plan.id[:14]})"
    call.say(f"To forget {safe(who)}:")
    for line in _lines(plan):
        call.say(safe(line))


def _lines(plan: ForgettingPlan) -> Iterator[str]:
    from krmd.cli.spoken import counted

    yield "Erased:"
    for what, values in (
        ("names", plan.names), ("addresses", plan.addresses), ("phones", plan.phones),
    ):  # fmt: skip
        if values:
            yield f"  {what}: {'; '.join(values)}"
    numbers = (
        (plan.merged, "contact", "that was merged into theirs"),
        (plan.facts, "fact", "of theirs, with notes and memberships"),
        (plan.entries, "entry", "with nobody else, wholly"),
        (plan.shared, "entry", "with others: who they were, and the subject"),
        (plan.texts, "subject", "of others' that names them"),
        (plan.others_facts, "fact", "about others that names them: the name"),
        (plan.undo, "command", "in the journal, which can't be undone any more"),
    )
    for number, thing, more in numbers:
        if number:
            yield f"  {counted(number, thing, _PLURALS.get(thing))} {more}"
    if plan.stays:
        yield "Stays:"
        yield from (f"  {line}" for line in plan.stays)
    yield _OUT_OF_REACH.strip()
    yield from (f"  {line}" for line in plan.beyond)


_PLURALS = {"entry": "entries"}


def _plan_json(plan: ForgettingPlan, *, forgotten: bool, finished: bool) -> dict[str, object]:
    from dataclasses import asdict

    said = {name: list(it) if isinstance(it, tuple) else it for name, it in asdict(plan).items()}
    return {"forgotten": forgotten, "finished": finished, **said}
