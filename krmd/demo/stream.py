"""The mail that arrives while the demo runs: mostly from or to people one is losing."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Final

from krmd.demo.bulk import PUBLISHERS, list_post, publication
from krmd.demo.history import Correspondence, Turn
from krmd.demo.mail import INBOX, DemoMail
from krmd.demo.person import Person
from krmd.demo.post import Post
from krmd.demo.traps import trap_mail
from krmd.demo.world import World, losing

_LETTERS: Final = 0.72
_BULK: Final = 0.9
_ADDRESSED_FIRST: Final = 12


def next_mail(world: World, rng: random.Random, now: datetime) -> DemoMail:
    """One new mail that arrives, or that the owner sends, at `now` (aware): most often a letter
    that ends a silence, now and then a newsletter or an auto-reply, which doesn't.
    """
    kind, post = rng.random(), Post(now.replace(microsecond=0), rng)
    if kind < _LETTERS:
        return letter_now(_missed(world, rng), post, by_owner=rng.random() < 0.5)
    if kind < _BULK:
        return _bulk(post)
    return trap_mail("auto_reply", _missed(world, rng), post.now, crowd=world.people, post=post)


def three_mails(world: World, rng: random.Random, now: datetime) -> tuple[DemoMail, ...]:
    """What `--once` delivers: the person missed most writes, the owner writes to the next one, and
    a newsletter comes in between, which must change nothing.
    """
    post = Post(now.replace(microsecond=0), rng)
    missed = losing(world)
    return (
        letter_now(missed[0], post, by_owner=False),
        publication(PUBLISHERS[0], post.now, post),
        letter_now(missed[1], post, by_owner=True),
    )


def letter_now(person: Person, post: Post, *, by_owner: bool) -> DemoMail:
    """A letter from the person, or from the owner to them, at the post's `now`."""
    return Correspondence(person, post).write(Turn(post.now, by_owner, 0))


def _missed(world: World, rng: random.Random) -> Person:
    missed = losing(world)
    return rng.choice(missed[:_ADDRESSED_FIRST])


def _bulk(post: Post) -> DemoMail:
    if post.rng.random() < 0.3:
        return list_post(post.now, post)
    publisher = post.rng.choice(PUBLISHERS)
    return publication(publisher._replace(folder=publisher.folder or INBOX), post.now, post)
