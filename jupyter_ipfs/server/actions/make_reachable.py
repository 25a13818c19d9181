"""``make-reachable``: keep content where the Ocean Node of the settings can fetch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.actions import consent, copy_to
from jupyter_ipfs.server.actions.place import place_of
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check the arguments: ``path``, whether it is ``priced``, and the user's ``agree``."""
    return {
        "path": text(arguments, "path"),
        "priced": arguments.get("priced") is True,
        "agree": consent.given(arguments),
    }


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Copy what is to be served: the practice one reads this repo, a real one asks a Kubo.

    Raises:
        ConsentRequiredError: It would be announced publicly, and nobody has agreed to that.
    """
    from jupyter_ipfs.ocean import content  # noqa: PLC0415  (when needed)
    from jupyter_ipfs.server import chain  # noqa: PLC0415

    priced = arguments["priced"]
    served = content.prepare(session, arguments["path"], pin=True, priced=priced, progress=notes)
    practice = chain.chosen(session.config).is_sandbox
    if practice and session.config.backend == "embedded":
        # What is there was made just now, or has been all along.
        return {"root": str(served.root), "place": place_of(session.backend)}
    target = {
        "path": str(served.cid),
        "backend": "embedded" if practice else "kubo",
        "agree": arguments["agree"],
    }
    return copy_to.run(session, target, notes) | {"root": str(served.root)}
