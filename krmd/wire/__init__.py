"""Adapters to the world outside: mailboxes over IMAP, mail in files, and how often to try again.

They satisfy the protocols of `krmd.app` by their shape and know neither SQL nor settings.
"""
