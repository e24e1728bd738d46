"""The one language all stations speak: errors, addresses, instants, ids and commands. No I/O."""
