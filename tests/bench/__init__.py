"""The benchmark: what reading a mailbox costs, beside a client in C that throws everything away.

`python -m tests.bench` prints the table of README.md. Nothing here imports krmd: it is measured as
its user runs it, as a process.
"""
