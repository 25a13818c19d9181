"""pandas' labels and dtypes ↔ JSON: what Parquet has no place for.

Labels are column names, names of indexes, categories. Each becomes itself if JSON has it,
else ``{kind: value}``. Nothing is evaluated on the way back.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, TypeAlias

from jupyter_ipfs.errors import UnsupportedTypeError

Json: TypeAlias = Any


def encode_dtype(dtype: Any) -> Json:  # noqa: ANN401
    """Return the JSON of a dtype.

    Raises:
        UnsupportedTypeError: It has no text that pandas reads as the same dtype.
    """
    import pandas as pd  # noqa: PLC0415

    if isinstance(dtype, pd.CategoricalDtype):
        return {"categories": encode_index(dtype.categories), "ordered": bool(dtype.ordered)}
    if isinstance(dtype, pd.StringDtype):
        return {"string": dtype.storage, "missing": "NA" if dtype.na_value is pd.NA else "nan"}
    if isinstance(dtype, pd.ArrowDtype):
        return {"arrow": str(dtype.pyarrow_dtype)}
    text = str(dtype)
    try:
        same = pd.api.types.pandas_dtype(text) == dtype
    except (TypeError, ValueError):
        same = False
    if not same:
        raise UnsupportedTypeError(f"the dtype {text} cannot be kept", "use .astype(…) first")
    return text


def decode_dtype(spec: Json, arrow_type: Any = None) -> Any:  # noqa: ANN401
    """Return the dtype; an Arrow-backed one takes its type from the file's column."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(spec, str):
        return pd.api.types.pandas_dtype(spec)
    if "categories" in spec:
        return pd.CategoricalDtype(decode_index(spec["categories"]), ordered=spec["ordered"])
    if "string" in spec:
        missing = pd.NA if spec["missing"] == "NA" else math.nan
        return pd.StringDtype(spec["string"], na_value=missing)
    return pd.ArrowDtype(arrow_type)


def encode_index(index: Any) -> Json:  # noqa: ANN401
    """Return the JSON of a short index: a frame's columns, a dtype's categories."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(index, pd.MultiIndex):
        levels = [encode_index(index.get_level_values(i)) for i in range(index.nlevels)]
        return {"levels": levels}
    name = encode_label(index.name)
    if isinstance(index, pd.RangeIndex):
        return {"range": [index.start, index.stop, index.step], "name": name}
    if isinstance(index.dtype, pd.ArrowDtype):
        raise UnsupportedTypeError("Arrow-backed labels cannot be kept", "use .astype(str)")
    spec = {
        "labels": [encode_label(label) for label in index],
        "dtype": encode_dtype(index.dtype),
        "name": name,
        "freq": getattr(index, "freqstr", None) if hasattr(index, "inferred_freq") else None,
    }
    if not decode_index(spec).identical(index):
        raise UnsupportedTypeError(f"the labels {list(index[:3])}… cannot be kept exactly")
    return spec


def decode_index(spec: Json) -> Any:  # noqa: ANN401
    """Return the index."""
    import pandas as pd  # noqa: PLC0415

    if "levels" in spec:
        levels = [decode_index(level) for level in spec["levels"]]
        return pd.MultiIndex.from_arrays(levels, names=[level.name for level in levels])
    name = decode_label(spec["name"])
    if "range" in spec:
        return pd.RangeIndex(*spec["range"], name=name)
    labels = [decode_label(label) for label in spec["labels"]]
    index = pd.Index(labels, dtype=decode_dtype(spec["dtype"]), name=name, tupleize_cols=False)
    if spec.get("freq"):
        index.freq = spec["freq"]
    return index


def encode_label(label: Any) -> Json:  # noqa: ANN401, C901, PLR0911  (a list of cases)
    """Return the JSON of one label."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if label is None or type(label) in (str, bool, int):
        return label
    if label is pd.NaT or label is pd.NA:
        return {"missing": "NaT" if label is pd.NaT else "NA"}
    if type(label) is float:
        return {"float": repr(label)}
    if type(label) is tuple:
        return {"tuple": [encode_label(part) for part in label]}
    if type(label) is bytes:
        return {"bytes": label.hex()}
    if isinstance(label, pd.Timestamp):
        return {
            "timestamp": label.isoformat(),
            "unit": label.unit,
            "zone": str(label.tz) if label.tz else None,
        }
    if isinstance(label, pd.Timedelta):
        return {"timedelta": int(label.asm8.view("i8")), "unit": label.unit}
    if isinstance(label, pd.Period):
        return {"period": str(label), "freq": label.freqstr}
    if isinstance(label, pd.Interval):
        ends = [encode_label(label.left), encode_label(label.right)]
        return {"interval": ends, "closed": label.closed}
    if type(label) is dt.date:
        return {"date": label.isoformat()}
    if isinstance(label, np.generic) and label.dtype.kind in "iufbU":
        return {"numpy": label.dtype.str, "value": encode_label(label.item())}
    kind = type(label)
    raise UnsupportedTypeError(
        f"the label {label!r} ({kind.__module__}.{kind.__qualname__}) cannot be kept",
        "rename it: df.columns = df.columns.map(str)",
    )


def decode_label(spec: Json) -> Any:  # noqa: ANN401, C901, PLR0911  (a list of cases)
    """Return one label."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if not isinstance(spec, dict):
        return spec
    match spec:
        case {"missing": missing}:
            return pd.NaT if missing == "NaT" else pd.NA
        case {"float": text}:
            return float(text)
        case {"tuple": parts}:
            return tuple(decode_label(part) for part in parts)
        case {"bytes": text}:
            return bytes.fromhex(text)
        case {"timestamp": text, "unit": unit, "zone": zone}:
            stamp = pd.Timestamp(text)
            return (stamp.tz_convert(zone) if zone else stamp).as_unit(unit)
        case {"timedelta": value, "unit": unit}:
            return pd.Timedelta(np.timedelta64(value, unit)).as_unit(unit)
        case {"period": text, "freq": freq}:
            return pd.Period(text, freq=freq)
        case {"interval": [left, right], "closed": closed}:
            return pd.Interval(decode_label(left), decode_label(right), closed=closed)
        case {"date": text}:
            return dt.date.fromisoformat(text)
        case {"numpy": dtype, "value": value} if dtype[1] in "iufbU":
            return np.dtype(dtype).type(decode_label(value))
    raise ValueError(f"unknown label {str(spec)[:60]}")
