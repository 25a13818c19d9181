"""``reproduce``: run a share again, apart from everything else, and compare cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

RUNS_CODE = True
_ISOLATIONS = ("bubblewrap", "none")
_MOST = 1_000  # entries of a lock


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check what was agreed to: each of it was said on its own (``safety.md`` 16).

    Raises:
        RequestError: It was not said, or it is something else.
    """
    if arguments.get("agreed") is not True:
        raise RequestError(
            "running someone else's code was not agreed to", "the page asks before it starts"
        )
    isolation = text(arguments, "isolation")
    if isolation not in _ISOLATIONS:
        raise RequestError(f"there is no isolation {isolation[:40]!a}", "bubblewrap or none")
    network = arguments.get("network", False)
    if not isinstance(network, bool):
        raise RequestError("network has to be true or false")
    accept = arguments.get("accept", [])
    if (
        not isinstance(accept, list)
        or len(accept) > _MOST
        or not all(isinstance(each, str) for each in accept)
    ):
        raise RequestError("accept has to be a list of names", "of entries of the lock")
    return {
        "path": text(arguments, "path"),
        "network": network,
        "isolation": isolation,
        "accept": tuple(accept),
        "own_environment": arguments.get("own_environment") is True,
    }


def key(arguments: Arguments) -> str:
    """Return what a second click is known by."""
    return str(arguments["path"])


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Run it and keep the report.

    Raises:
        EnvironmentLockError: The lock has entries that will not be installed.
        IsolationError: It cannot be kept apart here.
        ReplayError: The environment could not be built.
    """
    from jupyter_ipfs.bundles.replay.allowed import Allowed  # noqa: PLC0415  (when needed)

    allowed = Allowed(
        network=arguments["network"],
        isolation=arguments["isolation"] == "bubblewrap",
        left_out=arguments["accept"],
        own_environment=arguments["own_environment"],
    )
    report = session.bundles.reproduce(
        arguments["path"], allow=allowed, progress=notes, on_cell=notes.cell
    )
    return {"report": str(session.bundles.keep_report(report)), "verdicts": report.as_json()}
