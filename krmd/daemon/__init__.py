"""Loops, threads, timers, signals: when things are done, never what a mail means."""
