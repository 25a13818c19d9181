"""pandas, equal after the way there and back."""

from __future__ import annotations

import io
import string
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pandas.testing import assert_frame_equal, assert_series_equal

from jupyter_ipfs import adapters
from jupyter_ipfs.errors import UnsupportedTypeError

from .frames import FRAMES
from .roundtrip import back, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("label", FRAMES)
def test_a_frame_comes_back_equal_and_gives_the_same_bytes_again(label: str) -> None:
    frame = FRAMES[label]
    found = back(frame)
    assert_frame_equal(found, frame, check_exact=True)
    assert type(found.columns) is type(frame.columns)
    assert type(found.index) is type(frame.index)
    assert adapters.dump(found) == adapters.dump(frame)


@pytest.mark.parametrize("label", [label for label, frame in FRAMES.items() if frame.shape[1]])
def test_other_readers_find_the_same_number_of_rows(label: str) -> None:
    content = adapters.dump(FRAMES[label])["table.parquet"]
    assert isinstance(content, bytes)
    assert pq.ParquetFile(io.BytesIO(content)).metadata.num_rows == len(FRAMES[label])


def test_pandas_itself_reads_an_ordinary_table_as_it_was() -> None:
    frame = FRAMES["numbers and text"].set_index("a")
    content = adapters.dump(frame)["table.parquet"]
    assert isinstance(content, bytes)
    assert_frame_equal(pd.read_parquet(io.BytesIO(content)), frame)


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1, 2], name="x"),
        pd.Series([1.0], name=3),
        pd.Series(["a"], name=("t", 1)),
        pd.Series([True], index=pd.date_range("2020", periods=1)),
        pd.Series(["a", None], dtype="category"),
        pd.Series([], dtype=object),
    ],
)
def test_a_series_comes_back_as_a_series(series: pd.Series) -> None:
    found = back(series)
    assert_series_equal(found, series)
    assert found.name == series.name


def test_attributes_are_kept() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"unit": "m", "source": {"b": 1, "a": [1, None]}}
    assert back(frame).attrs == frame.attrs


def test_a_view_of_some_rows_gives_the_bytes_of_its_copy() -> None:
    frame = pd.DataFrame({"a": np.arange(10), "s": list("abcdefghij")})
    view = frame.iloc[3:7].reset_index(drop=True)
    copy = pd.DataFrame({"a": [3, 4, 5, 6], "s": list("defg")})
    assert adapters.dump(view) == adapters.dump(copy)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([1, "a"], "Conversion failed"),
        ([object(), None], "Conversion failed|cannot hold"),
        ([1 + 2j, 2j], "cannot hold"),
        ([np.array([1]), None], "ndarray"),
        ([(1, 2), None], "tuple"),
        ([None, np.nan], "both"),
        ([{"a": 1}, {"b": 2}], "dict"),
        ([pd.Timestamp("2020"), None], "Timestamp"),
    ],
)
def test_a_column_that_would_change_is_refused_by_name(values: list[object], word: str) -> None:
    frame = pd.DataFrame({"fine": [1, 2], "bad": pd.Series(values, dtype=object)})
    with pytest.raises(UnsupportedTypeError, match=word) as caught:
        adapters.dump(frame)
    assert "bad" in caught.value.message
    assert caught.value.hint


def test_a_label_without_a_format_is_refused() -> None:
    with pytest.raises(UnsupportedTypeError, match="label") as caught:
        adapters.dump(pd.DataFrame([[1]], columns=pd.Index([object()])))
    assert "map(str)" in (caught.value.hint or "")


def test_a_table_that_pandas_wrote_and_a_csv_are_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "s": ["x", "y"]})
    frame.to_parquet(tmp_path / "other.parquet")
    frame.to_csv(tmp_path / "other.csv", index=False)
    assert_frame_equal(load({"other.parquet": tmp_path / "other.parquet"}), frame)
    assert_frame_equal(load({"other.csv": tmp_path / "other.csv"}), frame)


LABELS = st.one_of(
    st.text(string.printable, max_size=5), st.integers(), st.booleans(), st.none(), st.floats()
)
DTYPES = st.one_of(
    arrays.integer_dtypes(endianness="="),
    arrays.floating_dtypes(endianness="=", sizes=(32, 64)),
    arrays.boolean_dtypes(),
    arrays.datetime64_dtypes(min_period="ns", max_period="s", endianness="="),
)


@settings(max_examples=60)
@given(st.data(), st.integers(0, 6), st.lists(LABELS, max_size=4))
def test_any_frame_of_plain_columns_comes_back(
    data: st.DataObject, rows: int, labels: list[object]
) -> None:
    columns = [data.draw(arrays.arrays(DTYPES, rows)) for _ in labels]
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(rows))
    frame.columns = pd.Index(labels, dtype=object)
    found = back(frame)
    assert_frame_equal(found, frame, check_exact=True)
    assert adapters.dump(found) == adapters.dump(frame)
