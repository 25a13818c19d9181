"""``POST tutorial``: write fresh copies of the tutorials for the launcher card."""

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

NOTEBOOK = "quickstart.ipynb"  # the first, which is opened
NEXT = ("publish.ipynb", "share.ipynb")  # what it links to
FOLDER = "ipfs-tutorial"


class TutorialHandler(IPFSHandler):
    """Copies of the tutorials in Jupyter's root directory."""

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
    """Write the tutorials into a new folder below ``root_dir``; return the first one's path.

    Written as a file and not through the contents manager, which would sign the copy and so
    trust its outputs (``safety.md`` 7). Nothing that exists is touched.
    """
    notebooks = {name: tutorial_source(name).read_text("utf-8") for name in (NOTEBOOK, *NEXT)}
    folder = _new_folder(root_dir)
    for name, text in notebooks.items():
        with (folder / name).open("x", encoding="utf-8") as file:
            json.dump(_untrusted(json.loads(text)), file, indent=1, ensure_ascii=False)
            file.write("\n")
    return folder / NOTEBOOK


def tutorial_source(name: str = NOTEBOOK) -> Path:
    """Return a shipped notebook: in the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    shipped = package / "notebooks" / name
    return shipped if shipped.exists() else package.parent / "notebooks" / name


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
