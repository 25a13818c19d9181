"""Names get other words, pins are let go and taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.ipld.cid import CID

if TYPE_CHECKING:
    import httpx

    from jupyter_ipfs.session import Session


def kept(session: Session) -> tuple[list[Any], list[Any]]:
    """Everything that says what is kept, as the database has it."""
    return (
        session.repo.database.rows("SELECT * FROM pins ORDER BY root"),
        session.repo.database.rows("SELECT * FROM names ORDER BY name, version"),
    )


def unpin(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    response = client.delete(f"jupyter-ipfs/pins/{path}")
    assert response.status_code == 200, response.text
    unpinned: list[dict[str, Any]] = response.json()["unpinned"]
    return unpinned


def test_undoing_an_unpin_restores_pins_and_versions_exactly(
    client: httpx.Client, session: Session
) -> None:
    roots = [session.add(b"undo %d" % number, name="undo") for number in range(3)]
    session.repo.pin(roots[1])  # by itself as well
    session.repo.set_name("also", roots[1], pin=True)
    with session.repo.changing() as connection:
        connection.execute("UPDATE names SET pinned = 0 WHERE name = 'undo' AND version = 1")
    before = kept(session)
    unpinned = unpin(client, "undo")
    assert {each["root"]: each["names"] for each in unpinned} == {
        str(roots[2]): ["undo@3"],
        str(roots[1]): ["also@1", "undo@2"],
    }
    assert not {pin.root for pin in session.pins()} & set(roots)
    restored = client.post("jupyter-ipfs/pins", json={"unpinned": unpinned})
    assert restored.status_code == 204, restored.text
    assert kept(session) == before


def test_one_version_and_one_root_can_be_let_go(client: httpx.Client, session: Session) -> None:
    root = session.add(b"one version", name="one-version")
    assert unpin(client, "one-version@1") == [
        {"root": str(root), "names": ["one-version@1"], "pinned_at": None, "elsewhere": False}
    ]
    assert unpin(client, str(root)) == [], "nothing keeps it any more"


def test_what_was_renamed_meanwhile_is_kept_by_a_pin(
    client: httpx.Client, session: Session
) -> None:
    root = session.add(b"renamed meanwhile", name="before-it")
    unpinned = unpin(client, "before-it")
    session.repo.rename("before-it", "after-it")
    assert client.post("jupyter-ipfs/pins", json={"unpinned": unpinned}).status_code == 204
    assert root in [pin.root for pin in session.pins()]


def test_what_a_gc_has_taken_cannot_be_kept_again(client: httpx.Client) -> None:
    body = {"unpinned": [{"root": str(CID.of(b"gone for good")), "names": [], "pinned_at": 1.0}]}
    response = client.post("jupyter-ipfs/pins", json=body)
    assert (response.status_code, response.json()["code"]) == (404, "BlockNotFoundError")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"unpinned": "all"},
        {"unpinned": [1]},
        {"unpinned": [{"root": 7, "names": []}]},
        {"unpinned": [{"root": str(CID.of(b"x")), "names": ["half \ud800@1"]}]},
        {"unpinned": [{"root": str(CID.of(b"x")), "names": ["n@99999999999999999999"]}]},
        {"unpinned": [{"root": str(CID.of(b"x")), "names": [], "pinned_at": 1e300}]},
        {"unpinned": [{"root": str(CID.of(b"x")), "names": ["no version"]}]},
        {"unpinned": [{"root": str(CID.of(b"x")), "names": [], "pinned_at": "nan?"}]},
    ],
)
def test_other_things_cannot_be_restored(client: httpx.Client, body: dict[str, object]) -> None:
    response = client.post("jupyter-ipfs/pins", content=json.dumps(body))
    assert (response.status_code, response.json()["code"]) == (400, "RequestError")


def test_a_name_gets_another_word_and_keeps_its_versions(
    client: httpx.Client, session: Session
) -> None:
    roots = [session.add(b"word %d" % number, name="a-word") for number in range(2)]
    renamed = client.patch("jupyter-ipfs/names/a-word", json={"name": "100 % other: wörd"})
    assert renamed.status_code == 204, renamed.text
    told = client.get("jupyter-ipfs/names/100%20%25%20other:%20w%C3%B6rd").json()
    assert [(v["version"], v["root"], v["pinned"]) for v in told["versions"]] == [
        (2, str(roots[1]), True),
        (1, str(roots[0]), True),
    ]
    assert client.get("jupyter-ipfs/names/a-word").status_code == 404


@pytest.mark.parametrize(
    "name", ["", "a/b", "a@1", "new\nline", "\u202e", "taken", "..", "x" * 500, 7, None]
)
def test_a_word_that_cannot_be_a_name_is_refused(
    client: httpx.Client, session: Session, name: object
) -> None:
    session.add(b"taken", name="taken")
    session.add(b"to be renamed", name="to-be-renamed")
    response = client.patch("jupyter-ipfs/names/to-be-renamed", json={"name": name})
    assert (response.status_code, response.json()["code"]) == (400, "RequestError")
    assert session.log("to-be-renamed")


def test_a_body_that_is_no_object_is_refused(client: httpx.Client) -> None:
    for body in (b"[1]", b"nonsense", b"[" * 5000, b"\xff"):
        assert client.patch("jupyter-ipfs/names/x", content=body).status_code == 400
