"""What web/ is handed to run what blocks beside the loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Aside(Protocol):
    """Runs blocking work in a thread."""

    def __call__(self, work: Callable[[], T], *, name: str) -> Awaitable[T]:
        """Its result, or what it raises; `name` is the thread's."""
        ...
