"""``share``, ``open``, ``reproduce`` and what follows, by their lines and exit statuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from eth_account import Account

from jupyter_ipfs.bundles.door import Bundles
from jupyter_ipfs.bundles.replay import isolation
from tests.bundles.conftest import unlocked

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.bundles.reports.report import Report
    from jupyter_ipfs.ipld.cid import CID
    from tests.cli.conftest import Said

    Run = Callable[..., Said]

__all__ = ["unlocked"]  # a lock takes seconds, and nothing here is about it
pytestmark = pytest.mark.usefixtures("unlocked")

HOSTILE = "su\u202ervey\x1b[2J<script>"
TOKEN = "ghp_" + "aB3d" * 9  # made up; shaped as GitHub's are


def written(name: str, *cells: tuple[str, str | None], title: str = HOSTILE) -> Path:
    """Write a notebook; each cell has a source and, as text, the value that it gave."""
    v4: Any = nbformat.v4
    made = [v4.new_markdown_cell(f"# {title}", id="head")]
    for number, (source, value) in enumerate(cells, 1):
        outputs = []
        if value is not None:
            data = {"text/plain": value}
            outputs = [v4.new_output("execute_result", data, execution_count=number)]
        made.append(
            v4.new_code_cell(source, id=f"cell-{number}", execution_count=number, outputs=outputs)
        )
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = Path(name)
    text = nbformat.writes(v4.new_notebook(cells=made, metadata={"kernelspec": spec}))  # type: ignore[no-untyped-call]
    path.write_text(text)
    return path


@pytest.fixture
def survey(run: Run) -> Path:
    """A notebook that reads a file of the working directory."""
    del run
    Path("data").mkdir()
    Path("data/a.csv").write_text("x,y\n1,2\n")
    return written("survey.ipynb", ("open('data/a.csv').read()", r"'x,y\n1,2\n'"))


def test_sharing_says_what_is_shared_and_the_root_last(run: Run, survey: Path) -> None:
    said = run("share", survey, "--license", "MIT", "--author", "Ada")
    assert said.status == 0, said.stderr
    assert any(line.startswith("  data/a.csv  (") for line in said.lines)
    assert "shared as survey, version 1" in said.lines
    root = said.lines[-1]
    assert run("share", "-Q", survey, "--license", "MIT", "--author", "Ada").lines == [root]
    assert "\x1b" not in said.text
    assert "\u202e" not in said.text


def test_with_json_the_plan_comes_first_and_then_the_share(run: Run, survey: Path) -> None:
    said = run("share", "--json", survey, "--exclude", "data/a.csv", "--save", "out.car")
    plan, shared = said.records
    assert plan["title"] == HOSTILE
    assert isinstance(plan["inputs"], list)
    assert plan["inputs"][0]["selected"] is False
    assert shared["version"] == 1
    assert shared["saved"] == "out.car"
    (told,) = run("open", "--json", str(shared["root"])).records
    assert told["payload"] == shared["payload"]


def test_a_dry_run_stores_nothing(run: Run, survey: Path) -> None:
    said = run("share", "--dry-run", survey)
    assert said.status == 0
    assert "data/a.csv" in said.text
    assert run("names").lines == []


def test_a_secret_stops_the_share_unless_it_is_said_explicitly(run: Run) -> None:
    notebook = written("secret.ipynb", (f"token = '{TOKEN}'", None))
    said = run("share", notebook)
    assert said.status == 1
    assert "SECRET: " in said.text
    assert "--allow-secrets" in said.stderr
    assert TOKEN not in said.text + said.stderr
    assert run("names").lines == []
    assert run("share", notebook, "--allow-secrets").status == 0


@pytest.mark.parametrize(
    "args",
    [
        ("share",),
        ("share", "survey.ipynb", "--save", "out.tar"),
        ("share", "survey.ipynb", "--execute", "--dry-run"),
        ("open",),
        ("reproduce", "survey", "--nonsense"),
        ("diff", "survey"),
    ],
)
def test_wrong_usage_ends_with_status_2(run: Run, survey: Path, args: tuple[str, ...]) -> None:
    del survey
    assert run(*args).status == 2


def test_what_is_no_notebook_is_an_error_in_one_line(run: Run) -> None:
    Path("text.ipynb").write_text("no JSON")
    for name in ("text.ipynb", "nowhere.ipynb"):
        said = run("share", name)
        assert said.status == 1
        assert said.stderr.startswith("Error: ")
        assert len(said.stderr.splitlines()) == 1


@pytest.mark.parametrize("form", ["car", "zip"])
def test_a_share_that_was_handed_over_is_opened_in_another_repo(
    run: Run, survey: Path, form: str
) -> None:
    root = run("share", "-Q", survey, "--save", f"out.{form}").lines[-1]
    said = run("--repo", "other", "open", f"out.{form}", "--check", "--copy", ".")
    assert said.status == 0, said.stderr
    assert said.lines[0] == root
    assert "Signed by nobody" in said.lines
    assert "\x1b" not in said.text
    assert Path("survey/data/a.csv").read_text() == "x,y\n1,2\n"
    again = run("--repo", "other", "open", root, "--copy", ".")
    assert Path("survey/data/a.csv").exists()
    assert "the notebook: survey-2" in again.text


def test_a_flipped_byte_in_what_was_handed_over_is_noticed_and_nothing_is_written(
    run: Run, survey: Path
) -> None:
    run("share", "-Q", survey, "--save", "out.car")
    data = bytearray(Path("out.car").read_bytes())
    at = data.index(b"x,y\n1,2\n")
    data[at] ^= 1
    Path("out.car").write_bytes(data)
    said = run("--repo", "other", "open", "out.car", "--copy", ".")
    assert said.status == 1
    assert said.stderr.startswith("Error: ")
    assert not Path("survey").exists()


def test_what_is_no_share_cannot_be_opened_as_one(run: Run) -> None:
    Path("plain").write_text("plain")
    run("add", "--name", "plain", "plain")
    for command in ("open", "reproduce", "provenance", "reports"):
        said = run(command, "plain")
        assert said.status == 1, command
        assert said.stderr.startswith("Error: ")


def test_nothing_runs_where_nobody_can_be_asked(run: Run, survey: Path) -> None:
    run("share", survey)
    said = run("reproduce", "survey", "--own-environment", "--no-isolation")
    assert said.status == 2
    assert "someone else's code" in said.stderr
    assert "can read and change your files" in said.stderr
    assert "--yes" in said.stderr


def test_yes_is_not_enough_where_it_cannot_be_isolated(
    run: Run, survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("share", survey)
    monkeypatch.setattr(isolation, "why_not", lambda: "there is no bwrap")
    said = run("reproduce", "--yes", "survey", "--own-environment", "--network")
    assert said.status == 1
    assert "--no-isolation" in said.stderr
    assert said.stdout == b""


def test_each_cell_gets_a_verdict_and_what_differs_counts(run: Run) -> None:
    notebook = written(
        "sums.ipynb", ("1 + 1", "2"), ("2 + 2", "5"), ("3 / 3", "1.0000000001"), title="Sums"
    )
    run("share", notebook)
    said = run(
        "reproduce", "--yes", "--own-environment", "sums", "--report", "report.html", "--json"
    )
    assert said.status == 1, said.stderr
    *cells, last = said.records
    assert [cell["verdict"] for cell in cells] == ["same", "differs", "tolerance"]
    assert last["counts"] == {
        "same": 1, "tolerance": 1, "skipped": 0, "differs": 1, "failed": 0,
    }  # fmt: skip
    assert b"<script" not in Path("report.html").read_bytes()
    (entry,) = run("reports", "sums", "--json").records
    assert entry["report"] == last["report"]
    assert entry["own"] is True
    taken = run("reproduce", "--yes", "--own-environment", "sums", "--report", "report.html")
    assert taken.status == 1
    assert "exists already" in taken.stderr


def test_on_a_terminal_each_cell_is_told_as_it_ends_and_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    notebook = written("sums.ipynb", ("1 + 1", "2"), ("2 + 2", "5"), title="Sums")
    run("share", notebook)
    so_far: list[bytes] = []
    keep = Bundles.keep_report

    def after_the_run(bundles: Bundles, report: Report) -> CID:
        sys.stdout.flush()
        so_far.append(capfdbinary.readouterr().out)
        return keep(bundles, report)

    monkeypatch.setattr(Bundles, "keep_report", after_the_run)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    said = run("reproduce", "--yes", "--own-environment", "sums")
    assert said.status == 1, said.stderr
    told = so_far[0].decode().splitlines()
    assert [line.split(":")[0] for line in told if " cell " in line] == [
        "same      cell 2",
        "differs   cell 3",
    ]
    assert said.lines[0] == "1 same, 1 differs"
    assert not any(" cell " in line for line in said.lines)


def test_where_it_came_from_is_told_and_drawn(run: Run, survey: Path) -> None:
    run("share", survey)
    said = run("provenance", "survey", "--svg", "graph.svg")
    assert "data/a.csv" in said.text
    assert Path("graph.svg").read_text().lstrip().startswith("<svg")
    (told,) = run("provenance", "survey", "--json").records
    assert {"nodes", "edges"} == set(told)
    assert run("provenance", "survey", "--svg", "graph.svg").status == 1


def test_a_second_version_is_told_apart_from_the_first(run: Run, survey: Path) -> None:
    run("share", survey)
    Path("data/a.csv").write_text("x,y\n1,3\n")
    notebook = json.loads(survey.read_text())
    notebook["cells"][1]["outputs"][0]["data"]["text/plain"] = r"'x,y\n1,3\n'"
    survey.write_text(json.dumps(notebook))
    run("share", survey)
    found = json.loads(run("diff", "survey@1", "survey@2", "--json").text)
    assert [(cell["id"], cell["change"]) for cell in found["cells"]] == [("cell-1", "changed")]
    assert [each["path"] for each in found["inputs"]] == ["data/a.csv"]
    text = run("diff", "survey@1", "survey@2").text
    assert "input data/a.csv" in text
    assert "Nothing is different." in run("diff", "survey@1", "survey@1").text


def test_who_signs_is_told_to_the_reader_and_whether_they_were_seen_before(
    run: Run, survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account.create()
    keystore = Account.encrypt(account.key, "a password", kdf="pbkdf2", iterations=1000)
    Path("key.json").write_text(json.dumps(keystore))
    refused = run("share", survey, "--keystore", "key.json")
    assert refused.status == 1
    assert "JUPYTER_IPFS_KEYSTORE_PASSWORD" in refused.stderr
    monkeypatch.setenv("JUPYTER_IPFS_KEYSTORE_PASSWORD", "a password")
    Path("shared").mkdir()
    sent = run("share", "--json", survey, "--keystore", "key.json", "--send", "shared")
    assert sent.status == 0, sent.stderr
    assert "a password" not in sent.text + sent.stderr
    root = sent.records[-1]["root"]
    (car,) = Path("shared").glob("*.car")
    said = run("--repo", "other", "open", car)
    assert said.lines[0] == root
    assert f"Vouched for by {account.address} as author (never seen here before)" in said.lines
    (told,) = run("--repo", "other", "open", "--json", str(root)).records
    assert [(each["valid"], each["role"]) for each in as_list(told["signatures"])] == [
        (True, "author")
    ]


def as_list(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value
