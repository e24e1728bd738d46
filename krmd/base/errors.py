"""The errors krmd raises, sorted by what the caller does about them, not by where they arise.

Everything else that is raised is a bug.
"""

from __future__ import annotations

from dataclasses import dataclass

EXIT_DONE = 0
EXIT_UNWELL = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 69
EXIT_BUG = 70
EXIT_TRY_LATER = 75
EXIT_INTERRUPTED = 130


class KrmdError(Exception):
    """An expected failure: one plain sentence for the user, and the exit code it leaves.

    `message` says what is wrong and what to do about it. It is shown as it is, so it holds no
    secret, and control characters that came from outside are the printer's business.
    """

    exit_code = EXIT_USAGE
    kind = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UserError(KrmdError):
    """What the user asked for can't be done as asked: say so, change nothing (exit 2)."""

    kind = "usage"

    def __init__(self, message: str, *, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the settings: where (`file` and dotted `key`), what, and what to do."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.key}: {self.message}"
            if self.key
            else f"{self.file}: {self.message}"
        )


class SettingsError(KrmdError):
    """The settings can't be used; holds every problem found, not only the first (exit 2)."""

    kind = "settings"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class StoreError(KrmdError):
    """The store can't be used until a person does something about it (exit 2)."""

    kind = "store"


class TryLaterError(KrmdError):
    """Nothing is wrong that time will not mend: busy, locked, full, held by another (exit 75)."""

    kind = "try_later"
    exit_code = EXIT_TRY_LATER


class FolderRefusedError(TryLaterError):
    """The server lists a folder and doesn't open it: gone meanwhile, or not for this login."""

    kind = "folder"


class UnreachableError(KrmdError):
    """A server can't be reached or breaks off: try again with patience (exit 69).

    `retry_after` is the number of seconds the server itself asked for, if it did.
    """

    kind = "unreachable"
    exit_code = EXIT_UNREACHABLE

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LoginError(UnreachableError):
    """The server refuses the login: don't hammer it, tell the owner (exit 69)."""

    kind = "login"


class CertificateError(UnreachableError):
    """The server's certificate doesn't prove who it is: never go on without it (exit 69)."""

    kind = "certificate"
