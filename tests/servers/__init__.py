"""Real servers for the tests, each private to one test process: Dovecot, Cyrus, PostgreSQL.

Nothing here imports krmd: the servers are a piece of the world, as a user's provider would be.
"""
