"""The use cases: each is one transaction, without network. Authority is checked here."""
