"""What of an environment a notebook needs, as the kernel's own Python tells it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.bundles.environment import distributions
from jupyter_ipfs.bundles.environment.distributions import Distribution, installed
from jupyter_ipfs.errors import EnvironmentLockError

if TYPE_CHECKING:
    from collections.abc import Sequence

ARCHIVE = "https://a.example/archived-1.0.tar.gz"


class Site:
    """A folder with distributions, before all others on the path of a Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self,
        name: str,
        requires: Sequence[str] = (),
        *,
        modules: Sequence[str] = (),
        origin: object = None,
        installer: str = "pip",
        pth: str = "",
    ) -> None:
        """Install a distribution of nothing."""
        place = self.folder / f"{name.replace('-', '_')}-1.0.dist-info"
        place.mkdir(parents=True)
        lines = [f"Name: {name}", "Version: 1.0", "License: a", "        ", "        b"]
        lines += [f"Requires-Dist: {each}" for each in requires]
        text = "\n".join(["Metadata-Version: 2.1", *lines, "", "Requires-Dist: of-the-text"])
        (place / "METADATA").write_text(text)
        (place / "INSTALLER").write_text(f"{installer}\n")
        (place / "WHEEL").write_text("Wheel-Version: 1.0\nTag: py3-none-any\n")
        paths = [f"{module}/__init__.py,," for module in modules]
        if pth:
            (self.folder / f"{name}.pth").write_text(f"import os\n{pth}\n")
            paths.append(f"{name}.pth,,")
        (place / "RECORD").write_text("\n".join([*paths, f"{place.name}/METADATA,,"]))
        if origin is not None:
            text = origin if isinstance(origin, str) else json.dumps(origin)
            (place / "direct_url.json").write_text(text)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Distribution]:
    """What a notebook needs that has loaded a few modules; asked once, since it starts a Python."""
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder / "first")
    site.add(
        "alpha-one",
        [
            "Beta.Two[fast]>=1",
            "never; python_version < '3'",
            "absent",
            "only-extra; extra == 'all'",
            f"gamma ; sys_platform == '{sys.platform}' and (python_version>='3')",
            "not a requirement ][",
            "jupyter_ipfs",
        ],
        modules=["alpha"],
    )
    site.add("beta_two", ["speed; extra == 'fast'", "alpha-one"], modules=["beta"])
    for name in ("speed", "gamma", "never", "only-extra", "of-the-text", "unused"):
        site.add(name, modules=[name])
    site.add("jupyter-ipfs", ["web3", "never"], modules=["jupyter_ipfs"])
    site.add("fsspec", modules=["fsspec"])
    checkout = folder / "checkout"
    (checkout / "edited").mkdir(parents=True)
    editable = {"url": checkout.as_uri(), "dir_info": {"editable": True}}
    site.add("an-edited-one", pth=str(checkout), origin=editable)
    site.add("foldered", modules=["foldered"], origin={"url": "file:///a", "dir_info": {}})
    site.add(
        "cloned",
        modules=["cloned"],
        origin={"url": "https://a.example", "vcs_info": {"vcs": "git"}},
    )
    hashes = {"hashes": {"sha256": "AB" * 32}}
    site.add("archived", modules=["archived"], origin={"url": ARCHIVE, "archive_info": hashes})
    older = {"hash": "sha256=" + "cd" * 32}
    site.add("older", modules=["older"], origin={"url": ARCHIVE, "archive_info": older})
    site.add("unhashed", modules=["unhashed"], origin={"url": ARCHIVE, "archive_info": {}})
    for name, origin in (("garbled", "{"), ("listed", "[]")):
        site.add(name, modules=[name], origin=origin)
    site.add("condaed", modules=["condaed"], installer="conda")
    (site.folder / "broken-1.0.dist-info").mkdir()
    (site.folder / "nameless-1.0.dist-info").mkdir()
    (site.folder / "nameless-1.0.dist-info" / "METADATA").write_text("Version: 1\n\n")
    (site.folder / "sitecustomize.py").write_text('print(\'{"not": "the answer"}\')\n')
    hidden = Site(folder / "second")
    hidden.add("speed", ["unused"])  # further back on the path: not the one that is imported
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{site.folder}:{hidden.folder}")
        modules = [
            "alpha", "edited", "foldered", "cloned", "archived", "older", "unhashed", "garbled",
            "listed", "condaed", "json", "no_such_module", "jupyter_ipfs",
        ]  # fmt: skip
        answer = installed(sys.executable, modules)
    assert answer.interpreter.python == sys.version.split()[0]
    assert answer.interpreter.version == sys.version_info[:2]
    return {each.name: each for each in answer.distributions}


def test_what_modules_need_is_followed_with_its_markers_and_extras(
    found: dict[str, Distribution],
) -> None:
    assert {"alpha-one", "beta-two", "speed", "gamma"} <= set(found)
    assert found["alpha-one"] == Distribution("alpha-one", "1.0", tags=("py3-none-any",))
    assert not {"never", "only-extra", "absent", "unused", "of-the-text"} & set(found)


def test_the_kernel_is_needed_and_this_package_is_not_but_for_what_it_reads_with(
    found: dict[str, Distribution],
) -> None:
    assert {"ipykernel", "jupyter-client", "traitlets"} <= set(found)
    assert {"fsspec", "libipld", "mmh3", "blake3", "httpx", "httpcore", "ipython"} <= set(found)
    assert not {"jupyter-ipfs", "web3", "py-evm"} & set(found)


def test_what_no_index_can_give_says_where_it_came_from(found: dict[str, Distribution]) -> None:
    reasons = {name: each.why_unlocked for name, each in found.items() if each.why_unlocked}
    assert reasons == {
        "an-edited-one": "editable",
        "cloned": "installed from a repository",
        "condaed": "installed by conda",
        "foldered": "installed from a folder",
        "garbled": "installed from an address that cannot be read",
        "listed": "installed from a file or address of its own",
        "unhashed": "installed from a file or address of its own",
    }
    assert (found["archived"].sha256, found["older"].sha256) == ("ab" * 32, "cd" * 32)


@pytest.mark.parametrize(
    "script",
    ["exit 3", "echo hello", "echo '[]'", "echo '{}'", "printf '{\"markers\": 1}'", "kill $$"],
)
def test_what_is_no_python_is_said_so(tmp_path: Path, script: str) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    with pytest.raises(EnvironmentLockError, match="cannot say what it has"):
        installed(program, ["json"])
    with pytest.raises(EnvironmentLockError, match="cannot say what it has"):
        installed(tmp_path / "none", ["json"])


def test_what_this_package_needs_to_read_content_is_what_its_light_needs_name(
    tmp_path: Path,
) -> None:
    """Whatever `%load_ext` and a read of ``ipfs://`` import is among the light needs' closure."""
    code = """
import json, sys
from importlib.metadata import packages_distributions
before = set(sys.modules)
import IPython
shell = IPython.core.interactiveshell.InteractiveShell.instance()
shell.run_line_magic("load_ext", "jupyter_ipfs")
import fsspec, jupyter_ipfs
cid = jupyter_ipfs.connect().add(b"hello")
assert fsspec.open(f"ipfs://{cid}").open().read() == b"hello"
loaded = {name.split(".")[0] for name in set(sys.modules) - before}
found = packages_distributions()
print(json.dumps(sorted({each for name in loaded for each in found.get(name, ())})))
"""
    places = {"JUPYTER_IPFS_REPO": str(tmp_path / "repo"), "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **places},
    )
    loaded = {name.lower().replace("_", "-") for name in json.loads(done.stdout.splitlines()[-1])}
    needed = {each.name for each in installed(sys.executable, ["jupyter_ipfs"]).distributions}
    assert loaded - needed - {"jupyter-ipfs", "setuptools"} == set()
    assert set(distributions.LIGHT) <= needed


def test_the_script_runs_on_older_pythons_too() -> None:
    source = Path(distributions.__file__).with_name("installed.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 8))
