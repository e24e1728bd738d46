"""The kinds of fields settings are made of: values of `krmd.settings.values`, told to pydantic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, InstanceOf, ValidationInfo

from krmd.base.address import EmailAddress
from krmd.settings import server, values
from krmd.settings.secret import Secret
from krmd.settings.source import SourceKind

NAME = "(name)"
"""Under this key each table of [accounts] and its like is told its name; nobody writes it so."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What validation must know besides the file; handed in as pydantic's context.

    `state` is the folder the store lies in by default. `secret` makes a Secret of what stands
    under some keys, for a user, from certain kinds of sources. `literal` is asked whether a
    password may stand in the file itself. Both raise ValueError.
    """

    home: Path
    folder: Path
    state: Path
    zone: ZoneInfo
    secret: Callable[[tuple[str, ...], object, str, tuple[SourceKind, ...]], Secret]
    literal: Callable[[tuple[str, ...]], None]


def around(info: ValidationInfo) -> Surroundings:
    """The surroundings of a validation."""
    assert isinstance(info.context, Surroundings)
    return info.context


class Section(BaseModel):
    """What all sections have in common: frozen, and no key that nobody knows."""

    # Deferred, since Settings builds the validators of all its sections in one go.
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


def _path(value: object, info: ValidationInfo) -> Path:
    here = around(info)
    return values.parse_path(value, home=here.home, folder=here.folder)


def _imap(value: object) -> server.Server:
    return server.parse_server(value, server.IMAP_SCHEMES)


def _smtp(value: object) -> server.Server:
    return server.parse_server(value, server.SMTP_SCHEMES)


Line = Annotated[str, BeforeValidator(values.parse_line)]
Name = Annotated[str, BeforeValidator(values.parse_name)]
Email = Annotated[EmailAddress, BeforeValidator(values.parse_email)]
Pattern = Annotated[str, BeforeValidator(values.parse_pattern)]
PathField = Annotated[Path, BeforeValidator(_path)]
Imap = Annotated[InstanceOf[server.Server], BeforeValidator(_imap)]
Smtp = Annotated[InstanceOf[server.Server], BeforeValidator(_smtp)]
ListenField = Annotated[
    InstanceOf[server.TcpListen] | InstanceOf[server.UnixListen] | None,
    BeforeValidator(server.parse_listen),
]
WebUrl = Annotated[str, BeforeValidator(server.parse_web_url)]
DayTime = Annotated[InstanceOf[time], BeforeValidator(values.parse_time)]
Weekday = Annotated[str, BeforeValidator(values.parse_day)]
RateField = Annotated[InstanceOf[values.Rate], BeforeValidator(values.parse_rate)]
FromField = Annotated[InstanceOf[values.Mailbox], BeforeValidator(values.parse_mailbox)]
Since = Annotated[InstanceOf[date], BeforeValidator(values.parse_since)]
FolderPattern = Annotated[str, BeforeValidator(values.parse_folder_pattern)]
Zone = Annotated[InstanceOf[ZoneInfo], BeforeValidator(values.parse_zone)]
SecretField = InstanceOf[Secret]
