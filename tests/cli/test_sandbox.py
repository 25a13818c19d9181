"""``jupyter ipfs sandbox``: the practice chain by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said
    from tests.sandboxes import Sandbox


def test_the_command_tells_of_the_sandbox_and_ends_nothing_else(
    sandbox: Sandbox, run: Callable[..., Said]
) -> None:
    here = ("--repo", sandbox.repo)
    told = run(*here, "sandbox", "--json")
    assert (told.status, told.stderr) == (0, "")
    (record,) = told.records
    assert record["rpc_url"] == sandbox.info.rpc_url
    assert record["accounts"] == [
        {"label": label, "address": sandbox.address(label)} for label in ("author", "buyer")
    ]
    shown = run(*here, "sandbox", "status")
    assert shown.lines[0] == "Practice: only on this computer, play money: running"
    assert run(*here, "sandbox", "fund", sandbox.address("buyer"), "--json").status == 0
    wrong = run(*here, "sandbox", "fund", "0x12\x1b[2J")
    assert (wrong.status, "\x1b" in wrong.stderr) == (1, False)
    assert run(*here, "sandbox", "fund").status == 2
    assert run(*here, "sandbox", "stop", "0x12").status == 2
    assert run(*here, "sandbox", "restart").status == 2


def test_the_command_says_what_does_not_run(run: Callable[..., Said]) -> None:
    said = run("sandbox", "status")
    assert said.text == "Practice: only on this computer, play money: not running\n"
    assert said.stderr == "To start it: jupyter ipfs sandbox\n"
    assert run("sandbox", "stop", "--json").records == [{"running": False, "stopped": False}]
