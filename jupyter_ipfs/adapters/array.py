"""numpy ↔ ``.npy``, never with pickle.

An array is ``array.npy``, a scalar ``scalar.npy``, a dict of arrays ``arrays/NAME.npy``
(names percent-encoded), a masked array ``masked/{data,mask,fill_value}.npy``. Arrays are
written in C order, with the padding of structured types and the values under a mask
zeroed: none of these counts for equality, and the bytes must not differ by them.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, unquote

from jupyter_ipfs.adapters.libraries import imported, need
from jupyter_ipfs.adapters.limits import check_memory, check_zip, parsing, size_of
from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "array"

_MASKED = ("masked/data.npy", "masked/fill_value.npy", "masked/mask.npy")
_MAX_NAME = 250  # bytes, so that "NAME.npy" is a file name anywhere


def matches(obj: object) -> bool:
    """Take numpy's arrays, scalars and masked arrays, and dicts of arrays."""
    numpy = imported("numpy")
    if numpy is None:
        return False
    if type(obj) is dict:
        return bool(obj) and all(type(value) is numpy.ndarray for value in obj.values())
    return isinstance(obj, (numpy.ndarray, numpy.generic))


def dump(obj: object) -> dict[str, bytes]:
    """Return ``.npy`` files."""
    import numpy as np  # noqa: PLC0415

    if isinstance(obj, dict):
        return {f"arrays/{_file_name(key)}": encode(obj[key]) for key in _sorted_keys(obj)}
    if isinstance(obj, np.generic):
        return {"scalar.npy": encode(np.asarray(obj))}
    if type(obj) is np.ma.MaskedArray:
        return _dump_masked(obj)
    if type(obj) is not np.ndarray:
        kind = type(obj).__name__
        raise UnsupportedTypeError(
            f"numpy's {kind} would come back as a plain array", "put numpy.asarray(x)"
        )
    return {"array.npy": encode(obj)}


def recognises(names: Collection[str]) -> bool:
    """Read what `dump` writes, and one ``.npy`` or ``.npz``."""
    if len(names) == 1 and next(iter(names)).lower().endswith((".npy", ".npz")):
        return True
    return sorted(names) == list(_MASKED) or (
        bool(names) and all(n.startswith("arrays/") and n.endswith(".npy") for n in names)
    )


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> object:
    """Return the array, scalar, masked array or dict of arrays."""
    np = need("numpy", "reading an array")
    labels = sorted(files)
    if all(label.startswith("arrays/") for label in labels):
        return {
            unquote(label.removeprefix("arrays/").removesuffix(".npy")): _read(files, label)
            for label in labels
        }
    if labels == list(_MASKED):
        data, fill_value, mask = (_read(files, label) for label in labels)
        with parsing("masked/"):
            return np.ma.MaskedArray(data, mask=mask, fill_value=fill_value[()])
    (label,) = labels
    if label.lower().endswith(".npz"):
        return _read_npz(files[label], label)
    array = _read(files, label)
    return array[()] if label == "scalar.npy" and array.ndim == 0 else array


def encode(array: Any, *, keep_layout: bool = False) -> bytes:  # noqa: ANN401
    """Return the ``.npy`` of an array.

    Args:
        array: Any ``numpy.ndarray`` without Python objects.
        keep_layout: Keep Fortran order (models: it decides how sums are rounded).
    """
    import numpy as np  # noqa: PLC0415

    if array.dtype.hasobject or array.dtype.kind == "T":  # "T": strings of variable width
        raise UnsupportedTypeError(
            f"an array of dtype {array.dtype} holds Python objects, which only pickle can store",
            'put array.tolist(), pandas.DataFrame(array), or array.astype(float) or .astype("U")',
        )
    fortran = keep_layout and array.flags.f_contiguous and not array.flags.c_contiguous
    array = np.asarray(array, order="F" if fortran else "C")
    if _has_padding(array.dtype):
        clean = np.zeros(array.shape, array.dtype, order="F" if fortran else "C")
        _copy_fields(array, clean)
        array = clean
    file = io.BytesIO()
    with warnings.catch_warnings():
        # That names need a format numpy has read since 2019, that a dtype's notes are dropped.
        warnings.simplefilter("ignore", UserWarning)
        np.lib.format.write_array(file, array, allow_pickle=False)
    return file.getvalue()


def decode(file: BinaryIO, label: str) -> Any:  # noqa: ANN401
    """Return the array of a ``.npy``, once its header agrees with its size."""
    np = need("numpy", "reading an array")
    with parsing(label):
        size = size_of(file)
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(file)
        else:  # 3.0 is 2.0 with UTF-8 field names, which numpy has no public reader for
            file.seek(0)
            return np.lib.format.read_array(file, allow_pickle=False)
        if dtype.hasobject:
            raise AdapterError(
                f"{label} holds pickled Python objects, which are never loaded",
                "ask its author for numpy.save(…, array.astype(float)), or for Parquet",
            )
        expected = math.prod(shape) * dtype.itemsize
        if any(side < 0 for side in shape) or expected != size - file.tell():
            raise AdapterError(
                f"{label} claims {expected:,} bytes of values and has {size - file.tell():,}"
            )
        check_memory(expected, label)
        file.seek(0)
        return np.lib.format.read_array(file, allow_pickle=False)


def _dump_masked(obj: Any) -> dict[str, bytes]:  # noqa: ANN401
    import numpy as np  # noqa: PLC0415

    if obj.dtype.names:
        message = "a masked array with fields has a mask for each field"
        raise UnsupportedTypeError(message, "put {name: x[name] for name in x.dtype.names}")
    mask = np.ma.getmaskarray(obj)
    data = np.array(obj.data, order="C", subok=False)
    data[mask] = np.zeros((), data.dtype)
    contents = (data, np.asarray(obj.fill_value, dtype=data.dtype), mask)
    return {label: encode(part) for label, part in zip(_MASKED, contents, strict=True)}


def _read(files: Mapping[str, Callable[[], BinaryIO]], label: str) -> Any:  # noqa: ANN401
    with files[label]() as file:
        return decode(file, label)


def _read_npz(opener: Callable[[], BinaryIO], label: str) -> dict[str, Any]:
    with opener() as file, parsing(label):
        size = size_of(file)
        with zipfile.ZipFile(file) as archive:
            check_zip(archive, size, label)
            return {
                member.removesuffix(".npy"): decode(io.BytesIO(archive.read(member)), member)
                for member in archive.namelist()
            }


def _sorted_keys(arrays: dict[Any, Any]) -> list[str]:
    for key in arrays:
        if type(key) is not str:
            message = f"a dict of arrays needs text as keys, not {key!r}"
            raise UnsupportedTypeError(message, "put {str(key): x[key] for key in x}")
    return sorted(arrays)


def _file_name(key: str) -> str:
    try:
        quoted = quote(key, safe=" ")
    except UnicodeEncodeError:
        raise UnsupportedTypeError(f"the key {key!r} is no text that UTF-8 can hold") from None
    if len(quoted) > _MAX_NAME:
        raise UnsupportedTypeError(f"the key {key[:40]!r}… is too long for a file name")
    return f"{quoted}.npy"


def _has_padding(dtype: Any) -> bool:  # noqa: ANN401
    if dtype.subdtype:
        return _has_padding(dtype.subdtype[0])
    if not dtype.names:
        return False
    parts = [dtype.fields[field][0] for field in dtype.names]
    return sum(part.itemsize for part in parts) != dtype.itemsize or any(map(_has_padding, parts))


def _copy_fields(source: Any, target: Any) -> None:  # noqa: ANN401
    """Copy values and nothing between them; assigning whole records would copy the padding."""
    for field in source.dtype.names:
        if source.dtype.fields[field][0].base.names:
            _copy_fields(source[field], target[field])
        else:
            target[field] = source[field]
