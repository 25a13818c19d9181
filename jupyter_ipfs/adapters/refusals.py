"""What is not stored or not loaded, and the line to type instead. Pickle is never used."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING

from jupyter_ipfs.adapters.libraries import is_a
from jupyter_ipfs.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Collection

_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".dill")

# (module, classes, what to type), the first that fits; in all of them x is the object.
_KNOWN: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("torch.nn", ("Module",), "safetensors holds its weights: %ipfs put x.state_dict()"),
    ("keras", ("Model", "Layer"), "x.save('model.keras'), then %ipfs put model.keras"),
    ("xgboost", ("Booster",), "x.save_model('model.json'), then %ipfs put model.json"),
    ("lightgbm", ("Booster",), "x.save_model('model.txt'), then %ipfs put model.txt"),
    (
        "pandas.io.formats.style",
        ("Styler",),
        "%ipfs put x.data keeps the table, %ipfs put x.to_html(table_uuid='t') the looks",
    ),
    ("pandas", ("DataFrame",), "its class would be lost: %ipfs put pandas.DataFrame(x)"),
    ("pandas", ("Series",), "its class would be lost: %ipfs put pandas.Series(x)"),
    ("pandas", ("Index",), "%ipfs put x.to_frame()"),
    ("pandas.api.extensions", ("ExtensionArray",), "%ipfs put pandas.Series(x)"),
    ("pyarrow", ("RecordBatch",), "%ipfs put pyarrow.Table.from_batches([x])"),
    ("pyarrow", ("Array", "ChunkedArray"), "%ipfs put pyarrow.table({'values': x})"),
    (
        "scipy.sparse",
        ("spmatrix", "sparray"),
        "scipy.sparse.save_npz('x.npz', x), then %ipfs put x.npz",
    ),
    ("matplotlib.artist", ("Artist",), "put the figure it is drawn in: %ipfs put x.figure"),
    ("seaborn.axisgrid", ("Grid",), "%ipfs put x.figure"),
)


def unsupported(obj: object) -> UnsupportedTypeError:
    """Return the error for an object that no adapter takes."""
    kind = type(obj)
    label = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else (f"{kind.__module__}.{kind.__qualname__}")
    )
    return UnsupportedTypeError(f"there is no safe format for a {label}", _hint(obj))


def unreadable(names: Collection[str]) -> UnsupportedTypeError:
    """Return the error for files that no adapter reads."""
    listed = sorted(names)
    shown = ", ".join(listed[:5]) + (", …" if len(listed) > 5 else "")  # noqa: PLR2004
    if any(label.lower().endswith(_PICKLES) for label in listed):
        return UnsupportedTypeError(
            f"{shown}: loading a pickle would run its author's code, so it is never loaded",
            "%ipfs get NAME out/ writes the file; ask its author for skops or safetensors",
        )
    if not listed:
        return UnsupportedTypeError("it is an empty directory, not a stored object")
    return UnsupportedTypeError(
        f"no adapter reads {shown}",
        "%ipfs get NAME out/ writes the files; %ipfs ls NAME lists them",
    )


def _hint(obj: object) -> str:  # noqa: C901, PLR0911  (a list of cases)
    for module, names, hint in _KNOWN:
        if is_a(obj, module, *names):
            return hint
    if isinstance(obj, type) or callable(obj):
        return "code is stored as text: %ipfs put inspect.getsource(x), or put its .py file"
    if isinstance(obj, types.ModuleType):
        return "put its file: %ipfs put Path(x.__file__)"
    if isinstance(obj, tuple):
        return "a tuple would come back as a list: %ipfs put list(x)"
    if isinstance(obj, (set, frozenset)):
        return "JSON has no sets: %ipfs put sorted(x)"
    if isinstance(obj, dict):
        return "its class would be lost: %ipfs put dict(x)"
    if isinstance(obj, (bytearray, memoryview)):
        return "%ipfs put bytes(x)"
    if hasattr(obj, "__next__"):
        return "it can be read only once: %ipfs put list(x)"
    if isinstance(obj, (list, str, int, float)):
        base = next(b for b in (list, str, int, float) if isinstance(obj, b))
        return f"its class would be lost: %ipfs put {base.__name__}(x)"
    return "write it to a file in a format of its own and put the Path, or put vars(x)"
