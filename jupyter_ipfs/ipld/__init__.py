"""Blocks and their addresses: CIDs, multihashes, codecs and CAR archives. No I/O."""
