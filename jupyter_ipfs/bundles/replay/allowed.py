"""What a user has agreed to before a notebook of somebody else's is run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a run may take, and how much it may make.

    Attributes:
        start_s: Until the kernel answers.
        cell_s: For one cell.
        run_s: For all cells.
        outputs: How many a cell may have.
        output_size: Bytes of them.
        disk: Bytes that it may write.
        processes: How many it may have at a time, beside those that run already.
    """

    start_s: float = 120.0
    cell_s: float = 3600.0
    run_s: float = 12 * 3600.0
    outputs: int = 5000
    output_size: int = 16 * 1024 * 1024
    disk: int = 20 * 1024**3
    processes: int = 1024


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the user has agreed to; the defaults are the careful ones.

    Attributes:
        network: Whether the code may talk to other computers, and to services on this one.
        isolation: Whether it has to be isolated; if not, it can read the user's files.
        left_out: The names of lock entries to do without.
        own_environment: Run it in the reader's own environment, whatever the lock says.
        limits: How long and how much.
    """

    network: bool = False
    isolation: bool = True
    left_out: tuple[str, ...] = ()
    own_environment: bool = False
    limits: Limits = field(default_factory=Limits)
