"""krmd: a daemon for constant relationship management."""

__version__ = "0.1.0"
