"""PIL images ↔ ``image.png``: pixels, mode, palette and transparency, and nothing else.

Dates, camera data and colour profiles stay out: they are no part of the picture that was
computed, and some of them nobody wants to publish.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs.adapters.libraries import is_a, need
from jupyter_ipfs.adapters.limits import parsing
from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "image"

_FILE = "image.png"
_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
MAX_PIXELS = 178_956_970  # where pillow begins to warn of decompression bombs


def matches(obj: object) -> bool:
    """Take any PIL image."""
    return is_a(obj, "PIL.Image", "Image")


def dump(obj: Any) -> dict[str, bytes]:  # noqa: ANN401
    """Return ``image.png``."""
    image = obj.copy()
    transparency = image.info.get("transparency")
    image.info = {} if transparency is None else {"transparency": transparency}
    file = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of modes that PNG narrows: compared below
            image.save(file, format="PNG", compress_level=6, optimize=False)
        size = file.tell()
        file.seek(0)
        same = size > 0 and _same(image, read_png(file, _FILE))
    except (OSError, ValueError, AdapterError):
        same = False
    if not same:
        message = f"PNG cannot hold an image of mode {image.mode!r} exactly"
        hint = 'put img.convert("RGBA"), or numpy.asarray(img) to keep the values'
        raise UnsupportedTypeError(message, hint)
    return {_FILE: file.getvalue()}


def recognises(names: Collection[str]) -> bool:
    """Read one PNG or JPEG."""
    return len(names) == 1 and next(iter(names)).lower().endswith(tuple(_FORMATS))


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> object:
    """Return the image, completely read."""
    ((label, opener),) = files.items()
    extension = label[label.rindex(".") :].lower()
    with opener() as file:
        return _read(file, label, _FORMATS[extension])


def read_png(file: BinaryIO, label: str) -> Any:  # noqa: ANN401
    """Return the image of a PNG, completely read.

    Raises:
        AdapterError: It is damaged or too large.
    """
    return _read(file, label, "PNG")


def _read(file: BinaryIO, label: str, kind: str) -> Any:  # noqa: ANN401
    pillow = need("PIL.Image", f"reading {label}")
    with parsing(label), warnings.catch_warnings():
        warnings.simplefilter("error", pillow.DecompressionBombWarning)
        with pillow.open(file, formats=[kind]) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise AdapterError(f"{label} has {width:,} by {height:,} pixels, too many to open")
            image.load()
            copy = image.copy()
            copy.format = kind
            return copy


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401
    if (one.mode, one.size) != (other.mode, other.size):
        return False
    if one.mode == "P" and one.convert("RGBA").tobytes() != other.convert("RGBA").tobytes():
        return False
    # A palette's transparency may come back without its opaque tail; compared just above.
    clear = one.mode == "P" or one.info.get("transparency") == other.info.get("transparency")
    return bool(clear and one.tobytes() == other.tobytes())
