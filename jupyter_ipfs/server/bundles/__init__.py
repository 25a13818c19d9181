"""Notebooks that are shared, opened and run again, as the front end asks for them."""
