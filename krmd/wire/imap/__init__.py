"""One mailbox over IMAP: read-only, one connection a session, one thread a session.

imapclient greets, encrypts, logs in, introduces and says goodbye. LIST, EXAMINE, STATUS, FETCH and
IDLE go through `exchange` over the same stream: a folder's name must stay the server's own bytes
(imapclient makes a number of `007`), LIST wants RETURN, and the pace, the memory and the IDLE of
imapclient don't do.
"""
