"""Importing costs next to nothing: what is heavy is loaded by what uses it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "duckdb",
    "fsspec",
    "httpx",
    "jupyter_server",
    "matplotlib",
    "mmh3",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "skops",
    "sklearn",
    "tornado",
    "web3",
}


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has after running ``code``."""
    script = f"{code}\nimport sys; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_of_it() -> None:
    loaded = loaded_by("import jupyter_ipfs")
    assert {name for name in loaded if name.startswith("jupyter_ipfs")} == {"jupyter_ipfs"}
    assert not loaded & HEAVY


@pytest.mark.parametrize(
    "code",
    [
        "import jupyter_ipfs; jupyter_ipfs.connect",
        "import jupyter_ipfs.cli.main",
        "import jupyter_ipfs.node.add, jupyter_ipfs.store.repo",
    ],
)
def test_heavy_libraries_wait_until_they_are_used(code: str) -> None:
    assert not loaded_by(code) & HEAVY


def test_loading_the_extension_adds_nothing_heavy_to_ipython() -> None:
    start = "from IPython.core.interactiveshell import InteractiveShell as S; s = S.instance()"
    hide = "import sys; sys.modules['ipfsspec'] = None"  # where it is installed we claim ipfs://
    before = loaded_by(start)
    after = loaded_by(
        f"{start}; {hide}; import jupyter_ipfs; jupyter_ipfs.load_ipython_extension(s)"
    )
    assert not (after - before) & HEAVY


def test_every_public_name_is_there() -> None:
    import jupyter_ipfs  # noqa: PLC0415

    assert all(getattr(jupyter_ipfs, name) is not None for name in jupyter_ipfs.__all__)
    with pytest.raises(AttributeError):
        _ = jupyter_ipfs.nonsense
