"""The description and the handlers say the same."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import jsonschema
import pytest

from jupyter_ipfs.server.actions import ACTIONS
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.routes import ROUTES
from tests.server.test_auth import VERBS
from tests.server.test_routes import description

if TYPE_CHECKING:
    import httpx

    from jupyter_ipfs.session import Session


def test_each_verb_is_described_and_each_description_has_its_verb() -> None:
    described = description()["paths"]
    served = {
        path: {v for v in VERBS if getattr(handler, v) is not getattr(IPFSHandler, v)}
        for path, handler in ROUTES
    }
    assert {path: set(verbs) & set(VERBS) for path, verbs in described.items()} == served


def test_each_action_is_described_with_its_arguments() -> None:
    task = description()["components"]["schemas"]["Task"]
    assert task["properties"]["action"]["enum"] == sorted(ACTIONS)
    assert [each["properties"]["action"]["const"] for each in task["oneOf"]] == sorted(ACTIONS)


def answered(
    client: httpx.Client, verb: str, path: str, route: str = "", json: object = None
) -> httpx.Response:
    """An answer that is as the description says of ``route``."""
    described = description()
    route = route or f"/{path.partition('?')[0]}"
    answer = client.request(verb, f"jupyter-ipfs/{path}", json=json)
    responses = described["paths"][route][verb.lower()]["responses"]
    status = str(answer.status_code)
    told = responses[status] if status in responses else responses["default"]
    if "$ref" in told:
        told = described["components"]["responses"][told["$ref"].rpartition("/")[2]]
    content = told.get("content")
    if content is None:
        assert not answer.content or answer.status_code == HTTPStatus.FORBIDDEN  # also Jupyter's
    else:
        schema = content["application/json"]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": described["components"]})
    return answer


@pytest.fixture
def root(session: Session) -> str:
    return str(session.add(b"described", name="described"))


def test_answers_about_files_are_as_described(client: httpx.Client, root: str) -> None:
    operations = [
        {"op": "mkdir", "path": "/described/deep", "parents": True},
        {"op": "cp", "source": f"/ipfs/{root}", "target": "/described/n.ipynb"},
    ]
    body = {"operations": operations}
    assert answered(client, "POST", "mfs", json=body).status_code == 200
    folder = answered(client, "GET", "mfs?path=/described").json()
    assert [entry["kind"] for entry in folder["entries"]] == ["directory", "notebook"]
    assert answered(client, "GET", "mfs?path=/nowhere").status_code == 404
    assert answered(client, "POST", "mfs", json={}).status_code == 400


def test_answers_about_names_and_pins_are_as_described(client: httpx.Client, root: str) -> None:
    name, pin = "/names/{name}", "/pins/{path}"
    assert answered(client, "GET", "names/described", name).json()["versions"][0]["root"] == root
    assert answered(client, "GET", "names/no-such-name", name).status_code == 404
    unpinned = answered(client, "DELETE", "pins/described", pin).json()
    assert unpinned["unpinned"]
    assert answered(client, "POST", "pins", json=unpinned).status_code == 204
    assert answered(client, "POST", "pins", json={"unpinned": 7}).status_code == 400
    body = {"name": "described-anew"}
    assert answered(client, "PATCH", "names/described", name, json=body).status_code == 204
    assert answered(client, "PATCH", "names/described", name, json=body).status_code == 404


def test_answers_about_shares_are_as_described(client: httpx.Client, root: str) -> None:
    assert answered(client, "POST", "shares", json={"root": root}).status_code == 201
    assert answered(client, "GET", "shares").json()["shares"]
    assert answered(client, "POST", "shares", json={"root": 7}).status_code == 400
    public = {"root": root, "public": True}
    assert answered(client, "POST", "shares", json=public).status_code == 403
    assert answered(client, "DELETE", f"shares/{root}", "/shares/{cid}").status_code == 204
