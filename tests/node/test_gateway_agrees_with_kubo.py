"""Asked the same, the real Kubo's gateway and ours answer the same."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import httpx
import pytest

from jupyter_ipfs.ipld import car
from jupyter_ipfs.node.gateway.messages import Request, Response
from jupyter_ipfs.node.gateway.respond import respond
from jupyter_ipfs.store.repo import Repo
from tests.node import gateway_dags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from tests.conftest import Kubo
    from tests.node.gateway_dags import DAGs

# Headers whose values have to be Kubo's.
COMPARED = (
    "content-type", "content-length", "content-range", "content-disposition", "accept-ranges",
    "cache-control", "etag", "ipfs-uri", "x-ipfs-roots", "location",
)  # fmt: skip
# A CAR's tag is made by each gateway in its own way; Go counts small answers, streamed ones too.
STREAMED = ("etag", "content-length")
TRICKY = "q%22%3Cb%3E%26%E2%80%AE%C3%A4%20%23%3F%2541.txt"


@pytest.fixture(scope="module")
def dags(kubo_daemon: Kubo, tmp_path_factory: pytest.TempPathFactory) -> DAGs:
    return gateway_dags.make(kubo_daemon, tmp_path_factory.mktemp("dags"))


@pytest.fixture(scope="module")
def repo(kubo_daemon: Kubo, dags: DAGs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    place = tmp_path_factory.mktemp("ours")
    with Repo.open(place / "repo") as opened:
        gateway_dags.bring(kubo_daemon, dags, opened, place)
        yield opened


@pytest.fixture(scope="module")
def kubo_client(kubo_daemon: Kubo) -> Iterator[httpx.Client]:
    # httpx would say that it takes anything, compressed as well.
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    with httpx.Client(base_url=kubo_daemon.gateway_url, headers=headers) as client:
        yield client


class Asked:
    """One request, put to both."""

    def __init__(self, repo: Repo, client: httpx.Client, dags: DAGs) -> None:
        self._repo = repo
        self._client = client
        self._dags = dags

    def __call__(
        self, url: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[Response, bytes, httpx.Response]:
        """Return our response, its body, and Kubo's."""
        for name in ("tree", "wide", "big", "leaf", "document", "inline"):
            url = url.replace(f"{{{name}}}", getattr(self._dags, name))
        theirs = self._client.request(method, url, headers=headers)
        path, _, query = url.partition("?")
        ours = respond(Request(method, path, query, headers or {}), self._repo)
        return ours, b"".join(ours.body), theirs


@pytest.fixture
def ask(repo: Repo, kubo_client: httpx.Client, dags: DAGs) -> Asked:
    return Asked(repo, kubo_client, dags)


def compare(ours: Response, theirs: httpx.Response, *, without: tuple[str, ...] = ()) -> None:
    """Compare statuses and headers."""
    assert ours.status == theirs.status_code, theirs.text[:200]
    mine = {name.lower(): value for name, value in ours.headers.items()}
    names = [name for name in COMPARED if name not in without]
    assert {n: mine.get(n) for n in names} == {n: theirs.headers.get(n) for n in names}


FILES = [
    "/ipfs/{tree}/a.txt",
    "/ipfs/{tree}/data.json",
    "/ipfs/{tree}/page.html",
    "/ipfs/{tree}/sub/dot.png",
    "/ipfs/{tree}/sub/nothing.bin",
    "/ipfs/{tree}/sub/link",
    "/ipfs/{tree}/site/",
    "/ipfs/{tree}/site/index.html",
    f"/ipfs/{{tree}}/{TRICKY}",
    "/ipfs/{leaf}",
    "/ipfs/{leaf}?filename=x.txt",
    "/ipfs/{leaf}?filename=x.txt&download=true",
    "/ipfs/{leaf}?filename=%C3%A4%22%0D%0ASet-Cookie%3A%20a.txt&download=true",
    "/ipfs/{wide}/0042.txt",
    "/ipfs/{inline}",
    "/ipfs/{document}/tree/a.txt",
    "/ipfs/{document}/list/1",
]
BLOCKS = [
    "/ipfs/{tree}?format=raw",
    "/ipfs/{tree}/a.txt?format=raw",
    "/ipfs/{wide}?format=raw",
    "/ipfs/{leaf}?format=raw&filename=b.bin",
    "/ipfs/{document}?format=raw",
    "/ipfs/{document}?format=dag-cbor",
    "/ipfs/{document}?format=cbor",
    "/ipfs/{document}",
    "/ipfs/{inline}?format=raw",
    "/ipfs/bafkqaaa?format=raw",
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("url", FILES + BLOCKS)
def test_the_same_bytes_under_the_same_headers(ask: Asked, url: str, method: str) -> None:
    ours, body, theirs = ask(url, method=method)
    # What only the content tells, each library guesses for itself.
    guessed = () if "." in url.rpartition("/")[2] else ("content-type",)
    if method == "HEAD" and "nothing.bin" in url:
        guessed = ("content-type",)
    compare(ours, theirs, without=guessed if "format=" not in url else ())
    assert body == theirs.content


RANGES = ["bytes=0-0", "bytes=5-", "bytes=-7", "bytes=1000-3000", "bytes=0-99999999",
          "bytes=204800-", "bytes=99999999-", "bytes=3-2", "bytes=abc", "lines=1-2", "bytes=",
          "bytes=1-2,5-9", "bytes=0-,0-", "bytes=--1"]  # fmt: skip


@pytest.mark.parametrize("header", RANGES)
@pytest.mark.parametrize("url", ["/ipfs/{big}?filename=x.bin", "/ipfs/{leaf}?format=raw"])
def test_the_same_part_of_a_file(ask: Asked, url: str, header: str) -> None:
    ours, body, theirs = ask(url, {"range": header})
    if theirs.status_code >= 400:
        # Kubo says of some unreadable ranges that they cannot be satisfied.
        assert ours.status in {400, 416}
        return
    compare(ours, theirs)
    assert body == theirs.content


def test_if_range_of_something_else_gives_the_whole(ask: Asked) -> None:
    ours, body, theirs = ask("/ipfs/{leaf}", {"range": "bytes=0-1", "if-range": '"other"'})
    assert ours.status == theirs.status_code == 200
    assert body == theirs.content == b"one block"


CONDITIONS = [
    '"{cid}"',
    'W/"{cid}"',
    "*",
    '"a", "{cid}"',
    '"a","b" , W/"{cid}"',
    '"a"',
    "",
    '"{cid}',
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_same_is_unchanged(ask: Asked, dags: DAGs, condition: str) -> None:
    header = {"if-none-match": condition.replace("{cid}", dags.leaf)}
    ours, body, theirs = ask("/ipfs/{leaf}", header)
    compare(ours, theirs, without=("content-type", "x-ipfs-roots"))
    assert body == theirs.content


def test_a_listing_and_a_car_are_unchanged_too(ask: Asked) -> None:
    for url in ("/ipfs/{tree}/", "/ipfs/{wide}?format=car", "/ipfs/{tree}?format=tar"):
        first, _, _ = ask(url)
        again, body, _ = ask(url, {"if-none-match": first.headers["ETag"]})
        assert (again.status, body) == (304, b"")


REFUSED = [
    "/ipfs/{tree}/missing",
    "/ipfs/{tree}/a.txt/below",
    "/ipfs/{tree}/sub/link/below",
    "/ipfs/{wide}/missing",
    "/ipfs/{document}/missing",
    "/ipfs/{document}/list/7",
    "/ipfs/notacid",
    "/ipfs/{tree}?format=car&dag-scope=some",
    "/ipfs/{tree}?format=car&entity-bytes=1",
    "/ipfs/{tree}?format=car&entity-bytes=9:3",
    "/ipfs/{tree}?format=car&entity-bytes=0:9223372036854775808",
    "/ipfs/{tree}?format=car&car-version=2",
    "/ipfs/{tree}?format=car&car-dups=maybe",
    "/ipfs/{tree}?format=car&car-order=bfs",
    "/ipfs/{tree}?format=dag-cbor",
    "/ipfs/{leaf}?format=dag-json",
    "/ipfs/{document}?format=dag-json",
]


@pytest.mark.parametrize("url", REFUSED)
def test_the_same_is_refused(ask: Asked, url: str) -> None:
    ours, body, theirs = ask(url)
    if theirs.status_code == 200:
        pytest.fail("Kubo answers it")
    assert ours.status == theirs.status_code
    assert ours.headers["Content-Type"].startswith("text/plain")
    assert b"Traceback" not in body


def test_a_directory_without_a_slash_is_sent_to_the_one_with_it(ask: Asked) -> None:
    for url in ("/ipfs/{tree}", "/ipfs/{tree}/sub?x=1", "/ipfs/{tree}/sub/empty"):
        ours, _, theirs = ask(url)
        compare(ours, theirs, without=("content-type", "content-length"))


def test_accept_is_as_good_as_format_and_format_beats_it(ask: Asked) -> None:
    for accept, url in (
        ("application/vnd.ipld.raw", "/ipfs/{tree}/a.txt"),
        ("text/html, application/vnd.ipld.car; order=unk; dups=y", "/ipfs/{tree}/a.txt"),
        ("application/vnd.ipld.car", "/ipfs/{tree}/a.txt?format=raw"),
    ):
        ours, body, theirs = ask(url, {"accept": accept})
        compare(ours, theirs, without=STREAMED)
        assert body == theirs.content


SCOPES = ["", "&dag-scope=all", "&dag-scope=entity", "&dag-scope=block"]
DUPS = ["", "&car-dups=y", "&car-dups=n"]
CARS = [
    "/ipfs/{tree}?format=car",
    "/ipfs/{tree}/sub/?format=car",
    "/ipfs/{tree}/sub/link?format=car",
    f"/ipfs/{{tree}}/{TRICKY}?format=car",
    "/ipfs/{wide}?format=car",
    "/ipfs/{wide}/0123.txt?format=car",
    "/ipfs/{big}?format=car",
    "/ipfs/{leaf}?format=car",
    "/ipfs/{document}?format=car",
    "/ipfs/{document}/note?format=car",
    "/ipfs/{document}/tree/sub?format=car",
    "/ipfs/{inline}?format=car",
]


# A block that a path ends inside of is sent twice by Kubo, for no reason.
ASKED_CARS = [
    url + dups + scope
    for url in CARS
    for dups in DUPS
    for scope in SCOPES
    if not ("note" in url and "=y" in dups)
]


@pytest.mark.parametrize("url", ASKED_CARS)
def test_the_same_car_block_for_block(ask: Asked, url: str) -> None:
    ours, body, theirs = ask(url)
    compare(ours, theirs, without=STREAMED)
    assert listed(body) == listed(theirs.content)
    assert body == theirs.content


SPANS = [
    *("0:*", "0:0", "0:1023", "1024:2047", "5000:*", "-1:*", "-5000:*", "-5000:-4000", "10:-10"),
    *("0:99999999", "99999999:*", "-99999999:*", "-99999999:100", "20480:20480", "230000:*"),
]


@pytest.mark.parametrize("dups", ["y", "n"])
@pytest.mark.parametrize("span", SPANS)
def test_the_same_blocks_for_a_part_of_a_file(ask: Asked, span: str, dups: str) -> None:
    url = f"/ipfs/{{big}}?format=car&dag-scope=entity&entity-bytes={span}&car-dups={dups}"
    ours, body, theirs = ask(url)
    compare(ours, theirs, without=STREAMED)
    assert listed(body) == listed(theirs.content)


def test_the_same_tar(ask: Asked) -> None:
    for url in (
        "/ipfs/{tree}?format=tar",
        "/ipfs/{leaf}?format=tar",
        "/ipfs/{tree}/sub?format=tar",
    ):
        ours, body, theirs = ask(url)
        compare(ours, theirs, without=STREAMED)
        assert untarred(body) == untarred(theirs.content)


def listed(data: bytes) -> list[tuple[CID, int]]:
    """A CAR's roots and blocks, in order."""
    archive = car.Reader(io.BytesIO(data))
    roots = [(root, -1) for root in archive.roots]
    return roots + [(block.cid, len(block.data)) for block in archive.blocks()]


def untarred(data: bytes) -> list[tuple[str, bytes, int, str, bytes]]:
    """A tar's entries, in order."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return [
            (
                e.name,
                e.type,
                e.mode,
                e.linkname,
                (file.read() if (file := archive.extractfile(e)) else b"") if e.isreg() else b"",
            )
            for e in archive
        ]
