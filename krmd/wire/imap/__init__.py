"""One mailbox over IMAP: read-only, one connection a session, one thread a session.

imapclient connects, encrypts, logs in and asks for capabilities. What is read in bulk or waited
for goes through rooms of our own over the same stream, since there its pace, its memory and its
IDLE don't do (the reasons stand in each room).
"""
