"""What can be set: the sections of `krmd.toml` as frozen objects, each with its defaults.

Here stands what a section may hold on its own; what must fit together across sections is looked at
in `krmd.settings.load`. The `examples` of a field are what the text of a problem shows.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import Field, StrictBool, StrictInt, ValidationInfo, field_validator

from krmd.base.address import AddressSet
from krmd.settings.account import Account, AddressBook
from krmd.settings.database import parse_store_url, password_in, sqlite_path
from krmd.settings.fields import (
    NAME,
    DayTime,
    Email,
    Line,
    ListenField,
    Name,
    Pattern,
    RateField,
    SecretField,
    Section,
    WebUrl,
    Weekday,
    Zone,
    around,
)
from krmd.settings.secret import Secret
from krmd.settings.server import TcpListen
from krmd.settings.values import DAYS, Rate

SHARED_DOMAINS = frozenset(
    f"@{domain}"
    for domain in (
        "163.com", "aol.com", "fastmail.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
        "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mac.com", "mail.com", "mail.ru",
        "mailbox.org", "me.com", "msn.com", "outlook.com", "posteo.de", "proton.me",
        "protonmail.com", "qq.com", "t-online.de", "web.de", "yahoo.com", "yandex.ru",
    )
)  # fmt: skip
"""Domains of mail providers with very many users; not all there are."""

Body = Literal["commands", "bounces", "invitations", "signatures", "news"]


class Owner(Section):
    """The person krmd works for. `addresses` hold whole domains too, as `@example.org`."""

    name: Line = Field(examples=['"Ada Example"'])
    addresses: tuple[Pattern, ...] = Field(examples=['["ada@example.org"]'])
    timezone: Zone = Field(default=None, examples=['"Europe/Berlin"'], validate_default=True)

    @property
    def own(self) -> AddressSet:
        """The addresses as a set that ignores +tags."""
        return AddressSet(self.addresses, tags=True)

    @field_validator("addresses")
    @classmethod
    def _theirs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:  # min_length would speak up beside each wrong address too
            raise ValueError("is empty")
        if shared := SHARED_DOMAINS.intersection(value):
            domain = min(shared)
            raise ValueError(
                f"{domain} would make all its users the owner; name the address itself"
            )
        return value

    @field_validator("timezone", mode="before")
    @classmethod
    def _of_the_machine(cls, value: object, info: ValidationInfo) -> object:
        return around(info).zone if value is None else value


class Store(Section):
    """Where the ledger lies, and krmd's key. The URL may hold a password, so repr leaves it out."""

    url: str = Field(
        default="",
        repr=False,
        examples=['"sqlite:////var/lib/krmd/krmd.sqlite3"'],
        validate_default=True,
    )
    key: SecretField = Field(
        default=None, examples=['{ file = "/var/lib/krmd/key" }'], validate_default=True
    )

    @property
    def path(self) -> Path | None:
        """The file of a SQLite store, None for PostgreSQL."""
        return sqlite_path(self.url)

    @field_validator("url", mode="before")
    @classmethod
    def _url(cls, value: object, info: ValidationInfo) -> str:
        url = parse_store_url(value or f"sqlite:///{around(info).state / 'krmd.sqlite3'}")
        if password_in(url):
            around(info).literal(("store", "url"))
        return url

    @field_validator("key", mode="before")
    @classmethod
    def _key(cls, value: object, info: ValidationInfo) -> Secret:
        if value is None:
            path = sqlite_path(info.data.get("url", ""))
            value = {"file": str((path.parent if path else around(info).state) / "key")}
        return around(info).secret(("store", "key"), value, "krmd", ("file", "credential", "env"))


class Counting(Section):
    """When a mail is personal, and what is never recorded."""

    personal_recipients: StrictInt = Field(default=12, ge=1, le=10_000, examples=["12"])
    ignore: tuple[Pattern, ...] = Field(default=(), examples=['["@newsletter.example"]'])
    create_contacts: Literal["never", "replied", "written"] = Field(
        default="never", examples=['"replied"']
    )

    @property
    def ignored(self) -> AddressSet:
        """`ignore` as a set."""
        return AddressSet(self.ignore)


class Privacy(Section):
    """What is kept of mails, and whose bodies are read (in memory only)."""

    subjects: StrictBool = Field(default=True, examples=["false"])
    bodies: tuple[Body, ...] = Field(
        default=("commands", "bounces", "invitations"), examples=['["commands", "bounces"]']
    )


class CategoryDefaults(Section):
    """What a category begins with; what the store holds wins."""

    name: Name = Field(validation_alias=NAME)
    cadence_days: StrictInt | None = Field(default=None, ge=1, le=36_500, examples=["90"])
    account: Name | None = Field(default=None, examples=['"home"'])
    manner: Literal["letter", "newsletter"] = Field(default="letter", examples=['"newsletter"'])
    description: Line | None = Field(default=None, examples=['"friends and family"'])


LONGEST_PUBLIC_URL = 200


class Digest(Section):
    """When the daily mail goes out, from which account, and how much time the owner has a day."""

    at: DayTime = Field(default=time(7), examples=['"07:00"'])
    days: tuple[Weekday, ...] = Field(default=DAYS, examples=['["mon", "thu"]'])
    account: Name | None = Field(default=None, examples=['"home"'])
    minutes: StrictInt = Field(default=60, ge=1, le=1440, examples=["60"])
    minutes_per_call: StrictInt = Field(default=8, ge=1, le=1440, examples=["8"])
    minutes_per_mail: StrictInt = Field(default=3, ge=1, le=1440, examples=["3"])


class Commands(Section):
    """By which mails the owner gives commands. `authserv_id` None: no server is believed."""

    account: Name | None = Field(default=None, examples=['"home"'])
    address: Email | None = Field(default=None, examples=['"ada+krmd@example.org"'])
    authserv_id: Line | None = Field(default=None, examples=['"mx.example.org"'])
    receipts: Literal["all", "problems"] = Field(default="all", examples=['"problems"'])
    tidy: Literal["never", "archive", "trash"] = Field(default="never", examples=['"archive"'])
    tidy_days: StrictInt = Field(default=30, ge=0, le=36_500, examples=["30"])


class Calendar(Section):
    """Which days feeds tell of."""

    leap_day: Literal["02-28", "03-01"] = Field(default="02-28", examples=['"03-01"'])
    years_back: StrictInt = Field(default=1, ge=0, le=5, examples=["1"])
    years_ahead: StrictInt = Field(default=2, ge=0, le=10, examples=["2"])


class Web(Section):
    """Where feeds and unsubscribe pages are served, and where krmd's health; None: nowhere."""

    listen: ListenField = Field(default=TcpListen("127.0.0.1", 8470), examples=['"127.0.0.1:8470"'])
    public_url: WebUrl | None = Field(default=None, examples=['"https://krmd.example.org"'])
    metrics_listen: ListenField = Field(
        default=TcpListen("127.0.0.1", 8471), examples=['"127.0.0.1:8471"'], validate_default=True
    )

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str | None) -> str | None:
        if value and len(value) > LONGEST_PUBLIC_URL:
            # Google takes no calendar whose URL has more than 256 characters.
            raise ValueError(f"is longer than {LONGEST_PUBLIC_URL} characters")
        return value.rstrip("/") if value else value

    @field_validator("metrics_listen")
    @classmethod
    def _apart(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and value == info.data.get("listen"):
            raise ValueError("is the public address too; give the metrics one of their own")
        return value


class Mailing(Section):
    """How fast letters leave, for each account, and how long an approved mailing waits."""

    rate: tuple[RateField, ...] = Field(
        default=(Rate(30, 60), Rate(500, 86_400)), examples=['["30/minute", "500/day"]']
    )
    hold_minutes: StrictInt = Field(default=10, ge=0, le=10_080, examples=["10"])


class Settings(Section):
    """All settings, checked. Handed on section by section; nobody but bootstrap holds the whole."""

    owner: Owner = Field(examples=["[owner]"])
    store: Store = Field(default={}, validate_default=True)
    accounts: dict[str, Account] = Field(min_length=1)
    counting: Counting = Field(default={}, validate_default=True)
    privacy: Privacy = Field(default={}, validate_default=True)
    categories: dict[str, CategoryDefaults] = Field(default={})
    digest: Digest = Field(default={}, validate_default=True)
    commands: Commands = Field(default={}, validate_default=True)
    calendar: Calendar = Field(default={}, validate_default=True)
    web: Web = Field(default={}, validate_default=True)
    mailing: Mailing = Field(default={}, validate_default=True)
    contacts: dict[str, AddressBook] = Field(default={})

    @field_validator("accounts", "categories", "contacts", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            name: {**table, NAME: name} if isinstance(table, dict) else table
            for name, table in value.items()
        }
