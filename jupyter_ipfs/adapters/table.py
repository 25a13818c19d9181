"""Tables ↔ ``table.parquet``: pandas, polars and pyarrow; what went in comes back.

Also reads one ``.parquet`` or ``.csv`` that somebody else wrote. polars writes and reads
its own frames, so that these need no pyarrow.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs.adapters.libraries import find, is_exactly, need
from jupyter_ipfs.adapters.limits import check_memory, parsing, size_of
from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError
from jupyter_ipfs.net import json_depth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "table"

_FILE = "table.parquet"
_KEY = "jupyter_ipfs"  # of the description among Parquet's key-value metadata
_FORMAT = 1  # of that description, and of the parameters below
_ROWS = 1 << 20  # in a row group
_PAGE = 1 << 20  # bytes


def matches(obj: object) -> bool:
    """Take the libraries' own classes: a sub-class may hold more than its table."""
    return (
        is_exactly(obj, "pandas", "DataFrame", "Series")
        or is_exactly(obj, "polars", "DataFrame", "Series", "LazyFrame")
        or is_exactly(obj, "pyarrow", "Table")
    )


def dump(obj: Any) -> dict[str, bytes]:  # noqa: ANN401
    """Return ``table.parquet``."""
    if is_exactly(obj, "polars", "DataFrame", "Series", "LazyFrame"):
        return {_FILE: _write_polars(obj)}
    pa = need("pyarrow", "storing a table")
    if isinstance(obj, pa.Table):
        serialized = obj.schema.serialize().to_pybytes().hex()
        spec: Any = {"type": "pyarrow.Table", "schema": serialized}
        table = obj
    else:
        from jupyter_ipfs.adapters.pandas_frames import encode  # noqa: PLC0415

        table, spec = encode(obj)
    return {_FILE: _write_arrow(table, spec)}


def recognises(names: Collection[str]) -> bool:
    """Read one ``.parquet`` or ``.csv``."""
    return len(names) == 1 and next(iter(names)).lower().endswith((".parquet", ".csv"))


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> object:
    """Return the table, as the class that was stored."""
    ((label, opener),) = files.items()
    with opener() as file:
        if label.lower().endswith(".csv"):
            return _read_csv(file, label)
        if find("pyarrow"):
            return _read_arrow(file, label)
        if find("polars"):
            return _read_polars_alone(file, label)
    need("pyarrow", f"reading {label}")
    raise AssertionError  # `need` has raised


def _write_arrow(table: Any, spec: Any) -> bytes:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    metadata = {**(table.schema.metadata or {}), _KEY.encode(): _described(spec)}
    file = io.BytesIO()
    try:
        pq.write_table(
            table.combine_chunks().replace_schema_metadata(metadata),
            file,
            version="2.6",
            data_page_version="1.0",
            compression="zstd",
            compression_level=3,
            use_dictionary=True,
            write_statistics=True,
            write_page_index=False,
            store_schema=True,
            row_group_size=_ROWS,
            data_page_size=_PAGE,
            write_batch_size=1024,
            dictionary_pagesize_limit=_PAGE,
        )
    except (pa.ArrowException, ValueError) as error:
        raise UnsupportedTypeError(f"Parquet cannot hold this table: {error}") from None
    return file.getvalue()


def _write_polars(obj: Any) -> bytes:  # noqa: ANN401
    import polars as pl  # noqa: PLC0415

    spec = {"type": f"polars.{type(obj).__name__}"}
    if isinstance(obj, pl.LazyFrame):
        frame = obj.collect()
    elif isinstance(obj, pl.Series):
        frame = obj.to_frame()
    else:
        frame = obj
    for column, dtype in frame.schema.items():
        if isinstance(dtype, pl.Object):
            message = f"column {column!r} holds Python objects, which Parquet cannot"
            raise UnsupportedTypeError(message, f"df.drop({column!r}), or make it text")
    file = io.BytesIO()
    try:
        frame.rechunk().write_parquet(
            file,
            compression="zstd",
            compression_level=3,
            statistics=True,
            row_group_size=_ROWS,
            data_page_size=_PAGE,
            metadata={_KEY: _described(spec).decode()},
        )
    except pl.exceptions.PolarsError as error:
        raise UnsupportedTypeError(f"Parquet cannot hold this table: {error}") from None
    return file.getvalue()


def _read_arrow(file: BinaryIO, label: str) -> object:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    with parsing(label):
        parquet = pq.ParquetFile(file)
        _check_size(parquet.metadata.num_rows, parquet.metadata.num_columns, label)
        for i in range(parquet.metadata.num_row_groups):
            check_memory(parquet.metadata.row_group(i).total_byte_size, label)
        spec = _spec((parquet.metadata.metadata or {}).get(_KEY.encode()), label)
        kind = spec.get("type", "")
        if kind.startswith("polars."):
            return _read_polars(file, spec)
        table = parquet.read()
        if kind.startswith("pandas."):
            need("pandas", f"reading {label}")
            from jupyter_ipfs.adapters.pandas_frames import decode  # noqa: PLC0415

            return decode(table, spec)
        if kind == "pyarrow.Table":
            schema = pa.ipc.read_schema(pa.BufferReader(bytes.fromhex(spec["schema"])))
            return table.replace_schema_metadata(None).cast(schema.remove_metadata()).cast(schema)
        return table.to_pandas() if find("pandas") else table


def _read_polars_alone(file: BinaryIO, label: str) -> object:
    pl = need("polars", f"reading {label}")
    with parsing(label):
        spec = _spec(pl.read_parquet_metadata(file).get(_KEY), label)
        if spec.get("type", "polars.").startswith("polars."):
            return _read_polars(file, spec)
    return need("pyarrow", f"reading {label}")


def _read_polars(file: BinaryIO, spec: Any) -> object:  # noqa: ANN401
    pl = need("polars", "reading a table that polars wrote")
    size_of(file)  # back to the beginning
    # From memory: polars would wrap an error of the file's own (nobody has the bytes).
    frame = pl.read_parquet(io.BytesIO(file.read()))
    if spec.get("type") == "polars.Series":
        return frame.to_series()
    return frame.lazy() if spec.get("type") == "polars.LazyFrame" else frame


def _read_csv(file: BinaryIO, label: str) -> object:
    pandas = find("pandas")
    if pandas is None and find("polars") is None:
        need("pandas", f"reading {label}")
    with parsing(label):
        if pandas is not None:
            return pandas.read_csv(file)
        return need("polars", label).read_csv(file.read())


def _described(spec: Any) -> bytes:  # noqa: ANN401
    text = json.dumps({"format": _FORMAT, **spec}, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _spec(text: str | bytes | None, label: str) -> Any:  # noqa: ANN401
    if text is None:
        return {}
    json_depth.check(text.encode() if isinstance(text, str) else text)
    spec = json.loads(text)
    if spec["format"] != _FORMAT:
        hint = "pip install --upgrade jupyter_ipfs"
        raise AdapterError(f"{label} is of format {spec['format']}, newer than this package", hint)
    return spec


def _check_size(rows: int, columns: int, label: str) -> None:
    # Run lengths make a million rows of a few bytes; a byte a cell is the least they become.
    check_memory(rows * columns, label)
