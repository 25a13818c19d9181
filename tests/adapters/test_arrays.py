"""numpy arrays, bit for bit."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jupyter_ipfs import adapters
from jupyter_ipfs.errors import UnsupportedTypeError

from .roundtrip import back, load

DTYPES = st.one_of(
    arrays.scalar_dtypes(),
    arrays.array_dtypes(arrays.scalar_dtypes(), max_size=3),
    arrays.unicode_string_dtypes(),
    arrays.byte_string_dtypes(),
)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return (
        one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    )


@given(arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, min_side=0, max_side=4)))
def test_any_array_comes_back_bit_for_bit(array: np.ndarray) -> None:
    found = back(array)
    assert same(found, array)
    assert adapters.dump(found) == adapters.dump(array)


def test_the_file_is_what_numpy_itself_writes() -> None:
    array = np.arange(12.0).reshape(3, 4)
    file = io.BytesIO()
    np.save(file, array)
    assert adapters.dump(array) == {"array.npy": file.getvalue()}


def test_neither_order_in_memory_nor_strides_change_the_bytes() -> None:
    array = np.arange(12).reshape(3, 4)
    assert adapters.dump(np.asfortranarray(array)) == adapters.dump(array)
    assert adapters.dump(np.repeat(array, 2, axis=1)[:, ::2]) == adapters.dump(array)


def test_what_lies_in_the_padding_of_a_record_does_not_change_the_bytes() -> None:
    inner = np.dtype([("c", "i1"), ("d", "i4")], align=True)
    dtype = np.dtype([("a", "i1"), ("b", "f8"), ("in", inner), ("p", inner, (2,))], align=True)
    clean = np.zeros(3, dtype)
    dirty = np.frombuffer(bytearray(b"\xff" * clean.nbytes), dtype)
    for field in ("a", "b"):
        dirty[field] = 0
    for field in ("in", "p"):
        for leaf in ("c", "d"):
            dirty[field][leaf] = 0
    assert dirty.tobytes() != clean.tobytes()
    assert adapters.dump(dirty) == adapters.dump(clean)


@pytest.mark.parametrize(
    "scalar",
    [
        np.float32(1.5),
        np.int8(-1),
        np.bool_(1),
        np.datetime64("2020"),
        np.str_("ä"),
        np.complex64(1j),
        np.bytes_(b"x"),
    ],
)
def test_a_scalar_comes_back_with_its_type(scalar: np.generic) -> None:
    found = back(scalar)
    assert type(found) is type(scalar)
    assert found == scalar


def test_a_dict_of_arrays_comes_back_whatever_its_keys_are() -> None:
    given_ = {
        key: np.array([i]) for i, key in enumerate(["b", "a/../..", "..", ".", "", "ä %", "b.npy"])
    }
    files = adapters.dump(given_)
    for name in files:
        assert name.count("/") == 1
        assert name.endswith(".npy")
    found = load(files)
    assert found.keys() == given_.keys()
    assert all(np.array_equal(found[key], given_[key]) for key in given_)
    assert adapters.dump(dict(reversed(given_.items()))) == files


def test_a_masked_array_comes_back_and_what_is_masked_does_not_count() -> None:
    one = np.ma.MaskedArray([1.0, 2.0, 3.0], mask=[False, True, False], fill_value=-9)
    other = np.ma.MaskedArray([1.0, 7.0, 3.0], mask=[False, True, False], fill_value=-9)
    found = back(one)
    assert np.array_equal(found.mask, one.mask)
    assert np.array_equal(found.compressed(), one.compressed())
    assert found.fill_value == one.fill_value
    assert adapters.dump(one) == adapters.dump(other)


def test_an_npz_is_read() -> None:
    file = io.BytesIO()
    np.savez_compressed(file, a=np.arange(3), b=np.eye(2))
    found = load({"x.npz": file.getvalue()})
    assert np.array_equal(found["a"], np.arange(3))
    assert np.array_equal(found["b"], np.eye(2))


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, "a", None], dtype=object),
        np.array([(1, {})], dtype=[("a", "i4"), ("b", object)]),
        np.array(["a", "bc"], dtype=np.dtypes.StringDType()),
        {"x": np.array([{}], dtype=object)},
    ],
)
def test_python_objects_in_arrays_are_refused(array: object) -> None:
    with pytest.raises(UnsupportedTypeError, match="pickle") as caught:
        adapters.dump(array)
    assert "astype" in (caught.value.hint or "")


def test_sub_classes_and_other_keys_are_refused() -> None:
    with pytest.raises(UnsupportedTypeError, match="recarray"):
        adapters.dump(np.zeros(1).view(np.recarray))
    with pytest.raises(UnsupportedTypeError, match="keys"):
        adapters.dump({1: np.arange(3)})
