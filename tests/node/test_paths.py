"""What people type for content."""

from __future__ import annotations

import pytest

from jupyter_ipfs.errors import CIDError, NameNotFoundError, PathNotFoundError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import paths

TEXT = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
ROOT = CID.parse(TEXT)


def names(name: str) -> CID:
    if name in {"fig-3", "fig-3@2"}:
        return ROOT
    raise NameNotFoundError(f"there is no name {name!r}")


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        (TEXT, ()),
        (f" {TEXT}\n", ()),
        (f"/ipfs/{TEXT}", ()),
        (f"/ipfs/{TEXT}/", ()),
        (f"ipfs://{TEXT}/a/b.csv", (b"a", b"b.csv")),
        (f"{TEXT}/a b/c%20d", (b"a b", b"c%20d")),
        (f"https://gateway.example/ipfs/{TEXT}/a%20b?download=true#top", (b"a b",)),
        (f"https://{TEXT}.ipfs.gateway.example/x/y", (b"x", b"y")),
        (f"http://127.0.0.1:8080/ipfs/{TEXT}", ()),
        ("fig-3", ()),
        ("fig-3@2/table.parquet", (b"table.parquet",)),
        (f"{TEXT}/f\udcff", (b"f\xff",)),
    ],
)
def test_every_way_to_write_a_path_is_read(text: str, segments: tuple[bytes, ...]) -> None:
    assert paths.parse(text, names) == paths.ContentPath(ROOT, segments)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", CIDError),
        ("/etc/passwd", CIDError),
        ("file:///etc/passwd", CIDError),
        ("https://gateway.example/", CIDError),
        ("https://gateway.example/ipns/x", CIDError),
        ("https://[", CIDError),
        ("/ipfs/nonsense", CIDError),
        ("nonsense", NameNotFoundError),
        (f"{TEXT}/../x", PathNotFoundError),
        (f"{TEXT}/a/.", PathNotFoundError),
        (f"{TEXT}/a\0b", PathNotFoundError),
        (f"https://gateway.example/ipfs/{TEXT}/%2e%2e/x", PathNotFoundError),
    ],
)
def test_what_is_no_path_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        paths.parse(text, names)


def test_a_path_is_written_as_kubo_writes_it() -> None:
    assert str(paths.ContentPath(ROOT, (b"a", b"b"))) == f"/ipfs/{TEXT}/a/b"
