"""Readers and writers that open files past Python, and so past the audit hook.

Thin wrappers tell `recording` what they are asked for and then do as before. They are put in when
the user imports the library (never before), keep name, signature and docstring, and are
taken out again. What a wrapper cannot make sense of it leaves alone.
"""

from __future__ import annotations

import builtins
import functools
import os
import sys
import threading
import types
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from jupyter_ipfs.bundles.recording import recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec

_READ, _WRITE, _QUERY, _BY_MODE = recording.READ, recording.WRITE, recording.QUERY, "mode"
_MAX_PATHS = 20_000


def _names(kind: str, names: str, at: int = 0) -> dict[str, tuple[str, int]]:
    return dict.fromkeys(names.split(), (kind, at))


_POLARS_WRITERS = "write_parquet write_csv write_ipc write_json write_ndjson write_avro write_excel"
_DUCKDB = "sql query execute from_query"
_DUCKDB_READERS = "read_parquet read_csv read_json from_parquet from_csv_auto"

# Module → function, or class and method → what it does with which argument (a method's own
# object counts): the path or paths that it reads or writes, or a query that may name files.
TABLE: Final[Mapping[str, Mapping[str, tuple[str, int]]]] = {
    "pandas": {
        **_names(_READ, "read_parquet read_feather read_orc read_hdf read_excel read_spss"),
        **_names(_WRITE, "DataFrame.to_parquet DataFrame.to_feather DataFrame.to_hdf", 1),
    },
    "pyarrow": _names(_READ, "memory_map input_stream"),
    "pyarrow.parquet": {
        **_names(_READ, "read_table read_pandas read_schema read_metadata"),
        **_names(_READ, "ParquetFile.__init__ ParquetDataset.__init__", 1),
        **_names(_WRITE, "ParquetWriter.__init__ write_table", 1),
    },
    "pyarrow.dataset": {**_names(_READ, "dataset"), **_names(_WRITE, "write_dataset", 1)},
    "pyarrow.feather": {
        **_names(_READ, "read_table read_feather"),
        **_names(_WRITE, "write_feather", 1),
    },
    "pyarrow.csv": {**_names(_READ, "read_csv open_csv"), **_names(_WRITE, "write_csv", 1)},
    "pyarrow.json": _names(_READ, "read_json open_json"),
    "pyarrow.orc": {
        **_names(_READ, "read_table"),
        **_names(_READ, "ORCFile.__init__", 1),
        **_names(_WRITE, "write_table", 1),
    },
    "polars": {
        **_names(_READ, "read_parquet read_csv read_csv_batched read_ipc read_ipc_stream"),
        **_names(_READ, "read_json read_ndjson read_avro read_excel read_ods read_delta"),
        **_names(_READ, "read_parquet_schema read_ipc_schema scan_parquet scan_csv scan_ipc"),
        **_names(_READ, "scan_ndjson scan_delta"),
        **_names(_WRITE, " ".join(f"DataFrame.{each}" for each in _POLARS_WRITERS.split()), 1),
        **_names(_WRITE, "LazyFrame.sink_parquet LazyFrame.sink_csv LazyFrame.sink_ipc", 1),
    },
    "duckdb": {
        **_names(_READ, _DUCKDB_READERS),
        **_names(_READ, "connect"),
        **_names(_QUERY, _DUCKDB),
        **_names(_READ, " ".join(f"DuckDBPyConnection.{x}" for x in _DUCKDB_READERS.split()), 1),
        **_names(_QUERY, " ".join(f"DuckDBPyConnection.{x}" for x in _DUCKDB.split()), 1),
    },
    "h5py": _names(_BY_MODE, "File.__init__", 1),
    "tables": _names(_BY_MODE, "open_file"),
    "xarray": _names(
        _READ, "open_dataset load_dataset open_dataarray load_dataarray open_mfdataset open_zarr"
    ),
    "geopandas": _names(_READ, "read_file read_parquet read_feather"),
    "pyogrio": _names(_READ, "read_dataframe read_arrow"),
    "fiona": _names(_BY_MODE, "open"),
    "rasterio": _names(_BY_MODE, "open"),
    "cv2": {**_names(_READ, "imread"), **_names(_WRITE, "imwrite")},
    "soundfile": _names(_READ, "read"),
    "pyreadstat": _names(_READ, "read_sas7bdat read_xport read_dta read_sav read_por"),
    "safetensors.torch": {**_names(_READ, "load_file"), **_names(_WRITE, "save_file", 1)},
    "safetensors.numpy": {**_names(_READ, "load_file"), **_names(_WRITE, "save_file", 1)},
    "SimpleITK": {**_names(_READ, "ReadImage"), **_names(_WRITE, "WriteImage", 1)},
    "lightgbm": {**_names(_READ, "Dataset.__init__", 1)},
    "xgboost": {**_names(_READ, "DMatrix.__init__", 1)},
}


class Readers:
    """The wrappers of one process, from `install` to `remove`."""

    def __init__(self) -> None:
        self._finder = _Finder(self._wrap)
        self._wrapped: list[tuple[Any, str, object, object]] = []

    def install(self) -> None:
        """Wrap what is loaded, and what will be."""
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)
            for name in TABLE:
                if name in sys.modules:
                    self._wrap(name)

    def remove(self) -> None:
        """Put everything back; what a notebook holds on to goes on working."""
        with suppress(ValueError):
            sys.meta_path.remove(self._finder)
        while self._wrapped:
            owner, name, before, ours = self._wrapped.pop()
            if vars(owner).get(name) is ours:  # else somebody has wrapped it further
                with suppress(AttributeError, TypeError):
                    setattr(owner, name, before)

    def _wrap(self, name: str) -> None:
        module = sys.modules[name]
        for path, (kind, at) in TABLE[name].items():
            try:
                self._wrap_one(module, path, kind, at)
            except Exception:  # noqa: BLE001, S112  (another version of it; so it is not seen)
                continue

    def _wrap_one(self, module: types.ModuleType, path: str, kind: str, at: int) -> None:
        owner_name, _, name = path.rpartition(".")
        owner: Any = getattr(module, owner_name, None) if owner_name else module
        function = None if owner is None else vars(owner).get(name)
        if not callable(function) or isinstance(function, type):
            return
        ours = _wrapper(function, kind, at)
        # Pickles name a function by the module that defines it, and compare.
        places = [owner]
        if not owner_name:
            places.append(sys.modules.get(getattr(function, "__module__", None) or "", owner))
        for place in places:
            if vars(place).get(name) is function:
                setattr(place, name, ours)
                self._wrapped.append((place, name, function, ours))


class _Finder:
    """Calls back when one of our modules was loaded; finds nothing itself (PEP 451)."""

    def __init__(self, loaded: Callable[[str], None]) -> None:
        self._loaded = loaded
        self._asking = threading.local()

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return what the other finders find, with a loader that tells us of its end."""
        if name not in TABLE or getattr(self._asking, "name", None) == name:
            return None
        self._asking.name = name
        try:
            for finder in [each for each in sys.meta_path if each is not self]:
                find = getattr(finder, "find_spec", None)
                spec = find(name, path, target) if find is not None else None
                if spec is not None:
                    self._follow(spec)
                    return spec  # type: ignore[no-any-return]
        finally:
            self._asking.name = None
        return None

    def _follow(self, spec: Any) -> None:  # noqa: ANN401
        """Have the loader itself call us: one of our own would show in ``__loader__``."""
        loader, loaded = spec.loader, self._loaded
        execute = getattr(loader, "exec_module", None)
        if execute is None or not hasattr(loader, "__dict__"):
            return

        def exec_module(module: types.ModuleType) -> None:
            vars(loader).pop("exec_module", None)
            execute(module)
            with suppress(Exception):
                loaded(spec.name)

        with suppress(AttributeError, TypeError):
            loader.exec_module = exec_module


def _wrapper(function: Callable[..., Any], kind: str, at: int) -> Callable[..., Any]:
    def told(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not recording._sinks:  # noqa: SLF001  (nobody listens: nothing to do)
            return
        with suppress(Exception):  # nothing of ours comes out of the user's own call
            _tell(args, kwargs)

    names = _parameters(function)

    def _tell(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        value = args[at] if len(args) > at else next(
            (kwargs[name] for name in names[at : at + 1] if name in kwargs), None
        )  # fmt: skip
        event = _by_mode(args[at + 1 :], kwargs) if kind == _BY_MODE else kind
        for text in [value] if kind == _QUERY else _paths(value):
            if isinstance(text, str):
                recording.told(event, text)

    def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        __tracebackhide__ = True  # IPython and pytest then leave this frame out
        told(args, kwargs)
        return function(*args, **kwargs)

    return functools.wraps(function)(_in_place_of(function, wrapper))


def _in_place_of(
    function: Callable[..., Any], wrapper: types.FunctionType | Callable[..., Any]
) -> Callable[..., Any]:
    """Let warnings and tracebacks name the library, not us: both end up in a notebook's output."""
    code = getattr(function, "__code__", None)
    if not isinstance(wrapper, types.FunctionType) or not isinstance(code, types.CodeType):
        return wrapper
    return types.FunctionType(
        wrapper.__code__.replace(
            co_filename=code.co_filename, co_firstlineno=code.co_firstlineno, co_name=code.co_name
        ),
        {"__name__": getattr(function, "__module__", ""), "__builtins__": builtins},
        code.co_name,
        wrapper.__defaults__,
        wrapper.__closure__,
    )


def _parameters(function: Callable[..., Any]) -> list[str]:
    import inspect  # noqa: PLC0415  (loading counts)

    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # of C, without one
        return []


def _by_mode(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    mode = args[0] if args else kwargs.get("mode", "r")
    return _WRITE if isinstance(mode, str) and mode[:1] in {"w", "a", "x"} else _READ


def _paths(value: object) -> Iterator[str]:
    """Yield what stands for paths; file objects are seen where they were opened."""
    values = value if isinstance(value, list | tuple | set | frozenset) else [value]
    for each, _ in zip(values, range(_MAX_PATHS), strict=False):
        if isinstance(each, bytes):
            yield os.fsdecode(each)
        elif isinstance(each, str | PurePath):
            yield os.fspath(each)
