"""Reads `krmd.toml` once into frozen sections; who needs a section is handed it.

Changing the file is `krmd.settings.edit`, which is not imported here, since it costs start-up time.
"""

from krmd.settings.account import Account, AddressBook
from krmd.settings.find import find_config, state_folder
from krmd.settings.fingerprint import fingerprint
from krmd.settings.load import load_settings
from krmd.settings.model import CategoryDefaults, Settings
from krmd.settings.secret import Secret

__all__ = [
    "Account",
    "AddressBook",
    "CategoryDefaults",
    "Secret",
    "Settings",
    "find_config",
    "fingerprint",
    "load_settings",
    "state_folder",
]
