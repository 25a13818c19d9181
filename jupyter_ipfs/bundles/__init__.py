"""A notebook as one CID: what it read, how it ran, what came of it; anybody can check it."""
