"""polars and pyarrow."""

from __future__ import annotations

import datetime as dt
import decimal

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal, assert_series_equal

from jupyter_ipfs import adapters
from jupyter_ipfs.errors import UnsupportedTypeError

from .roundtrip import back

FRAME = pl.DataFrame(
    {
        "int": [1, 2, None],
        "categorical": pl.Series(["x", "y", "x"], dtype=pl.Categorical),
        "enum": pl.Series(["x", None, "x"], dtype=pl.Enum(["y", "x", "z"])),
        "time": pl.Series([dt.time(1), None, dt.time(2)]),
        "duration": pl.Series([1, 2, 3]).cast(pl.Duration("ms")),
        "zone": pl.Series([1, 2, 3]).cast(pl.Datetime("us", "Europe/Paris")),
        "list": [[1], [], None],
        "struct": [{"q": 1}] * 3,
        "array": pl.Series([[1, 2]] * 3, dtype=pl.Array(pl.Int64, 2)),
        "null": [None] * 3,
        "bytes": [b"1", b"", None],
        "decimal": pl.Series([decimal.Decimal("1.10")] * 3),
    }
)


@pytest.mark.parametrize("frame", [FRAME, FRAME.head(0), pl.DataFrame(), FRAME[1:]])
def test_a_polars_frame_comes_back(frame: pl.DataFrame) -> None:
    found = back(frame)
    assert type(found) is pl.DataFrame
    assert_frame_equal(found, frame, check_exact=True)
    assert adapters.dump(found) == adapters.dump(frame)


@pytest.mark.parametrize("column", FRAME.columns)
def test_a_polars_series_comes_back_as_a_series(column: str) -> None:
    found = back(FRAME[column])
    assert type(found) is pl.Series
    assert_series_equal(found, FRAME[column])


def test_a_lazy_frame_comes_back_lazy_with_its_result() -> None:
    found = back(FRAME.lazy().select(pl.col("int") + 1))
    assert type(found) is pl.LazyFrame
    assert_frame_equal(found.collect(), FRAME.select(pl.col("int") + 1))


def test_chunks_do_not_change_the_bytes() -> None:
    whole = pl.DataFrame({"a": [1, 2, 3, 4]})
    parts = pl.concat([whole[:2], whole[2:]], rechunk=False)
    assert adapters.dump(whole) == adapters.dump(parts)
    table = pa.table({"a": [1, 2, 3, 4]})
    pieces = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert adapters.dump(table) == adapters.dump(pieces)


def test_python_objects_in_polars_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedTypeError, match="'bad'"):
        adapters.dump(pl.DataFrame({"bad": pl.Series([object()], dtype=pl.Object)}))


def test_a_pyarrow_table_comes_back_with_its_schema_and_metadata() -> None:
    fields = [
        pa.field("a", pa.int8(), metadata={"unit": "m"}),
        pa.field("s", pa.dictionary(pa.int8(), pa.string())),
        pa.field("t", pa.timestamp("s")),
        pa.field("l", pa.large_list(pa.float32())),
        pa.field("m", pa.map_(pa.string(), pa.int32())),
    ]
    rows = [{"a": 1, "s": "x", "t": 5, "l": [1.5], "m": [("k", 1)]}]
    schema = pa.schema(fields, metadata={"title": "wells"})
    table = pa.Table.from_pylist(rows, schema)
    found = back(table)
    assert found.schema.equals(table.schema, check_metadata=True)
    assert found.equals(table)
    assert adapters.dump(found) == adapters.dump(table)
