"""One upload is one stream of bytes, resumed where it broke, and stored as one root."""

from __future__ import annotations

import json
import os
import random
import stat
from typing import TYPE_CHECKING

import jsonschema
import pytest

from jupyter_ipfs import config
from tests.jupyter_process import TOKEN, running_jupyter
from tests.server.test_routes import schema
from tests.server.uploading import (
    announce,
    commit,
    ended,
    kill,
    listed,
    opened,
    pour,
    put,
    send,
    store,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.conftest import Kubo
    from tests.jupyter_process import JupyterProcess

HOSTILE = {
    "survey\n2026/a.csv": b"newline",
    "\u202egnp.exe/b.csv": b"right to left",
    "<script>alert(1)</script>/c.csv": b"script",
    "back\\slash.txt": b"an ordinary character",
    "deep/er/and/deeper/empty": b"",
    "%2e%2e/encoded": b"not decoded",
    ".hidden": b"named by whoever dropped it",
}


def repo_of(jupyter: JupyterProcess) -> Path:
    return jupyter.home / "jupyter-data" / "ipfs"


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def test_a_folder_with_hostile_names_has_kubo_s_root(
    client: httpx.Client, kubo: Kubo, tmp_path: Path
) -> None:
    files = {f"top/{path}": data for path, data in HOSTILE.items()}
    for path, data in files.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    result = store(client, files, name="hostile-names")
    assert result["root"] == kubo.add(tmp_path / "top", "-H")
    assert (result["name"], result["version"], result["unchanged"]) == ("hostile-names", 1, False)
    again = store(client, files, name="hostile-names")
    assert (again["root"], again["unchanged"], again["blocks"]) == (result["root"], True, 0)


def test_one_file_is_a_file_unless_it_is_wrapped(client: httpx.Client, kubo: Kubo) -> None:
    data = noise(3_000_000)
    assert store(client, {"a.bin": data})["root"] == kubo.add(data)
    wrapped = store(client, {"a.bin": data}, wrap=True)["root"]
    assert wrapped == store(client, {"folder/a.bin": data})["root"]
    nested = store(client, {"folder/a.bin": data}, wrap=True)["root"]
    assert nested not in {wrapped, kubo.add(data)}


def test_an_upload_of_empty_files_has_no_bytes_to_send(client: httpx.Client, kubo: Kubo) -> None:
    assert store(client, {"nothing": b""})["root"] == kubo.add(b"")


def test_the_job_counts_files_bytes_and_what_was_there(client: httpx.Client) -> None:
    files = {"counted/a": noise(2_000_000, 7), "counted/b": noise(1_500_000, 8)}
    store(client, {"counted/a": files["counted/a"]})
    upload = announce(client, files)
    jsonschema.validate(upload, schema("Upload"))
    send(client, upload, b"".join(files.values()))
    job = commit(client, upload["id"])
    jsonschema.validate(job, schema("Job"))
    assert (job["files"], job["files_total"]) == (2, 2)
    assert (job["size"], job["size_total"], job["existing"]) == (3_500_000, 3_500_000, 2_000_000)
    assert (job["action"], job["title"], job["phase"]) == ("upload", "counted", "done")


def test_ten_thousand_files_go_through_in_one_upload(client: httpx.Client) -> None:
    files = {f"many/{n % 100}/{n}.txt": b"%d" % n for n in range(10_000)}
    result = store(client, files)
    assert result["blocks"] >= 10_000
    job = next(iter(client.get("jupyter-ipfs/jobs").json()["jobs"]))
    assert job["files_total"] == 10_000


def test_a_million_files_are_refused_in_words(client: httpx.Client) -> None:
    files = '{"path":"%d","size":1},'
    body = '{"files":[' + "".join(files % n for n in range(1_000_000))[:-1] + "]}"
    answer = client.post("jupyter-ipfs/uploads", content=body)
    assert answer.status_code == 413
    assert "1,000,000 files are too many" in answer.json()["message"]
    assert "zip" in answer.json()["hint"]


@pytest.mark.parametrize(
    "paths",
    [
        ["../a"], ["a/../../b"], ["/etc/passwd"], ["a//b"], ["a/"], [""], ["."], ["a/./b"],
        ["a\0b"], ["a", "a"], ["a", "a/b"], ["a/b/c", "a/b"], ["\ud800"], ["x/" * 200 + "y"],
        ["y" * 5000], [7], [None], [["a"]], [{"a": 1}],
    ],
)  # fmt: skip
def test_what_cannot_be_a_tree_of_files_is_refused(
    client: httpx.Client, paths: list[object]
) -> None:
    files = [{"path": path, "size": 1, "modified": 0} for path in paths]
    answer = client.post("jupyter-ipfs/uploads", content=json.dumps({"files": files}))
    assert answer.status_code in {400, 413}, answer.text
    jsonschema.validate(answer.json(), schema("Error"))


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "7", "nonsense", "{}", '{"files": []}', '{"files": {}}', '{"files": [1]}',
        '{"files": [{"path": "a"}]}', '{"files": [{"path": "a", "size": -1}]}',
        '{"files": [{"path": "a", "size": 1.5}]}', '{"files": [{"path": "a", "size": true}]}',
        '{"files": [{"path": "a", "size": 1e400}]}', '{"files": [{"path": "a", "size": "1"}]}',
        '{"files": [{"path": "a", "size": 1000000000000000000000}]}',
        '{"files": [{"path": "a", "size": 1, "modified": NaN}]}',
        '{"files": [{"path": "a", "size": 1}], "wrap": "yes"}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_body_that_is_no_list_of_files_is_the_asker_s_mistake(
    client: httpx.Client, body: str
) -> None:
    answer = client.post("jupyter-ipfs/uploads", content=body)
    assert answer.status_code in {400, 413}, answer.text
    jsonschema.validate(answer.json(), schema("Error"))


def test_the_bytes_go_on_only_where_they_ended(client: httpx.Client) -> None:
    data = noise(100_000, 3)
    upload = announce(client, {"offsets": data})["id"]
    assert put(client, upload, 0, data[:60_000]).json() == {"received": 60_000}
    for offset in (0, 59_999, 60_001, 100_000, 1 << 49):
        answer = put(client, upload, offset, data[60_000:])
        assert answer.status_code == 409
        assert answer.json()["received"] == 60_000
    assert put(client, upload, 60_000, data[60_000:] + b"more").status_code == 400
    for text in ("-1", "x", "", "1" * 50):
        answer = client.put(f"jupyter-ipfs/uploads/{upload}", params={"offset": text}, content=b"")
        assert answer.status_code in {400, 409}
    early = client.post(f"jupyter-ipfs/uploads/{upload}/commit", json={})
    assert early.status_code == 409
    assert "60,000 of 100,000" in early.json()["message"]
    assert put(client, upload, 60_000, data[60_000:]).json() == {"received": 100_000}
    assert commit(client, upload)["state"] == "done"


def test_an_upload_that_was_given_up_is_gone(client: httpx.Client, jupyter: JupyterProcess) -> None:
    upload = announce(client, {"given-up": b"abc"})["id"]
    put(client, upload, 0, b"ab")
    staged = repo_of(jupyter) / "uploads" / upload
    assert stat.S_IMODE(staged.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in staged.iterdir()} == {0o600}
    assert client.delete(f"jupyter-ipfs/uploads/{upload}").status_code == 204
    assert not staged.exists()
    assert client.get(f"jupyter-ipfs/uploads/{upload}").status_code == 404
    assert put(client, upload, 2, b"c").status_code == 404
    assert client.post(f"jupyter-ipfs/uploads/{upload}/commit", json={}).status_code == 404


@pytest.mark.parametrize(
    "upload_id", ["..", "%2e%2e", "..%2f..%2fpacks", "x" * 32, "0" * 32, "%00"]
)
def test_an_id_is_no_way_to_another_directory(client: httpx.Client, upload_id: str) -> None:
    for verb in ("GET", "DELETE", "PUT"):
        answer = client.request(
            verb, f"jupyter-ipfs/uploads/{upload_id}", content=b"x" if verb == "PUT" else None
        )
        assert answer.status_code in {400, 404, 405}, (verb, answer.text)


def test_of_two_tabs_that_send_at_once_one_is_told_to_wait(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    data = noise(10_000_000, 4)
    upload = announce(client, {"two-tabs": data})["id"]
    target = f"PUT /jupyter-ipfs/uploads/{upload}?offset=0 HTTP/1.1"
    headers = {"Authorization": f"token {TOKEN}", "Content-Length": "10000000"}
    staged = repo_of(jupyter) / "uploads" / upload / "data"
    with opened(jupyter, target, headers) as first:
        first.sendall(data[:5_000_000])
        until(lambda: staged.exists() and staged.stat().st_size)
        late = put(client, upload, 0, data)
        assert late.status_code == 409
        assert "another tab" in late.json()["hint"]
        assert client.delete(f"jupyter-ipfs/uploads/{upload}").status_code == 409
        first.sendall(data[5_000_000:])
        assert first.recv(4096).startswith(b"HTTP/1.1 200")
    assert commit(client, upload)["state"] == "done"


def unfinished(jupyter: JupyterProcess) -> list[Path]:
    return list((repo_of(jupyter) / "packs").glob("*.partial"))


def test_a_large_upload_is_imported_while_it_arrives(
    client: httpx.Client, jupyter: JupyterProcess, kubo: Kubo
) -> None:
    data = noise(20_000_000, 12)
    upload = announce(client, {"large.bin": data})
    send(client, upload, data[:8_000_000], 4_000_000)
    until(lambda: unfinished(jupyter))
    target = f"PUT /jupyter-ipfs/uploads/{upload['id']}?offset=8000000 HTTP/1.1"
    headers = {"Authorization": f"token {TOKEN}", "Content-Length": "12000000"}
    with opened(jupyter, target, headers) as browser:
        browser.sendall(data[8_000_000:12_000_000])
    where = f"jupyter-ipfs/uploads/{upload['id']}"
    until(lambda: client.get(where).json()["received"] == 12_000_000)
    send(client, {**upload, "received": 12_000_000}, data)
    job = commit(client, upload["id"], name="large")
    assert job["result"]["root"] == kubo.add(data)
    assert (job["size"], job["size_total"], job["files"]) == (len(data), len(data), 1)
    assert not unfinished(jupyter)
    again = store(client, {"large.bin": data}, name="large")
    assert (again["unchanged"], again["blocks"]) == (True, 0)


def test_a_large_upload_that_is_given_up_leaves_nothing(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    data = noise(20_000_000, 13)
    upload = announce(client, {"given-up.bin": data})["id"]
    put(client, upload, 0, data[:10_000_000])
    until(lambda: unfinished(jupyter))
    assert client.delete(f"jupyter-ipfs/uploads/{upload}").status_code == 204
    assert not unfinished(jupyter)


def test_what_arrived_before_the_browser_was_closed_is_kept(
    client: httpx.Client, jupyter: JupyterProcess, kubo: Kubo
) -> None:
    data = noise(5_000_000, 5)
    upload = announce(client, {"closed.bin": data})["id"]
    target = f"PUT /jupyter-ipfs/uploads/{upload}?offset=0 HTTP/1.1"
    headers = {"Authorization": f"token {TOKEN}", "Content-Length": str(len(data))}
    with opened(jupyter, target, headers) as browser:
        browser.sendall(data[:3_000_000])
    found = until(lambda: client.get(f"jupyter-ipfs/uploads/{upload}").json()["received"] or None)
    assert found == 3_000_000
    again = announce(client, {"closed.bin": data})
    assert (again["id"], again["received"]) == (upload, found)
    send(client, again, data)
    assert commit(client, upload)["result"]["root"] == kubo.add(data)


def test_an_upload_goes_on_after_the_server_was_killed(tmp_path: Path, kubo: Kubo) -> None:
    files = {"survey/a.bin": noise(6_000_000, 6), "survey/b.bin": noise(4_000_000, 7)}
    stream = b"".join(files.values())
    with running_jupyter("server", tmp_path) as jupyter:
        with jupyter.client() as client:
            upload = announce(client, files)
            send(client, upload, stream[:6_000_000], 2_000_000)  # cut at 60 %
        target = f"PUT /jupyter-ipfs/uploads/{upload['id']}?offset=6000000 HTTP/1.1"
        headers = {"Authorization": f"token {TOKEN}", "Content-Length": "4000000"}
        with opened(jupyter, target, headers) as browser:
            pour(browser, 1_000_000)  # the wrong bytes, so that counting them would be seen
            kill(jupyter)
    with running_jupyter("server", tmp_path) as jupyter, jupyter.client() as client:
        again = announce(client, files)
        assert (again["id"], again["received"]) == (upload["id"], 6_000_000)
        send(client, again, stream)
        job = commit(client, again["id"])
    for path, data in files.items():
        place = tmp_path / "kubo" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    assert job["result"]["root"] == kubo.add(tmp_path / "kubo" / "survey")


_KILLED = """
import os, signal
from pathlib import Path
from jupyter_ipfs.node import add
original = add.Slice.chunks
def chunks(self, size):
    for number, chunk in enumerate(original(self, size)):
        yield chunk
        if number == 2 and Path("kill-me").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 2 and Path("full").exists():
            raise OSError(28, "No space left on device")
add.Slice.chunks = chunks
"""


def test_a_server_that_is_killed_in_mid_commit_loses_nothing(tmp_path: Path, kubo: Kubo) -> None:
    config_file = tmp_path / "config.py"
    config_file.write_text(_KILLED)
    data = noise(8_000_000, 9)
    with running_jupyter("server", tmp_path, f"--config={config_file}") as jupyter:
        with jupyter.client() as client:
            upload = announce(client, {"killed.bin": data})
            send(client, upload, data)
            (jupyter.root_dir / "kill-me").touch()
            client.post(f"jupyter-ipfs/uploads/{upload['id']}/commit", json={"name": "killed"})
        until(lambda: not _listens(jupyter))
        (jupyter.root_dir / "kill-me").unlink()
    with running_jupyter("server", tmp_path) as jupyter, jupyter.client() as client:
        again = announce(client, {"killed.bin": data})
        assert (again["id"], again["received"]) == (upload["id"], len(data))
        job = commit(client, again["id"], name="killed")
        assert job["result"]["root"] == kubo.add(data)
        assert job["result"]["version"] == 1, "the first try left no name"
        assert not list((repo_of(jupyter) / "uploads").iterdir())


def _listens(jupyter: JupyterProcess) -> bool:
    import httpx  # noqa: PLC0415

    try:
        with jupyter.client() as client:
            client.get("jupyter-ipfs/jobs")
    except httpx.TransportError:
        return False
    return True


@pytest.fixture(scope="module")
def unlucky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server whose disk is full when it is told so, and that soon hangs up on the slow."""
    home = tmp_path_factory.mktemp("unlucky")
    config_file = home / "config.py"
    stalled = "from jupyter_ipfs.server.uploads import resource as r; r._STALLED_S = 1\n"
    config_file.write_text(_KILLED + stalled)
    with running_jupyter("server", home, f"--config={config_file}") as jupyter:
        yield jupyter


def test_a_commit_that_fails_leaves_the_staging_for_another_try(unlucky: JupyterProcess) -> None:
    data = noise(8_000_000, 10)
    with unlucky.client() as client:
        upload = announce(client, {"full.bin": data})
        send(client, upload, data)
        packs = repo_of(unlucky) / "packs"
        before = sorted(packs.glob("*.car"))
        (unlucky.root_dir / "full").touch()
        job = commit(client, upload["id"])
        assert job["state"] == "failed"
        assert job["error"]["code"] == "DiskFullError"
        assert "Traceback" not in json.dumps(job)
        assert sorted(packs.iterdir()) == before, "nothing half-written"
        (unlucky.root_dir / "full").unlink()
        again = commit(client, upload["id"])
        assert again["state"] == "done", "a commit that has failed can be repeated"
        assert again["id"] != job["id"]


def test_a_commit_whose_answer_was_lost_is_answered_with_the_same_job(
    client: httpx.Client,
) -> None:
    data = noise(3_000_000, 21)
    upload = announce(client, {"lost-answer": data})
    send(client, upload, data)
    commits = [
        client.post(f"jupyter-ipfs/uploads/{upload['id']}/commit", json={"name": "lost-answer"})
        for _ in range(3)
    ]
    assert {answer.status_code for answer in commits} == {202}
    assert len({answer.json()["id"] for answer in commits}) == 1
    job = ended(client, commits[0].json())
    assert job["result"]["version"] == 1
    assert commit(client, upload["id"], name="lost-answer") == job, "also when it has ended"
    again = announce(client, {"lost-answer": data})
    assert again["received"] == 0
    send(client, again, data)
    anew = commit(client, again["id"], name="lost-answer")
    assert anew["id"] != job["id"], "what is sent anew is another upload, with the same id"
    assert anew["result"]["unchanged"] is True


def test_a_client_that_falls_asleep_does_not_keep_the_upload(unlucky: JupyterProcess) -> None:
    jupyter = unlucky
    data = noise(1_000_000, 14)
    with jupyter.client() as client:
        upload = announce(client, {"asleep.bin": data})["id"]
        target = f"PUT /jupyter-ipfs/uploads/{upload}?offset=0 HTTP/1.1"
        headers = {"Authorization": f"token {TOKEN}", "Content-Length": str(len(data))}
        with opened(jupyter, target, headers) as asleep:
            asleep.sendall(data[:300_000])
            where = f"jupyter-ipfs/uploads/{upload}"
            until(lambda: client.get(where).json()["received"] == 300_000)
            assert put(client, upload, 300_000, data[300_000:]).json() == {"received": len(data)}
        assert commit(client, upload)["state"] == "done"


def test_what_does_not_fit_into_the_quota_is_refused_before_it_is_sent(
    unlucky: JupyterProcess,
) -> None:
    repo = repo_of(unlucky)
    with unlucky.client() as client:
        used = client.get("jupyter-ipfs/status").json()["disk"]["used"]
        staged = sorted((repo / "uploads").iterdir()) if (repo / "uploads").exists() else []
        config.save(repo, quota=used + 6_000_000)
        answer = client.post(
            "jupyter-ipfs/uploads", json={"files": listed({"large": bytes(7_000_000)})}
        )
        assert answer.status_code == 507
        assert answer.json()["code"] == "QuotaExceededError"
        assert sorted((repo / "uploads").iterdir()) == staged
        data = noise(3_000_000, 11)
        upload = announce(client, {"fits": data})
        send(client, upload, data[:2_000_000])
        other = client.post(
            "jupyter-ipfs/uploads", json={"files": listed({"other": bytes(4_500_000)})}
        )
        assert other.status_code == 507, "what is staged counts"
        config.save(repo, quota=used + 2_100_000)
        refused = put(client, upload["id"], 2_000_000, data[2_000_000:])
        assert refused.status_code == 507
        assert client.get(f"jupyter-ipfs/uploads/{upload['id']}").json()["received"] == 2_000_000
        config.save(repo, quota=used + 6_000_000)
        send(client, {**upload, "received": 2_000_000}, data)
        job = commit(client, upload["id"])
        config.save(repo, quota="")
        assert job["error"] is None
        assert job["state"] == "done"


def test_an_upload_that_nobody_went_on_with_for_a_week_is_dropped(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    old = announce(client, {"old": b"abc"})["id"]
    young = announce(client, {"young": b"abc"})["id"]
    uploads = repo_of(jupyter) / "uploads"
    for file in [uploads / old, *(uploads / old).iterdir()]:
        os.utime(file, (1_000_000_000, 1_000_000_000))
    announce(client, {"new": b"abc"})
    assert not (uploads / old).exists()
    assert (uploads / young).exists()


def test_bytes_that_only_the_memory_of_another_boot_held_do_not_count(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    upload = announce(client, {"power-cut": b"abcdef"})["id"]
    put(client, upload, 0, b"abcd")
    state = repo_of(jupyter) / "uploads" / upload / "state.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), "boot": "another"}))
    assert announce(client, {"power-cut": b"abcdef"})["received"] == 0
    assert put(client, upload, 0, b"ABCDEF").json() == {"received": 6}


def test_a_name_that_cannot_be_one_is_refused_at_once(client: httpx.Client) -> None:
    upload = announce(client, {"unnamed": b""})["id"]
    for name in ("a/b", "x@2", 7, "\n"):
        answer = client.post(f"jupyter-ipfs/uploads/{upload}/commit", json={"name": name})
        assert answer.status_code == 400, name
    job = client.post(f"jupyter-ipfs/uploads/{upload}/commit", json={"name": None}).json()
    assert ended(client, job)["state"] == "done"
