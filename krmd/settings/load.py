"""Reads `krmd.toml` once, with the environment's overrides, and checks all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from krmd.base.errors import Problem, SettingsError
from krmd.settings.agree import disagreements
from krmd.settings.database import password_in
from krmd.settings.fields import Surroundings
from krmd.settings.find import find_config, home_folder, local_zone, state_folder, usual_places
from krmd.settings.model import Settings
from krmd.settings.overrides import Override, Table, apply_overrides, read_overrides
from krmd.settings.place import Keys, lines_of, nearest_line
from krmd.settings.problems import describe, keys_of
from krmd.settings.read import parse_toml, read_text, refused
from krmd.settings.secret import Secret, parse_source
from krmd.settings.source import Source, SourceKind, others_can_read

Listener = Callable[[str], None]


def load_settings(
    config: Path | None, environ: Mapping[str, str], *, revealed: Listener | None = None
) -> Settings:
    """The settings of `krmd.toml` and of `KRMD_SECTION__KEY` in the environment.

    `config` is what `--config` names. `revealed` is told each secret when it is read, so that the
    log can mask it. Raises SettingsError with every problem found. Reads no secret but those that
    stand in the file itself; touches neither network nor store.
    """
    path = find_config(config, environ)
    text = read_text(path) if path else ""
    table = parse_toml(path, text)
    overrides = read_overrides(environ, table)
    if path is None and not overrides:
        places = ", ".join(str(place) for place in usual_places(environ))
        raise refused("krmd.toml", f"there is none (looked for {places}); run: krmd init")
    return _Reading(path, text, environ, overrides, revealed).check(table)


@dataclass(frozen=True)
class _Reading:
    """One reading of the settings: what each of its steps needs."""

    path: Path | None
    text: str
    environ: Mapping[str, str]
    overrides: tuple[Override, ...]
    revealed: Listener | None

    def check(self, table: Table) -> Settings:
        """The settings, or SettingsError."""
        merged, problems = apply_overrides(table, self.overrides)
        settings, errors = self._validate(merged)
        if meant := self._meant_as_text(table, errors):
            merged, problems = apply_overrides(table, self.overrides, as_text=meant)
            settings, errors = self._validate(merged)
        found = [*problems, *(describe(error, self._locate) for error in errors)]
        for keys, sentence in disagreements(merged):
            found.append(Problem(self._locate(keys), ".".join(keys), sentence))
        if settings is None or found:
            raise SettingsError(tuple(sorted(dict.fromkeys(found), key=_by_line)))
        self._tell_password(settings.store.url)
        return settings

    def _validate(self, table: Table) -> tuple[Settings | None, list[ErrorDetails]]:
        try:
            return Settings.model_validate(table, context=self._surroundings), []
        except ValidationError as error:
            return None, error.errors(include_url=False)

    def _meant_as_text(self, table: Table, errors: list[ErrorDetails]) -> frozenset[str]:
        """Overrides that read as TOML and are right only as text: a password of digits."""
        wrong = self._overrides_of(errors)
        if not wrong:
            return wrong
        as_text, _ = apply_overrides(table, self.overrides, as_text=wrong)
        return wrong - self._overrides_of(self._validate(as_text)[1])

    def _overrides_of(self, errors: list[ErrorDetails]) -> frozenset[str]:
        wrong = {keys_of(error) for error in errors}
        return frozenset(override.name for override in self.overrides if override.keys in wrong)

    @cached_property
    def _surroundings(self) -> Surroundings:
        return Surroundings(
            home=home_folder(self.environ),
            folder=self._folder,
            state=state_folder(self.environ),
            zone=local_zone(self.environ),
            secret=self._secret,
            literal=self._check_literal,
        )

    @property
    def _folder(self) -> Path:
        return self.path.absolute().parent if self.path else Path.cwd()

    def _secret(
        self, keys: Keys, value: object, user: str, kinds: tuple[SourceKind, ...]
    ) -> Secret:
        home = home_folder(self.environ)
        source = parse_source(value, home=home, folder=self._folder, kinds=kinds, user=user)
        if source.kind == "literal":
            self._check_literal(keys)
            self._tell(source)
        return Secret(".".join(keys), source, environ=self.environ, listen=self.revealed)

    def _check_literal(self, keys: Keys) -> None:
        if any(override.covers(keys) for override in self.overrides):
            return
        if self.path and others_can_read(self.path):
            raise ValueError(
                f"is a password in a file that others can read; run: chmod 600 {self.path}"
            )

    def _tell(self, source: Source) -> None:
        if self.revealed is not None:
            self.revealed(str(source.argument))

    def _tell_password(self, url: str) -> None:
        password = password_in(url)
        if password and self.revealed is not None:
            self.revealed(password)

    def _locate(self, keys: Keys) -> str:
        for override in self.overrides:
            if override.covers(keys):
                return f"${override.name}"
        line = nearest_line(self._places, keys)
        return f"{self.path}:{line}" if line else str(self.path or "krmd.toml")

    @cached_property
    def _places(self) -> dict[Keys, int]:
        return lines_of(self.text)


def _by_line(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.file.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (problem.file, 0)
