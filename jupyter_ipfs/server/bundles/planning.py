"""``POST bundles/plan``: what sharing a notebook of the workspace would share; stores nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_bundle_thread
from jupyter_ipfs.server.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.bundles.sharing.plan import Plan
    from jupyter_ipfs.session import Session

_MOST = 10_000  # inputs that are named one by one
_LONGEST = 20_000  # characters of a description
_SUFFIX = ".ipynb"


class PlanHandler(IPFSHandler):
    """A notebook, before it is shared."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Answer with what would be shared, and what is wrong with it."""
        body = arguments.body(self)
        workspace = Workspace.of(self.contents_manager)
        self.finish(json.dumps(await in_bundle_thread(lambda: planned(body, workspace))))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shared, and how, as a request has it.

    Attributes:
        notebook: Where it lies.
        top: Above it nothing is shared: Jupyter's root directory.
        fields: The rest, as `Bundles.plan` takes it.
    """

    notebook: Path
    top: Path
    fields: dict[str, Any]

    @classmethod
    def of(cls, given: dict[str, Any], workspace: Workspace) -> Wanted:
        """Read a request.

        Raises:
            RequestError: It is not about a notebook of the workspace, or a field has another kind.
            PathNotFoundError: There is no such notebook.
        """
        notebook = workspace.existing(arguments.text(given, "path"))
        if not notebook.is_file() or notebook.suffix.lower() != _SUFFIX:
            raise RequestError(f"{notebook.name!a} is no notebook", f"its name ends in {_SUFFIX}")
        kernel = given.get("kernel")
        if not (kernel is None or isinstance(kernel, str)):
            raise RequestError("kernel has to be a kernel's id")
        fields: dict[str, Any] = {
            "include": _texts(given, "include"),
            "exclude": _texts(given, "exclude"),
            "authors": _texts(given, "authors"),
            "license": _text(given, "license"),
            "title": _text(given, "title"),
            "description": _text(given, "description") or "",
            "where": _where(given.get("where")),
            "kernel": kernel or None,
        }
        return cls(notebook, workspace.directory(), fields)

    def plan(self, session: Session) -> Plan:
        """Find out what would be shared."""
        return session.bundles.plan(self.notebook, top=self.top, **self.fields)


def planned(given: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Return what sharing would share."""
    wanted = Wanted.of(given, workspace)
    with open_session() as session:
        told = wanted.plan(session).as_json()
    told["notebook"]["path"] = workspace.relative(wanted.notebook)
    return told


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise RequestError(f"{name} has to be a text of at most {_LONGEST} characters")
    return value


def _texts(given: dict[str, Any], name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > _MOST:
        raise RequestError(f"{name} has to be a list of at most {_MOST} texts")
    if not all(isinstance(each, str) and each for each in value):
        raise RequestError(f"{name} has to be a list of texts")
    return tuple(value)


def _where(given: object) -> dict[str, str]:
    """Read where to get what is not included, by its path."""
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(
        isinstance(each, str) and len(each) <= _LONGEST for each in given.values()
    ):
        raise RequestError("where has to be an object of texts", 'such as {"big.csv": "ask me"}')
    return given
