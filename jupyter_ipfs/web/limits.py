"""What strangers may take of this computer."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_ipfs.web.streaming import STALL_S, TOTAL_S


@dataclass(frozen=True, slots=True)
class Limits:
    """What strangers may take.

    Attributes:
        connections: At once, more are closed at once. Each may hold some MiB that were read ahead.
        idle_s: How long a connection may wait between requests, or for the rest of one.
        stall_s: How long a client may take nothing of a response.
        total_s: How long a response may take.
        header_bytes: Of a request.
    """

    connections: int = 32
    idle_s: float = 60.0
    stall_s: float = STALL_S
    total_s: float = TOTAL_S
    header_bytes: int = 32 * 1024


DEFAULT_LIMITS = Limits()
