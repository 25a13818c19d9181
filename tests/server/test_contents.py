"""The drive ``ipfs:``, as Jupyter's own front end asks for it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema
import nbformat
import pytest

from jupyter_ipfs.ipld.cid import CID
from tests.server.hostile import NAMES, claiming, directory, identity
from tests.server.test_actions import NOTEBOOK
from tests.server.test_reading import PNG
from tests.server.test_routes import schema

if TYPE_CHECKING:
    import httpx

    from jupyter_ipfs.session import Session


def get(client: httpx.Client, path: str = "", **query: str | int) -> dict[str, Any]:
    """Ask as JupyterLab's drive does: each part of the path quoted by itself."""
    url = "/".join(["jupyter-ipfs/contents", *(quote(part, safe="") for part in path.split("/"))])
    response = client.get(url.rstrip("/"), params=query)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    jsonschema.validate(told, schema("Contents"))
    return told


def test_the_root_lists_names_and_pins(client: httpx.Client, session: Session) -> None:
    named = session.store_files({"a.txt": b"a"}, name="drive: 100 %").root
    bare = session.add(b"pinned without a name")
    listed = {each["name"]: each for each in get(client)["content"]}
    assert listed["drive: 100 %"]["type"] == "directory"
    assert listed[str(bare)]["type"] == "file"
    assert get(client, content=0)["content"] is None
    below = get(client, "drive: 100 %")["content"]
    assert [each["path"] for each in below] == ["drive: 100 %/a.txt"]
    assert get(client, f"{named}/a.txt")["content"] == "a"


def test_a_directory_s_content_is_not_sent_unasked(client: httpx.Client, session: Session) -> None:
    root = session.store_files({"sub/a.txt": b"abc"}).root
    assert get(client, f"{root}/sub", content=0)["content"] is None
    told = get(client, f"{root}/sub", type="directory")
    assert (told["format"], told["writable"]) == ("json", False)
    (entry,) = told["content"]
    assert (entry["type"], entry["size"], entry["content"]) == ("file", 3, None)


def test_a_notebook_opens_with_no_cell_trusted(client: httpx.Client, session: Session) -> None:
    hostile = json.loads(json.dumps(NOTEBOOK))
    hostile["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    hostile["cells"][0]["outputs"][0]["metadata"]["trusted"] = True
    root = session.store_files({"n.ipynb": json.dumps(hostile).encode()}).root
    told = get(client, f"{root}/n.ipynb", type="notebook", content=1)
    assert (told["type"], told["format"], told["writable"]) == ("notebook", "json", False)
    content = told["content"]
    assert content["cells"][0]["metadata"]["trusted"] is False
    assert content["cells"][0]["outputs"][0]["metadata"] == {}
    assert "widgets" not in content["metadata"]
    bare = session.add(json.dumps(NOTEBOOK).encode())
    assert get(client, str(bare))["content"]["cells"][0]["metadata"]["trusted"] is False


def test_a_text_that_is_written_as_lines_is_one_text(
    client: httpx.Client, session: Session
) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": 1,
            "source": ["1\n", "2"], "outputs": [output]}  # fmt: skip
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    root = session.store_files({"n.ipynb": json.dumps(whole).encode()}).root
    told = get(client, f"{root}/n.ipynb", type="notebook", content=1)["content"]["cells"][0]
    assert (told["source"], told["outputs"][0]["text"]) == ("1\n2", "a\nb")


def test_an_old_notebook_is_converted_and_not_trusted(
    client: httpx.Client, session: Session
) -> None:
    new = nbformat.from_dict({**NOTEBOOK, "nbformat_minor": 4})  # type: ignore[no-untyped-call]
    old = nbformat.convert(new, 3)  # type: ignore[no-untyped-call]
    root = session.store_files({"old.ipynb": json.dumps(old).encode()}).root
    content = get(client, f"{root}/old.ipynb")["content"]
    assert content["nbformat"] == 4
    assert [cell["metadata"].get("trusted") for cell in content["cells"]] == [False]


@pytest.mark.parametrize(
    "content", [b"", b"no json", b"[]", b"{}", b'{"nbformat": 99}', b'{"nbformat": 4, "cells": 7}',
                b'{"nbformat": 3, "worksheets": 1}', b"[" * 100_000, b"\xff\xfe"]
)  # fmt: skip
def test_what_is_called_a_notebook_and_is_none_is_told_in_words(
    client: httpx.Client, session: Session, content: bytes
) -> None:
    root = session.store_files({"n.ipynb": content}).root
    response = client.get(f"jupyter-ipfs/contents/{root}/n.ipynb")
    assert response.status_code == 400, response.text
    assert response.json()["code"] == "RequestError"


def test_a_notebook_that_would_fill_the_memory_is_not_parsed(
    client: httpx.Client, session: Session
) -> None:
    bomb = b'{"nbformat": 4, "cells": [' + b"{}," * 600_000 + b"{}]}"
    root = session.store_files({"n.ipynb": bomb}).root
    response = client.get(f"jupyter-ipfs/contents/{root}/n.ipynb")
    assert response.status_code == 413
    assert response.json()["code"] == "LimitError"


def test_a_notebook_can_be_opened_as_a_text_file(client: httpx.Client, session: Session) -> None:
    root = session.store_files({"n.ipynb": b'{"nbformat": 4}'}).root
    told = get(client, f"{root}/n.ipynb", type="file", format="text")
    assert (told["type"], told["content"]) == ("file", '{"nbformat": 4}')


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.htm", "x.xhtml", "x.xml", "x.js"])
def test_nothing_has_a_type_that_acts(client: httpx.Client, session: Session, name: str) -> None:
    root = session.store_files({name: b"<script>alert(1)</script>"}).root
    told = get(client, f"{root}/{name}")
    assert (told["mimetype"], told["format"]) == ("text/plain", "text")
    assert get(client, f"{root}/{name}", format="base64")["mimetype"] == "application/octet-stream"


def test_bytes_come_as_base64_and_an_image_by_its_bytes(
    client: httpx.Client, session: Session
) -> None:
    files = {"p.png": PNG, "q.html": PNG, "r.bin": b"\0\1", "s.png": b"<svg onload=alert(1)>"}
    root = session.store_files(files).root
    assert get(client, f"{root}/s.png")["mimetype"] == "text/plain"
    told = get(client, f"{root}/p.png", format="base64")
    assert (told["mimetype"], told["format"]) == ("image/png", "base64")
    assert base64.b64decode(told["content"]) == PNG
    assert get(client, f"{root}/q.html")["mimetype"] == "image/png"
    assert get(client, f"{root}/r.bin")["mimetype"] == "application/octet-stream"
    refused = client.get(f"jupyter-ipfs/contents/{root}/r.bin", params={"format": "text"})
    assert refused.status_code == 400


def test_every_listed_path_leads_to_its_entry(client: httpx.Client, session: Session) -> None:
    root = directory(session, *((name, session.add(b"reached")) for name in NAMES))
    listed = get(client, str(root))["content"]
    assert len(listed) == len(NAMES)
    for entry in listed:
        assert get(client, entry["path"])["content"] == "reached", entry


def test_content_that_is_too_large_is_told(client: httpx.Client, session: Session) -> None:
    root = claiming(session, 5 << 30)
    response = client.get(f"jupyter-ipfs/contents/{root}")
    assert response.status_code in {404, 413}, response.text
    assert get(client, str(session.add(b"\0" * (1 << 20))), content=0)["size"] == 1 << 20


def test_a_large_directory_is_cut_and_says_so(client: httpx.Client, session: Session) -> None:
    leaf = identity(b"x")
    root = directory(session, *((b"e%05d" % n, leaf) for n in range(10_001)))
    listed = get(client, str(root))["content"]
    assert len(listed) == 10_001
    assert "more than 10,000" in listed[-1]["name"]


def test_nothing_can_be_saved_made_renamed_or_deleted(
    client: httpx.Client, session: Session
) -> None:
    root = session.store_files({"a.txt": b"a"}).root
    for path in ("contents", f"contents/{root}/a.txt"):
        for verb in ("PUT", "POST", "PATCH", "DELETE"):
            response = client.request(verb, f"jupyter-ipfs/{path}", json={"type": "file"})
            assert response.status_code == 405, (verb, response.text)
            assert response.json()["code"] == "ReadOnlyError"


def test_there_are_no_checkpoints(client: httpx.Client, session: Session) -> None:
    root = session.store_files({"a.txt": b"a"}).root
    assert client.get(f"jupyter-ipfs/contents/{root}/a.txt/checkpoints").json() == []
    assert client.post(f"jupyter-ipfs/contents/{root}/a.txt/checkpoints").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "{root}/%2e%2e/%2e%2e/etc/passwd",
        "{root}/..%2f..%2fetc%2fpasswd",
        "{root}/a.txt%00.ipynb",
        "{root}/nothing",
        "no-such-name",
        "https:%2f%2fgateway.invalid%2fipfs%2f{root}",
        "%ff%fe",
    ],
)
def test_paths_that_lead_nowhere(client: httpx.Client, session: Session, path: str) -> None:
    root = session.store_files({"a.txt": b"a"}).root
    response = client.get("jupyter-ipfs/contents/" + path.replace("{root}", str(root)))
    assert response.status_code in {400, 404}, response.text
    assert "root:" not in response.text


def test_a_directory_is_no_file_and_a_file_no_directory(
    client: httpx.Client, session: Session
) -> None:
    root = session.store_files({"a.txt": b"a"}).root
    asked = [("", "file"), ("/a.txt", "directory"), ("/a.txt", "notebook"), ("", "nonsense")]
    for path, kind in asked:
        response = client.get(f"jupyter-ipfs/contents/{root}{path}", params={"type": kind})
        assert response.status_code == 400, response.text


def test_what_is_not_held_is_not_fetched(client: httpx.Client) -> None:
    response = client.get(f"jupyter-ipfs/contents/{CID.of(b'nobody has this')}")
    assert (response.status_code, response.json()["code"]) == (404, "BlockNotFoundError")
