"""What krmd knows: contacts, categories, interactions and what follows. No I/O, no SQL."""
