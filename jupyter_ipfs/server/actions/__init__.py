"""What a job can do: an allow-list, and one file for each.

A module has ``run(session, arguments, progress) -> dict`` and, if it wants,
``prepare(arguments, workspace) -> arguments``, which runs before the job exists: what cannot
be used is refused there, and paths of the workspace become local ones. ``title(arguments)``
is given the same as ``run`` and names what the job is about; ``key(arguments)`` is what a
request that is sent again is known by. ``SIGNS = True``, or ``signs(arguments)``: its user's
wallet signs for it, and it waits for people and chains, apart from what waits for disks.
``RUNS_CODE = True``: it runs what others wrote, which an administrator can forbid, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from jupyter_ipfs.errors import RequestError

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.compare.verdict import CellVerdict
    from jupyter_ipfs.ocean.steps import Step
    from jupyter_ipfs.protocols import Progress
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

Arguments: TypeAlias = dict[str, Any]

# Action → its module here, which is loaded when it is first asked for.
ACTIONS: dict[str, str] = {
    "asset-state": "asset_state",
    "buy": "buy",
    "check": "check",
    "check-bundle": "check_bundle",
    "check-copy": "check_copy",
    "copy": "copy",
    "copy-bundle": "copy_bundle",
    "copy-to": "copy_to",
    "edit-asset": "edit_asset",
    "export": "export",
    "fetch": "fetch",
    "forget": "forget",
    "gc": "gc",
    "get-asset": "get_asset",
    "import": "import_",
    "make-reachable": "make_reachable",
    "open-bundle": "open_bundle",
    "pin": "pin",
    "publish": "publish",
    "push": "push",
    "repair": "repair",
    "reproduce": "reproduce",
    "save-bundle": "save_bundle",
    "share": "share",
    "sign-bundle": "sign_bundle",
    "store": "store",
    "transfer-asset": "transfer_asset",
    "upload": "upload",
}
_TITLE = 200  # characters


class Notes(Protocol):
    """What an action tells of itself while it runs."""

    def __call__(self, progress: Progress, /) -> None:
        """Take note of how far it has come; raises to end it."""

    def steps(self, steps: tuple[Step, ...]) -> None:
        """Take note of its steps, all of them each time; raises to end it."""

    def cell(self, verdict: CellVerdict, /) -> None:
        """Take note of how one cell of a notebook compares; raises to end it."""


class Run(Protocol):
    """What an action does, in a job's thread."""

    def __call__(self, session: Session, arguments: Arguments, notes: Notes, /) -> dict[str, Any]:
        """Do it and return the job's result, as JSON has it."""


@dataclass(frozen=True, slots=True)
class Task:
    """An action with its arguments, checked as far as that is possible beforehand."""

    action: str
    title: str
    arguments: Arguments
    run: Run
    key: str = ""
    signs: bool = False
    runs_code: bool = False


def prepare(action: object, arguments: object, workspace: Workspace) -> Task:
    """Check what is to be done.

    Raises:
        RequestError: There is no such action, or it cannot be done with these arguments.
    """
    if not isinstance(action, str) or action not in ACTIONS:
        raise RequestError(f"there is no action {action!r}", f"there are: {', '.join(ACTIONS)}")
    if not isinstance(arguments, dict):
        raise RequestError(f"the arguments of {action!r} are no JSON object")
    module = import_module(f"{__name__}.{ACTIONS[action]}")
    given: Arguments = arguments
    subject = _subject(given)
    if hasattr(module, "prepare"):
        given = module.prepare(given, workspace)
    title = str(module.title(given) if hasattr(module, "title") else subject)
    key = module.key(given) if hasattr(module, "key") else ""
    signs = module.signs(given) if hasattr(module, "signs") else getattr(module, "SIGNS", False)
    runs_code = getattr(module, "RUNS_CODE", False)
    return Task(action, title[:_TITLE], given, module.run, key, signs, runs_code)


def _subject(arguments: Arguments) -> str:
    """The name or path that most actions are about."""
    for key in ("name", "path", "root"):
        value = arguments.get(key)
        if isinstance(value, str) and value:
            return value
    return ""
