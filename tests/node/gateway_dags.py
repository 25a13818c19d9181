"""DAGs that Kubo has made, in its repo and in ours, to be asked for from both gateways."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.ipld import car

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.store.repo import Repo
    from tests.conftest import Kubo

TRICKY = 'q"<b>&\u202eä #?%41.txt'


@dataclass(frozen=True)
class DAGs:
    """The roots, as text.

    Attributes:
        tree: A directory: texts, a picture, a symlink, sub-directories, one with an index.
        wide: A sharded directory of several layers.
        big: A file of many blocks under two layers, some of them repeated.
        leaf: A file of one raw block.
        document: dag-cbor with links to ``tree`` and ``leaf``.
        inline: A CID that holds its bytes itself.
    """

    tree: str
    wide: str
    big: str
    leaf: str
    document: str
    inline: str
    big_bytes: bytes

    @property
    def roots(self) -> list[str]:
        """All of them."""
        return [self.tree, self.wide, self.big, self.leaf, self.document, self.inline]


def make(kubo: Kubo, place: Path) -> DAGs:
    """Make them with the real thing."""
    tree, wide = place / "tree", place / "wide"
    (tree / "sub" / "empty").mkdir(parents=True)
    (tree / "site").mkdir()
    (tree / "a.txt").write_text("hello\n")
    (tree / "data.json").write_text('{"a": 1}')
    (tree / "page.html").write_text("<h1>page</h1><script>1</script>")
    (tree / TRICKY).write_text("tricky")
    (tree / "sub" / "nothing.bin").write_bytes(b"")
    (tree / "sub" / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (tree / "sub" / "link").symlink_to("../a.txt")
    (tree / "site" / "index.html").write_text("<p>index</p>")
    wide.mkdir()
    for number in range(600):
        (wide / f"{number:04}.txt").write_text(f"{number % 7}\n" * 300)
    rng = random.Random(5)
    some = [rng.randbytes(1024) for _ in range(200)]
    big = b"".join([*some, *some[:30], bytes(4096), rng.randbytes(77)])
    leaf = kubo.add(b"one block")
    root = kubo.add(tree)
    linked = {"tree": {"/": root}, "list": [1, {"/": leaf}], "note": "inside", "n": {"m": [True]}}
    put = ["dag", "put", "--store-codec=dag-cbor", "--input-codec=dag-json"]
    return DAGs(
        tree=root,
        wide=kubo.add(
            wide, "--max-directory-links=100", "--max-hamt-fanout=16", "--chunker=size-512"
        ),
        big=kubo.add(big, "--chunker=size-1024", "--max-file-links=20"),
        leaf=leaf,
        document=kubo.out(*put, stdin=json.dumps(linked).encode()),
        inline=kubo.add(b"in itself", "--inline"),
        big_bytes=big,
    )


def bring(kubo: Kubo, dags: DAGs, repo: Repo, place: Path) -> None:
    """Put their blocks into our repo."""
    for number, root in enumerate(dags.roots):
        if root == dags.inline:
            continue
        with kubo.export_car(root, place / f"{number}.car").open("rb") as stream:
            archive = car.Reader(stream)
            with repo.batch() as batch:
                for block in archive.blocks():
                    batch.put(block)
                batch.commit(archive.roots[0])
