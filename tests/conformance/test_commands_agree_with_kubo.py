"""``jupyter-ipfs add`` and ``ipfs add`` with the very same arguments, and the same answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.cli.main import main
from tests.conformance.memory import write_varied_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Kubo

FLAGS = [
    "-Q -r",
    "-Q -r -n",
    "-Q -r -w",
    "-Q -r -H",
    "-Q -r --cid-version=0",
    "-Q -r --cid-version 1",
    "-Q -r --raw-leaves=false",
    "-Q -r --chunker=size-1000 --max-file-links=3",
    "-Q -r -s size-70000",
    "-Q -r --hash=sha2-512",
    "-Q -r --hash blake3",
    "-Q -r --inline",
    "-Q -r --inline --inline-limit=100",
    "-Q -r --max-directory-links=4",
    "-Q -r --raw-leaves=false --preserve-mode",
    "-Q -r --raw-leaves=false --preserve-mtime",
    "-Q -r --raw-leaves=false --mode=0644",
    "-Q -r --raw-leaves=false --mtime=1700000000 --mtime-nsecs=42",
    "-q -r",
    "-r",
    "-r -w",
]


@pytest.fixture(scope="module")
def peer(make_kubo: Callable[..., Kubo]) -> Kubo:
    return make_kubo("unixfs-v1-2025")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_varied_tree(tmp_path_factory.mktemp("varied") / "tree")
    (root / "sub" / "deep" / "a\nb").unlink()  # escaped in our listing, not in Kubo's
    for place, _, names in os.walk(os.fsencode(root)):
        for name in names:
            if not name.isascii():  # likewise, on a terminal of another encoding
                os.unlink(os.path.join(place, name))  # noqa: PTH108, PTH118  (bytes)
    return root


@pytest.mark.parametrize("flags", FLAGS)
def test_the_same_arguments_print_the_same(
    flags: str, peer: Kubo, tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    theirs = peer.run("add", *flags.split(), tree).stdout.decode()
    assert main(["add", *flags.split(), str(tree)]) == 0
    assert sorted(capfd.readouterr().out.splitlines()) == sorted(theirs.splitlines())


@pytest.mark.parametrize(
    "flags",
    [
        "--hash=sha2-512 --cid-version=0",
        "--raw-leaves --mode=0644",
        "--inline --inline-limit=129",
        "--chunker=size-0",
        "--chunker=size-3000000",
        "--hash=nonsense",
        "--cid-version=2",
    ],
)
def test_the_same_arguments_are_refused(flags: str, peer: Kubo, tree: Path) -> None:
    assert peer.run("add", "-Q", "-r", *flags.split(), tree, check=False).returncode != 0
    try:
        status = main(["add", "-Q", "-r", *flags.split(), str(tree)])
    except SystemExit as stop:
        status = int(stop.code or 0)
    assert status in {1, 2}
