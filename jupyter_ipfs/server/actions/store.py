"""``store``: files and folders of the workspace become one root."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.actions import consent
from jupyter_ipfs.server.actions.place import place_of

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import Backend, ProgressCallback, Stored
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

_MOST_PATHS = 10_000


def title(arguments: Arguments) -> str:
    """Name the first of what is stored."""
    return str(arguments["places"][0].name)


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Find the files.

    Raises:
        RequestError: No paths, or some that may not be used.
        PathNotFoundError: Something is not there.
    """
    paths = arguments.get("paths")
    if not isinstance(paths, list) or not 0 < len(paths) <= _MOST_PATHS:
        raise RequestError("store needs the paths of files or folders", 'paths: ["data/a.csv"]')
    return {
        "places": [workspace.existing(path) for path in paths],
        "hidden": workspace.allow_hidden,
        "name": name(arguments),
        "agree": consent.given(arguments),
    }


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Store them; several are wrapped into one directory.

    Raises:
        ConsentRequiredError: It would be announced publicly, and nobody has agreed to that.
    """
    from jupyter_ipfs.node import add  # noqa: PLC0415  (when needed)

    consent.record(session, arguments)
    places = arguments["places"]
    options = replace(add.DEFAULTS, wrap=len(places) > 1, hidden=arguments["hidden"])
    source = places if len(places) > 1 else places[0]
    stored = session.store(source, name=arguments["name"], options=options, progress=progress)
    return told(stored, session.backend)


def name(arguments: Arguments) -> str | None:
    """Return the name to store under, if one was given.

    Raises:
        RequestError: It is no name.
    """
    from jupyter_ipfs.errors import ConfigError  # noqa: PLC0415
    from jupyter_ipfs.store import names  # noqa: PLC0415  (when needed)

    given = arguments.get("name")
    if given is None or given == "":
        return None
    if not isinstance(given, str):
        raise RequestError("a name has to be a text")
    try:
        return names.check(given)
    except ConfigError as error:
        raise RequestError(error.message, error.hint) from None


def told(stored: Stored, backend: Backend) -> dict[str, Any]:
    """Return what storing did, as openapi.yaml has it."""
    return {
        "root": str(stored.root),
        "name": stored.name,
        "version": stored.version,
        "unchanged": stored.unchanged,
        "blocks": stored.blocks,
        "size": stored.size,
        "place": place_of(backend),
    }
