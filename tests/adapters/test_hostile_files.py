"""Files that were written to hurt: one `AdapterError` each, soon, and nothing executed."""

from __future__ import annotations

import io
import json
import pickle
import struct
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ipfs import adapters
from jupyter_ipfs.errors import AdapterError

from .roundtrip import load
from .samples import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ["pandas", "polars", "array", "arrays", "json", "image", "figure", "pipeline"]


@pytest.fixture(scope="module")
def stored() -> dict[str, dict[str, bytes]]:
    return {
        kind: {
            name: content
            for name, content in adapters.dump(SAMPLES[kind]()).items()
            if isinstance(content, bytes)
        }
        for kind in KINDS
    }


def refused(files: dict[str, bytes]) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        load(files)
    assert caught.value.__cause__ is None  # no traceback of a parser's
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0, 1, 0.5, -1])
def test_a_truncated_file_is_refused(
    kind: str, part: float, stored: dict[str, dict[str, bytes]]
) -> None:
    files = stored[kind]
    if part == -1 and kind in ("image", "figure"):
        part = -60  # the end mark and the checksums say nothing about the pixels
    cut = {
        name: content[: int(len(content) * part) if part == 0.5 else int(part)]
        for name, content in files.items()
    }
    refused(cut)


@pytest.mark.parametrize("kind", KINDS)
def test_random_damage_gives_an_object_or_our_error(
    kind: str, stored: dict[str, dict[str, bytes]]
) -> None:
    @settings(max_examples=40, database=None)
    @given(
        st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), min_size=1, max_size=5)
    )
    def damage(changes: list[tuple[int, int]]) -> None:
        files = {}
        for name, content in stored[kind].items():
            changed = bytearray(content)
            for place, value in changes:
                changed[place % len(changed)] = value
            files[name] = bytes(changed)
        try:
            load(files)
        except AdapterError as error:
            assert error.__cause__ is None  # noqa: PT017

    damage()


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return open, (str(self.target), "w")


def test_a_pickle_inside_an_npy_is_not_run(tmp_path: Path) -> None:
    target = tmp_path / "executed"
    file = io.BytesIO()
    np.save(file, np.array([Evil(target)], dtype=object), allow_pickle=True)
    archive = io.BytesIO()
    np.savez(archive, a=np.array([Evil(target)], dtype=object))
    for name, content in (
        ("array.npy", file.getvalue()),
        ("x.npz", archive.getvalue()),
        ("arrays/a.npy", file.getvalue()),
        ("table.parquet", pickle.dumps(Evil(target))),
        ("model.skops", pickle.dumps(Evil(target))),
        ("x.safetensors", pickle.dumps(Evil(target))),
    ):
        refused({name: content})
    assert not target.exists()


@pytest.mark.parametrize("shape", [(1 << 62,), (1 << 40,), (-1,), (10**30,), (3, 1 << 33), (2,)])
def test_an_array_that_claims_another_size_than_it_has_is_refused(shape: tuple[int, ...]) -> None:
    file = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    refused({"array.npy": file.getvalue() + b"\0" * 8})


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("name", ["model.skops", "x.npz"])
def test_a_zip_bomb_is_refused_before_it_unfolds(name: str) -> None:
    bomb = zipped({"schema.json": b"0" * (100 << 20)})
    assert len(bomb) < 1 << 20
    assert "unfolds" in refused({name: bomb}).message


@pytest.mark.parametrize(
    "schema",
    [
        b"{}",
        b"[]",
        b"[" * 100_000,
        b'{"protocol": 0, "__loader__": "Nope", "__module__": "os", "__class__": "system"}',
        b'{"protocol": 10000}',
    ],
)
def test_a_bad_skops_schema_is_refused(schema: bytes) -> None:
    refused({"model.skops": zipped({"schema.json": schema})})


def test_a_skops_file_that_names_a_function_does_not_call_it(tmp_path: Path) -> None:
    content = {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "content": json.dumps(str(tmp_path / "made")),
        "__id__": 2,
    }
    arguments = {
        "__class__": "tuple",
        "__module__": "builtins",
        "__loader__": "TupleNode",
        "content": [content],
        "__id__": 3,
    }
    schema = {
        "__class__": "mkdir",
        "__module__": "os",
        "__loader__": "ObjectNode",
        "content": arguments,
        "__id__": 1,
        "protocol": 2,
    }
    assert (
        "os.mkdir"
        in refused({"model.skops": zipped({"schema.json": json.dumps(schema).encode()})}).message
    )
    assert not (tmp_path / "made").exists()


def test_a_picture_of_far_too_many_pixels_is_refused() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    refused({"image.png": png})
    refused({"figure.png": png, "figure.svg": b"<svg/>"})


def test_a_picture_of_another_format_under_a_png_name_is_refused() -> None:
    refused({"image.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"})


@pytest.mark.parametrize(
    "spec",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"format":99}',
        b'{"format":1,"type":"pandas.DataFrame"}',
        b'{"format":1,"type":"pandas.DataFrame","data":[],"index":{"range":[0,1,1],"name":null}}',
        (
            b'{"format":1,"type":"pandas.DataFrame","data":[{"dtype":"__import__"}],'
            b'"index":{"range":[0,1,1],"name":null},"columns":{"range":[0,1,1],"name":null}}'
        ),
        b'{"format":1,"type":"pyarrow.Table","schema":"00"}',
    ],
)
def test_a_table_with_a_lying_description_is_refused(spec: bytes) -> None:
    file = io.BytesIO()
    table = pa.table({"a": [1]}).replace_schema_metadata({b"jupyter_ipfs": spec})
    pq.write_table(table, file)
    refused({"table.parquet": file.getvalue()})


def test_safetensors_that_lie_are_refused() -> None:
    header = json.dumps({"a": {"dtype": "F64", "shape": [1 << 40], "data_offsets": [0, 1 << 43]}})
    refused({"x.safetensors": struct.pack("<Q", len(header)) + header.encode()})
    refused({"x.safetensors": struct.pack("<Q", 1 << 60)})


def test_json_that_is_nested_too_deeply_is_refused_whatever_python_s_limit_is() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # py_ecc, which comes with web3, does so
    try:
        with pytest.raises(AdapterError, match="nested too deeply"):
            load({"data.json": b"[" * 1_000_000})
        assert load({"data.json": b"[" * 300 + b"]" * 300})
    finally:
        sys.setrecursionlimit(before)
