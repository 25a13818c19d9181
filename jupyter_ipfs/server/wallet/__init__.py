"""Who is signed in with a wallet, and what they are asked to sign.

The server builds every message, digest and transaction from an intent's typed fields, and holds
sessions in its memory: what any process can write, the mailbox, proves nothing (``safety.md`` 13).
"""
