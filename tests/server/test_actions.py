"""What the jobs do with content, asked of a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import UnsafeContentError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.open_copy import clean, is_refused, untrusted
from jupyter_ipfs.session import Session, connect
from tests.jupyter_process import running_jupyter
from tests.server.hostile import directory, symlink
from tests.server.uploading import ended

if TYPE_CHECKING:
    import httpx

    from tests.jupyter_process import JupyterProcess

NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {"trusted": True},
            "outputs": [
                {
                    "output_type": "display_data",
                    "data": {"text/html": "<script>document.title='run'</script>"},
                    "metadata": {},
                }
            ],
            "source": "1",
        }
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def run_job(client: httpx.Client, action: str, **arguments: object) -> dict[str, Any]:
    """Run one job to its end."""
    started = client.post("jupyter-ipfs/jobs", json={"action": action, "arguments": arguments})
    assert started.status_code == 202, started.text
    return ended(client, started.json())


def done(client: httpx.Client, action: str, **arguments: object) -> dict[str, Any]:
    """Run one job that has to succeed, and return its result."""
    job = run_job(client, action, **arguments)
    assert job["state"] == "done", job
    result: dict[str, Any] = job["result"]
    return result


def test_what_is_not_here_is_fetched_from_a_source_and_checked(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    with connect("embedded", tmp_path / "colleague") as colleague:
        root = colleague.store_files({"a/b.txt": b"far away", "nb.ipynb": b"{}"}).root
        colleague.push(root, lab)
    with running_jupyter("server", tmp_path) as jupyter, jupyter.client() as client:
        link = f"https://gateway.invalid/ipfs/{root}/a"
        missing = run_job(client, "fetch", path=link)
        assert missing["error"]["code"] == "FetchError"
        config = jupyter.home / "jupyter-data" / "ipfs" / "config.toml"
        config.write_text(f'[sources]\nplaces = ["{lab}"]\n')
        config.chmod(0o600)
        assert client.get("jupyter-ipfs/entries", params={"path": link}).status_code == 404
        fetched = done(client, "fetch", path=link)
        assert fetched["path"] == f"/ipfs/{root}/a"
        assert fetched["kind"] == "directory"
        told = client.get("jupyter-ipfs/entries", params={"path": fetched["path"]}).json()
        assert [(each["name"], each["size"]) for each in told["entries"]] == [("b.txt", 8)]
        early = done(client, "fetch", path=str(root), depth="entity", pin=False)
        assert early["kind"] == "directory"
        kept = done(client, "fetch", path=str(root), pin=True)
        assert client.get(f"jupyter-ipfs/items/{kept['root']}").json()["pinned"] is True
        (lab / f"{root}.car").write_bytes(b"damaged")
        other = run_job(client, "fetch", path=str(CID.of(b"nowhere")))
        assert other["state"] == "failed"
        assert str(lab) in other["error"]["message"], "what was tried is told"


def test_a_root_is_pinned_by_its_path(client: httpx.Client, session: Session) -> None:
    root = session.add(b"to be pinned", pin=False)
    assert done(client, "pin", path=str(root)) == {"root": str(root), "name": None}
    assert root in [pin.root for pin in session.pins()]


def test_a_root_is_sent_to_a_folder_and_the_copy_is_checked(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    root = session.add(b"sent", name="sent")
    place = done(client, "push", path="sent", target=str(tmp_path))["place"]
    assert place == str(tmp_path / f"sent-{str(root)[-8:]}.car")
    assert done(client, "check-copy", root=str(root), place=place)["checked_at"] > 0
    Path(place).unlink()
    gone = run_job(client, "check-copy", root=str(root), place=place)
    assert gone["state"] == "failed"
    unknown = run_job(client, "check-copy", root=str(root), place="/etc")
    assert unknown["error"]["code"] == "RequestError"


def test_a_car_goes_out_and_comes_in(
    client: httpx.Client, session: Session, jupyter: JupyterProcess
) -> None:
    root = session.add(b"out and in", name="out-and-in")
    told = done(client, "export", path="out-and-in", to="out.car")
    assert told["path"] == "out.car"
    assert (jupyter.root_dir / "out.car").stat().st_size == told["size"]
    again = run_job(client, "export", path="out-and-in", to="out.car")
    assert again["state"] == "failed"
    assert again["error"]["code"] == "PathExistsError"
    came_in = done(client, "import", path="out.car", name="came-in")
    assert came_in["roots"] == [str(root)]
    assert session.log("came-in")[0].root == root


def test_what_is_forgotten_is_gone(client: httpx.Client, session: Session) -> None:
    root = session.add(b"to be forgotten", name="to-be-forgotten")
    told = done(client, "forget", path="to-be-forgotten")
    assert (told["blocks"], told["size"]) == (1, 15)
    assert not session.repo.has(root)
    session.add(b"let go", pin=False)
    assert set(done(client, "gc")) == {"blocks", "size"}


def test_a_copy_has_no_trusted_notebook_and_nothing_that_acts_by_itself(
    client: httpx.Client, session: Session, jupyter: JupyterProcess
) -> None:
    root = session.store_files(
        {
            "nb.ipynb": json.dumps(NOTEBOOK).encode(),
            "deep/NB.IPYNB": json.dumps(NOTEBOOK).encode(),
            "deep/data.csv": b"a,b\n",
            ".Git/config": b"[core]\n",
            "deep/.envrc": b"rm -rf /",
            "deep/Jupyter_Server_Config.py": b"raise SystemExit",
            "site/x.pth": b"import os",
            "broken.ipynb": b"no json",
        },
        name="hostile",
    ).root
    result = done(client, "copy", path="hostile")
    assert result["path"] == "hostile"
    copy = jupyter.root_dir / "hostile"
    written = sorted(p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file())
    assert written == ["deep/NB.IPYNB", "deep/data.csv", "nb.ipynb"]
    assert sorted(result["skipped"]) == [
        ".Git", "broken.ipynb", "deep/.envrc", "deep/Jupyter_Server_Config.py", "site/x.pth",
    ]  # fmt: skip
    for name in ("nb.ipynb", "deep/NB.IPYNB"):
        cells = json.loads((copy / name).read_text())["cells"]
        assert cells[0]["metadata"]["trusted"] is False
    opened = client.get("api/contents/hostile/nb.ipynb").json()["content"]
    assert opened["cells"][0]["metadata"]["trusted"] is False
    (copy / "nb.ipynb").write_text("my own work")
    assert done(client, "copy", path="hostile")["path"] == "hostile-2"
    assert done(client, "copy", path=str(root))["path"] == "hostile-3", "its name is known"
    assert (copy / "nb.ipynb").read_text() == "my own work"
    one = done(client, "copy", path="hostile/nb.ipynb")["path"]
    assert one == "nb.ipynb"
    assert done(client, "copy", path="hostile/nb.ipynb", to="hostile")["path"] == (
        "hostile/nb-2.ipynb"
    )
    assert not [p for p in jupyter.root_dir.iterdir() if p.name.startswith(".ipfs-copy")]


def test_a_bare_notebook_is_copied_under_a_notebook_s_name(
    client: httpx.Client, session: Session
) -> None:
    root = session.add(json.dumps(NOTEBOOK).encode())
    assert done(client, "copy", path=str(root))["path"] == f"{str(root)[:16]}.ipynb"


@pytest.mark.parametrize("name", [b"../escaped", b"..", b"a/b", b"", b"nul\0", b"/etc/passwd"])
def test_a_name_that_leads_out_is_refused(
    client: httpx.Client, session: Session, jupyter: JupyterProcess, name: bytes
) -> None:
    leaf = session.add(b"x")
    root = directory(session, (name, leaf))
    before = sorted(jupyter.root_dir.rglob("*"))
    job = run_job(client, "copy", path=str(root))
    assert job["error"]["code"] == UnsafeContentError.__name__
    assert sorted(jupyter.root_dir.rglob("*")) == before


def test_a_symlink_that_leads_out_is_refused(client: httpx.Client, session: Session) -> None:
    root = directory(session, (b"link", symlink(session, b"../../etc/passwd")))
    job = run_job(client, "copy", path=str(root))
    assert job["error"]["code"] == UnsafeContentError.__name__


def test_names_that_deceive_are_written_so_that_they_show(
    client: httpx.Client, session: Session, jupyter: JupyterProcess
) -> None:
    leaf = session.add(b"x")
    root = directory(
        session,
        ("\u202egpj.exe".encode(), leaf),
        (b"new\nline", leaf),
        (b"new_line", leaf),
        (b"\xff\xfe", leaf),
        (b"<script>alert(1)</script>".replace(b"/", b"|"), leaf),
    )
    result = done(client, "copy", path=str(root))
    names = sorted(p.name for p in (jupyter.root_dir / result["path"]).iterdir())
    assert names == ["<script>alert(1)<|script>", "__", "_gpj.exe", "new_line", "new_line-2"]
    assert sorted(result["renamed"]) == ["__", "_gpj.exe", "new_line-2"]


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("export", {"path": "x", "to": "../out.car"}),
        ("export", {"path": "x", "to": "out.ipynb"}),
        ("export", {"path": "x", "to": ".hidden/out.car"}),
        ("import", {"path": "../../etc/passwd"}),
        ("import", {"path": 7}),
        ("copy", {"path": "x", "to": ".."}),
        ("copy", {"to": ""}),
        ("copy-to", {"path": "x", "backend": "https://elsewhere"}),
        ("fetch", {"path": ["x"]}),
        ("fetch", {"path": "half a pair \ud800"}),
        ("fetch", {"path": "x", "depth": "forever"}),
        ("push", {"path": "x"}),
        ("push", {"path": "x", "target": "../.."}),
        ("check-copy", {"root": "no cid", "place": "/srv"}),
        ("rm", {}),
        ("__init__", {}),
    ],
)
def test_what_cannot_be_used_is_refused_before_there_is_a_job(
    client: httpx.Client, action: str, arguments: dict[str, object]
) -> None:
    body = json.dumps({"action": action, "arguments": arguments})
    response = client.post("jupyter-ipfs/jobs", content=body)
    assert response.status_code in {400, 404}, response.text
    assert response.json()["code"] in {"RequestError", "CIDError", "PathNotFoundError"}


def test_every_format_of_a_notebook_is_made_untrusted() -> None:
    cell = {"cell_type": "code", "metadata": {"trusted": True}}
    old = untrusted({"nbformat": 3, "worksheets": [{"cells": [dict(cell)]}]})
    assert old["worksheets"][0]["cells"][0]["metadata"] == {"trusted": False}
    odd = untrusted({"cells": [{"cell_type": "code", "metadata": None}, 1, None]})
    assert odd["cells"][0]["metadata"] == {"trusted": False}
    assert untrusted([1]) == [1]
    assert untrusted({"cells": 3, "worksheets": "x"}) == {"cells": 3, "worksheets": "x"}


@pytest.mark.parametrize(
    "name",
    [
        ".git", ".GIT", ".git.", ".git ", ".VSCode", ".envrc", ".ipython", ".jupyter", "a.PTH",
        "SiteCustomize.py", "jupyter_notebook_config.json", "JUPYTER_SERVER_CONFIG.PY",
    ],
)  # fmt: skip
def test_names_that_tools_act_on_are_refused_in_any_case(name: str) -> None:
    assert is_refused(name)


def test_other_names_are_not_refused() -> None:
    assert not any(map(is_refused, ["git", ".gitignore", "pth", "my_jupyter_config.md", "a.csv"]))


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("a b.csv", "a b.csv"),
        ("..", "copy"),
        (".ssh", "ssh"),
        ("a/b\\c", "a_b_c"),
        ("\u202eevil", "_evil"),
        ("", "copy"),
    ],
)
def test_a_name_is_made_fit_for_a_file_system(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned
    assert len(clean("é" * 500 + ".ipynb").encode()) <= 200
    assert clean("é" * 500 + ".ipynb").endswith(".ipynb")
