"""From bytes to verdicts: mail is read, judged and understood here, and nothing here does I/O."""
