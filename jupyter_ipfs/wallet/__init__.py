"""Wallets: who somebody is, proven by a signature (EIP-4361), and what they are asked to sign.

Keys stay with their owner: in a browser's wallet, in an encrypted keystore, or (play money)
in the sandbox's file. `intents` are the only things that are ever signed.
"""
