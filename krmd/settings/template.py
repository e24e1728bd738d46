"""The file that `krmd init` begins with; accounts are added to it by `krmd.settings.edit`."""

from __future__ import annotations

from collections.abc import Sequence

import tomlkit

_TEMPLATE = """\
# krmd.toml: what krmd reads, counts and sends.
# Each setting is explained in config/README.md; after a change run: krmd check

[owner]
name = {name}
addresses = {addresses} # all that are you; "@ada.example" is a whole domain
timezone = {timezone}

[counting]
# personal_recipients = 12  # a mail to more people than that is no personal one
# ignore = ["@newsletter.example"]  # never recorded
# create_contacts = "never"  # or "replied", "written": who becomes a contact unasked

[privacy]
# subjects = true  # keep subjects; bodies are never kept

# One table a mailbox. krmd opens it read-only.
"""


def starting_file(name: str, addresses: Sequence[str], timezone: str) -> str:
    """A `krmd.toml` for an owner, without any account yet."""
    return _TEMPLATE.format(
        name=tomlkit.item(name).as_string(),
        addresses=tomlkit.item(list(addresses)).as_string(),
        timezone=tomlkit.item(timezone).as_string(),
    )
