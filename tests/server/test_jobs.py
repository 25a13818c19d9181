"""Long operations: followed, cancelled, told how they ended; and they hold up nothing else."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from jupyter_ipfs.bundles.compare.verdict import CellVerdict
from jupyter_ipfs.protocols import Progress
from jupyter_ipfs.server.actions import Task
from jupyter_ipfs.server.jobs.job import Cancelled, Job
from jupyter_ipfs.server.jobs.pool import Jobs
from tests.jupyter_process import running_jupyter
from tests.server.test_routes import schema
from tests.server.uploading import ended, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.conftest import Kubo
    from tests.jupyter_process import JupyterProcess

# Actions that only these tests have: one that goes on until a file is there, two that fail.
_ACTIONS = """
import sys, time, types
from pathlib import Path
from jupyter_ipfs.errors import DiskFullError
from jupyter_ipfs.protocols import Progress
from jupyter_ipfs.server import actions

def waiting(session, arguments, progress):
    file, count = Path(arguments["until"]), 0
    try:
        while not file.exists():
            count += 1
            progress(Progress("storing", count, None, 10 * count, 1000, 0, "secret-label"))
            time.sleep(0.005)
    except BaseException as error:
        file.with_suffix(".ended").write_text(type(error).__name__)
        raise
    return {"count": count}

def broken(session, arguments, progress):
    return {}[arguments["secret"]]

def full(session, arguments, progress):
    raise DiskFullError("the disk is full", "free some")

for run in (waiting, broken, full):
    name = "jupyter_ipfs.server.actions." + run.__name__
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].run = run
    actions.ACTIONS[run.__name__] = run.__name__
"""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server with those actions."""
    place = tmp_path_factory.mktemp("busy")
    config = place / "config.py"
    config.write_text(_ACTIONS)
    with running_jupyter("server", place, f"--config={config}") as process:
        yield process


def start(client: httpx.Client, action: str, **arguments: object) -> dict[str, Any]:
    answer = client.post("jupyter-ipfs/jobs", json={"action": action, "arguments": arguments})
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    jsonschema.validate(job, schema("Job"))
    return job


def state(client: httpx.Client, job: dict[str, Any]) -> str:
    return str(client.get(f"jupyter-ipfs/jobs/{job['id']}").json()["state"])


def test_the_status_answers_while_every_job_s_thread_is_busy(busy: JupyterProcess) -> None:
    with busy.client() as client:
        jobs = [start(client, "waiting", until=f"go-{n}", name=f"job {n}") for n in range(5)]
        until(lambda: [state(client, job) for job in jobs] == ["running"] * 3 + ["queued"] * 2)
        assert client.get("jupyter-ipfs/status").json()["healthy"] is True
        listed = client.get("jupyter-ipfs/jobs").json()["jobs"]
        assert [job["title"] for job in listed[:5]] == [f"job {n}" for n in (4, 3, 2, 1, 0)]
        where = f"jupyter-ipfs/jobs/{jobs[4]['id']}"
        assert client.delete(where).status_code == 204
        assert client.get(where).json()["state"] == "cancelled", "it never began"
        for n in range(4):
            (busy.root_dir / f"go-{n}").touch()
        assert {ended(client, job)["state"] for job in jobs[:4]} == {"done"}
        assert client.delete(where).status_code == 204
        assert client.get(where).status_code == 404, "an ended one is forgotten"


def test_a_running_job_is_cancelled_from_within(busy: JupyterProcess) -> None:
    with busy.client() as client:
        job = start(client, "waiting", until="never")
        until(lambda: client.get(f"jupyter-ipfs/jobs/{job['id']}").json()["files"] > 0)
        client.delete(f"jupyter-ipfs/jobs/{job['id']}")
        assert ended(client, job)["state"] == "cancelled"
        assert (busy.root_dir / "never.ended").read_text() == "Cancelled"


def test_a_failure_is_told_with_code_message_and_hint(busy: JupyterProcess) -> None:
    with busy.client() as client:
        job = ended(client, start(client, "full"))
    jsonschema.validate(job, schema("Job"))
    assert job["state"] == "failed"
    assert job["error"] == {
        "code": "DiskFullError", "message": "the disk is full", "hint": "free some",
    }  # fmt: skip


def test_what_nobody_foresaw_is_logged_and_told_without_what_it_was_about(
    busy: JupyterProcess,
) -> None:
    with busy.client() as client:
        job = ended(client, start(client, "broken", secret="bafysecret"))
    assert job["state"] == "failed"
    assert job["error"]["code"] == "InternalError"
    until(lambda: any("broken failed with KeyError" in line for line in busy.lines))
    everything = json.dumps(job) + "".join(busy.lines)
    assert "Traceback" not in everything
    assert "bafysecret" not in everything


@pytest.mark.parametrize(
    "body",
    [
        {}, {"action": "rm"}, {"action": ["store"]}, {"action": "store"}, {"action": "__init__"},
        {"action": "store", "arguments": []}, {"action": "store", "arguments": {"paths": []}},
        {"action": "store", "arguments": {"paths": "a"}},
        {"action": "store", "arguments": {"paths": [1]}},
        {"action": "upload", "arguments": {"id": "../.."}}, {"action": "upload"},
    ],
)  # fmt: skip
def test_what_is_no_job_is_refused_at_once(client: httpx.Client, body: dict[str, Any]) -> None:
    answer = client.post("jupyter-ipfs/jobs", json=body)
    assert answer.status_code in {400, 404}, answer.text
    jsonschema.validate(answer.json(), schema("Error"))


def test_a_job_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    for job_id in ("0" * 32, "..", "%2e%2e%2f"):
        assert client.get(f"jupyter-ipfs/jobs/{job_id}").status_code == 404
        assert client.delete(f"jupyter-ipfs/jobs/{job_id}").status_code == 404


def test_a_job_counts_as_activity_and_looking_at_it_does_not(busy: JupyterProcess) -> None:
    def seen() -> str:
        return str(client.get("api/status").json()["last_activity"])

    with busy.client() as client:
        before = seen()
        job = start(client, "waiting", until="active")
        begun = seen()
        assert begun != before
        client.get("jupyter-ipfs/jobs")
        client.get(f"jupyter-ipfs/jobs/{job['id']}")
        assert seen() == begun
        (busy.root_dir / "active").touch()
        ended(client, job)


def test_a_server_that_is_stopped_cancels_what_runs(tmp_path: Path) -> None:
    config = tmp_path / "config.py"
    config.write_text(_ACTIONS)
    with running_jupyter("server", tmp_path, f"--config={config}") as jupyter:
        with jupyter.client() as client:
            running = start(client, "waiting", until="stopped")
            until(lambda: state(client, running) == "running")
        assert not (jupyter.root_dir / "stopped.ended").exists()
    assert (jupyter.root_dir / "stopped.ended").read_text() == "Cancelled"
    assert not any("Traceback" in line for line in jupyter.lines)


def test_files_folders_and_notebooks_of_the_workspace_are_stored(
    client: httpx.Client, jupyter: JupyterProcess, kubo: Kubo
) -> None:
    place = jupyter.root_dir / "stored <b>\n"
    (place / "sub").mkdir(parents=True)
    (place / "sub" / "a.csv").write_text("a,b\n")
    (place / "notes.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4}')
    (place / ".secret").write_text("hidden")

    def store(*paths: str, **more: object) -> dict[str, Any]:
        job = ended(client, start(client, "store", paths=list(paths), **more))
        assert job["state"] == "done", job
        result: dict[str, Any] = job["result"]
        return result

    name = place.name
    assert store(name)["root"] == kubo.add(place), "hidden files stay out"
    assert store(f"/{name}/sub/")["root"] == kubo.add(place / "sub")
    notebook = store(f"{name}/notes.ipynb", name="notes")
    assert notebook["root"] == kubo.add(place / "notes.ipynb")
    assert (notebook["name"], notebook["version"], notebook["unchanged"]) == ("notes", 1, False)
    several = store(f"{name}/sub", f"{name}/notes.ipynb")["root"]
    assert several == kubo.out("add", "-Qrw", "--", place / "sub", place / "notes.ipynb")


def test_what_is_hidden_or_elsewhere_is_not_stored(
    client: httpx.Client, jupyter: JupyterProcess, tmp_path: Path
) -> None:
    (tmp_path / "outside.txt").write_text("not yours")
    (jupyter.root_dir / "way-out").symlink_to(tmp_path)
    (jupyter.root_dir / ".env").write_text("TOKEN=1")
    for path in (
        "way-out/outside.txt",
        "../outside.txt",
        ".env",
        "%2e%2e/outside.txt",
        "/etc/passwd",
    ):
        answer = client.post(
            "jupyter-ipfs/jobs", json={"action": "store", "arguments": {"paths": [path]}}
        )
        assert answer.status_code in {400, 404}, path
        assert answer.json()["hint"] is not None or answer.status_code == 404


def finished(jobs: Jobs, run: Any, count: int = 1) -> list[Job]:  # noqa: ANN401
    """Jobs that have run ``run``, in this process."""
    started = [jobs.start(Task("test", str(n), {}, run)) for n in range(count)]
    until(lambda: all(job.is_over for job in started))
    return started


def test_the_newest_hundred_of_the_ended_are_kept() -> None:
    jobs = Jobs()
    first = finished(jobs, lambda *_: {}, 130)
    finished(jobs, lambda *_: {})
    assert len(jobs.all()) <= 102
    assert jobs.all()[1].id == first[-1].id
    assert first[0].id not in {job.id for job in jobs.all()}


def test_progress_is_told_ten_times_a_second_and_a_new_phase_at_once() -> None:
    jobs, told = Jobs(), []
    jobs.listen(lambda job: told.append(job.progress()))
    begin = time.monotonic()

    def run(_session: object, _arguments: object, progress: Any) -> dict[str, Any]:  # noqa: ANN401
        for n in range(10_000):
            progress(Progress("storing", n))
        progress(Progress("writing", 10_000))
        return {}

    finished(jobs, run)
    assert len(told) <= 5 + 10 * (time.monotonic() - begin)
    assert [now["phase"] for now in told][-2:] == ["writing", "done"]
    assert told[-1]["files"] == 10_000


def test_cancelling_is_nothing_that_except_exception_swallows() -> None:
    jobs, stopped = Jobs(), threading.Event()

    def run(_session: object, _arguments: object, progress: Any) -> dict[str, Any]:  # noqa: ANN401
        while True:
            try:
                progress(Progress("storing"))
            except Exception:  # noqa: BLE001, S110
                pass
            except Cancelled:
                stopped.set()
                raise

    job = jobs.start(Task("test", "", {}, run))
    until(lambda: job.progress()["state"] == "running")
    job.cancel()
    until(lambda: job.is_over)
    assert stopped.is_set()
    assert job.snapshot()["state"] == "cancelled"


def test_stopping_waits_until_everything_has_cleaned_up() -> None:
    jobs, cleaned = Jobs(), []

    def run(_session: object, _arguments: object, progress: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            while True:
                progress(Progress("storing"))
        finally:
            cleaned.append(True)

    started = [jobs.start(Task("test", "", {}, run)) for _ in range(5)]
    until(lambda: [job.progress()["state"] for job in started].count("running") == 3)
    jobs.stop()
    assert [job.progress()["state"] for job in started] == ["cancelled"] * 5
    assert len(cleaned) == 3


def test_who_waits_for_a_signature_keeps_no_transfer_waiting() -> None:
    jobs, signed = Jobs(), threading.Event()

    def wait(*_: object) -> dict[str, Any]:
        signed.wait(60)
        return {}

    waiting = [jobs.start(Task("test", "", {}, wait, signs=True)) for _ in range(10)]
    finished(jobs, lambda *_: {}, 5)
    assert not any(job.is_over for job in waiting)
    signed.set()
    until(lambda: all(job.is_over for job in waiting))


def test_code_of_others_runs_one_at_a_time_and_keeps_no_transfer_waiting() -> None:
    jobs, ended = Jobs(), threading.Event()
    running: list[int] = []

    def run(*_: object) -> dict[str, Any]:
        running.append(1)
        ended.wait(60)
        return {}

    waiting = [jobs.start(Task("test", "", {}, run, runs_code=True)) for _ in range(3)]
    finished(jobs, lambda *_: {}, 5)
    until(lambda: running)
    assert [job.progress()["state"] for job in waiting] == ["running", "queued", "queued"]
    jobs.remove(waiting[2].id)
    ended.set()
    until(lambda: all(job.is_over for job in waiting))
    assert len(running) == 2


def test_what_is_found_of_each_cell_is_told_while_it_runs_and_may_change() -> None:
    jobs = Jobs()

    def run(session: object, arguments: object, notes: Any) -> dict[str, Any]:  # noqa: ANN401
        del session, arguments
        notes.cell(CellVerdict("b", 2, "same"))
        notes.cell(CellVerdict("a", 1, "same"))
        notes.cell(CellVerdict("b", 2, "differs", "line 1 differs"))
        return {}

    (job,) = finished(jobs, run, 1)
    jsonschema.validate(job.snapshot(), schema("Job"))
    told = [(cell["id"], cell["verdict"], cell["reason"]) for cell in job.snapshot()["cells"]]
    assert told == [("a", "same", ""), ("b", "differs", "line 1 differs")]
    assert "cells" not in job.progress()
