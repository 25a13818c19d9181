"""The tutorials run from the first cell to the last, in a kernel, as a reader would run them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

if TYPE_CHECKING:
    from tests.sandboxes import Sandbox

CARD = "application/vnd.jupyter-ipfs.cid+json"
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
QUICKSTART = Path(__file__).parents[1] / "notebooks" / "quickstart.ipynb"
PUBLISH = QUICKSTART.with_name("publish.ipynb")
SHARE = QUICKSTART.with_name("share.ipynb")


def run(notebook: Path, place: Path) -> Any:  # noqa: ANN401  (nbformat has no types)
    document = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    resources = {"metadata": {"path": str(place)}}
    return NotebookClient(
        document, timeout=120, kernel_name="python3", resources=resources
    ).execute()


def printed(document: Any) -> str:  # noqa: ANN401
    """Return everything that the cells showed as text."""
    return "\n".join(printed_by(cell) for cell in document.cells)


def printed_by(cell: Any) -> str:  # noqa: ANN401
    """Return what one cell showed as text."""
    return "\n".join(
        out.get("text") or out.get("data", {}).get("text/plain", "")
        for out in cell.get("outputs", ())
    )


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_a_tutorial_is_committed_without_outputs(notebook: Path) -> None:
    document = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(document)
    assert not any(cell.get("outputs") for cell in document.cells)


def test_the_quickstart_runs_and_gives_the_same_cids_in_another_repo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / name / "repo"))
        document = run(QUICKSTART, tmp_path / name)
        outputs = [
            out.get("data", {}) for cell in document.cells for out in cell.get("outputs", ())
        ]
        runs.append([data[CARD]["cid"] for data in outputs if CARD in data])
        text = printed(document)
        assert "wine, version 1 (unchanged)" in text
        assert "1 of 1 files intact" in text
        assert "0 of 1 files intact, 1 changed" in text
        assert "the same CID:   True\nthe same table: True" in text
    assert len(runs[0]) == 4
    assert runs[0] == runs[1]


def test_the_tutorial_on_publishing_runs_from_training_to_what_was_earned(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(sandbox.repo))
    text = printed(run(PUBLISH, tmp_path))
    assert "Practice: only on this computer, play money" in text
    assert "model · 5 OCEAN" in text
    assert "paid 5.005 OCEAN" in text
    assert "each matches its CID, and they are all of what was published" in text
    assert "the same model:   True\nthe same answers: True" in text
    assert "earned: " in text
    assert (tmp_path / "bought-model" / "model.skops").exists()


def test_the_tutorial_on_sharing_runs_from_the_share_to_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "repo"))
    document = run(SHARE, tmp_path)
    text = printed(document)
    assert "heights, version 1" in text
    assert "data/heights.csv  (" in text
    assert "Signed by nobody" in text
    assert "This runs someone else's code on this computer." in text
    (again,) = (cell for cell in document.cells if cell.id == "reproduce")
    verdicts = [line.split()[0] for line in printed_by(again).splitlines() if " cell " in line[:16]]
    assert verdicts == ["same", "same", "differs"]
    assert "input data/heights.csv changed" in text
    assert (tmp_path / "inbox" / "heights" / "data" / "heights.csv").exists()
