"""``share --execute``: a copy of the notebook is run from the top, recorded, and shared.

It is run with its own kernel, as its author would run it: this is no isolation. The file on the
disk is not touched.
"""

from __future__ import annotations

import atexit
import os
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.recording.run_store import RunStore
from jupyter_ipfs.errors import NotABundleError, ReplayError
from jupyter_ipfs.protocols import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.bundles.recording.run_record import Run
    from jupyter_ipfs.protocols import ProgressCallback

_EXTENSION = "jupyter_ipfs.magics.recorded"
_START_S = 120


@dataclass(frozen=True, slots=True)
class Executed:
    """A notebook that was just run.

    Attributes:
        notebook: Its JSON, with the outputs of this run.
        kernel: The kernel's id, for `RunStore.latest`.
        run: What was recorded; ``None`` if its kernel cannot (no Python, or without this package).
    """

    notebook: dict[str, Any]
    kernel: str
    run: Run | None


def execute(
    notebook: Path,
    repo_path: Path,
    *,
    progress: ProgressCallback | None = None,
) -> Executed:
    """Run a copy of a notebook from the top; after a cell that raises the rest is run as well.

    Args:
        notebook: Its path; it is run in its folder.
        repo_path: Where the run is recorded.
        progress: Told at each cell, ``files`` counting cells.

    Raises:
        NotABundleError: It is no notebook.
        ReplayError: There is no such kernel, it did not start, or it died.
    """
    import nbformat  # noqa: PLC0415  (heavy)
    from jupyter_client.kernelspec import NoSuchKernel  # noqa: PLC0415
    from nbclient import NotebookClient  # noqa: PLC0415
    from nbclient.exceptions import DeadKernelError  # noqa: PLC0415

    book = _read(notebook)
    code = [at for at, cell in enumerate(book.cells) if cell.cell_type == "code"]
    at_cell = 0

    def begin(cell: object, cell_index: int) -> None:  # noqa: ARG001  (nbclient's protocol)
        nonlocal at_cell
        at_cell = cell_index
        if progress is not None and cell_index in code:
            number = code.index(cell_index)
            progress(Progress("running", number, len(code), label=f"cell {number + 1}"))

    client: Any = NotebookClient(
        book,
        timeout=None,  # a cell takes as long as it takes
        startup_timeout=_START_S,
        allow_errors=True,
        record_timing=False,
        store_widget_state=False,
        kernel_name=book.metadata.get("kernelspec", {}).get("name") or "python3",
        on_cell_start=begin,
    )
    kernel = str(uuid.uuid4())
    with tempfile.TemporaryDirectory(prefix="jupyter-ipfs-") as private:
        try:
            _prepare(client, Path(private) / f"kernel-{kernel}.json")
            client.execute(cwd=os.fspath(notebook.parent), env=_environment(notebook, repo_path))
        except NoSuchKernel as error:
            hint = "jupyter kernelspec list shows those that are installed"
            raise ReplayError(f"there is no kernel {error.name!r} here", hint) from error
        except DeadKernelError as error:
            hint = "it may have run out of memory; run the notebook yourself to see"
            raise ReplayError(f"the kernel died in {_cell(code, at_cell)}", hint) from error
        except RuntimeError as error:
            raise ReplayError(f"the kernel did not start: {error}") from error
        finally:
            # Left behind by nbclient where a kernel does not start; it fails then.
            atexit.unregister(client._cleanup_kernel)  # noqa: SLF001
    nbformat.validate(book)
    return Executed(book, kernel, RunStore(repo_path).latest(kernel=kernel))


def _read(notebook: Path) -> Any:  # noqa: ANN401  (nbformat has no types)
    import nbformat  # noqa: PLC0415

    try:
        reads: Any = nbformat.reads  # not typed
        book = reads(notebook.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(book)
    except OSError:
        raise
    except Exception as error:  # whatever nbformat raises for what is no notebook
        raise NotABundleError(f"{notebook.name!r} is no notebook: {error}") from error
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return book


def _prepare(client: Any, connection_file: Path) -> None:  # noqa: ANN401
    """Have the kernel record, and know it by its id."""
    manager = client.km = client.create_kernel_manager()
    manager.connection_file = os.fspath(connection_file)
    if any("ipykernel" in argument for argument in manager.kernel_spec.argv):
        # Its warnings would go to the terminal, or into the cell that has it started.
        client.extra_arguments = [f"--ext={_EXTENSION}", "--log-level=ERROR"]


def _environment(notebook: Path, repo_path: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "JUPYTER_IPFS_REPO": os.fspath(repo_path),
        "JPY_SESSION_NAME": os.path.abspath(notebook),  # noqa: PTH100  (links are the user's)
    }


def _cell(code: list[int], index: int) -> str:
    number = code.index(index) + 1 if index in code else 1
    return f"cell {number} of {len(code)}"
