"""Somebody else's notebook, run again apart from what is yours."""
