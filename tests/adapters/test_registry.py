"""Entry points, and libraries that are missing."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs import adapters, plugins
from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.protocols import Adapter
from tests.conftest import CHECKOUT

from .roundtrip import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ADAPTER = """
class Thing: pass
name = "thing"
def matches(obj): return isinstance(obj, Thing)
def dump(obj): return {"thing.xyz": b"1"}
def recognises(names): return list(names) == ["thing.xyz"]
def load(files, *, trusted=()): return Thing()
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a package with entry points where Python looks for packages."""

    def install(entry_points: str) -> None:
        (tmp_path / "their_adapter.py").write_text(ADAPTER)
        info = tmp_path / "theirs-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(entry_points)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "their_adapter", raising=False)

    return install


def test_pyproject_names_the_built_in_ones_in_the_same_words() -> None:
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["entry-points"]
    for group, entries in plugins.BUILT_IN.items():
        assert declared[group] == entries


def test_every_built_in_adapter_has_the_shape_of_the_protocol() -> None:
    for name in plugins.BUILT_IN[adapters.GROUP]:
        adapter = plugins.load(adapters.GROUP, name)
        assert isinstance(adapter, Adapter)
        assert adapter.name == name


def test_another_package_adds_an_adapter(install: Callable[[str], None]) -> None:
    install("[jupyter_ipfs.adapters]\nthing = their_adapter\n")
    thing = plugins.load(adapters.GROUP, "thing").Thing
    files = adapters.dump(thing())
    assert files == {"thing.xyz": b"1"}
    assert adapters.recognises(files)
    assert type(load(files)) is thing


def test_a_broken_plug_in_is_named_and_the_others_work(install: Callable[[str], None]) -> None:
    install("[jupyter_ipfs.adapters]\na_broken = no_such_module:x\nthing = their_adapter\n")
    with pytest.warns(RuntimeWarning, match=r"'a_broken' \(no_such_module:x of theirs\)"):
        names = [name for name, _ in plugins.load_all(adapters.GROUP)]
    assert names == [*plugins.BUILT_IN[adapters.GROUP], "thing"]
    with pytest.raises(ConfigError, match="a_broken"):
        plugins.load(adapters.GROUP, "a_broken")


def test_a_built_in_cannot_be_replaced_by_what_happens_to_be_installed(
    install: Callable[[str], None],
) -> None:
    install("[jupyter_ipfs.adapters]\njson = their_adapter\n")
    with pytest.warns(RuntimeWarning, match="taken"):
        found = dict(plugins.load_all(adapters.GROUP))
    assert found["json"].__name__ == "jupyter_ipfs.adapters.json"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        plugins.load("jupyter_ipfs.backends", "kubbo")
    assert "embedded, kubo" in (caught.value.hint or "")


def test_asking_every_adapter_imports_none_of_their_libraries() -> None:
    code = (
        "import sys\n"
        "from jupyter_ipfs import adapters\n"
        "assert adapters.for_object({'a': 1}).name == 'json'\n"
        "assert adapters.recognises(['data.json'])\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'polars', 'matplotlib', 'PIL', 'sklearn',"
        " 'skops', 'torch', 'safetensors', 'plotly', 'IPython'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True)


WITHOUT = """
import io, json, sys
for name in {missing!r}:
    sys.modules[name] = None  # what Python itself does for "not importable"
from jupyter_ipfs import adapters
from jupyter_ipfs.errors import MissingLibraryError
try:
    {statement}
    print(json.dumps(["fine", ""]))
except MissingLibraryError as error:
    print(json.dumps([error.message, error.hint]))
"""


def without(missing: list[str], statement: str) -> list[str]:
    code = WITHOUT.format(missing=missing, statement=statement)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    answer: list[str] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("missing", "statement", "hint"),
    [
        (["pyarrow"], "import pandas; adapters.dump(pandas.DataFrame({'a': [1]}))", "pyarrow"),
        (["pyarrow", "polars"], "adapters.load({'t.parquet': io.BytesIO})", "pyarrow"),
        (["pandas", "polars"], "adapters.load({'t.csv': io.BytesIO})", "pandas"),
        (["numpy"], "adapters.load({'a.npy': io.BytesIO})", "numpy"),
        (["PIL"], "adapters.load({'image.png': io.BytesIO})", "pillow"),
        (["plotly"], "adapters.load({'plotly.json': io.BytesIO})", "plotly"),
        (["safetensors"], "adapters.load({'x.safetensors': io.BytesIO})", "safetensors"),
        (["skops"], "from sklearn.svm import SVC; adapters.dump(SVC())", "skops"),
    ],
)
def test_a_missing_library_gives_the_line_that_installs_it(
    missing: list[str], statement: str, hint: str
) -> None:
    assert without(missing, statement)[1] == f"pip install {hint}"


def test_polars_needs_no_pyarrow() -> None:
    statement = (
        "import polars; f = polars.DataFrame({'a': [1]}); "
        "c = adapters.dump(f)['table.parquet']; "
        "assert f.equals(adapters.load({'table.parquet': lambda: io.BytesIO(c)}))"
    )
    assert without(["pyarrow", "pandas"], statement) == ["fine", ""]
