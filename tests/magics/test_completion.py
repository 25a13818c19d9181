"""What Tab offers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.completer import provisionalcompleter

if TYPE_CHECKING:
    from tests.magics.conftest import Kernel, Shell

Complete = Callable[[str], list[str]]


@pytest.fixture
def complete(shell: Shell) -> Complete:
    """Return the lines that Tab can make of a line."""

    def complete(text: str) -> list[str]:
        completer: Any = shell.Completer
        with provisionalcompleter():
            found = list(completer.completions(text, len(text)))
        return [text[: c.start] + c.text + text[c.end :] for c in found]

    return complete


def test_commands_and_options_are_completed(complete: Complete) -> None:
    assert complete("%ipfs pu") == ["%ipfs push", "%ipfs put"]
    assert complete("x = %ipfs unp") == ["x = %ipfs unpin"]
    assert complete("%ipfs put --na") == ["%ipfs put --name"]
    assert complete("%ipfs export survey --o") == ["%ipfs export survey --overwrite"]
    assert set(complete("%ipfs ")) > {"%ipfs put", "%ipfs gc"}
    assert complete("%%ipfs p") == ["%%ipfs put"]
    assert complete("%%ipfs put --on") == ["%%ipfs put --on-error"]
    assert complete("%%ipfs put --on-error k") == ["%%ipfs put --on-error keep"]
    assert complete("%ipfs config back") == ["%ipfs config backend"]


def test_names_cids_and_what_is_inside_them_are_completed(
    complete: Complete, run: Callable[[str], Any]
) -> None:
    Path("data/sub").mkdir(parents=True)
    Path("data/a.csv").touch()
    Path("data/sub/b").touch()
    card = run("kept = %ipfs put data --name survey-1\nkept")
    assert complete("%ipfs load su") == ["%ipfs load survey-1"]
    assert complete("%ipfs put x --name su") == ["%ipfs put x --name survey-1"]
    assert complete("%ipfs cat survey-1/") == [
        "%ipfs cat survey-1/a.csv",
        "%ipfs cat survey-1/sub/",
    ]
    assert complete("%ipfs cat survey-1/sub/") == ["%ipfs cat survey-1/sub/b"]
    assert complete(f"%ipfs pin {str(card)[:20]}") == [f"%ipfs pin {card}"]
    assert complete("%ipfs ls ke") == ["%ipfs ls kept"]


def test_variables_and_paths_are_completed(complete: Complete, run: Callable[[str], Any]) -> None:
    Path("my data").mkdir()
    Path("my data/a-file.csv").touch()
    Path("frames.csv").touch()
    run("frame = [1]\nimport fractions")
    assert complete("%ipfs put fra") == ["%ipfs put frame", "%ipfs put frames.csv"]
    assert complete("%ipfs put my") == ["%ipfs put my\\ data/"]
    assert complete("%ipfs put 'my data/a") == ["%ipfs put 'my data/a-file.csv"]
    assert complete("%ipfs put my\\ data/") == ["%ipfs put my\\ data/a-file.csv"]
    assert complete("%ipfs import fr") == ["%ipfs import frames.csv"]
    assert complete("%ipfs verify x fr") == ["%ipfs verify x frames.csv"]


def test_shares_are_completed_by_name_and_by_the_files_they_come_as(complete: Complete) -> None:
    Path("handed.zip").touch()
    Path("handed.txt").touch()
    Path("hand.ipynb").touch()
    assert complete("%ipfs repro") == ["%ipfs reproduce"]
    assert complete("%ipfs reproduce x --no-") == ["%ipfs reproduce x --no-isolation"]
    assert complete("%ipfs open hand") == ["%ipfs open handed.zip"]
    assert complete("%ipfs share hand.") == ["%ipfs share hand.ipynb"]
    assert complete("%ipfs open x --copy hand.") == ["%ipfs open x --copy hand.ipynb"]


def test_other_lines_are_left_alone(complete: Complete) -> None:
    assert "import json" in complete("import jso")
    assert "%ipfs" in complete("%ipf")


def test_a_kernel_completes_too(kernel: Kernel) -> None:
    reply = kernel.ask("complete", "%ipfs unp", 9)
    assert reply["matches"] == ["unpin"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (6, 9)
    cell = "1\n%ipfs put --hid"
    assert kernel.ask("complete", cell, len(cell))["matches"] == ["--hidden"]
