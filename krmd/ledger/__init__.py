"""What krmd knows: contacts, categories, interactions, and what follows from them. No I/O, no SQL."""
