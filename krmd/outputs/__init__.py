"""What krmd gives out: calendars now, mails later. Values in, octets out; no I/O."""
