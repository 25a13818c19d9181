"""``POST tutorial``: write a fresh copy of the tutorial for the launcher card."""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError, authenticated

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_thread

NOTEBOOK = "quickstart.ipynb"
FOLDER = "ipfs-tutorial"


class TutorialHandler(IPFSHandler):
    """Copies of ``quickstart.ipynb`` in Jupyter's root directory."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Answer with ``{"path": …}``, relative to the root directory."""
        root_dir = getattr(self.contents_manager, "root_dir", None)
        if not root_dir:
            raise HTTPError(
                HTTPStatus.NOT_IMPLEMENTED, "This server's files are not in a directory."
            )
        try:
            path = await in_thread(lambda: copy_tutorial(Path(root_dir)))
        except OSError as error:
            raise HTTPError(
                HTTPStatus.INSUFFICIENT_STORAGE, f"The copy was not written: {error.strerror}."
            ) from error
        self.set_status(HTTPStatus.CREATED)
        self.finish(json.dumps({"path": path.relative_to(root_dir).as_posix()}))


def copy_tutorial(root_dir: Path) -> Path:
    """Write the tutorial into a new folder below ``root_dir`` and return its path.

    Written as a file and not through the contents manager, which would sign the copy and so
    trust its outputs (``safety.md`` 7). Nothing that exists is touched.
    """
    notebook = _untrusted(json.loads(tutorial_source().read_text(encoding="utf-8")))
    folder = _new_folder(root_dir)
    copy = folder / NOTEBOOK
    with copy.open("x", encoding="utf-8") as file:
        json.dump(notebook, file, indent=1, ensure_ascii=False)
        file.write("\n")
    return copy


def tutorial_source() -> Path:
    """Return the shipped notebook: in the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    shipped = package / "notebooks" / NOTEBOOK
    return shipped if shipped.exists() else package.parent / "notebooks" / NOTEBOOK


def _untrusted(notebook: dict[str, Any]) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["trusted"] = False
    return notebook


def _new_folder(root_dir: Path) -> Path:
    for number in count(1):
        folder = root_dir / (FOLDER if number == 1 else f"{FOLDER}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError  # `count` does not end
