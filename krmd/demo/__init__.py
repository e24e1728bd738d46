"""The world that `krmd demo` plays in: invented people, their mail, the servers that hold it, and
the show made of them. Not the daemon that reads it. Importing this room loads no server.
"""
