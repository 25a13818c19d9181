"""Assets: what can be published, found and had, as the page asks for it."""
