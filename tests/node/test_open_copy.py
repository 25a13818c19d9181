"""A copy for a workspace: what could harm by itself is not in it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.node.open_copy import open_copy
from jupyter_ipfs.unixfs import nodes, reader
from tests.unixfs.dags import Dag

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_copied_without_the_right_to_run(tmp_path: Path) -> None:
    dag = Dag()
    metadata = nodes.Metadata(0o777)
    program = dag.node(nodes.encode(nodes.Data(nodes.FILE, b"#!", 2, metadata=metadata)))
    root = dag.directory((b"program", program))
    copied = open_copy(dag, reader.get(dag, root), tmp_path, name="copy")
    mode = stat.S_IMODE((copied.local_path / "program").stat().st_mode)
    assert mode & 0o111 == 0
    assert mode & 0o600 == 0o600


@pytest.mark.parametrize(
    "bomb", [b"[" + b"{}," * 600_000 + b"{}]", b"[" + b"1," * 2_100_000 + b"1]"]
)
def test_a_notebook_that_would_fill_the_memory_is_left_out(bomb: bytes, tmp_path: Path) -> None:
    dag = Dag()
    notebook = dag.raw(bomb)
    root = dag.directory((b"bomb.ipynb", notebook), (b"kept.txt", dag.raw(b"x")))
    copied = open_copy(dag, reader.get(dag, root), tmp_path, name="copy")
    assert [place.name for place in copied.local_path.iterdir()] == ["kept.txt"]
    assert "too many values" in copied.skipped["bomb.ipynb"]
    with pytest.raises(ConfigError, match="too many values"):
        open_copy(dag, reader.get(dag, notebook), tmp_path, name="bomb.ipynb")
