"""Entries, previews and blocks: a look at what is held, however it was made."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema
import pytest

from jupyter_ipfs.ipld import dag_cbor, dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_CBOR, DAG_PB
from jupyter_ipfs.node.add import OnlyHash, add_files
from jupyter_ipfs.server import blocks
from jupyter_ipfs.unixfs import profiles
from tests.conftest import library
from tests.server.hostile import NAMES, claiming, directory, identity, store, symlink
from tests.server.test_routes import schema

if TYPE_CHECKING:
    import httpx

    from jupyter_ipfs.session import Session
    from tests.jupyter_process import JupyterProcess

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def entries(client: httpx.Client, path: str, **query: int) -> dict[str, Any]:
    response = client.get("jupyter-ipfs/entries", params={"path": path, **query})
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    jsonschema.validate(told, schema("Entries"))
    return told


def preview(client: httpx.Client, path: str) -> dict[str, Any]:
    response = client.get("jupyter-ipfs/preview", params={"path": path})
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    jsonschema.validate(told, schema("Preview"))
    return told


def block(client: httpx.Client, cid: CID | str) -> dict[str, Any]:
    response = client.get(f"jupyter-ipfs/blocks/{cid}")
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    jsonschema.validate(told, schema("Block"))
    return told


# — entries —


def test_a_directory_s_entries_lead_on(client: httpx.Client, session: Session) -> None:
    root = session.store_files(
        {"a.txt": b"abc", "deep/er/b.bin": b"\0" * 10, "n.ipynb": b"{}"}, name="tree"
    ).root
    told = entries(client, "tree")
    assert (told["path"], told["kind"], told["total"]) == (f"/ipfs/{root}", "directory", 3)
    assert [(e["name"], e["kind"], e["size"]) for e in told["entries"]] == [
        ("a.txt", "file", 3),
        ("deep", "directory", None),
        ("n.ipynb", "notebook", 2),
    ]
    below = entries(client, told["entries"][1]["path"] + "/er")
    assert below["entries"][0]["path"] == f"/ipfs/{root}/deep/er/b.bin"
    assert entries(client, below["entries"][0]["path"])["kind"] == "file"
    page = entries(client, "tree", offset=1, limit=1)
    assert [e["name"] for e in page["entries"]] == ["deep"]
    assert (page["total"], page["complete"]) == (3, False)


def test_a_sharded_directory_is_paged(client: httpx.Client, session: Session) -> None:
    names = [f"entry-{n:04}-{'x' * 100}" for n in range(3000)]
    root = session.store_files(dict.fromkeys(names, b"x")).root
    seen: list[str] = []
    complete = False
    while not complete:
        told = entries(client, str(root), offset=len(seen), limit=1000)
        seen += [e["name"] for e in told["entries"]]
        complete = told["complete"]
        assert told["total"] == 3000, "counted from the start"
    assert seen == names, "by name, so that End and typing lead somewhere"


def test_a_sharded_directory_that_is_not_held_whole_is_shown_as_far_as_it_goes(
    client: httpx.Client, session: Session
) -> None:
    class Gathered(OnlyHash):
        def put(self, block: Block) -> bool:
            gathered.append(block)
            return super().put(block)

    gathered: list[Block] = []
    names = [f"part-{n:04}-{'x' * 100}" for n in range(3000)]
    root = add_files(Gathered(), dict.fromkeys(names, b"y"), profiles.DEFAULT).cid
    top = next(block for block in gathered if block.cid == root)
    last = dag_pb.decode(top.data).links[-1].cid
    with session.repo.batch() as batch:
        for block in gathered:
            if block.cid != last:
                batch.put(block)
        batch.commit(root, pin=False)
    told = entries(client, str(root), limit=1)
    assert (len(told["entries"]), told["total"], told["complete"]) == (1, None, False)


def test_names_that_deceive_can_be_followed(client: httpx.Client, session: Session) -> None:
    leaf = session.add(b"followed")
    root = directory(session, *((name, leaf) for name in NAMES))
    listed = entries(client, str(root))["entries"]
    assert len(listed) == len(NAMES)
    for entry in listed:
        assert preview(client, entry["path"])["text"] == "followed", entry
        json.dumps(entry).encode()  # no half surrogates


def test_what_is_not_held_is_not_fetched_and_said_so(client: httpx.Client) -> None:
    for resource in ("entries", "preview"):
        response = client.get(f"jupyter-ipfs/{resource}", params={"path": str(CID.of(b"nobody"))})
        assert response.status_code == 404
        assert response.json()["code"] == "BlockNotFoundError"


def test_an_entry_that_is_malformed_or_gone_hides_no_other(
    client: httpx.Client, session: Session
) -> None:
    bad = store(session, Block.build(b"\xffno dag-pb", DAG_PB))
    away = Block.build(b"\x0a\x02\x08\x01 never stored", DAG_PB).cid
    root = directory(session, (b"bad", bad), (b"away", away), (b"good", session.add(b"good")))
    kinds = {e["name"]: e["kind"] for e in entries(client, str(root))["entries"]}
    assert kinds == {"bad": "unknown", "away": "unknown", "good": "file"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 400),
        ("..", 404),
        ("{root}/../../etc/passwd", 404),
        ("{root}/%2e%2e/x", 404),
        ("{root}/no-such-entry", 404),
        ("{root}/a.txt/below", 409),
        ("no-such-name", 404),
        ("file:///etc/passwd", 400),
        ("https://gateway.invalid/etc/passwd", 400),
        ("x" * 5000, 404),
        ("ipns://example.org", 400),
    ],
)
def test_paths_that_lead_nowhere(
    client: httpx.Client, session: Session, path: str, status: int
) -> None:
    root = session.store_files({"a.txt": b"abc"}).root
    for resource in ("entries", "preview"):
        url = f"jupyter-ipfs/{resource}?path=" + quote(path.replace("{root}", str(root)), safe="%")
        response = client.get(url)
        assert response.status_code in {status, 400}, response.text
        jsonschema.validate(response.json(), schema("Error"))


# — previews —


def test_text_is_shown_up_to_64_kib(client: httpx.Client, session: Session) -> None:
    root = session.add("ä".encode() * 50_000)
    told = preview(client, str(root))
    assert (told["kind"], told["mime"], told["truncated"]) == ("text", "text/plain", True)
    assert told["text"] == "ä" * 32_768
    assert told["size"] == 100_000


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.xhtml", "x.js", "x.PDF"])
def test_what_could_act_is_plain_text(client: httpx.Client, session: Session, name: str) -> None:
    content = b"<svg onload=alert(1)>"
    session.store_files({name: content}, name="active")
    told = preview(client, f"active/{name}")
    assert (told["kind"], told["mime"], told["text"]) == ("text", "text/plain", content.decode())


def test_an_identity_cid_is_content_from_anybody(client: httpx.Client) -> None:
    told = preview(client, str(identity(b"<script>alert(1)</script>")))
    assert (told["kind"], told["mime"]) == ("text", "text/plain")


def test_an_image_is_one_by_its_bytes_and_not_by_its_name(
    client: httpx.Client, session: Session
) -> None:
    session.store_files({"a.txt": PNG, "b.png": b"<svg/>", "c.svg": b"<svg/>"}, name="pictures")
    told = preview(client, "pictures/a.txt")
    assert (told["kind"], told["mime"]) == ("image", "image/png")
    assert base64.b64decode(told["image"]) == PNG
    assert preview(client, "pictures/b.png")["kind"] == "text"
    assert preview(client, "pictures/c.svg")["kind"] == "text"


def test_an_image_that_is_too_large_is_told_and_not_sent(
    client: httpx.Client, session: Session
) -> None:
    root = session.add(PNG + b"\0" * (8 * 1024 * 1024))
    told = preview(client, str(root))
    assert (told["kind"], told["mime"]) == ("binary", "image/png")


def test_an_image_that_unfolds_to_gigabytes_is_not_drawn(
    client: httpx.Client, session: Session
) -> None:
    bomb = PNG[:16] + (60_000).to_bytes(4, "big") * 2 + PNG[24:]
    assert preview(client, str(session.add(bomb)))["kind"] == "binary"


def test_a_table_s_first_rows_are_shown(client: httpx.Client, session: Session) -> None:
    rows = "".join(f"{n},<b>{n}</b>\n" for n in range(250))
    session.store_files({"t.csv": f"a,b\n{rows}".encode(), "u.tsv": b"a\tb\n1\t2\n"}, name="tables")
    told = preview(client, "tables/t.csv")
    assert told["kind"] == "table"
    assert told["table"]["columns"] == ["a", "b"]
    assert len(told["table"]["rows"]) == 100
    assert told["table"]["rows"][7] == ["7", "<b>7</b>"]
    assert told["table"]["total_rows"] is None
    small = preview(client, "tables/u.tsv")["table"]
    assert small == {"columns": ["a", "b"], "rows": [["1", "2"]], "total_rows": 1}


def test_a_parquet_file_s_first_rows_are_shown(client: httpx.Client, session: Session) -> None:
    arrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    file = io.BytesIO()
    table = arrow.table({"n": list(range(250)), "s": ["<b>", None, "x" * 900, *["y"] * 247]})
    parquet.write_table(table, file)
    told = preview(client, str(session.add(file.getvalue())))
    assert told["kind"] == "table"
    assert told["table"]["columns"] == ["n", "s"]
    assert told["table"]["rows"][:2] == [["0", "<b>"], ["1", ""]]
    assert (len(told["table"]["rows"]), told["table"]["total_rows"]) == (100, 250)
    assert len(told["table"]["rows"][2][1]) == 500
    broken = preview(client, str(session.add(b"PAR1" + b"\xff" * 200 + b"PAR1")))
    assert (broken["kind"], broken["mime"]) == ("binary", "application/vnd.apache.parquet")


def test_what_lies_in_the_workspace_does_not_run_when_a_parquet_file_is_looked_at(
    client: httpx.Client, session: Session, jupyter: JupyterProcess
) -> None:
    arrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    file = io.BytesIO()
    parquet.write_table(arrow.table({"n": [1, 2]}), file)
    root = str(session.add(file.getvalue()))
    ran = jupyter.root_dir / "ran"
    planted = [jupyter.root_dir / f"{name}.py" for name in ("resource", "pyarrow", "jupyter_ipfs")]
    try:
        for place in planted:
            place.write_text(f"open({str(ran)!r}, 'w').close()")
        told = preview(client, root)
    finally:
        for place in planted:
            place.unlink()
    assert not ran.exists()
    assert told["table"]["rows"] == [["1"], ["2"]]


def test_a_notebook_is_flagged_and_not_shown_as_text(
    client: httpx.Client, session: Session
) -> None:
    notebook = b'{"cells": [{"cell_type": "code"}], "nbformat": 4}'
    assert preview(client, str(session.add(notebook)))["kind"] == "notebook"


def test_other_bytes_a_directory_and_a_link_are_told_as_such(
    client: httpx.Client, session: Session
) -> None:
    assert preview(client, str(session.add(b"\0\1\2")))["kind"] == "binary"
    link = symlink(session, b"../elsewhere")
    assert preview(client, str(link))["text"] == "../elsewhere"
    told = preview(client, str(directory(session, (b"link", link))))
    assert (told["kind"], told["size"]) == ("directory", None)


def test_a_file_that_claims_to_be_huge_is_answered_at_once(
    client: httpx.Client, session: Session
) -> None:
    response = client.get("jupyter-ipfs/preview", params={"path": str(claiming(session, 5 << 30))})
    assert response.status_code == 404
    assert response.json()["code"] == "BlockNotFoundError"


# — blocks —


def test_a_directory_s_block_shows_its_links(client: httpx.Client, session: Session) -> None:
    root = session.store_files({"a.txt": b"abc"}).root
    told = block(client, root)
    assert (told["codec"], told["kind"], told["held"], told["links_total"]) == (
        "dag-pb", "directory", True, 1,
    )  # fmt: skip
    assert told["links"] == [{"name": "a.txt", "cid": str(CID.of(b"abc")), "dag_size": 3}]
    assert told["multihash"] == f"sha2-256: {root.multihash[2:].hex()}"


def test_a_document_that_indentation_would_multiply_is_made_only_as_far_as_it_is_shown() -> None:
    depth, zeros = 250, 200_000
    nested: object = [0] * zeros
    for _ in range(depth):
        nested = [nested]
    data = Block.build(dag_cbor.encode(nested), DAG_CBOR)
    tracemalloc.start()
    try:
        text = blocks.text(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert text is not None
    assert len(text) == blocks.MAX_TEXT + len("\n…")
    assert peak < 100 * zeros  # indented it is 100 MB


def test_dag_cbor_is_shown_as_dag_json(client: httpx.Client, session: Session) -> None:
    leaf = CID.of(b"a leaf")
    data = dag_cbor.encode({"n": 1, "link": leaf, "b": b"\x01", "s": "\u202e<script>"})
    told = block(client, store(session, Block.build(data, DAG_CBOR)))
    assert json.loads(told["text"])["link"] == {"/": str(leaf)}
    assert told["text"].isascii()
    assert told["links"] == [{"name": "", "cid": str(leaf), "dag_size": None}]


def test_raw_bytes_are_dumped_and_few_of_them(client: httpx.Client, session: Session) -> None:
    told = block(client, session.add(b"<html>" + b"\0" * 5000))
    assert told["text"].startswith("00000000  3c 68 74 6d 6c 3e 00")
    assert "4,494 more bytes" in told["text"]


def test_text_is_shown_as_text(client: httpx.Client, session: Session) -> None:
    assert block(client, session.add("größer\n".encode()))["text"] == "größer\n"
    told = block(client, session.add(b"a" * (blocks.MAX_TEXT + 5)))
    assert told["text"] == "a" * blocks.MAX_TEXT + "\n…"


def test_a_malformed_block_is_told_as_such(client: httpx.Client, session: Session) -> None:
    told = block(client, store(session, Block.build(b"\xffno dag-pb", DAG_PB)))
    assert (told["kind"], told["links"]) == ("malformed", [])


def test_a_block_that_is_not_held_is_described_by_its_cid(client: httpx.Client) -> None:
    told = block(client, CID.of(b"not held by anybody"))
    assert (told["held"], told["size"], told["text"]) == (False, None, None)


@pytest.mark.parametrize("cid", ["no-cid", "bafy", "..%2f..", "%00", "Qm" + "1" * 2000])
def test_what_is_no_cid_is_the_request_s_mistake(client: httpx.Client, cid: str) -> None:
    assert client.get(f"jupyter-ipfs/blocks/{cid}").status_code == 400
