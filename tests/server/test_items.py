"""What is held, as the panel lists it: asked of a real server, written by another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.add import Options
from tests.server.test_routes import schema

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from jupyter_ipfs.session import Session


def items(client: httpx.Client, **query: str | int) -> list[dict[str, Any]]:
    response = client.get("jupyter-ipfs/items", params=query)
    assert response.status_code == 200, response.text
    listed: list[dict[str, Any]] = response.json()["items"]
    for each in listed:
        jsonschema.validate(each, schema("Item"))
    return listed


def titles(client: httpx.Client, **query: str | int) -> list[str]:
    return [each["title"] for each in items(client, **query)]


def test_what_a_kernel_stores_is_listed_at_once(client: httpx.Client, session: Session) -> None:
    root = session.add(b"one", name="listed-at-once")
    (first,) = items(client, query="listed-at-once")
    assert first["root"] == str(root)
    assert first["path"] == f"/ipfs/{root}"
    assert first["title"] == "listed-at-once"
    assert first["names"] == [{"name": "listed-at-once", "version": 1, "versions": 1}]
    assert (first["kind"], first["size"], first["pinned"]) == ("file", 3, True)
    assert [copy["kind"] for copy in first["copies"]] == ["here"]


def test_a_name_is_listed_once_and_recent_has_its_versions(
    client: httpx.Client, session: Session
) -> None:
    roots = [session.add(b"versions %d" % n, name="versioned") for n in (1, 2)]
    assert titles(client, query="versioned") == ["versioned"]
    recent = items(client, kind="recent", query="versioned")
    assert [each["root"] for each in recent] == [str(root) for root in reversed(roots)]
    assert recent[1]["names"] == [{"name": "versioned", "version": 1, "versions": 2}]


def test_a_page_is_a_part_of_the_whole(client: httpx.Client, session: Session) -> None:
    for number in range(5):
        session.add(b"page %d" % number, name=f"paged-{number}")
    whole = titles(client, kind="names", query="paged-")
    assert whole == [f"paged-{number}" for number in range(5)]
    assert titles(client, kind="names", query="paged-", offset=1, limit=2) == whole[1:3]
    told = client.get("jupyter-ipfs/items?kind=names&query=paged-&offset=9").json()
    assert told == {"items": [], "total": 5}


def test_it_is_found_by_a_part_of_its_cid_and_by_any_form_of_it(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "only.txt").write_text("a wrapped file")
    root = session.add(tmp_path / "only.txt", options=Options(wrap=True))
    assert titles(client, query=str(root)[20:40]) == ["only.txt"], "named by what is in it"
    assert titles(client, query=str(root.to_v0())) == ["only.txt"]
    assert titles(client, query=f"ipfs://{root}/only.txt") == ["only.txt"]


def test_notebooks_are_told_from_other_files(client: httpx.Client, session: Session) -> None:
    session.add(b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', name="nb-a")
    session.add(b'{"cells": "of a spreadsheet"}', name="nb-b")
    session.add(b"{}", name="nb-c.ipynb")
    listed = items(client, kind="names", query="nb-")
    assert [each["kind"] for each in listed] == ["notebook", "file", "notebook"]


def test_a_copy_counts_while_its_file_is_there(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    root = session.add(b"copied", name="copied")
    session.export_car(root, tmp_path / "copied.car")
    pushed = session.push(root, tmp_path)
    (listed,) = items(client, query="copied")
    assert [(copy["kind"], copy["place"]) for copy in listed["copies"][1:]] == [
        ("car", str(tmp_path / "copied.car")),
        ("folder", pushed),
    ]
    assert all(copy["since"] > 0 and copy["checked_at"] is None for copy in listed["copies"][1:])
    session.repo.record_check(root, pushed)
    (listed,) = items(client, query="copied")
    assert [copy["checked_at"] is None for copy in listed["copies"]] == [True, True, False]
    (tmp_path / "copied.car").unlink()
    (listed,) = items(client, query="copied")
    assert [copy["kind"] for copy in listed["copies"]] == ["here", "folder"]


def test_what_is_not_here_is_not_said_to_be(client: httpx.Client, session: Session) -> None:
    session.repo.set_name("far-away", CID.of(b"never stored"), pin=False)
    (listed,) = items(client, query="far-away")
    assert (listed["kind"], listed["size"], listed["copies"]) == ("unknown", None, [])


def test_an_item_tells_what_needs_it(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "part").write_text("a part of two things")
    part = session.add(tmp_path / "part", name="the-part")
    session.add(tmp_path / "part", name="the-whole", options=Options(wrap=True))
    told = client.get(f"jupyter-ipfs/items/{part}").json()
    assert told["needed_by"] == ["the-whole@1"]
    assert isinstance(told["needed_by_complete"], bool)
    assert [each["version"] for each in told["names"][0]["history"]] == [1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("items?kind=everything", 400),
        ("items?offset=-1", 400),
        ("items?limit=1e9", 400),
        ("items?offset=99999999999999999999", 400),
        ("items/not-a-cid", 400),
        ("items/..%2F..%2Fetc%2Fpasswd", 400),
        ("items?query=%00%0A%E2%80%AE%3Cscript%3E", 200),
        ("items?limit=999999999", 200),
    ],
)
def test_odd_requests_are_answered_in_words(client: httpx.Client, path: str, status: int) -> None:
    response = client.get(f"jupyter-ipfs/{path}")
    assert response.status_code == status, response.text
    if status == 400:
        jsonschema.validate(response.json(), schema("Error"))


def test_the_size_of_a_small_folder_is_that_of_its_files(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "sizes" / "raw").mkdir(parents=True)
    (tmp_path / "sizes" / "a.txt").write_bytes(b"12345")
    (tmp_path / "sizes" / "raw" / "b.bin").write_bytes(bytes(3_000_000))  # of several blocks
    root = session.add(tmp_path / "sizes", name="sizes")
    item = client.get(f"jupyter-ipfs/items/{root}").json()
    listing = client.get("jupyter-ipfs/entries", params={"path": "sizes"}).json()
    assert item["size"] == listing["size"] == 3_000_005
    for number in range(9):
        (tmp_path / "sizes" / f"{number}").mkdir()
    many = session.add(tmp_path / "sizes", name="sizes")
    assert client.get(f"jupyter-ipfs/items/{many}").json()["size"] is None  # more than is looked at
