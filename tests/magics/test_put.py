"""``%ipfs put`` in plain IPython: what a word means, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import jupyter_ipfs
from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.magics.results import EXPLANATION

if TYPE_CHECKING:
    from tests.conftest import Kubo
    from tests.magics.conftest import Shell

Run = Callable[[str], Any]


def test_a_variable_is_stored_and_its_card_is_its_cid(
    run: Run, session: jupyter_ipfs.Session
) -> None:
    run("data = {'a': [1, 2]}\nx = %ipfs put data")
    card = run("x")
    assert str(card) == f"{card}" == str(card.cid)
    assert session.load(card.cid) == {"a": [1, 2]}
    assert card.where == "only on this computer"


def test_a_card_has_text_html_and_the_payload_for_our_renderer(run: Run) -> None:
    card = run("%ipfs put 'a'.join('bc') --name it")
    bundle = card._repr_mimebundle_()
    assert bundle["text/plain"].startswith(f"it, version 1: {card.cid}\n")
    payload = bundle["application/vnd.jupyter-ipfs.cid+json"]
    assert payload["version"] == 1
    assert payload["cid"] == str(card.cid)
    assert payload["kind"] == "directory"
    assert payload["files"] == len(payload["items"])
    assert payload["size"] == sum(item["size"] for item in payload["items"])
    assert payload["name_version"] == 1
    assert payload["unchanged"] is False
    assert "<script" not in bundle["text/html"]


def test_the_first_card_of_a_session_says_what_a_cid_is(run: Run) -> None:
    assert EXPLANATION in repr(run("%ipfs put [1]"))
    assert EXPLANATION not in repr(run("%ipfs put [2]"))


def test_an_equal_object_is_unchanged_and_another_one_a_new_version(run: Run) -> None:
    assert run("%ipfs put [1] --name n").name_version == 1
    again = run("%ipfs put [1] --name n")
    assert (again.name_version, again.unchanged) == (1, True)
    assert "unchanged" in repr(again)
    other = run("%ipfs put [2] --name n")
    assert (other.name_version, other.unchanged) == (2, False)


def test_a_directory_has_the_cid_that_kubo_gives_it(run: Run, kubo: Kubo) -> None:
    place = Path("data set")
    (place / "sub").mkdir(parents=True)
    (place / "a.csv").write_bytes(b"a,b\n1,2\n")
    (place / "sub" / "b.bin").write_bytes(bytes(3_000_000))
    (place / ".hidden").write_bytes(b"h")
    card = run("%ipfs put 'data set'")
    assert str(card) == kubo.add(place)
    assert (card.kind, card.files, card.size) == ("directory", 2, 3_000_008)
    assert [(i.name, i.size) for i in card.items] == [("a.csv", 8), ("sub", None)]
    assert str(run("%ipfs add -r 'data set' -H")) == kubo.add(place, "--hidden")
    legacy = run("%ipfs put 'data set' --profile unixfs-v0-2015 -Q")
    assert legacy == kubo.add(
        place,
        "--cid-version=0",
        "--raw-leaves=false",
        "--chunker=size-262144",
        "--max-file-links=174",
    )
    wrapped = run("%ipfs put -w 'data set/a.csv' --name w")
    assert str(wrapped) == kubo.add(place / "a.csv", "-w")


def test_only_hash_stores_nothing(run: Run, session: jupyter_ipfs.Session) -> None:
    Path("a.txt").write_text("hello")
    card = run("%ipfs put -n a.txt")
    assert "not stored" in card.where
    assert session.pins() == []
    assert not session.blocks.has(card.cid)


def test_a_variable_goes_before_a_file_of_the_same_name_and_says_so(
    run: Run, session: jupyter_ipfs.Session
) -> None:
    Path("data").write_text("file")
    run("data = [1]")
    card = run("%ipfs put data")
    assert "This is the variable data" in repr(card)
    assert session.load(card.cid) == [1]
    quoted = run("%ipfs put 'data'")
    assert session.cat(quoted.cid) == b"file"
    assert quoted.notes == ()


def test_a_module_of_that_name_does_not_hide_the_file(
    run: Run, session: jupyter_ipfs.Session
) -> None:
    Path("json").write_text("file")
    run("import json")
    assert session.cat(run("%ipfs put json").cid) == b"file"


def test_dollars_and_braces_are_filled_in_and_a_dict_is_a_dict(
    run: Run, session: jupyter_ipfs.Session
) -> None:
    Path("my data.txt").write_text("file")
    run("path = 'my data.txt'\nnumber = 3")
    assert session.cat(run("%ipfs put $path --name fig-{number}").cid) == b"file"
    assert session.log("fig-3")[0].version == 1
    assert session.cat(run("%ipfs put {path}").cid) == b"file"
    assert session.load(run("%ipfs put {'a': number}").cid) == {"a": 3}
    card = run("%ipfs put path")
    assert session.load(card.cid) == "my data.txt"
    assert "For the file it names: %ipfs put {path}" in repr(card)


def test_expressions_and_a_functions_own_variables_are_found(
    run: Run, session: jupyter_ipfs.Session
) -> None:
    run(
        "rows = [1, 2, 3]\n"
        "def f(inner):\n    return get_ipython().run_line_magic('ipfs', 'put inner')"
    )
    assert session.load(run("%ipfs put rows[1:]").cid) == [2, 3]
    assert session.load(run("%ipfs put sorted(rows, reverse=True)").cid) == [3, 2, 1]
    assert session.load(run("f({'own': 1})").cid) == {"own": 1}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("put nothing-here.csv", "no variable and no file 'nothing-here.csv'"),
        ("put 'nothing here'", "no file or directory 'nothing here'"),
        ("put 1/0", "ZeroDivisionError"),
        ("put data/x.csv", "no variable and no file"),
        ("put a b", "no variable and no file"),
        ("put [1] [2]", "several objects have no one CID"),
        ("put [1] --inline", "--inline: for files and directories"),
        ("put", "the following arguments are required: SOURCE"),
        ("putt x", "did you mean put"),
        ("put [1] --nmae x", "unrecognized arguments: --nmae"),
        ("ls no-such-name", "no-such-name"),
        ("cat bafyNOTACID", "bafyNOTACID"),
        ("log nobody", "nobody"),
        ("load nobody", "nobody"),
        ("unpin bafkqaaa", "is not kept"),
        ("import no.car", "no.car"),
        ("config backend", None),
        ("config colour", "invalid choice"),
    ],
)
def test_a_mistake_is_told_in_a_message_and_a_hint_without_a_traceback(
    shell: Shell,
    capsys: pytest.CaptureFixture[str],
    line: str,
    message: str | None,
) -> None:
    result = shell.run_cell(f"%ipfs {line}")
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert (result.error_in_exec is None) == (message is None)
    if message is not None:
        assert message in shown.out + shown.err


def test_an_error_can_be_caught_by_its_class(run: Run) -> None:
    assert (
        run(
            "from jupyter_ipfs.errors import NameNotFoundError\n"
            "try:\n    %ipfs ls nobody\nexcept NameNotFoundError:\n    found = False\nfound"
        )
        is False
    )


def test_help_is_shown_and_nothing_ends(
    run: Run, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    run("%ipfs put --help")
    assert "--wrap-with-directory" in capsys.readouterr().out
    run("%ipfs")
    assert "forget" in capsys.readouterr().out
    run("%ipfs?")
    shown = capsys.readouterr().out
    assert "%%ipfs put --name fig-3" in shown
    assert shell.run_cell("1").result == 1


def test_the_help_names_every_command(shell: Shell) -> None:
    from jupyter_ipfs.magics.arguments import COMMANDS  # noqa: PLC0415
    from jupyter_ipfs.magics.extension import commands  # noqa: PLC0415

    text = shell.magics_manager.magics["line"]["ipfs"].__doc__ or ""
    assert [name for name in COMMANDS if f"%ipfs {name}" not in text] == []
    assert set(commands()) == set(COMMANDS)


def test_a_name_can_be_given_to_what_is_stored_already(
    run: Run, session: jupyter_ipfs.Session
) -> None:
    run("card = %ipfs put [1]")
    named = run("%ipfs put card --name later")
    assert named.cid == session.path("later").root


def test_a_pickle_only_object_is_refused_with_the_line_to_type(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    result = shell.run_cell("class Odd: pass\n%ipfs put Odd()")
    assert isinstance(result.error_in_exec, jupyter_ipfs.JupyterIPFSError)
    assert not isinstance(result.error_in_exec, ConfigError)
    assert "Traceback" not in capsys.readouterr().out
