"""What has to be said before a share is run again: refused here, before anybody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import EnvironmentLockError, IsolationError, ReplayError

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.replay.allowed import Allowed
    from jupyter_ipfs.bundles.replay.readiness import Readiness


def check(readiness: Readiness, allowed: Allowed) -> None:
    """Refuse what will not be run as it is.

    Raises:
        IsolationError: It cannot be isolated here, and nobody has said that it need not.
        EnvironmentLockError: Its lock has entries that will not be installed.
        ReplayError: Its environment was not locked, and it may not run in the reader's.
    """
    if readiness.why_not_isolated is not None and allowed.isolation:
        raise IsolationError(
            f"this code cannot be kept apart from your files: {readiness.why_not_isolated}",
            "install bubblewrap (apt install bubblewrap), or say --no-isolation: "
            "then this code can read and change your files",
        )
    if allowed.own_environment:
        return
    if not readiness.locked:
        raise ReplayError(
            "its environment was not locked, so it cannot be built here",
            "--own-environment runs it in yours, which is not its author's",
        )
    left = [each for each in readiness.refused if each.name not in allowed.left_out]
    if left:
        entries = "; ".join(f"{each.name}: {each.why}" for each in left)
        names = " ".join(f"--leave-out {each.name}" for each in left)
        raise EnvironmentLockError(
            f"the lock has entries that will not be installed: {entries}",
            f"to go on without them: {names}",
        )
