"""What comes from elsewhere: hosts, content, what the source names, modules of one's own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import jupyter_ipfs
from jupyter_ipfs.bundles.recording.run_record import GUESSED, SEEN
from tests.bundles.recorded_notebook import Notebook, raw_cid


def test_other_computers_are_noted_and_this_one_is_not(book: Notebook) -> None:
    def connect(family: socket.AddressFamily, address: Any) -> None:  # noqa: ANN401
        with socket.socket(family) as it, contextlib.suppress(OSError):
            it.setblocking(False)  # noqa: FBT003
            it.connect(address)

    with book.cell():
        connect(socket.AF_INET, ("192.0.2.1", 9))  # TEST-NET: nobody's (RFC 5737)
        connect(socket.AF_INET, ("127.0.0.1", 1))
        connect(socket.AF_UNIX, "/nowhere")
        with contextlib.suppress(OSError):
            socket.getaddrinfo("127.0.0.1", 80)
        # The name that was looked up goes before the address: that one changes.
        sys.audit("socket.getaddrinfo", "data.example", "443", 0, 0, 0)
        connect(socket.AF_INET, ("192.0.2.1", 443))
        sys.audit("socket.getaddrinfo", "evil\n\u202e", 443, 0, 0, 0)
        sys.audit("socket.connect", None, ("x" * 10_000, 1))
        sys.audit("socket.connect", None)
    assert book.last.hosts == ("192.0.2.1:9", "data.example:443")


def test_content_that_is_read_is_an_input_and_what_is_only_looked_at_is_not(
    book: Notebook,
) -> None:
    fsspec = pytest.importorskip("fsspec")
    from jupyter_ipfs.filesystem import IPFSFileSystem  # noqa: PLC0415

    with jupyter_ipfs.connect(repo=book.repo) as session:
        roots = [session.store_files({f"{n}.txt": b"%d" % n}).root for n in range(5)]
        session.store_files({"x": b"x"}, name="named")
        fs = IPFSFileSystem(repo=book.repo)
        with book.cell():
            session.cat(f"{roots[0]}/0.txt")
            session.get(roots[1], "got")
            fs.cat_file(f"{roots[2]}/2.txt")
            session.stat(roots[3])
            session.ls(roots[3])
            with fs.open("ipfs://named/x") as stream:
                stream.read()
        expected = {str(root) for root in (*roots[:3], session.path("named").root)}
    assert set(book.last.contents) == expected
    assert fsspec
    assert "got/1.txt" in book.writes


def test_what_a_gateway_gave_is_content_and_its_host_is_told(book: Notebook) -> None:
    cid = raw_cid(b"x")
    with book.cell(f"get('https://{cid}.ipfs.gw.example/a'); 'https://quiet.example/ipfs/{cid}'"):
        sys.audit("urllib.Request", f"https://gw.example/ipfs/{cid}/a.csv", None, {}, "GET")
    assert book.last.contents == (cid,)
    assert book.last.hosts == ("gw.example:443",)


def test_files_that_the_source_names_are_guessed_and_own_products_are_not(
    book: Notebook,
) -> None:
    Path("b.csv").write_text("x")
    with book.cell("library.read('a.csv'); library.write('out.bin'); open('b.csv')"):
        Path("b.csv").read_text()
        subprocess.run(["cp", "a.csv", "out.bin"], check=True)  # past Python
    assert book.reads == {"a.csv": GUESSED, "b.csv": SEEN}
    assert book.writes == ["out.bin"]


def test_a_module_of_the_notebook_s_own_is_an_input(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("my_helper_r6.py").write_text("x = 1")
    monkeypatch.syspath_prepend(str(book.folder))
    with book.cell("import my_helper_r6"):
        import my_helper_r6  # type: ignore[import-not-found]  # noqa: F401, PLC0415
    del sys.modules["my_helper_r6"]
    assert book.reads == {"my_helper_r6.py": SEEN}
    assert "pytest" in book.last.modules
    assert not {"my_helper_r6", "os", "jupyter_ipfs"} & set(book.last.modules)
