"""A file of people in memory: what a reader of any format gives, without a format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from krmd.formats.reading import Raw, Read, Skipped
from krmd.ledger.portrait import Fact, FactField, Portrait, fact


def facts(**said: str | Sequence[str]) -> tuple[Fact, ...]:
    """Facts by field: `facts(email=["a@x.example"], birthday="1985-03-12")`."""
    found: list[Fact] = []
    for field, values in said.items():
        for value in [values] if isinstance(values, str) else values:
            made = fact(_field(field), value)
            assert made is not None
            found.append(made)
    return tuple(found)


def _field(text: str) -> FactField:
    return text  # type: ignore[return-value]  # a test spells fields as they are


def portrait(name: str, key: str = "", **said: str | Sequence[str]) -> Portrait:
    """A portrait with these facts."""
    return Portrait(name, facts(**said), key)


@dataclass
class FakePeople:
    """A reader of portraits that are at hand; `version` is one of its habits."""

    portraits: Sequence[Portrait]
    source: str = "vcard"
    version: int = 1

    @property
    def habits(self) -> bytes:
        """What the meaning of a piece depends on."""
        return f"{self.version}".encode()

    def pieces(self) -> Iterator[Raw | Skipped]:
        """One piece a portrait."""
        for number, it in enumerate(self.portraits, 1):
            yield Raw(number, repr(it).encode())

    def parse(self, raw: Raw) -> Read | Skipped:
        """The portrait of that line."""
        return Read(raw.line, self.portraits[raw.line - 1])
