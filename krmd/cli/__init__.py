"""The command line: words of the shell become commands and questions, answers become text or JSON.

No logic: what a command does stands in `krmd.app`. Modules here are imported when their command is
called, and import what is heavy inside their functions, so that `krmd show` starts at once.
"""
