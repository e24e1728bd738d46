"""The example file is loaded as it stands, and the documentation knows every setting."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

from krmd.base.address import EmailAddress
from krmd.settings import load_settings
from krmd.settings.server import Server, TcpListen
from krmd.settings.values import Mailbox, Rate

EXAMPLE = Path(__file__).parents[2] / "config/krmd.example.toml"


def test_the_example_is_loaded_as_it_stands() -> None:
    """What the example shows is what krmd takes."""
    settings = load_settings(EXAMPLE, {"HOME": "/home/ada"})
    home = settings.accounts["home"]
    assert ("ada@example.org", "@ada.example") == settings.owner.addresses
    assert ZoneInfo("Europe/Berlin") == settings.owner.timezone
    assert Server("imap.example.org", 993, "tls") == home.imap
    assert Server("smtp.example.org", 465, "tls") == home.smtp
    assert Mailbox("Ada Example", EmailAddress("ada@example.org")) == home.sender
    assert ("*", "!Lists/*") == home.folders
    assert date(2015, 1, 1) == home.since
    assert "ada@work.example" == settings.accounts["work"].user
    assert time(7) == settings.digest.at
    assert TcpListen("127.0.0.1", 8471) == settings.web.metrics_listen
    assert (Rate(30, 60), Rate(500, 86_400)) == settings.mailing.rate
    assert Path("/home/ada/.contacts/main") == settings.contacts["phone"].vdir
