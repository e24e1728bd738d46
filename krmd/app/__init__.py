"""The use cases: each is one transaction, synchronous, without network. Authority is checked here."""
