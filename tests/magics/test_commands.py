"""The other subcommands, in plain IPython."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import jupyter_ipfs
    from jupyter_ipfs.magics.results import Card
    from tests.magics.conftest import Kernel, Shell

Run = Callable[[str], Any]


@pytest.fixture
def survey(run: Run) -> Card:
    """A stored directory, by name ``survey``."""
    place = Path("data")
    (place / "sub").mkdir(parents=True)
    (place / "a.csv").write_text("a,b\n1,2\n")
    (place / "sub" / "b.bin").write_bytes(bytes(range(256)))
    card: Card = run("%ipfs put data/ --name survey")
    return card


@pytest.mark.usefixtures("survey")
def test_ls_cat_and_stat_take_names_cids_variables_and_sub_paths(run: Run) -> None:
    run("x = %ipfs put data/")
    for path in ("survey", "survey@1", "x", "$x", "{x}", "/ipfs/{x}", "ipfs://{x}"):
        assert [entry.name for entry in run(f"%ipfs ls {path}")] == ["a.csv", "sub"], path
    assert run("%ipfs cat survey/a.csv") == b"a,b\n1,2\n"
    assert run("%ipfs cat {x}/sub/b.bin -o 3 -l 2") == bytes([3, 4])
    assert run("%ipfs stat survey/sub/b.bin").value.size == 256


@pytest.mark.usefixtures("survey")
def test_what_is_listed_is_a_table_as_text_and_as_html(run: Run) -> None:
    listing = run("%ipfs ls survey")
    assert repr(listing).splitlines()[1].split()[:3] == ["a.csv", "8", "bytes"]
    assert "<th" in listing._repr_html_()
    assert "a.csv" in repr(listing)
    for command in ("names", "pins", "log survey", "ls"):
        assert "survey" in repr(run(f"%ipfs {command}")), command


@pytest.mark.usefixtures("survey")
def test_text_shows_as_text_and_cannot_steer_a_terminal(run: Run) -> None:
    assert repr(run("%ipfs cat survey/a.csv")) == "a,b\n1,2\n"
    Path("evil.txt").write_bytes(b"ok\x1b[2Jgone\x07\n")
    run("%ipfs put evil.txt --name evil")
    assert repr(run("%ipfs cat evil")) == "ok\ufffd[2Jgone\ufffd\n"
    assert "no text" in repr(run("%ipfs cat survey/sub/b.bin"))


@pytest.mark.usefixtures("survey")
def test_get_and_verify_find_what_was_changed(run: Run) -> None:
    run("%ipfs get survey out")
    assert Path("out/sub/b.bin").read_bytes() == bytes(range(256))
    assert run("%ipfs verify survey out")
    assert repr(run("%ipfs verify survey")) == "2 of 2 files intact"
    Path("out/a.csv").write_text("a,b\n1,3\n")
    changed = run("%ipfs verify survey out")
    assert not changed
    assert "changed: a.csv" in repr(changed)


@pytest.mark.usefixtures("survey")
def test_export_and_import_hand_content_over(
    run: Run,
    survey: Card,
    tmp_path: Path,
) -> None:
    assert "survey.car" in repr(run("%ipfs export survey survey.car"))
    folder = tmp_path / "lab"
    folder.mkdir()
    assert str(folder) in repr(run(f"%ipfs push survey {folder}"))
    again = run("%ipfs put data/ --name survey")
    assert again.unchanged
    assert again.where.startswith("on this computer, in ")
    assert "survey.car" in again.where
    assert str(folder) in again.where
    Path("survey.car").rename("elsewhere.car")
    gone = run("%ipfs put data/ --name survey").where
    assert "not checked since" in gone
    assert not gone.startswith("only")
    Path("elsewhere.car").rename("survey.car")
    run(f"%env JUPYTER_IPFS_REPO={tmp_path / 'other'}")
    card = run("%ipfs import survey.car --name theirs")
    assert card.cid == survey.cid
    assert (card.name, card.name_version) == ("theirs", 1)
    assert run("%ipfs cat theirs/a.csv") == b"a,b\n1,2\n"


def test_unpin_says_how_to_undo_it_and_pin_does(run: Run, survey: Card) -> None:
    said = repr(run("%ipfs unpin survey"))
    assert f"%ipfs pin {survey.cid}" in said
    assert run("%ipfs pins") == []
    run(f"%ipfs pin {survey.cid}")
    assert [pin.root for pin in run("%ipfs pins")] == [survey.cid]


def test_gc_and_forget_ask_first_and_nobody_to_ask_is_no(  # noqa: PLR0917
    shell: Shell,
    survey: Card,
    run: Run,
    session: jupyter_ipfs.Session,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    for command in ("gc", "forget survey"):
        assert shell.run_cell(f"%ipfs {command}").error_in_exec is not None
        assert f"%ipfs {command} --yes" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda _: "n")
    capsys.readouterr()
    assert not run("%ipfs forget survey")
    assert "kept by survey@1" in capsys.readouterr().out
    assert session.blocks.has(survey.cid)
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert run("%ipfs forget survey")
    assert not session.blocks.has(survey.cid)
    assert session.pins() == []
    card = run("%ipfs put [1]")
    run(f"%ipfs unpin {card.cid}")
    assert run("%ipfs gc --yes").value.blocks > 0
    assert not session.blocks.has(card.cid)


def test_a_kernel_asks_in_the_cell_and_headless_it_says_what_to_type(kernel: Kernel) -> None:
    kernel.run("%ipfs put [1] --name a")
    headless = kernel.run("%ipfs forget a")
    assert not headless.ok
    assert "%ipfs forget a --yes" in headless.error
    assert "Nothing was removed" in kernel.run("%ipfs forget a", answer="n").data("text/plain")[0]
    assert kernel.run("%ipfs forget a", answer="y").ok
    assert not kernel.run("%ipfs cat a/data.json").ok


def test_settings_are_shown_and_changed(run: Run, session: jupyter_ipfs.Session) -> None:
    assert "backend = embedded" in repr(run("%ipfs config"))
    run("%ipfs config gateways https://gateway.test")
    assert list(session.config.gateways) == ["https://gateway.test"]
    run("%ipfs config gateways ''")
    assert list(session.config.gateways) == []
    run("%ipfs config quota 10 GiB")
    assert session.config.quota == 10 * 2**30
    run("%ipfs config quota ''")
    assert not session.config.quota
    run("%ipfs config public_gateways true")
    assert session.config.public_gateways is True


def test_content_that_nobody_has_is_an_error_that_says_so(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
    assert shell.run_cell(f"%ipfs cat {absent}").error_in_exec is not None
    shown = capsys.readouterr().out
    assert absent in shown
    assert "Traceback" not in shown
