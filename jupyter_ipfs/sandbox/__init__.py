"""Practice without an account: a local chain with Ocean's contracts, and a small Ocean Node."""
