"""What can be set of a mailbox (`[accounts.NAME]`) and of an address book (`[contacts.NAME]`)."""

from __future__ import annotations

from typing import Literal, TypeVar

from pydantic import (
    Field,
    StrictInt,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from krmd.settings.fields import (
    NAME,
    FolderPattern,
    FromField,
    Imap,
    Line,
    Name,
    PathField,
    SecretField,
    Section,
    Since,
    Smtp,
    WebUrl,
    around,
)
from krmd.settings.secret import Secret
from krmd.settings.source import SOURCES

T = TypeVar("T")


class Account(Section):
    """One mailbox and its way of sending; where `smtp` is None it is only read.

    `user` is always set: from the key, else from the URL. `folders` are patterns with `*` and `?`,
    `!` excludes, the last that matches decides; empty means krmd's own choice.
    """

    name: Name = Field(validation_alias=NAME)
    imap: Imap = Field(examples=['"imaps://imap.example.org"'])
    smtp: Smtp | None = Field(default=None, examples=['"smtps://smtp.example.org"'])
    user: Line = Field(default="", examples=['"ada@example.org"'], validate_default=True)
    smtp_user: Line | None = Field(default=None, examples=['"ada@example.org"'])
    auth: Literal["password", "oauth2"] = Field(default="password", examples=['"oauth2"'])
    password: SecretField | None = Field(
        default=None, examples=['{ env = "HOME_PASSWORD" }'], validate_default=True
    )
    smtp_password: SecretField | None = Field(default=None, examples=['{ env = "SMTP_PASSWORD" }'])
    provider: Line | None = Field(default=None, examples=['"google"'])
    client_id: Line | None = Field(default=None, examples=['"krmd.apps.example.org"'])
    client_secret: SecretField | None = Field(default=None, examples=['{ env = "CLIENT_SECRET" }'])
    token: SecretField | None = Field(
        default=None, examples=['{ command = ["mail-token", "home"] }'], validate_default=True
    )
    sender: FromField | None = Field(
        default=None, alias="from", examples=['"Ada Example <ada@example.org>"']
    )
    ca_file: PathField | None = Field(default=None, examples=['"/etc/krmd/ca.pem"'])
    folders: tuple[FolderPattern, ...] = Field(default=(), examples=['["*", "!Lists/*"]'])
    since: Since | None = Field(default=None, examples=["2015-01-01"])
    sent: FolderPattern | None = Field(default=None, examples=['"Sent Items"'])
    poll_seconds: StrictInt = Field(default=60, ge=5, le=86400, examples=["60"])
    idle_seconds: StrictInt = Field(default=300, ge=10, le=1740, examples=["300"])

    @property
    def smtp_login(self) -> tuple[str, Secret | None]:
        """Who logs in to the SMTP server, and with what: its own where set, else as for IMAP."""
        named = self.smtp.user if self.smtp else None
        return self.smtp_user or named or self.user, self.smtp_password or self.password

    @field_validator("user", mode="before")
    @classmethod
    def _user(cls, value: object, info: ValidationInfo) -> object:
        if "imap" not in info.data:  # which is a problem already, and one is enough
            return value or "-"
        named = info.data["imap"].user
        if value and named and value != named:
            raise ValueError("differs from the user in the imap URL; keep one of the two")
        if not value and not named:
            raise ValueError("is missing: it says who logs in")
        return value or named

    @field_validator("smtp_user", "smtp_password", mode="before")
    @classmethod
    def _with_smtp(cls, value: object, info: ValidationInfo) -> object:
        if "smtp" not in info.data:
            return value
        smtp = info.data["smtp"]
        if smtp is None:
            raise ValueError("has no use without smtp; set smtp, or leave this out")
        if info.field_name == "smtp_user" and smtp.user and smtp.user != value:
            raise ValueError("differs from the user in the smtp URL; keep one of the two")
        return value

    @field_validator("password", "smtp_password", "client_secret", "token", mode="before")
    @classmethod
    def _secret(cls, value: object, info: ValidationInfo) -> Secret | None:
        return _secret_of("accounts", value, info)

    @field_validator("password")
    @classmethod
    def _password(cls, value: Secret | None, info: ValidationInfo) -> Secret | None:
        if value is None and info.data.get("auth") == "password":
            raise ValueError('is missing: say where it comes from, or set auth = "oauth2"')
        return value

    @field_validator("token")
    @classmethod
    def _token(cls, value: Secret | None, info: ValidationInfo) -> Secret | None:
        data = info.data
        provided = data.get("provider") and data.get("client_id")
        if value is None and data.get("auth") == "oauth2" and not provided:
            raise ValueError('is missing: auth = "oauth2" needs it, or provider and client_id')
        return value


class AddressBook(Section):
    """An address book that is read besides: a folder of vCards, or one on a CardDAV server."""

    name: Name = Field(validation_alias=NAME)
    vdir: PathField | None = Field(default=None, examples=['"~/.contacts/main"'])
    carddav: WebUrl | None = Field(
        default=None, examples=['"https://dav.example.org/ada/"'], validate_default=True
    )
    user: Line | None = Field(default=None, examples=['"ada"'], validate_default=True)
    password: SecretField | None = Field(
        default=None, examples=['{ env = "DAV_PASSWORD" }'], validate_default=True
    )
    ca_file: PathField | None = Field(default=None, examples=['"/etc/krmd/ca.pem"'])
    poll_seconds: StrictInt = Field(default=900, ge=30, le=86_400, examples=["900"])

    @field_validator("carddav", mode="wrap")
    @classmethod
    def _one_of_two(
        cls, value: object, parse: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> str | None:
        vdir = info.data.get("vdir")
        if value is None and vdir is None and "vdir" in info.data:
            raise ValueError("is missing: set either it or vdir")
        if value is not None and vdir is not None:
            raise ValueError("stands beside vdir; keep one of the two")
        parsed: str | None = parse(value)
        return parsed

    @field_validator("password", mode="before")
    @classmethod
    def _secret(cls, value: object, info: ValidationInfo) -> Secret | None:
        return _secret_of("contacts", value, info)

    @field_validator("user", "password")
    @classmethod
    def _with_carddav(cls, value: T | None, info: ValidationInfo) -> T | None:
        if value is None and info.data.get("carddav"):
            raise ValueError("is missing: an address book at a URL needs user and password")
        if value is not None and info.data.get("vdir"):
            raise ValueError("has no use for a folder of vCards; leave it out")
        return value


def _secret_of(section: str, value: object, info: ValidationInfo) -> Secret | None:
    if value is None:
        return None
    assert info.field_name is not None
    user = info.data.get("user") or "krmd"
    if info.field_name == "smtp_password":
        user = info.data.get("smtp_user") or user
    keys = (section, info.data.get("name", "?"), info.field_name)
    return around(info).secret(keys, value, user, SOURCES)
