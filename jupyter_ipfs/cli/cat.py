"""``cat``: files to standard output, streamed with constant memory."""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import byte_count
from jupyter_ipfs.node.cat import stream
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Kubo's flags."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="what to read")
    parser.add_argument(
        "-o", "--offset", type=byte_count, default=0, metavar="N", help="skip the first N bytes"
    )
    parser.add_argument("-l", "--length", type=byte_count, metavar="N", help="stop after N bytes")


def run(cli: Invocation) -> int:
    """Write the files one after the other; offset and length count across all of them, as in Kubo.

    With ``--json``, one object for each piece: ``path``, ``offset``, ``size`` and ``data``
    in base64.
    """
    skip, left = cli.args.offset, cli.args.length
    for path in cli.args.paths:
        if left == 0:
            break
        node = cli.session.resolve(path)
        if node.kind == reader.FILE and skip >= node.size:
            skip -= node.size
            continue
        offset, skip = skip, 0
        for data in stream(cli.session.blocks, node, offset, left):
            _write(cli, path, offset, data)
            offset += len(data)
            left = None if left is None else left - len(data)
    return 0


def _write(cli: Invocation, path: str, offset: int, data: bytes) -> None:
    if cli.json:
        text = base64.b64encode(data).decode()
        cli.emit({"path": path, "offset": offset, "size": len(data), "data": text}, None)
    else:
        sys.stdout.buffer.write(data)
