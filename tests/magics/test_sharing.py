"""``%ipfs share`` and what follows from it, in a shell and in a real kernel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from jupyter_ipfs.errors import ConfigError, NotABundleError
from jupyter_ipfs.magics.results import Card
from tests.bundles.conftest import unlocked

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.magics.conftest import Kernel, Shell

    Run = Callable[[str], Any]

__all__ = ["unlocked"]  # a lock takes seconds, and nothing here is about it
pytestmark = pytest.mark.usefixtures("unlocked")

HOSTILE = "su\u202ervey\n<script>alert(1)</script>"


def written(path: Path, *sources: str, title: str = HOSTILE) -> Path:
    """Write a notebook whose cells count as run, one after the other."""
    v4: Any = nbformat.v4
    cells = [v4.new_markdown_cell(f"# {title}", id="head")]
    for number, source in enumerate(sources, 1):
        cells.append(v4.new_code_cell(source, execution_count=number, id=f"cell-{number}"))
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(notebook))  # type: ignore[no-untyped-call]
    return path


@pytest.fixture
def survey(repo: Path) -> Path:
    """A notebook that reads a file; in the working directory."""
    del repo
    Path("data").mkdir()
    Path("data/a.csv").write_text("x,y\n1,2\n")
    return written(Path("survey.ipynb"), "open('data/a.csv').read()")


def test_a_named_notebook_is_shared_as_one_cid(run: Run, survey: Path) -> None:
    del survey
    card = run("%ipfs share survey.ipynb --license MIT --author Ada")
    assert isinstance(card, Card)
    assert (card.name, card.name_version, card.unchanged) == ("survey", 1, False)
    assert run("%ipfs share survey.ipynb --license MIT --author Ada").unchanged
    assert "<script>" not in card._repr_html_()
    assert "\u202e" not in repr(card)
    assert not any("\n" in note for note in card.notes)


def test_what_would_be_shared_is_told_before_anything_is_stored(run: Run, survey: Path) -> None:
    del survey
    told = run("%ipfs share survey.ipynb --dry-run --exclude data/a.csv")
    assert "NOT shared" in repr(told)
    assert [each.selected for each in told.value.inputs] == [False]
    assert run("%ipfs names") == []


def test_a_share_is_opened_checked_and_copied_in_words(
    run: Run, survey: Path, tmp_path: Path
) -> None:
    del survey
    card = run("%ipfs share survey.ipynb --save out.zip --name wine")
    (tmp_path / "fresh").mkdir()
    told = run(f"%ipfs open out.zip --check --copy '{tmp_path / 'fresh'}'")
    assert told
    assert told.cid == str(card)
    assert "Signed by nobody" in told.lines
    text = repr(told)
    assert "intact" in text
    assert "Nothing of it is trusted" in text
    assert "<script>" not in told._repr_html_()
    assert "verified" not in text.lower()
    copies = [path.name for path in (tmp_path / "fresh").rglob("*.ipynb")]
    assert copies == ["survey.ipynb"]
    run("opened = %ipfs open wine")
    assert run("%ipfs open opened").cid == told.cid


def test_what_is_no_share_is_told_so(run: Run) -> None:
    run("%ipfs put --name plain 'hello'.encode()")
    with pytest.raises(NotABundleError):
        run("%ipfs open plain")


def test_without_a_path_the_notebook_at_hand_is_shared(kernel: Kernel, survey: Path) -> None:
    place = survey.absolute()
    assert "does not know which notebook it runs" in kernel.run("%ipfs share").error
    kernel.run(f"import os; os.environ['JPY_SESSION_NAME'] = {str(place)!r}")
    assert kernel.run("open('data/a.csv').read()").ok
    shared = kernel.run("%ipfs share")
    assert shared.ok, shared.error
    text = "\n".join(shared.data("text/plain"))  # of the progress too, where that takes long
    assert "Inputs that it was seen to read:\n  data/a.csv  (8 bytes)" in text
    # More was run than the file has: whoever shares it has to know.
    assert "came after the file was saved" in text
    assert shared.data("application/vnd.jupyter-ipfs.cid+json")[0]["name"] == "survey"
    kernel.run("os.environ['JPY_SESSION_NAME'] = '/no/such/notebook.ipynb'")
    assert "(any more)" in kernel.run("%ipfs share").error
    kernel.run("del os.environ['JPY_SESSION_NAME']")


def test_what_vs_code_says_of_the_notebook_counts(shell: Shell, survey: Path) -> None:
    shell.user_ns["__vsc_ipynb_file__"] = str(survey.absolute())
    result = shell.run_cell("%ipfs share")
    assert result.success
    assert result.result.name == "survey"


def test_a_lone_file_of_a_share_is_no_place_to_save_it_as(run: Run, survey: Path) -> None:
    del survey
    with pytest.raises(ConfigError, match=r"\.car or \.zip"):
        run("%ipfs share survey.ipynb --save out.tar")


def test_a_notebook_that_shares_itself_can_be_reproduced(
    run: Run, survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del survey
    written(Path("own.ipynb"), "%load_ext jupyter_ipfs", "%ipfs share", "1 + 1", title="Own")
    run("%ipfs share own.ipynb")
    again = run("%ipfs reproduce own --yes --own-environment")
    verdicts = [cell["verdict"] for cell in again.report["cells"]]
    assert verdicts[:2] == ["same", "skipped"]
    assert again.report["claimed"] == 1
    monkeypatch.setenv("JUPYTER_IPFS_REPRODUCED", "1")
    assert "Nothing was done" in repr(run("%ipfs share"))


def test_nothing_runs_unless_a_person_says_yes(kernel: Kernel, survey: Path) -> None:
    del survey
    assert kernel.run("%ipfs share survey.ipynb").ok
    line = "answer = %ipfs reproduce survey --own-environment\nprint(repr(answer), bool(answer))"
    asked = kernel.run(line, answer="n")
    assert asked.ok, asked.error
    assert "someone else's code" in asked.text
    assert "Nothing was run False" in asked.text
    nobody = kernel.run("%ipfs reproduce survey --own-environment")
    assert "Nobody can be asked here" in nobody.error
