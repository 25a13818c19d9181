"""The panel's Files: folders that can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from jupyter_ipfs.session import Session


def change(client: httpx.Client, *operations: dict[str, Any]) -> httpx.Response:
    return client.post("jupyter-ipfs/mfs", json={"operations": list(operations)})


def folder(client: httpx.Client, path: str) -> list[tuple[str, str]]:
    response = client.get("jupyter-ipfs/mfs", params={"path": path})
    assert response.status_code == 200, response.text
    return [(each["name"], each["kind"]) for each in response.json()["entries"]]


def test_many_changes_make_one_new_root(client: httpx.Client, session: Session) -> None:
    root = session.add(b"a file")
    made = change(
        client,
        {"op": "mkdir", "path": "/panel/deep", "parents": True},
        {"op": "cp", "source": f"/ipfs/{root}", "target": "/panel/a file: 100 %.txt"},
        {"op": "cp", "source": f"/ipfs/{root}", "target": "/panel/b"},
        {"op": "mv", "source": "/panel/b", "target": "/panel/deep"},
    )
    assert made.status_code == 200, made.text
    assert made.json()["root"] == str(session.mfs.root())
    assert folder(client, "/panel") == [("a file: 100 %.txt", "file"), ("deep", "directory")]
    assert folder(client, "/panel/deep") == [("b", "file")]
    assert change(client, {"op": "rm", "path": "/panel", "recursive": True}).status_code == 200
    assert client.get("jupyter-ipfs/mfs?path=/panel").status_code == 404


def test_all_of_them_happen_or_none(client: httpx.Client, session: Session) -> None:
    before = session.mfs.root()
    failed = change(
        client,
        {"op": "mkdir", "path": "/half"},
        {"op": "mv", "source": "/no-such-file", "target": "/half/x"},
    )
    assert failed.status_code == 404, failed.text
    assert session.mfs.root() == before


@pytest.mark.parametrize(
    "operation",
    [
        {},
        {"op": "write", "path": "/x"},
        {"op": "mkdir"},
        {"op": "mkdir", "path": ["/x"]},
        {"op": "cp", "source": "/x"},
        {"op": "rm", "path": ""},
    ],
)
def test_other_operations_are_refused(client: httpx.Client, operation: dict[str, Any]) -> None:
    assert change(client, operation).status_code == 400


@pytest.mark.parametrize("path", ["/..", "no-slash", "/nul\0"])
def test_paths_that_are_none_are_refused(client: httpx.Client, path: str) -> None:
    assert change(client, {"op": "mkdir", "path": path}).status_code in {400, 404, 409}
    assert change(client).status_code == 400
