"""Notebooks as people write them, and the verdicts that each must get."""
