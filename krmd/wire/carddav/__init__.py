"""Address books on a CardDAV server (RFC 6352), read and never written.

PROPFIND, REPORT and GET are all that is ever sent. Books are found by RFC 6764 (but for its DNS
records), followed by sync tokens (RFC 6578) with a plain listing to fall back on, and fetched many
cards at a time.
"""
