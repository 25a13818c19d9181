"""pandas ↔ Arrow, keeping what `pyarrow.Table.from_pandas` alone would not.

The columns are what pyarrow makes of them, with its own pandas metadata, so that any
reader gets a sensible table. Beside that goes a description from which `decode` restores
index, labels, dtypes, categories and kinds of missing values exactly.
"""

from __future__ import annotations

import json
import math
from typing import Any

from jupyter_ipfs.adapters import json as json_adapter
from jupyter_ipfs.adapters.pandas_labels import (
    Json,
    decode_dtype,
    decode_index,
    decode_label,
    encode_dtype,
    encode_index,
    encode_label,
)
from jupyter_ipfs.errors import UnsupportedTypeError


def encode(obj: Any) -> tuple[Any, Json]:  # noqa: ANN401
    """Return a ``pyarrow.Table`` and its description.

    Raises:
        UnsupportedTypeError: Something in it would not come back equal.
    """
    import pandas as pd  # noqa: PLC0415

    spec: Json = {"type": f"pandas.{type(obj).__name__}"}
    if isinstance(obj, pd.Series):
        spec["name"] = encode_label(obj.name)
        frame = obj.to_frame(name=obj.name if isinstance(obj.name, str) else "values")
    else:
        spec["columns"] = encode_index(obj.columns)
        frame = obj
    if obj.attrs:
        spec["attrs"] = json.loads(json_adapter.dump(dict(obj.attrs))["data.json"])
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    spec["data"] = [_describe(column, str(column.name)) for column in columns]
    index, spec["index"] = _index(frame.index)
    flat = pd.DataFrame(
        {
            label: _stored(column, described)
            for label, column, described in zip(
                _field_names(frame.columns), columns, spec["data"], strict=True
            )
        },
        index=index,
    )
    table = _to_arrow(flat)
    levels = spec["index"].get("levels", [])
    originals = columns + [frame.index.get_level_values(i).to_series() for i in range(len(levels))]
    for i, (original, described) in enumerate(zip(originals, spec["data"] + levels, strict=True)):
        if described["dtype"] == "object":
            _check_same(original, _values(table.column(i), described))
    return table, spec


def decode(table: Any, spec: Json) -> Any:  # noqa: ANN401
    """Return the frame or series."""
    import pandas as pd  # noqa: PLC0415

    data = spec["data"]
    levels = spec["index"].get("levels", [])
    if table.num_columns != len(data) + len(levels):
        raise ValueError("its columns are not the described ones")
    if "range" in spec["index"]:
        index = decode_index(spec["index"])
    else:
        parts = [_level(table.column(len(data) + i), level) for i, level in enumerate(levels)]
        names = [part.name for part in parts]
        multiple = spec["index"]["multiple"]
        index = pd.MultiIndex.from_arrays(parts, names=names) if multiple else parts[0]
    columns = [_values(table.column(i), described) for i, described in enumerate(data)]
    if spec["type"] == "pandas.Series":
        (values,) = columns
        found = pd.Series(values, index=index, dtype=values.dtype, name=decode_label(spec["name"]))
    else:
        # As series, of a dtype that is named: from object arrays a frame would infer another.
        series = [pd.Series(values, index=index, dtype=values.dtype) for values in columns]
        found = pd.DataFrame(dict(enumerate(series)), index=index, copy=False)
        found.columns = decode_index(spec["columns"])
    found.attrs = spec.get("attrs", {})
    return found


def _index(index: Any) -> tuple[Any, Json]:  # noqa: ANN401
    """Return an index that Arrow can store, and the description of the real one."""
    import pandas as pd  # noqa: PLC0415

    if type(index) is pd.RangeIndex:
        return index, encode_index(index)
    levels = [index.get_level_values(i) for i in range(index.nlevels)]
    described = []
    for i, level in enumerate(levels):
        one = _describe(level.to_series(), f"index level {i}")
        one["name"] = encode_label(level.name)
        has_freq = isinstance(level, (pd.DatetimeIndex, pd.TimedeltaIndex))
        one["freq"] = level.freqstr if has_freq else None
        described.append(one)
    stored = [
        pd.Index(
            _stored(level.to_series(), one), name=level.name if type(level.name) is str else None
        )
        for level, one in zip(levels, described, strict=True)
    ]
    multiple = isinstance(index, pd.MultiIndex)
    kept = pd.MultiIndex.from_arrays(stored) if multiple else stored[0]
    return kept, {"levels": described, "multiple": multiple}


def _level(column: Any, spec: Json) -> Any:  # noqa: ANN401
    import pandas as pd  # noqa: PLC0415

    values = _values(column, spec)
    level = pd.Index(
        values, dtype=values.dtype, name=decode_label(spec["name"]), tupleize_cols=False
    )
    if spec["freq"]:
        level.freq = spec["freq"]
    return level


def _describe(column: Any, label: str) -> Json:  # noqa: ANN401
    import pandas as pd  # noqa: PLC0415

    spec: Json = {"dtype": encode_dtype(column.dtype)}
    if column.dtype == object:
        missing = {_missing_kind(value) for value in column[column.isna()]}
        if len(missing) > 1:
            kinds = " and ".join(sorted(missing))
            message = f"column {label!r} has both {kinds} for missing values"
            raise UnsupportedTypeError(message, "use one: df[c] = df[c].where(df[c].notna(), None)")
        spec["missing"] = missing.pop() if missing else "None"
    elif isinstance(column.dtype, pd.CategoricalDtype):
        # Parquet stores a dictionary of texts or numbers; for intervals and the like, codes.
        kind = pd.api.types.infer_dtype(column.cat.categories, skipna=False)
        spec["codes"] = kind not in ("string", "integer")
    return spec


def _stored(column: Any, spec: Json) -> Any:  # noqa: ANN401
    """Return what is handed to Arrow for a column, without its index."""
    import pandas as pd  # noqa: PLC0415

    if spec.get("codes"):
        return column.cat.codes.astype("int32").array
    if isinstance(column.dtype, pd.SparseDtype):
        return column.sparse.to_dense().array
    return column.array


def _values(column: Any, spec: Json) -> Any:  # noqa: ANN401
    """Return a column as a pandas array of the described dtype."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if spec["dtype"] == "object":
        missing = {"None": None, "nan": math.nan, "NA": pd.NA, "NaT": pd.NaT}[spec["missing"]]
        values = np.empty(len(column), dtype=object)
        for i, value in enumerate(column.to_pylist()):
            values[i] = missing if value is None else value
        return values
    dtype = decode_dtype(spec["dtype"], column.type)
    if isinstance(dtype, pd.CategoricalDtype):
        return _categorical(column, dtype, codes=spec["codes"])
    if hasattr(dtype, "__from_arrow__") and not isinstance(dtype, pd.DatetimeTZDtype):
        return dtype.__from_arrow__(column)
    return column.to_pandas().astype(dtype).array


def _categorical(column: Any, dtype: Any, *, codes: bool) -> Any:  # noqa: ANN401
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if codes:
        return pd.Categorical.from_codes(column.to_numpy(), dtype=dtype)
    present = column.is_valid().to_numpy()
    found = np.full(len(column), -1, dtype=np.int64)
    found[present] = dtype.categories.get_indexer(column.drop_null().to_pandas())
    return pd.Categorical.from_codes(found, dtype=dtype)


def _to_arrow(flat: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415

    try:
        table = pa.Table.from_pandas(flat)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        # pyarrow appends ("Conversion failed for column c with type object", …).
        parts = [str(part) for part in error.args]
        reason = "; ".join(reversed(parts)).splitlines()[0][:200]
        hint = "give the column one type: df[c] = df[c].astype(str)"
        raise UnsupportedTypeError(f"Parquet cannot hold this table: {reason}", hint) from None
    described = json.loads(table.schema.metadata[b"pandas"])
    # Versions of the writer's libraries are no part of the value.
    described["creator"]["version"] = described["pandas_version"] = "0"
    text = json.dumps(described, sort_keys=True)
    return table.replace_schema_metadata({b"pandas": text.encode()})


def _field_names(columns: Any) -> list[str]:  # noqa: ANN401
    """Return one text for each column, no two alike: labels as they are wherever possible."""
    taken: set[str] = set()
    names = []
    for label in columns:
        text = name = "_".join(map(str, label)) if isinstance(label, tuple) else str(label)
        number = 1
        while name in taken:
            number += 1
            name = f"{text}_{number}"
        taken.add(name)
        names.append(name)
    return names


def _missing_kind(value: object) -> str:
    import pandas as pd  # noqa: PLC0415

    if value is None:
        return "None"
    if value is pd.NA or value is pd.NaT:
        return "NA" if value is pd.NA else "NaT"
    return "nan"


def _check_same(column: Any, found: Any) -> None:  # noqa: ANN401
    """Refuse an object column that holds what Arrow turns into something else."""
    for before, after in zip(column, found, strict=True):
        if before is after:
            continue
        try:
            same = type(before) is type(after) and bool(
                before == after or (before != before and after != after)  # noqa: PLR0124  (NaN)
            )
        except (TypeError, ValueError):  # arrays have no one answer
            same = False
        if not same:
            kind = type(before)
            what = f"{kind.__module__}.{kind.__qualname__}"
            raise UnsupportedTypeError(
                f"column {column.name!r} holds {what} objects, which would come back as "
                f"{type(after).__qualname__}",
                "give the column one type: df[c] = df[c].astype(…), or .map(str)",
            )
