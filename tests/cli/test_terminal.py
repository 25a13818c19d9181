"""Untrusted text on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Kubo


NAMES = (
    "plain.txt",
    "\x1b[31mred",
    '"q" back\\slash',
    "new\nline\ttab\rreturn",
    "\x07bell",
    "\x7fdelete",
    "höß 日本",
    "rtl\u202eabc",
    "soft\u00adhyphen",
    "emoji😀",
    "private\U000f0000use",
    "no-break\u00a0space",
)


def test_names_are_escaped_as_kubo_escapes_them(kubo: Kubo, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in NAMES:
        (tree / name).write_bytes(b"x")
    lines = kubo.run("ls", kubo.add(tree)).stdout.decode().splitlines()
    assert {line.split(" ", 2)[2] for line in lines} == set(map(escape, NAMES))


def test_bytes_that_are_not_utf8_are_shown_as_bytes() -> None:
    # Kubo prints a replacement character here; the bytes tell more.
    assert escape(b"caf\xe9".decode(errors="surrogateescape")) == "caf\\xe9"


def test_what_is_printed_never_steers_the_terminal() -> None:
    everything = "".join(chr(code) for code in range(0x3000)) + "\ud800\udcff\U000e0001"
    assert escape(everything).isprintable()
