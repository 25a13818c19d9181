"""The gateway as a function: hostile requests, blocks that are missing, limits."""

from __future__ import annotations

import io
import tarfile
from html.parser import HTMLParser
from itertools import islice

import pytest

from jupyter_ipfs.errors import BlockNotFoundError, CodecError, LimitError
from jupyter_ipfs.ipld import car, dag_cbor, dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import DAG_CBOR, DAG_PB
from jupyter_ipfs.node.gateway import ranges
from jupyter_ipfs.node.gateway.car import TRUNCATED
from jupyter_ipfs.node.gateway.messages import Policy, Refusal, Request, Response
from jupyter_ipfs.node.gateway.respond import respond
from jupyter_ipfs.testing.blocks import MemoryBlocks, leaves, tree
from jupyter_ipfs.unixfs import nodes

HOSTILE_NAMES = (
    b"<script>alert(1)</script>",
    b"new\nline",
    "\u202etxt.exe".encode(),
    b'"onmouseover="x',
    b"javascript:alert(1)",
    b"\xff\xfe",
    b"back\\slash",
    b"%2e%2e",
)


def directory(*entries: tuple[bytes, Block]) -> Block:
    links = [dag_pb.PBLink(block.cid, name, len(block.data)) for name, block in entries]
    return Block.build(dag_pb.encode(links, nodes.encode(nodes.Data(nodes.DIRECTORY))), DAG_PB)


def file_of(*parts: Block, claimed: int | None = None) -> Block:
    sizes = tuple(len(part.data) for part in parts)
    data = nodes.Data(nodes.FILE, None, claimed or sum(sizes), sizes)
    links = [dag_pb.PBLink(part.cid, b"", len(part.data)) for part in parts]
    return Block.build(dag_pb.encode(links, nodes.encode(data)), DAG_PB)


LEAVES = leaves(3, size=1000)
FILE = file_of(*LEAVES)
HELLO = Block.build(b"hello")
ROOT = directory((b"file", FILE), (b"hello.txt", HELLO))
HELD = MemoryBlocks([*LEAVES, FILE, HELLO, ROOT])


def ask(
    url: str, blocks: MemoryBlocks = HELD, policy: Policy | None = None, **headers: str
) -> Response:
    path, _, query = url.partition("?")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return respond(Request("GET", path, query, named), blocks, policy or Policy())


def body(response: Response) -> bytes:
    return b"".join(response.body)


@pytest.mark.parametrize(
    "tail",
    ["/..", "/../x", "/%2e%2e/x", "/%2E%2E", "/a/%2e/b", "/.", "/a%00b", "/%00", "/..%2f..%2fetc"],
)
def test_dots_and_zero_bytes_are_no_path(tail: str) -> None:
    assert ask(f"/ipfs/{ROOT.cid}{tail}").status == 400


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/", 404),
        ("/ipfs", 404),
        ("/ipns/example.org", 404),
        ("/ipfs/", 400),
        ("/ipfs/%00", 400),
        ("/ipfs/" + "b" * 2000, 400),
        (f"/ipfs/{ROOT.cid}/..\\..\\x", 404),
        (f"/ipfs/{ROOT.cid}/back%5Cslash", 404),
        (f"/ipfs/{ROOT.cid}/" + "a" * 20_000, 414),
        (f"/ipfs/{ROOT.cid}" + "/a" * 300, 414),
        (f"/ipfs/{ROOT.cid}?" + "a=b&" * 100, 400),
        (f"/ipfs/{ROOT.cid}?format=car&entity-bytes=9223372036854775808:*", 400),
        (f"/ipfs/{ROOT.cid}?format=car&entity-bytes=0:-9223372036854775809", 400),
        (f"/ipfs/{ROOT.cid}?format=car&entity-bytes={'9' * 5000}:*", 400),
        (f"/ipfs/{ROOT.cid}?format=car&entity-bytes=1:2:3", 400),
        (f"/ipfs/{ROOT.cid}?format=car&entity-bytes=", 400),
        (f"/ipfs/{ROOT.cid}?format=ipns-record", 301),
    ],
)
def test_what_cannot_be_answered_is_told_as_text(url: str, status: int) -> None:
    response = ask(url)
    assert response.status == status
    if status >= 400:
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert body(response).endswith(b"\n")


def test_only_reading_is_allowed() -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", ""):
        response = respond(Request(method, f"/ipfs/{ROOT.cid}"), HELD)
        assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


def test_a_service_worker_is_refused_wherever_it_would_rule() -> None:
    for path in (f"/ipfs/{ROOT.cid}", f"/ipfs/{ROOT.cid}/hello.txt"):
        assert ask(path, service_worker="script").status == 400


def test_a_head_has_the_headers_and_nothing_else() -> None:
    for url in ("", "/hello.txt", "/", "?format=car", "?format=raw", "?format=tar", "/no"):
        path, _, query = f"/ipfs/{ROOT.cid}{url}".partition("?")
        head = respond(Request("HEAD", path, query), HELD)
        get = respond(Request("GET", path, query), HELD)
        assert (head.status, head.headers) == (get.status, get.headers)
        assert body(head) == b""


def test_line_breaks_in_a_file_name_stay_in_it() -> None:
    url = f"/ipfs/{ROOT.cid}/hello.txt?download=true&filename=a%0D%0ASet-Cookie:%20x%22%5C.txt"
    found = ask(url).headers["Content-Disposition"]
    assert found.isprintable()
    assert found.startswith('attachment; filename="a%0D%0ASet-Cookie:%20x%22%5C.txt"')


def test_headers_have_no_bytes_that_a_header_cannot_carry() -> None:
    for name in HOSTILE_NAMES:
        if b"/" in name:
            continue  # no path leads to it
        root = directory((name, HELLO))
        quoted = "".join(f"%{byte:02X}" for byte in name)
        response = ask(f"/ipfs/{root.cid}/{quoted}", MemoryBlocks([root, HELLO]))
        assert response.status == 200, name
        for value in response.headers.values():
            assert value.isprintable()
            assert value.isascii()
        if not name.isascii() or b"\n" in name:
            assert "X-Ipfs-Path" not in response.headers
        assert "\\" not in response.headers["Ipfs-Uri"]


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_a_listing_has_no_markup_and_no_script_of_its_names() -> None:
    root = directory(*((name, HELLO) for name in HOSTILE_NAMES))
    page = body(ask(f"/ipfs/{root.cid}/", MemoryBlocks([root, HELLO]))).decode()
    seen = Seen()
    seen.feed(page)
    assert "script" not in seen.tags
    assert not any(name.startswith("on") for name in seen.attributes)
    assert all(link.startswith("/ipfs/") for link in seen.links)
    assert "\u202e" not in page
    assert f"/ipfs/{root.cid}/new%0Aline" in seen.links


def test_a_listing_of_ten_thousand_comes_in_parts() -> None:
    root = directory(*((f"{n:05}".encode(), HELLO) for n in range(10_000)))
    parts = list(ask(f"/ipfs/{root.cid}/", MemoryBlocks([root, HELLO])).body)
    assert len(parts) > 10
    assert max(map(len, parts)) < 512 * 1024


def test_a_thousand_ranges_are_answered_with_the_whole() -> None:
    header = "bytes=" + ",".join(f"{n}-{n}" for n in range(1000))
    response = ask(f"/ipfs/{FILE.cid}", range=header)
    assert (response.status, len(body(response))) == (200, 3000)


@pytest.mark.parametrize("header", ["bytes=-0", "bytes=3000-", "bytes=99999-", "bytes=5000-6000"])
def test_a_range_that_is_not_there_is_told(header: str) -> None:
    response = ask(f"/ipfs/{FILE.cid}", range=header)
    assert (response.status, response.headers["Content-Range"]) == (416, "bytes */3000")


def test_of_several_ranges_the_first_that_is_there_is_given() -> None:
    span = ranges.parse("bytes=9000-,3-4,0-9", 3000)
    assert span == ranges.Span(3, 5, 3000)
    with pytest.raises(Refusal):
        ranges.parse("bytes=" + "9" * 30 + "-", 10)


def test_a_range_reads_only_the_blocks_it_needs() -> None:
    blocks = MemoryBlocks([FILE, LEAVES[1]])
    response = ask(f"/ipfs/{FILE.cid}?filename=a.bin", blocks, range="bytes=1200-1299")
    assert body(response) == LEAVES[1].data[200:300]
    assert blocks.asked == [FILE.cid] + [FILE.cid] * (blocks.asked.count(FILE.cid) - 1) + [
        LEAVES[1].cid
    ]


def test_a_missing_block_makes_the_car_unreadable_and_raises() -> None:
    blocks = MemoryBlocks([*LEAVES[:2], FILE, HELLO, ROOT])
    for scope in ("all", "entity"):
        response = ask(f"/ipfs/{ROOT.cid}/file?format=car&dag-scope={scope}", blocks)
        assert response.status == 200
        sent: list[bytes] = []
        with pytest.raises(BlockNotFoundError):
            sent.extend(response.body)
        with pytest.raises((CodecError, LimitError)):
            list(car.Reader(io.BytesIO(b"".join(sent))).blocks())
        assert sent[-1].endswith(TRUNCATED)
        assert len(sent[-1]) == len(b"".join(sent))


def test_a_missing_block_beside_the_range_does_not_matter() -> None:
    blocks = MemoryBlocks([FILE, LEAVES[1]])
    url = f"/ipfs/{FILE.cid}?format=car&entity-bytes=1000:1999"
    archive = car.Reader(io.BytesIO(body(ask(url, blocks))))
    assert [block.cid for block in archive.blocks()] == [FILE.cid, LEAVES[1].cid]


def test_a_missing_block_in_a_file_is_no_end_of_it() -> None:
    response = ask(f"/ipfs/{FILE.cid}?filename=a.bin", MemoryBlocks([FILE, LEAVES[0]]))
    assert response.headers["Content-Length"] == "3000"
    sent: list[bytes] = []
    with pytest.raises(BlockNotFoundError):
        sent.extend(response.body)
    assert len(b"".join(sent)) < 3000


def test_entity_bytes_alone_means_the_entity() -> None:
    sent = body(ask(f"/ipfs/{ROOT.cid}?format=car&entity-bytes=0:*"))
    assert [block.cid for block in car.Reader(io.BytesIO(sent)).blocks()] == [ROOT.cid]


def test_what_is_not_here_is_not_found_in_every_format() -> None:
    empty = MemoryBlocks()
    for query in ("", "?format=raw", "?format=car", "?format=tar", "?format=dag-json"):
        response = ask(f"/ipfs/{ROOT.cid}{query}", empty)
        assert response.status == (406 if "json" in query else 404), query


def test_only_if_cached_fetches_nothing() -> None:
    assert ask(f"/ipfs/{ROOT.cid}", MemoryBlocks(), cache_control="only-if-cached").status == 412
    blocks = MemoryBlocks([ROOT])
    assert ask(f"/ipfs/{ROOT.cid}/file", blocks, cache_control="only-if-cached").status == 412
    assert ask(f"/ipfs/{ROOT.cid}/file", cache_control="only-if-cached").status == 200


def test_a_deep_chain_is_refused_and_not_recursed_into() -> None:
    chain = [Block.build(dag_cbor.encode([]), DAG_CBOR)]
    for _ in range(1500):
        chain.append(Block.build(dag_cbor.encode([chain[-1].cid]), DAG_CBOR))
    response = ask(f"/ipfs/{chain[-1].cid}?format=car", MemoryBlocks(chain))
    with pytest.raises(LimitError):
        body(response)


def test_a_dag_that_unfolds_without_end_is_cut_off() -> None:
    bomb = [Block.build(dag_cbor.encode(["bomb"]), DAG_CBOR)]
    for _ in range(60):
        bomb.append(Block.build(dag_cbor.encode([bomb[-1].cid] * 2), DAG_CBOR))
    url = f"/ipfs/{bomb[-1].cid}?format=car&car-dups="
    once = body(ask(url + "n", MemoryBlocks(bomb)))
    assert len(list(car.Reader(io.BytesIO(once)).blocks())) == 61
    with pytest.raises(LimitError):
        body(ask(url + "y", MemoryBlocks(bomb), Policy(max_blocks=5000)))


def test_a_car_is_given_while_it_is_read() -> None:
    blocks = MemoryBlocks(tree(40, size=10_000))
    root = next(iter(blocks.held))
    response = ask(f"/ipfs/{root}?format=car", blocks)
    list(islice(response.body, 3))
    assert len(blocks.asked) < 200


def test_without_pages_everything_is_a_download() -> None:
    safe = Policy(pages=False)
    page = Block.build(b"<script>1</script>")
    root = directory((b"index.html", page), (b"d.json", HELLO))
    blocks = MemoryBlocks([page, root, HELLO])
    assert ask(f"/ipfs/{root.cid}/", blocks, safe).status == 406
    assert ask(f"/ipfs/{root.cid}", blocks, safe).status == 406
    for tail in ("/index.html", "/d.json", "?format=car", "?format=tar", "?format=raw"):
        found = ask(f"/ipfs/{root.cid}{tail}", blocks, safe)
        assert found.status == 200
        assert found.headers["Content-Disposition"].startswith("attachment")
        assert found.headers["X-Content-Type-Options"] == "nosniff"
    named = ask(f"/ipfs/{page.cid}?filename=x.html", blocks, safe)
    assert named.headers["Content-Disposition"].startswith("attachment")


def test_a_tar_has_no_way_out_of_it() -> None:
    for name in (b"..", b"a/../../b", b"/etc/passwd", b"x\0y"):
        root = directory((name, HELLO))
        response = ask(f"/ipfs/{root.cid}?format=tar", MemoryBlocks([root, HELLO]))
        with pytest.raises(ValueError, match="entry named"):
            body(response)


def test_a_tar_of_odd_names_can_be_read() -> None:
    names = [name for name in HOSTILE_NAMES if b"/" not in name]
    root = directory(*((name, HELLO) for name in names))
    data = body(ask(f"/ipfs/{root.cid}?format=tar", MemoryBlocks([root, HELLO])))
    with tarfile.open(fileobj=io.BytesIO(data), errors="surrogateescape") as archive:
        found = {
            name.encode(errors="surrogateescape").partition(b"/")[2] for name in archive.getnames()
        }
    assert found - {b""} == set(names)


def test_a_lying_file_is_cut_off() -> None:
    liar = file_of(*LEAVES, claimed=10_000)
    assert ask(f"/ipfs/{liar.cid}", MemoryBlocks([liar, *LEAVES])).status == 422
