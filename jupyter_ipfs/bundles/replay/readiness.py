"""What there is on this computer to run a share with, told before anything is installed or run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.environment import environments, interpreters, lock
from jupyter_ipfs.bundles.replay import isolation
from jupyter_ipfs.bundles.replay.replay import has_kernel, lock_of

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.environment.lock import RefusedPackage
    from jupyter_ipfs.bundles.opening.opening import Opened


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a share can be run here, and on what.

    Attributes:
        why_not_isolated: Why code of others cannot be isolated here, or ``None``.
        python_wanted: What the notebook ran on.
        python_found: What it would run on.
        packages: How many would be installed.
        refused: Entries of the lock that would not.
        locked: Whether there is a kernel among them: else it runs in the reader's environment only.
        environment_ready: Whether they are installed from before.
        installer: Whether there is a uv.
    """

    why_not_isolated: str | None
    python_wanted: str
    python_found: str
    packages: int
    refused: tuple[RefusedPackage, ...]
    locked: bool
    environment_ready: bool
    installer: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What running it means, beyond the facts above."""
        said = []
        if self.why_not_isolated is None:
            said.append(
                "If you grant it the network, it can also reach services on this computer that "
                "ask for no password."
            )
        else:
            said.append(f"It cannot be isolated here: {self.why_not_isolated}.")
        if not self.locked:
            said.append(
                "Its environment was not locked; it can be run in yours, which is not its author's."
            )
        return tuple(said)

    def as_json(self) -> dict[str, Any]:
        """Return it for the page and the command line."""
        return {
            "isolation": isolation.BUBBLEWRAP if self.why_not_isolated is None else None,
            "network": False,
            "python": {"wanted": self.python_wanted, "found": self.python_found},
            "refused": [{"name": each.name, "why": each.why} for each in self.refused],
            "packages": self.packages,
            "locked": self.locked,
            "environment_ready": self.environment_ready,
            "installer": self.installer,
            "words": list(self.words),
        }


def readiness(content: Content, opened: Opened) -> Readiness:
    """Return what there is to run a share with.

    Raises:
        EnvironmentLockError: Its lock is none.
    """
    locked = lock_of(content, opened)
    wanted = opened.manifest.environment.python
    found = interpreters.nearest(wanted)
    is_locked = has_kernel(locked)
    return Readiness(
        why_not_isolated=isolation.why_not(),
        python_wanted=wanted,
        python_found=found.version,
        packages=len(locked.packages),
        refused=locked.refused,
        locked=is_locked,
        environment_ready=is_locked
        and environments.is_built(content.repo.path, lock.requirements(locked), found),
        installer=interpreters.uv() is not None,
    )
