"""Files of people, both ways: vCard, CSV of many programs, LDIF, JSON. No I/O beyond the octets."""
