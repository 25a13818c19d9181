"""Figures → pictures: matplotlib as ``figure.png`` and ``figure.svg``, plotly as ``plotly.json``.

A matplotlib figure cannot be made from its picture again: `load` gives the picture, a
PIL image, or IPython's ``Image`` where pillow is missing. A plotly figure comes back.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs.adapters.image import read_png
from jupyter_ipfs.adapters.libraries import find, imported, is_a, need
from jupyter_ipfs.adapters.limits import parsing
from jupyter_ipfs.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "figure"

_PICTURES = ["figure.png", "figure.svg"]
_PLOTLY = "plotly.json"
# All that changes a saved picture and is not the figure's own.
_SETTINGS: dict[str, object] = {
    "savefig.bbox": None,
    "savefig.dpi": "figure",
    "savefig.edgecolor": "auto",
    "savefig.facecolor": "auto",
    "savefig.pad_inches": 0.1,
    "savefig.transparent": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "jupyter_ipfs",  # else its ids are random
    "svg.id": None,
    "svg.image_inline": True,
    "agg.path.chunksize": 0,
    "path.simplify": True,
    "path.simplify_threshold": 0.111111111111,
    "path.snap": True,
    "path.sketch": None,
    "path.effects": [],
}


def matches(obj: object) -> bool:
    """Take matplotlib's figures and axes (also arrays of these), and plotly's figures."""
    return _figure(obj) is not None or is_a(obj, "plotly.basedatatypes", "BaseFigure")


def dump(obj: Any) -> dict[str, bytes]:  # noqa: ANN401
    """Return the pictures."""
    figure = _figure(obj)
    if figure is None:
        value = json.loads(obj.to_json(engine="json"))
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return {_PLOTLY: text.encode()}
    from matplotlib import rc_context  # noqa: PLC0415

    known = imported("matplotlib").rcParams
    settings: Any = {key: value for key, value in _SETTINGS.items() if key in known}
    with rc_context(settings):
        # The first drawing settles what layout engines move; only then do two saves agree.
        figure.draw_without_rendering()
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", bbox_inches="tight", metadata={"Software": None})
        quiet = {"Date": None, "Creator": None}
        figure.savefig(svg, format="svg", bbox_inches="tight", metadata=quiet)
    return {"figure.png": png.getvalue(), "figure.svg": svg.getvalue()}


def recognises(names: Collection[str]) -> bool:
    """Read what `dump` writes."""
    return sorted(names) in (_PICTURES, [_PLOTLY])


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> object:
    """Return the picture, or plotly's figure."""
    if _PLOTLY in files:
        io_module = need("plotly.io", f"reading {_PLOTLY}")
        with files[_PLOTLY]() as file, parsing(_PLOTLY):
            return io_module.from_json(file.read().decode())
    with files["figure.png"]() as file:
        if find("PIL"):
            return read_png(file, "figure.png")
        from IPython.display import Image  # noqa: PLC0415

        return Image(data=file.read(), format="png")  # type: ignore[no-untyped-call]


def _figure(obj: Any) -> Any:  # noqa: ANN401
    """Return the matplotlib figure that ``obj`` is or lies in, or ``None``."""
    if is_a(obj, "numpy", "ndarray"):  # plt.subplots(2, 2)[1], df.hist()
        if obj.dtype != object or not obj.size:
            return None
        owners = {id(owner): owner for owner in map(_figure, obj.flat)}
        if len(owners) > 1 and None not in owners.values():
            hint = "put each: fig1, fig2"
            raise UnsupportedTypeError("these axes lie in several figures", hint)
        return next(iter(owners.values())) if len(owners) == 1 else None
    if is_a(obj, "matplotlib.axes", "Axes"):
        obj = obj.figure
    if is_a(obj, "matplotlib.figure", "SubFigure"):
        obj = obj.figure  # the outermost one
    return obj if is_a(obj, "matplotlib.figure", "Figure") else None
