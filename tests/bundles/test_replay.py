"""A shared notebook runs again as a real kernel runs it, from its declared inputs alone."""

from __future__ import annotations

import json
import os
import select
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.bundles.replay.allowed import Allowed, Limits
from jupyter_ipfs.bundles.replay.replay import replay
from jupyter_ipfs.errors import EnvironmentLockError, ReplayError
from tests.conftest import library
from tests.environments import leftovers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.bundles.replay.replayed import ReplayedCell
    from jupyter_ipfs.protocols import Progress
    from jupyter_ipfs.session import Session

CLEARED = """from IPython.display import clear_output
print('gone')
clear_output(wait=True)
print('kept')"""
WIDGETS = """import ipywidgets
with ipywidgets.Output():
    print('in the widget')
ipywidgets.IntSlider(value=3)"""
DAEMON = """import subprocess, sys
code = 'import time; time.sleep(1000)'
subprocess.Popen([sys.executable, '-c', code], start_new_session=True).pid"""

pytestmark = pytest.mark.usefixtures("bubblewrap")


def text(cell: ReplayedCell) -> str:
    """What a cell printed and showed, as text."""
    shown = [
        each.get("text") or each.get("data", {}).get("text/plain") or each.get("evalue", "")
        for each in cell.outputs
    ]
    return "".join(shown)


def kinds(cell: ReplayedCell) -> list[str]:
    return [each["output_type"] for each in cell.outputs]


def test_a_notebook_runs_as_in_a_kernel(
    session: Session, tmp_path: Path, make_share: Callable[..., Opened]
) -> None:
    (tmp_path / "table.csv").write_text("a\n7\n")
    content = str(session.store(tmp_path / "table.csv").root)
    opened = make_share(
        session,
        [
            "import numpy as np\nprint('one')\nprint('two')\nnp.arange(3)",
            "open('../data/a.csv').read() + open('near.txt').read()",
            "1/0",
            "import sys\nprint('out'); print('err', file=sys.stderr); print('out again')",
            "h = display('first', display_id=True)",
            "h.update('second')",
            CLEARED,
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); None",
            WIDGETS,
            "!echo $TZ $LANG\nx = !ls\nx",
            "%load_ext jupyter_ipfs",
            f"%ipfs cat {content}",
            "input('?')",
            "import near; near.NUMBER",
        ],
        {"data/a.csv": b"a,b\n", "here/near.txt": b"near", "here/near.py": b"NUMBER = 42\n"},
        contents=[tmp_path / "table.csv"],
        folder="here",
    )
    told: list[ReplayedCell] = []
    steps: list[Progress] = []

    run = replay(session, opened, Allowed(), on_cell=told.append, progress=steps.append)

    cells = run.cells
    statuses = [cell.status for cell in cells]
    assert statuses == [
        "ok", "ok", "error", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "error", "ok",
    ]  # fmt: skip
    assert text(cells[0]) == "one\ntwo\narray([0, 1, 2])"
    assert kinds(cells[0]) == ["stream", "execute_result"]
    assert text(cells[1]) == "'a,b\\nnear'"
    assert cells[2].outputs[0]["ename"] == "ZeroDivisionError"
    # A kernel flushes both by the clock: how they alternate is chance.
    assert sorted({each["name"] for each in cells[3].outputs}) == ["stderr", "stdout"]
    assert text(cells[4]) == "'second'"
    assert text(cells[6]) == "kept\n"
    assert "image/png" in cells[7].outputs[-1]["data"]
    assert "IntSlider(value=3)" in text(cells[8])
    assert "in the widget" not in text(cells[8])
    assert text(cells[9]) == "UTC C.UTF-8\r\n['near.py', 'near.txt', 'survey.ipynb']"
    assert "7" in text(cells[11])
    assert cells[12].outputs[0]["ename"] == "StdinNotImplementedError"
    assert text(cells[13]) == "42"
    assert [cell.number for cell in cells] == list(range(1, 15))
    # The cell whose display a later one changed is told again.
    assert [cell.index for cell in told] == [0, 1, 2, 3, 4, 4, 5, *range(6, 14)]
    assert (steps[-1].phase, steps[-1].files) == ("done", 14)
    validate(run.cells)
    assert run.machine.python == run.machine.python_wanted
    assert run.machine.packages == ()
    assert leftovers(session) == []


def validate(cells: tuple[ReplayedCell, ...]) -> None:
    """Let nbformat say whether outputs are as a notebook has them."""
    nbformat = library("nbformat")
    made = [
        nbformat.v4.new_code_cell(execution_count=cell.number, outputs=list(cell.outputs))
        for cell in cells
    ]
    whole = json.loads(json.dumps(nbformat.v4.new_notebook(cells=made)))
    nbformat.validate(nbformat.from_dict(whole))


def test_cells_that_the_author_never_ran_are_not_run(
    session: Session, make_share: Callable[..., Opened]
) -> None:
    opened = make_share(
        session,
        [
            {"source": "a = 1", "execution_count": 1},
            "a = 2",
            {"source": "a", "execution_count": 2},
            "",
        ],
    )

    run = replay(session, opened, Allowed())

    assert [cell.status for cell in run.cells] == ["ok", "not-run", "ok", "not-run"]
    assert text(run.cells[2]) == "1"


def test_a_cell_that_never_ends_is_ended_and_the_rest_is_not_run(
    session: Session, make_share: Callable[..., Opened]
) -> None:
    opened = make_share(session, ["print('begun', flush=True)\nwhile True: pass", "1"])

    run = replay(session, opened, Allowed(limits=Limits(cell_s=1)))

    assert [cell.status for cell in run.cells] == ["timeout", "not-run"]
    assert text(run.cells[0]) == "begun\n"


def test_what_cancels_the_progress_ends_the_run_and_leaves_nothing(
    session: Session, make_share: Callable[..., Opened]
) -> None:
    opened = make_share(session, ["import time; time.sleep(1000)"])

    def cancel(step: Progress) -> None:
        if step.label == "cell 1":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(session, opened, Allowed(), progress=cancel)
    assert leftovers(session) == []


def test_a_share_without_a_locked_kernel_runs_in_the_readers_environment_if_they_say_so(
    session: Session, make_share: Callable[..., Opened]
) -> None:
    opened = make_share(
        session,
        ["import sys; sys.version_info[:2]"],
        pylock=b'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n',
    )

    with pytest.raises(ReplayError, match="was not locked"):
        replay(session, opened, Allowed())
    run = replay(session, opened, Allowed(own_environment=True))
    assert text(run.cells[0]).startswith("(3, ")
    assert run.machine.own_environment


def test_entries_that_are_refused_have_to_be_left_out_by_name(
    session: Session, make_share: Callable[..., Opened]
) -> None:
    pylock = (
        b'lock-version = "1.0"\n[[packages]]\nname = "evil"\n[packages.directory]\npath = "."\n'
    )
    opened = make_share(session, ["1"], pylock=pylock)

    with pytest.raises(EnvironmentLockError, match="evil"):
        replay(session, opened, Allowed())
    with pytest.raises(ReplayError, match="not locked"):
        replay(session, opened, Allowed(left_out=("evil",)))


def test_other_languages_are_refused(session: Session, make_share: Callable[..., Opened]) -> None:
    opened = make_share(
        session,
        ["1"],
        metadata={"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
    )

    with pytest.raises(ReplayError, match="'R'"):
        replay(session, opened, Allowed())


def test_without_isolation_it_runs_with_another_home_and_no_variables_of_ours(
    session: Session, make_share: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TOKEN", "secret")
    opened = make_share(
        session,
        [
            "import os; print('A_TOKEN' in os.environ, os.path.expanduser('~'))",
            DAEMON,
        ],
    )

    run = replay(session, opened, Allowed(isolation=False))

    assert text(run.cells[0]).startswith("False ")
    assert str(session.repo.path.resolve()) not in os.environ["HOME"]
    assert text(run.cells[0]).endswith("/home\n")
    pid = int(text(run.cells[1]))
    assert has_ended(pid)
    assert run.machine.isolation == "none"


def has_ended(pid: int) -> bool:
    """Tell whether a process is gone, or about to be: it was sent the signal before."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)
