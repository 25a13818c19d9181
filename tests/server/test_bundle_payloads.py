"""What the labextension's tests read of shares and reports is what this server writes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.compare.verdict import CellVerdict, OutputVerdict
from jupyter_ipfs.bundles.environment import distributions
from jupyter_ipfs.bundles.environment.distributions import Distribution, Installed, Interpreter
from jupyter_ipfs.bundles.papers import documents
from jupyter_ipfs.bundles.replay.machine import Machine, PackageDifference
from jupyter_ipfs.bundles.replay.readiness import Readiness
from jupyter_ipfs.bundles.reports.report import Report
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.server.bundles import planning, reports, resource
from jupyter_ipfs.server.wallet.wallets import Wallets
from jupyter_ipfs.server.workspace import Workspace
from jupyter_ipfs.session import connect
from tests.server.payloads import Steady, compare
from tests.server.test_bundles import code, notebook, output
from tests.server.test_panel_payloads import repo

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["repo"]
_CID = re.compile(r"\bbaf[a-z2-7]{50,60}\b")


class SteadyCIDs(Steady):
    """The same with other CIDs: what a share holds may change with each version of the format."""

    def __init__(self, *places: Path) -> None:
        super().__init__(*places)
        self._cids: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:  # noqa: ANN401  (any JSON)
        value = super().__call__(value)
        return _CID.sub(self._steady, value) if isinstance(value, str) else value

    def _steady(self, found: re.Match[str]) -> str:
        made_up = CID.of(b"%d" % len(self._cids))
        return self._cids.setdefault(found[0], str(made_up))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same installed packages on every computer."""
    package = Distribution("mine", "1.0", "it is installed from a folder")
    found = Installed(Interpreter("3.11.7", "cpython", "linux", "x86_64"), (package,))
    monkeypatch.setattr(distributions, "installed", lambda *_: found)
    monkeypatch.setattr(documents, "lock", lambda *_: None)


def machine() -> Machine:
    return Machine(
        python="3.11.9",
        python_wanted="3.11.7",
        implementation="cpython",
        platform="linux",
        machine="x86_64",
        cpu="",
        cores=2,
        isolation="bubblewrap",
        network=False,
        own_environment=False,
        packages=(PackageDifference("numpy", "2.0.1", None),),
    )


def verdicts() -> tuple[CellVerdict, ...]:
    rule = "numbers, within 1e-6"
    differs = OutputVerdict("differs", "text/plain", rule, "line 1 differs", "-4\n+5")
    return (
        CellVerdict("read", 1, "same", outputs=(OutputVerdict("same", "text/plain", "exact"),)),
        CellVerdict("sum", 2, "differs", "line 1 differs", outputs=(differs,)),
        CellVerdict("chance", 3, "skipped", "its author says that it varies", claimed=True),
    )


def written(jupyter_root: Path) -> dict[str, Any]:
    """What the handlers write, by the names that the other tests know it under."""
    (jupyter_root / "data").mkdir(parents=True)
    (jupyter_root / "data" / "a.csv").write_text("x,y\n1,2\n")
    (jupyter_root / ".env").write_text("PASSWORD=x")
    cells = (
        code("read", "open('data/a.csv').read(), open('.env').read()"),
        code("sum", "2 + 2", 2, outputs=[output(data={"text/plain": "4"})]),
        code("chance", "random()", None, metadata={"tags": ["nondeterministic"]}),
    )
    path = jupyter_root / "survey.ipynb"
    path.write_bytes(notebook(*cells))
    workspace = Workspace(jupyter_root)
    told: dict[str, Any] = {"plan": planning.planned({"path": "survey.ipynb"}, workspace)}
    wallets = Wallets()
    with connect() as session:
        shared = session.bundles.share(path, license="MIT", authors=["Ada"])
        told["bundle"] = resource.told(str(shared.root), "ada", wallets)
        report = Report(
            payload=str(shared.payload),
            share=str(shared.root),
            title="Survey",
            at="2026-11-23T20:15:00Z",
            reader_version="1.0",
            machine=machine(),
            verdicts=verdicts(),
            explanations=("It ran on Python 3.11.9, and its author's was 3.11.7.",),
        )
        kept = session.bundles.keep_report(report)
        told["reports"] = reports.listed(str(shared.root), "ada", wallets)
        told["report"] = reports.report(str(kept))
        told["bundle-report"] = resource.told(str(kept), "ada", wallets)
        path.write_bytes(notebook(cells[0], code("sum", "2 + 3", 2), cells[2]))
        second = session.bundles.share(path)
        told["difference"] = resource.difference(str(shared.root), str(second.root))
    told["readiness"] = Readiness(
        why_not_isolated=None,
        python_wanted="3.11.7",
        python_found="3.11.9",
        packages=30,
        refused=(),
        locked=True,
        environment_ready=False,
        installer=True,
    ).as_json()
    # How many bytes it takes to write a share down is the format's business.
    told["bundle"] |= {"files": 12, "size": 34_567}
    told["plan"]["size"] = told["plan"]["notebook"]["size"] = 2_345
    return told


@pytest.mark.usefixtures("environment", "repo")
def test_the_payloads_about_shares_are_what_the_server_writes(tmp_path: Path) -> None:
    place = tmp_path / "work"
    told = json.loads(json.dumps(written(place)))  # as it comes to a browser
    compare(SteadyCIDs(tmp_path)(told))
