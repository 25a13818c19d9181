"""``%%ipfs put`` in a real kernel: runs as any other cell, and is stored as it ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    import jupyter_ipfs
    from tests.magics.conftest import Kernel

CARD = "application/vnd.jupyter-ipfs.cid+json"

ANALYSIS = """%%ipfs put --name fig-3
import sys, asyncio
import pandas as pd
import matplotlib.pyplot as plt
from IPython.display import display, Markdown
%matplotlib inline
await asyncio.sleep(0)
print("counting")
print("careful", file=sys.stderr)
handle = display(Markdown("*old*"), display_id=True)
handle.update(Markdown("*new*"))
plt.plot([1, 2, 3]);
plt.show()
df = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
df
"""


def _names(session: jupyter_ipfs.Session, path: str) -> set[str]:
    found = set()
    for entry in session.ls(path):
        if entry.kind == "directory":
            found |= {f"{entry.name}/{name}" for name in _names(session, f"{path}/{entry.name}")}
        else:
            found.add(entry.name)
    return found


def test_everything_that_a_cell_shows_is_stored_and_still_shown(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    done = kernel.run(ANALYSIS)
    assert done.ok
    assert {content["name"]: content["text"] for content in done.of("stream")} == {
        "stdout": "counting\n",
        "stderr": "careful\n",
    }
    assert len(done.data("image/png")) == 1
    assert len(done.data("text/html")) == 2  # the table and the card
    assert done.of("update_display_data")[0]["data"]["text/markdown"] == "*new*"
    card = done.data(CARD)[0]
    assert card["name"] == "fig-3"
    assert card["where"] == "only on this computer"
    assert card["cid"] == str(session.stat("fig-3").cid)

    result = {name for name in _names(session, "fig-3") if name.startswith("result/")}
    assert _names(session, "fig-3") - result == {
        "cell.py",
        "outputs.json",
        "stdout.txt",
        "stderr.txt",
        "output-1/text.md",
        "output-1/text.txt",
        "output-2/figure.png",
        "output-2/text.txt",
        "output-3/page.html",
        "output-3/text.txt",
    }
    assert session.cat("fig-3/cell.py").decode() == ANALYSIS.split("\n", 1)[1]
    assert session.cat("fig-3/stdout.txt") == b"counting\n"
    assert session.cat("fig-3/stderr.txt") == b"careful\n"
    assert session.cat("fig-3/output-1/text.md") == b"*new*"
    assert session.cat("fig-3/output-2/figure.png").startswith(b"\x89PNG\r\n")
    assert session.load("fig-3").equals(kernel_frame())  # type: ignore[attr-defined]
    assert kernel.run("print(_.shape, df.shape)").text == "(2, 2) (2, 2)\n"


def kernel_frame() -> object:
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})


def test_outputs_json_says_which_file_is_which_output(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    cell = "print(1)\nprint(2)\ndisplay({'application/json': [1]}, raw=True)\n3"
    kernel.run(f"%%ipfs put --name it\n{cell}")
    assert json.loads(session.cat("it/outputs.json")) == {
        "version": 1,
        "source": "cell.py",
        "outputs": [
            {"output_type": "stream", "name": "stdout", "file": "stdout.txt"},
            {"output_type": "display_data", "files": {"application/json": "output-1/data.json"}},
            {"output_type": "execute_result", "files": {"text/plain": "output-2/text.txt"}},
        ],
        "result": "result",
    }


def test_the_same_cell_gives_the_same_cid_in_another_process(
    kernel: Kernel, other_kernel: Kernel
) -> None:
    cell = ANALYSIS + "\nclass A: pass\n[A(), df]\ndisplay(A(), df.style)\nplt.plot([3])\n"
    other_kernel.run("1")
    first, second = kernel.run(cell), other_kernel.run(cell)
    assert first.data(CARD)[0]["cid"] == second.data(CARD)[0]["cid"]
    assert second.data(CARD)[0]["unchanged"] is True
    assert second.data(CARD)[0]["name_version"] == 1


def test_a_failing_cell_raises_as_usual_and_stores_nothing(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    done = kernel.run("%%ipfs put --name no\nprint(1)\n1 / 0")
    assert not done.ok
    assert done.reply["ename"] == "ZeroDivisionError"
    assert "1 / 0" in done.error
    assert "3" in done.error  # the line's number, the magic's line counted
    assert session.names() == []
    assert session.pins() == []
    assert kernel.run("%%ipfs put\n1").data(CARD)[0]["label"] == "Cell output"


def test_a_failing_cell_is_kept_if_that_was_asked_for(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    done = kernel.run("%%ipfs put --name partly --on-error keep\nprint(1)\n1 / 0")
    assert not done.ok
    assert done.data(CARD)[0]["name"] == "partly"
    assert session.cat("partly/stdout.txt") == b"1\n"
    error = json.loads(session.cat("partly/outputs.json"))["error"]
    assert error == {"ename": "ZeroDivisionError", "evalue": "division by zero"}


def test_a_cell_with_a_syntax_error_stores_nothing(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    done = kernel.run("%%ipfs put --name no\nfor")
    assert done.reply["ename"] == "SyntaxError"
    assert "as Python" in done.text
    assert kernel.run("2").ok
    assert session.pins() == []


def test_a_cell_that_cannot_be_stored_fails(kernel: Kernel) -> None:
    kernel.run("%ipfs id")
    done = kernel.run("%%ipfs put --name 'a/../b'\n41 + 1")
    assert done.data("text/plain") == ["42"]
    assert not done.ok
    assert "Traceback" not in done.error
    assert "Hint" in done.error


def test_is_complete_does_not_arm_the_recorder(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    # As with every cell magic: a blank line ends it in a terminal.
    assert kernel.ask("is_complete", "%%ipfs put --name no\n")["status"] == "incomplete"
    assert kernel.ask("is_complete", "%%ipfs put --name no\nx = 1\n")["status"] == "incomplete"
    assert kernel.ask("is_complete", "%%ipfs put --name no\nx = 1\n\n")["status"] == "complete"
    assert kernel.run("1 + 1").data(CARD) == []
    assert session.pins() == []


def test_variables_are_filled_into_the_name(kernel: Kernel, session: jupyter_ipfs.Session) -> None:
    kernel.run("run, kind = 3, 'fit'")
    assert kernel.run("%%ipfs put --name $kind-{run + 1}\n1").ok
    assert session.load("fit-4") == 1


def test_a_cell_inside_a_stored_cell_belongs_to_it(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    cell = "%%ipfs put --name outer\nget_ipython().run_cell('print(1)')\nprint(2)"
    assert len(kernel.run(cell).data(CARD)) == 1
    assert session.cat("outer/stdout.txt") == b"1\n2\n"


def test_another_cell_magic_may_stand_in_the_second_line(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    assert kernel.run("%%ipfs put --name page\n%%html\n<b>bold</b>").ok
    assert session.cat("page/output-1/page.html") == b"<b>bold</b>\n"


def test_the_magic_may_stand_below_one_that_times_the_cell(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    assert kernel.run("%%time\n%%ipfs put --name timed\n6 * 7").ok
    assert session.cat("timed/cell.py") == b"%%time\n6 * 7"
    assert session.load("timed") == 42


def test_a_second_ipfs_line_or_a_wrong_option_is_told_in_words(kernel: Kernel) -> None:
    for cell in (
        "%%ipfs put\n%%ipfs put\n1",
        "%%ipfs put --nmae x\n1",
        "%%ipfs ls\n1",
        "%%ipfs put 'open\n1",
    ):
        done = kernel.run(cell)
        assert not done.ok, cell
        assert "Traceback" not in done.error


def test_help_for_the_cell_magic_runs_nothing(kernel: Kernel) -> None:
    done = kernel.run("%%ipfs put --help\nprint('ran')")
    assert done.ok
    assert "--on-error" in done.text
    assert "ran" not in done.text


def test_what_is_cleared_or_overwritten_on_the_page_is_not_stored(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    kernel.run(
        "%%ipfs put --name end\nfrom IPython.display import clear_output\n"
        "print('gone')\ndisplay(1)\nclear_output()\nprint('10%\\r100%')"
    )
    assert session.cat("end/stdout.txt") == b"100%\n"
    assert "output-1" not in {entry.name for entry in session.ls("end")}


def test_a_value_without_an_adapter_is_kept_as_it_was_shown_and_the_card_says_so(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    done = kernel.run("%%ipfs put --name odd\nclass Odd: pass\nOdd()")
    assert done.ok
    assert session.cat("odd/output-1/text.txt") == b"<__main__.Odd at 0x\xe2\x80\xa6>"
    assert "kept only as it was shown" in done.data(CARD)[0]["notes"][0]


def test_cards_of_magics_inside_the_cell_are_no_outputs_of_it(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    assert len(kernel.run("%%ipfs put --name both\n%ipfs put [1]").data(CARD)) == 2
    assert {entry.name for entry in session.ls("both")} == {"cell.py", "outputs.json"}


def test_an_indented_cell_with_blank_lines_before_the_magic_works(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    done = kernel.run("\n  %%ipfs put --name deep\n  x = 5\n  x")
    assert done.of("execute_result")[0]["data"]["text/plain"] == "5"
    assert session.cat("deep/cell.py") == b"x = 5\nx"


def test_ctrl_c_is_told_in_a_word_and_stores_nothing(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    kernel.run("def stop(): raise KeyboardInterrupt")
    line, cell = kernel.run("%ipfs put stop()"), kernel.run("%%ipfs put\nstop()")
    assert line.error == "KeyboardInterrupt: stopped"
    assert cell.reply["ename"] == "KeyboardInterrupt"
    assert session.pins() == []
    assert kernel.run("1").data(CARD) == []


def test_what_a_thread_of_the_cell_prints_is_the_cells(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    kernel.run(
        "%%ipfs put --name it\nimport threading\n"
        "thread = threading.Thread(target=print, args=('from a thread',))\n"
        "thread.start()\nthread.join()"
    )
    assert session.cat("it/stdout.txt") == b"from a thread\n"


def test_a_figure_as_last_value_comes_back_as_a_picture(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    done = kernel.run(
        "%%ipfs put --name fig\n%matplotlib inline\nimport matplotlib.pyplot as plt\n"
        "figure, axes = plt.subplots()\naxes.plot([1, 2])\nplt.close()\nfigure"
    )
    assert done.ok
    names = {entry.name for entry in session.ls("fig/result")}
    assert {"figure.png", "figure.svg"} <= names
    assert session.cat("fig/output-1/figure.png").startswith(b"\x89PNG")


@pytest.mark.parametrize("above", ["import math", "# a comment"])
def test_the_magic_below_the_first_line_says_where_it_goes(kernel: Kernel, above: str) -> None:
    done = kernel.run(f"{above}\n%%ipfs put --name late\n1")
    assert "goes into the first line of a cell" in done.error


def test_an_empty_cell_stores_nothing_and_says_so(
    kernel: Kernel, session: jupyter_ipfs.Session
) -> None:
    assert "nothing to store" in kernel.run("%%ipfs put --name empty").error
    assert session.names() == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%ipfs lst", "did you mean ls"),
        ("%ipfs put nofile.csv", "looked in"),
        ("%ipfs ls bafybeigdyrzt", "cut off"),
    ],
)
def test_a_beginners_mistake_is_answered_with_what_to_do(
    kernel: Kernel, line: str, said: str
) -> None:
    assert said in kernel.run(line).error


def test_get_without_a_target_is_called_as_the_user_calls_it(
    kernel: Kernel, tmp_path: Path
) -> None:
    kernel.run(f"import os; os.chdir({str(tmp_path)!r})")
    kernel.run("%ipfs put b'x' --name wine")
    kernel.run("%ipfs get wine")
    assert (tmp_path / "wine").read_bytes() == b"x"
