"""A contact as the search for duplicates sees it, and what several contacts may have in common.

Things are made comparable here: `ENGINES Ltd.` and `Engines Limited` are one company, `a+b@` and
`a@` one mailbox, Zürich and Zuerich one town.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from krmd.ledger.name_words import Name, read_name, spelling
from krmd.ledger.partial_date import read_partial_date

SharedKind = Literal["address", "phone", "birthday", "domain", "company", "town", "name"]

_MOST_NAMES = 6
_MOST_THINGS = 60
"""So much of one contact is looked at; nobody has more."""


class Sketch(NamedTuple):
    """A person as the search for duplicates sees them.

    `phones` are `phone_key`s, `name_key` and `former` name keys, `birthday` a PartialDate as text.
    `domains` are those of the person's addresses; `towns` and `companies` as they are spelled.
    """

    id: int
    name_key: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    birthday: str | None = None


class Shared(NamedTuple):
    """Something that several people may have in common."""

    kind: SharedKind
    value: str


class Profile(NamedTuple):
    """A sketch made comparable: the names borne now and once, and what may be shared."""

    sketch: Sketch
    names: tuple[Name, ...]
    things: frozenset[Shared]


def profile_of(sketch: Sketch, shared_domains: Collection[str]) -> Profile:
    """`shared_domains` are mail providers', which nobody has in common."""
    keys = dict.fromkeys((sketch.name_key, *sketch.former))
    names = tuple(map(read_name, islice(keys, _MOST_NAMES)))
    things = islice(_things(sketch, names, shared_domains), _MOST_THINGS)
    return Profile(sketch, names, frozenset(things))


def _things(
    sketch: Sketch, names: Iterable[Name], shared_domains: Collection[str]
) -> Iterator[Shared]:
    yield from (Shared("name", whole_name(it)) for it in names if len(it.words) > 1)
    yield from _birthdays(sketch.birthday)
    yield from (Shared("address", _mailbox(it)) for it in sketch.emails)
    yield from (Shared("phone", it) for it in sketch.phones if it)
    yield from (Shared("domain", it) for it in sketch.domains if it and it not in shared_domains)
    yield from (Shared("company", key) for it in sketch.companies if (key := _company(it)))
    yield from (Shared("town", key) for it in sketch.towns if (key := _plain(it)))


def _birthdays(text: str | None) -> Iterator[Shared]:
    """The birthday without its year, and with it where it is known."""
    birthday = read_partial_date(text or "")
    if birthday is not None and birthday.is_anniversary:
        yield Shared("birthday", str(birthday._replace(year=None)))
        if birthday.year is not None:
            yield Shared("birthday", str(birthday))


_DOTS_ARE_NOTHING = frozenset(("gmail.com", "googlemail.com"))


def _mailbox(address: str) -> str:
    """What several spellings of one mailbox share: no +tag (RFC 5233), and Google's dots."""
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTS_ARE_NOTHING:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


_LEGAL_FORMS = frozenset(
    "ab ag aps as bv co company corp corporation ev gbr gmbh inc kg kgaa limited llc llp ltd mbh nv"
    " ohg oy plc pty sa sarl sas se sl spa srl ug und and".split()
)


@lru_cache(maxsize=4096)
def _company(text: str) -> str:
    """`Engines, Ltd.` and `ENGINES Limited` are one company; of a name that is nothing but legal
    forms all is kept.
    """
    words = _plain(text.replace(".", "")).split()
    return " ".join([it for it in words if it not in _LEGAL_FORMS] or words)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Words without case, accents and punctuation."""
    apart = unicodedata.normalize("NFKD", text[:200].casefold())
    bare = "".join(
        [sign if sign.isalnum() else " " for sign in apart if not unicodedata.combining(sign)]
    )
    return " ".join(map(spelling, bare.split()))


def whole_name(name: Name) -> str:
    """A name as all orders of its words have it."""
    return " ".join(sorted(name.spelled))
