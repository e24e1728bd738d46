"""An address book in memory, with a server's moods: tokens no longer valid, empty hours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from krmd.base.errors import UnreachableError
from krmd.intake.address_book import BookChanges, CardState, Collection, FailedCard, FetchedCard


def card(name: str, uid: str = "", *more: str) -> bytes:
    """A card of these lines."""
    uid_line = f"UID:{uid}\n" if uid else ""
    lines = "".join(f"{line}\n" for line in more)
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\n{uid_line}{lines}END:VCARD\n".encode()


@dataclass
class FakeBook:
    """Cards by collection and href. `delta` lets it answer with what changed since a token."""

    lying: dict[str, dict[str, bytes]] = field(default_factory=dict)
    delta: bool = False
    failing: set[str] = field(default_factory=set)
    cut: bool = False
    fetched: list[str] = field(default_factory=list)
    _history: list[dict[str, dict[str, bytes]]] = field(default_factory=list)

    def collections(self) -> Sequence[Collection]:
        """One for each folder."""
        return [Collection(href, href.strip("/"), self._token()) for href in self.lying]

    def changes(
        self, collection: Collection, since: str | None, known: Mapping[str, str]
    ) -> BookChanges:
        """Against what is known, or against what lay here at the token."""
        here = self.lying[collection.href]
        before: Mapping[str, str] = known
        complete = True
        if self.delta and since is not None and since.startswith("t"):
            then = self._history[int(since[1:])].get(collection.href, {})
            before = {href: etag(octets) for href, octets in then.items()}
            complete = False
        changed = [
            CardState(href, etag(octets))
            for href, octets in here.items()
            # A card known without a mark never counts as unchanged.
            if before.get(href) != etag(octets) or known.get(href) == ""
        ]
        removed = tuple(href for href in before if href not in here and href in known)
        return BookChanges(self._token(), tuple(changed), removed, complete)

    def fetch(
        self, collection: Collection, hrefs: Sequence[str]
    ) -> Iterator[FetchedCard | FailedCard]:
        """The cards, until the line is cut."""
        for number, href in enumerate(hrefs):
            if self.cut and number == len(hrefs) // 2:
                raise UnreachableError("the address book broke off")
            self.fetched.append(href)
            if href in self.failing:
                yield FailedCard(href, "the server refuses it (403)")
            else:
                octets = self.lying[collection.href][href]
                yield FetchedCard(href, etag(octets), octets)

    def _token(self) -> str:
        self._history.append({key: dict(cards) for key, cards in self.lying.items()})
        return f"t{len(self._history) - 1}"


def etag(octets: bytes) -> str:
    """A mark that changes with the content."""
    return f'"{hash(octets)}"'
