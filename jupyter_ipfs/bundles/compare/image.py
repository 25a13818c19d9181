"""PNG and JPEG: by their pixels."""

from __future__ import annotations

import array
import base64
import binascii
import io
import warnings
from dataclasses import dataclass
from typing import Any

from jupyter_ipfs.bundles.compare import numbers
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, SAME, SKIPPED, TOLERANCE, OutputVerdict
from jupyter_ipfs.node.pixels import pixels

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
MAX_PIXELS = 25_000_000

# Of 255: what another processor's rounding does to the edge of a line. A point that has moved
# changes few pixels, and those by much: no share of pixels is let off.
CHANNEL = 8
_RULE = f"pixels, each channel within {CHANNEL} of 255"
_COLUMNS, _ROWS = 48, 16
_MARKS = " ·░▒▓█"


@dataclass(frozen=True, slots=True)
class _Apart:
    """How far two images of the same size are from each other.

    Attributes:
        peak: The largest difference of a channel, of 255.
        share: The part of pixels that are further apart than `CHANNEL`.
        figure: Where, in a few lines of characters.
    """

    peak: int
    share: float
    figure: str


def compare(mime_type: str, expected: str, actual: str, relative: float) -> OutputVerdict:
    """Compare two images in base64.

    An author's tolerance is the part of pixels that may be others.
    """
    old, new = _decoded(expected), _decoded(actual)
    if old is None or new is None:
        which = "before" if old is None else "now"
        return OutputVerdict(DIFFERS, mime_type, "image", f"it cannot be read as it was {which}")
    if old == new:
        return OutputVerdict(SAME, mime_type, "image, byte by byte")
    try:
        import PIL.Image  # noqa: F401, PLC0415  (only where images differ)
    except ImportError:
        return OutputVerdict(
            SKIPPED, mime_type, "images need pillow", "its bytes differ, and pillow is not here"
        )
    try:
        return _by_pixels(old, new, mime_type, relative)
    except Exception as error:  # noqa: BLE001  (a decoder raises anything on hostile bytes)
        detail = f"it cannot be read: {type(error).__name__}"
        return OutputVerdict(DIFFERS, mime_type, "image", detail)


def _by_pixels(old: bytes, new: bytes, mime_type: str, relative: float) -> OutputVerdict:
    from PIL import Image  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes, which are looked at here
        kind = [FORMATS[mime_type]]
        with (
            Image.open(io.BytesIO(old), formats=kind) as before,
            Image.open(io.BytesIO(new), formats=kind) as now,
        ):
            if before.size != now.size:
                sizes = [f"{width} x {height}" for width, height in (before.size, now.size)]
                detail = f"{sizes[0]} pixels before, {sizes[1]} now"
                return OutputVerdict(DIFFERS, mime_type, "size of the image", detail)
            if max(pixels(mime_type, one) or MAX_PIXELS + 1 for one in (old, new)) > MAX_PIXELS:
                detail = "its bytes differ, and it has too many pixels to be compared"
                return OutputVerdict(SKIPPED, mime_type, _RULE, detail)
            apart = _apart(before.convert("RGBA"), now.convert("RGBA"))
    return _judged(apart, mime_type, relative)


def _judged(apart: _Apart, mime_type: str, relative: float) -> OutputVerdict:
    if apart.peak == 0:
        return OutputVerdict(SAME, mime_type, "pixels")
    told = f"a channel differs by {apart.peak} of 255 at the most"
    if apart.peak <= CHANNEL:
        return OutputVerdict(TOLERANCE, mime_type, _RULE, told)
    detail = f"{apart.share:.2%} of the pixels differ; {told}"
    if relative > numbers.RELATIVE and apart.share <= relative:
        rule = f"{_RULE}, but for {relative:.2%} of the pixels"
        return OutputVerdict(TOLERANCE, mime_type, rule, detail)
    return OutputVerdict(DIFFERS, mime_type, _RULE, detail, apart.figure)


def _apart(before: Any, now: Any) -> _Apart:  # noqa: ANN401
    from PIL import ImageChops  # noqa: PLC0415

    first, *others = ImageChops.difference(before, now).split()
    for channel in others:
        first = ImageChops.lighter(first, channel)
    counts = first.histogram()
    peak = max((value for value, count in enumerate(counts) if count), default=0)
    far = first.point(lambda value: 255 if value > CHANNEL else 0)
    share = sum(counts[CHANNEL + 1 :]) / max(sum(counts), 1)
    return _Apart(peak, share, _figure(far))


def _figure(far: Any) -> str:  # noqa: ANN401
    """Draw where pixels differ, in characters: the darker, the more of them."""
    from PIL import Image  # noqa: PLC0415

    box = far.getbbox()
    if box is None:
        return ""
    width, height = min(_COLUMNS, far.width), min(_ROWS, far.height)
    small = far.convert("F").resize((width, height), Image.Resampling.BOX)
    values = array.array("f")
    values.frombytes(small.tobytes())
    marks = [_MARKS[_level(value)] for value in values]
    rows = ["".join(marks[at : at + width]) for at in range(0, len(marks), width)]
    edge = "─" * width
    left, top, right, bottom = box
    where = f"x {left} to {right}, y {top} to {bottom} of {far.width} x {far.height}"
    lines = [f"Where it differs ({where}):", f"┌{edge}┐", *(f"│{row}│" for row in rows)]
    return "\n".join([*lines, f"└{edge}┘"])


def _level(value: float) -> int:
    if value <= 0:
        return 0
    return min(1 + int(value / 256 * (len(_MARKS) - 1)), len(_MARKS) - 1)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
