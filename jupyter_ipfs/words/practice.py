"""What is said wherever the practice chain is shown (``safety.md`` 14)."""

from __future__ import annotations

PRACTICE = "Practice: only on this computer, play money"
