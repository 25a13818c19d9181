"""pandas tables with everything that Parquet alone would lose."""

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import pandas as pd

ROWS = pd.RangeIndex(2)
NOON = dt.datetime(2020, 1, 1, 12)  # noqa: DTZ001  (naive on purpose)

FRAMES: dict[str, pd.DataFrame] = {
    "numbers and text": pd.DataFrame(
        {"a": [1, 2, 3], "b": [1.5, np.nan, -0.0], "s": ["x", None, ""]}
    ),
    "a range that starts at 3": pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(3, 9, 3, name="r")),
    "an index with a time zone and a frequency": pd.DataFrame(
        {"a": [1, 2]}, index=pd.date_range("2020", periods=2, tz="Europe/Paris", name="t")
    ),
    "hours": pd.DataFrame({"a": [1, 2]}, index=pd.date_range("2020", periods=2, freq="h")),
    "an index of texts": pd.DataFrame({"a": [1, 2]}, index=["x", "y"]),
    "an index named as a column": pd.DataFrame({"a": [1, 2]}, index=pd.Index([1, 2], name="a")),
    "an index of objects": pd.DataFrame({"a": [1, 2]}, index=pd.Index([1, 2], dtype=object)),
    "an index named by a tuple": pd.DataFrame({"a": [1]}, index=pd.Index([5], name=("q", 1))),
    "a MultiIndex": pd.DataFrame(
        {"a": range(4)}, index=pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["k", None])
    ),
    "a categorical index": pd.DataFrame(
        {"a": [1, 2]}, index=pd.CategoricalIndex(["x", "y"], categories=["y", "x", "w"])
    ),
    "MultiIndex columns": pd.DataFrame(
        [[1, 2, 3]],
        columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["u", None]),
    ),
    "numbers as columns": pd.DataFrame(np.arange(6).reshape(2, 3)),
    "columns of many types": pd.DataFrame([[1, 2, 3, 4]], columns=["a", 1, 2.5, ("t", None)]),
    "columns with one name": pd.DataFrame([[1, 2, "x"]], columns=["a", "a", None]),
    "dates as columns": pd.DataFrame([[1, 2]], columns=pd.date_range("2020", periods=2)),
    "categorical columns": pd.DataFrame(
        [[1, 2]], columns=pd.CategoricalIndex(["x", "y"], categories=["y", "x", "w"])
    ),
    "columns with a name": pd.DataFrame({"a": [1]}).rename_axis(columns="c"),
    "categories": pd.DataFrame(
        {
            "ordered, one unused": pd.Categorical(
                ["a", None, "b"], categories=["z", "b", "a"], ordered=True
            ),
            "numbers": pd.Categorical([3, None, 1], categories=[9, 3, 1]),
            "floats": pd.Categorical([0.1, None, 0.3]),
            "intervals": pd.cut([1, 5, 9], 3),
            "dates": pd.Categorical(pd.to_datetime(["2020", "2021", None])),
        }
    ),
    "counts of intervals": pd.cut([1, 5, 9, 9], 3).value_counts().to_frame(),
    "nullable": pd.DataFrame(
        {
            "Int8": pd.array([1, None], dtype="Int8"),
            "boolean": pd.array([True, None], dtype="boolean"),
            "Float32": pd.array([1.5, None], dtype="Float32"),
            "string": pd.array(["a", None], dtype="string"),
            "string[python]": pd.array(["a", None], dtype="string[python]"),
        }
    ),
    "Arrow-backed": pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="int64[pyarrow]"),
            "t": pd.array([NOON, None], dtype="timestamp[ms][pyarrow]"),
        }
    ),
    "times": pd.DataFrame(
        {
            "s": pd.array(["2020-01-01", None], dtype="datetime64[s]"),
            "ms": pd.array(["2020-01-01", None], dtype="datetime64[ms]"),
            "ns": pd.array(["2020-01-01T00:00:00.000000001", None], dtype="datetime64[ns]"),
            "zone": pd.Series(["2020-01-01", None]).astype("datetime64[ns, America/New_York]"),
            "offset": pd.to_datetime(pd.Series(["2020-01-01T00:00+02:00", None])),
            "timedelta": pd.array([1, None], dtype="timedelta64[ns]"),
            "seconds": pd.array([1, None], dtype="timedelta64[s]"),
            "period": pd.period_range("2020", periods=2, freq="M"),
            "interval": pd.interval_range(0, 2),
        }
    ),
    "narrow and sparse": pd.DataFrame(
        {
            "u1": np.array([1, 255], "u1"),
            "f2": np.array([1.5, np.nan], "f2"),
            "u8": np.array([2**64 - 1, 0], "u8"),
            "bool": [True, False],
            "sparse": pd.arrays.SparseArray([0, 1]),
        }
    ),
    "objects": pd.DataFrame(
        {
            "text and NaN": pd.Series(["a", np.nan], dtype=object),
            "text and None": pd.Series(["a", None], dtype=object),
            "text and NA": pd.Series(["a", pd.NA], dtype=object),
            "int": pd.Series([2**60 + 1, None], dtype=object),
            "float": pd.Series([1.5, None], dtype=object),
            "bool": pd.Series([True, None], dtype=object),
            "date": [dt.date(2020, 1, 1), None],
            "datetime": pd.Series([NOON, None], dtype=object),
            "decimal": [decimal.Decimal("1.10"), None],
            "bytes": [b"\0", None],
            "list": [[1, 2], None],
            "dict": [{"a": 1}, None],
        }
    ),
    "empty": pd.DataFrame(),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="int64"), "o": pd.Series([], dtype=object)}),
    "no columns": pd.DataFrame(index=[1, 2, 3]),
    "no columns and a range": pd.DataFrame(index=pd.RangeIndex(5)),
}
