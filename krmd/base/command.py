"""The one language all doors speak: what the owner asks for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from krmd.base.instant import Instant

Door = Literal["cli", "mail", "http", "rule"]
"""Through which door a command came; `rule` is a setting of the owner's that acts by itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who commands. `by` says more where a door has more to say (an account, a rule's name)."""

    door: Door
    by: str = ""


@dataclass(frozen=True, slots=True)
class LogInteraction:
    """Something happened with these people. What is None follows from the words of `text`.

    `key` makes it repeatable: the same key twice is one entry.
    """

    who: tuple[str, ...]
    text: str
    kind: str | None = None
    direction: str | None = None
    at: Instant | None = None
    reach: str = "one_to_one"
    audience: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ImportLog:
    """So many entries were logged from a file; as the journal knows it, for no door asks by this.

    A long file is several of them, which are undone together.
    """

    source: str
    entries: int


@dataclass(frozen=True, slots=True)
class ImportPeople:
    """So many people came from a source; as the journal knows it, for no door asks by this."""

    source: str
    created: int
    updated: int


Said = tuple[str, str, str]
"""A fact about a person: field, value, label (`krmd.ledger.portrait`)."""


@dataclass(frozen=True, slots=True)
class AddContact:
    """Keep somebody. A name or an address is needed; correspondents bring their history along.

    `say` as in EditContact.
    """

    name: str
    addresses: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    birthday: str | None = None
    cadence_days: int | None = None
    note: str = ""
    say: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class EditContact:
    """Change what is known of a contact; None or empty stays. `cadence_days` 0 removes it.

    `say` states facts; in a field of which a person has one it takes the place of what stood there,
    and "" empties it. `unsay` takes facts away, whoever said them.
    """

    who: str
    name: str | None = None
    add_addresses: tuple[str, ...] = ()
    remove_addresses: tuple[str, ...] = ()
    add_categories: tuple[str, ...] = ()
    remove_categories: tuple[str, ...] = ()
    add_phones: tuple[str, ...] = ()
    remove_phones: tuple[str, ...] = ()
    birthday: str | None = None
    cadence_days: int | None = None
    attention: str | None = None
    no_mailings: bool | None = None
    deceased: bool | None = None
    note: str = ""
    say: tuple[Said, ...] = ()
    unsay: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep a correspondent as a contact, or bring a dropped contact back."""

    who: str


@dataclass(frozen=True, slots=True)
class Drop:
    """No longer a contact; the history stays."""

    who: str


@dataclass(frozen=True, slots=True)
class Decline:
    """Don't propose this correspondent any more."""

    who: str


@dataclass(frozen=True, slots=True)
class MergeContacts:
    """`who` and `into` are one person: all that is theirs is found under `into` from now on."""

    who: str
    into: str


@dataclass(frozen=True, slots=True)
class UnmergeContact:
    """Whoever was merged into `who` last, or was merged by that id, is a person of their own."""

    who: str


@dataclass(frozen=True, slots=True)
class DeclineSuggestion:
    """Don't make this suggestion again; `key` is its id (`s_…`), `sentence` what it says."""

    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class AddCategory:
    """Make a category."""

    name: str
    cadence_days: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class EditCategory:
    """Change a category; what is None stays, `cadence_days` 0 removes it."""

    name: str
    cadence_days: int | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class RenameCategory:
    """Give a category another name."""

    name: str
    new_name: str


@dataclass(frozen=True, slots=True)
class MergeCategories:
    """Everybody in `name` is in `into`, and `name` is no more."""

    name: str
    into: str


@dataclass(frozen=True, slots=True)
class RemoveCategory:
    """No such category any more; its people stay."""

    name: str


@dataclass(frozen=True, slots=True)
class AddFeed:
    """Make a calendar feed; what it may tell is in `krmd.ledger.feed`. `audience` None: everybody.

    `alarm_minutes`: so many minutes before its day begins an event reminds; None: it doesn't.
    """

    name: str
    kinds: tuple[str, ...] = ("birthdays",)
    audience: str | None = None
    detail: str = "name"
    language: str = "en"
    alarm_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class EditFeed:
    """Change what a feed tells; None stays. `audience` "" is everybody, `alarm_minutes` -1 none."""

    feed: str
    name: str | None = None
    kinds: tuple[str, ...] | None = None
    audience: str | None = None
    detail: str | None = None
    language: str | None = None
    alarm_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class RotateFeed:
    """Give a feed another secret address; the old one is no more, for good."""

    feed: str


@dataclass(frozen=True, slots=True)
class RevokeFeed:
    """No such feed any more, nor its address."""

    feed: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the command or the entry with this id; None: the last command."""

    id: str | None = None


Command = (
    LogInteraction
    | AddContact
    | EditContact
    | Keep
    | Drop
    | Decline
    | MergeContacts
    | UnmergeContact
    | DeclineSuggestion
    | AddCategory
    | EditCategory
    | RenameCategory
    | MergeCategories
    | RemoveCategory
    | AddFeed
    | EditFeed
    | RotateFeed
    | RevokeFeed
    | Undo
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: `id` of the command in the journal (None: nothing changed),
    `subject` the public id of what it made or changed, and sentences for the owner.
    """

    id: str | None
    subject: str | None
    sentences: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether anything is otherwise than before."""
        return self.id is not None
