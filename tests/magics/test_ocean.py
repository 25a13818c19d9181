"""``%ocean`` in a shell: what one types, what is shown, and what can be used in code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.completer import provisionalcompleter

from jupyter_ipfs.errors import ConfigError, ConsentRequiredError, DDOError, NotSignedInError
from jupyter_ipfs.magics import ocean, ocean_arguments
from jupyter_ipfs.ocean import asset as assets
from jupyter_ipfs.ocean import draft, search
from jupyter_ipfs.session import connect
from tests.ocean.market import fresh, height

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.magics.conftest import Shell
    from tests.sandboxes import Sandbox

    Run = Callable[[str], Any]

ABOUT = '--description "Made by a test, in a cell." --author Ada --license MIT'


@pytest.fixture
def practice(sandbox: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Cells of a notebook on the sandbox's repo, signed in as the author."""
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(sandbox.repo))
    run("%wallet practice")
    return run


@pytest.fixture
def root(sandbox: Sandbox) -> str:
    with connect(repo=sandbox.repo) as session:
        return str(session.add(fresh()))


def test_a_cell_publishes_and_the_next_ones_find_buy_and_check(
    practice: Run, root: str, tmp_path: Path
) -> None:
    asset = practice(f'%ocean publish {root} --title "From a cell" {ABOUT} --price 2 --tag cells')
    assert (asset.title, asset.tags, str(asset.price)) == ("From a cell", ("cells",), "2 OCEAN")
    practice("%wallet practice --as buyer")
    practice("found = %ocean search --tag cells --paid")
    assert practice("[each.did for each in found]") == [asset.did]
    practice("asset = found[0]\norder = %ocean buy asset")
    assert practice("order.paid") == "2.002 OCEAN"
    got = practice(f"%ocean download asset {tmp_path / 'got'}")
    assert str(got.root) == root
    assert "of which the asset says the sha256" in got.checked
    assert practice("%ocean show order").bought
    assert [each.event for each in practice("%ocean history asset")] == ["ordered", "published"]
    mine = practice("%ocean mine")
    assert asset.did in {each.asset.did for each in mine.bought}


def test_what_is_given_back_shows_itself_as_practice_and_runs_nothing(
    practice: Run, root: str
) -> None:
    line = f'%ocean publish {root} --title "<script>alert(1)</script>" {ABOUT} --free'
    for value in (practice(line), practice("%ocean status"), practice("%ocean search script")):
        bundle = value._repr_mimebundle_()
        assert "Practice: only on this computer, play money" in bundle["text/plain"]
        assert "Practice: only on this computer, play money" in bundle["text/html"]
        assert "<script" not in bundle["text/html"]


def test_checking_says_what_is_missing_and_what_it_costs_and_sends_nothing(
    practice: Run, root: str, sandbox: Sandbox
) -> None:
    before = height(sandbox)
    found = practice(f"%ocean check {root} --title abc --free")
    assert set(found.problems) >= {"title", "description", "author", "license"}
    fine = practice(f'%ocean check {root} --title "All is well" {ABOUT} --price 1')
    assert fine.ok
    assert "2 transactions to sign" in repr(fine)
    assert height(sandbox) == before


def test_a_mistake_is_told_for_each_field_as_it_is_typed(practice: Run, root: str) -> None:
    with pytest.raises(DDOError) as caught:
        practice(f"%ocean publish {root} --title abc --free")
    assert caught.value.hint is not None
    for option in ("--title: ", "--description: ", "--author: ", "--license: "):
        assert option in caught.value.hint


def test_who_is_not_signed_in_is_told_how(practice: Run, root: str) -> None:
    practice("%wallet logout")
    with pytest.raises(NotSignedInError) as caught:
        practice(f'%ocean publish {root} --title "Nobody\'s" {ABOUT} --free')
    assert "%wallet practice" in (caught.value.hint or "")
    assert "nobody" in repr(practice("%ocean status"))


def test_what_others_have_already_is_asked_about_before_it_is_sold(
    practice: Run, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice(f'%ocean publish {root} --title "Given away" {ABOUT} --free')
    asked: list[str] = []

    def answer(text: str) -> str:
        asked.append(text)
        return "n"

    monkeypatch.setattr("builtins.input", answer)
    with pytest.raises(ConsentRequiredError):
        practice(f'%ocean publish {root} --title "And sold" {ABOUT} --price 1')
    assert "Anyone with this CID can have it free" in asked[0]
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert practice(f'%ocean publish {root} --title "And sold" {ABOUT} --price 1').price


def test_giving_an_asset_away_is_asked_about(
    practice: Run, root: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice(f'asset = %ocean publish {root} --title "A present" {ABOUT} --free')
    to = sandbox.address("buyer")
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert not practice(f"%ocean transfer asset {to}")
    assert practice("%ocean state asset ordering-disabled").ok
    assert practice(f"%ocean transfer asset {to} --yes").value.startswith("0x")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%ocean pubish x", "did you mean publish"),
        ("%ocean publish x --title t", "--price"),
        ("%ocean publish x --title t --price 1 --free", "not allowed"),
        ("%ocean show wine", "did:op:"),
        ("%ocean search --kind car", "invalid choice"),
        ("%ocean publish x --title t --free --timeout soon", "--timeout"),
    ],
)
def test_a_line_that_makes_no_sense_says_what_would(run: Run, line: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        run(line)
    assert words in f"{caught.value} {caught.value.hint}"


def test_help_names_every_command(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("%ocean --help")
    told = capsys.readouterr().out
    assert all(f"    {command} " in told for command in ocean.COMMANDS)
    run("%ocean forget --help")
    assert "%ocean pending" in capsys.readouterr().out


def test_the_words_of_the_line_are_those_of_the_market() -> None:
    assert ocean.COMMANDS.keys() == ocean_arguments.COMMANDS.keys()
    assert ocean_arguments.KINDS == draft.KINDS
    assert ocean_arguments.STATES == assets.STATES
    assert tuple(search._SORTS) == ocean_arguments.SORTS


def test_a_time_is_typed_with_a_unit() -> None:
    assert [ocean_arguments.seconds(text) for text in ("0", "90", "12h", "30d", "1y")] == [
        0, 90, 43_200, 2_592_000, 31_556_952,
    ]  # fmt: skip


def test_tab_completes_commands_options_and_variables_with_assets(shell: Shell) -> None:
    def offered(text: str) -> list[str]:
        with provisionalcompleter():
            return [each.text for each in shell.Completer.completions(text, len(text))]

    shell.user_ns["tides"] = "did:op:" + "0" * 64
    assert "publish" in offered("%ocean pub")
    assert "--description" in offered("%ocean publish x --desc")
    assert "notebook" in offered("%ocean search --kind note")
    assert "tides" in offered("%ocean buy ti")
