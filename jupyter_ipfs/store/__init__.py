"""The local repo: packs of blocks, one database, and what keeps both from losing anything."""
