"""Images and figures."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from jupyter_ipfs import adapters
from jupyter_ipfs.adapters.libraries import find
from jupyter_ipfs.errors import UnsupportedTypeError
from tests.conftest import require

from .roundtrip import back

VALUES = np.arange(48, dtype="u1").reshape(4, 4, 3)
RGB = Image.fromarray(VALUES)


def palette_with_transparency() -> Image.Image:
    image = RGB.convert("P", palette=Image.Palette.ADAPTIVE, colors=5)
    image.info["transparency"] = b"\x00\x80"
    return image


IMAGES = {
    "1": RGB.convert("1"),
    "L": RGB.convert("L"),
    "LA": RGB.convert("LA"),
    "RGB": RGB,
    "RGBA": RGB.convert("RGBA"),
    "I;16": Image.fromarray(np.arange(16, dtype="u2").reshape(4, 4) * 4000),
    "P": RGB.convert("P"),
    "few colours": RGB.convert("P", palette=Image.Palette.ADAPTIVE, colors=3),
    "P with transparency": palette_with_transparency(),
}


@pytest.mark.parametrize("label", IMAGES)
def test_an_image_comes_back_with_mode_palette_and_transparency(label: str) -> None:
    image = IMAGES[label]
    found = back(image)
    assert (found.mode, found.size, found.tobytes()) == (image.mode, image.size, image.tobytes())
    assert found.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()
    assert adapters.dump(found) == adapters.dump(image)


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "F", "HSV"])
def test_a_mode_that_png_lacks_is_refused(mode: str) -> None:
    with pytest.raises(UnsupportedTypeError, match=mode) as caught:
        adapters.dump(RGB.convert(mode))
    assert "convert" in (caught.value.hint or "")


def test_where_and_when_a_photo_was_taken_stays_out() -> None:
    file = io.BytesIO()
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "A. Person")
    RGB.save(file, "PNG", pnginfo=text, dpi=(300, 300))
    opened = Image.open(file)
    assert adapters.dump(opened) == adapters.dump(RGB)
    jpeg = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    RGB.save(jpeg, "JPEG", exif=exif)
    content = adapters.dump(Image.open(jpeg))["image.png"]
    assert isinstance(content, bytes)
    assert b"Camera" not in content


def test_a_figure_is_a_png_and_an_svg_without_dates_or_versions() -> None:
    figure = Figure()
    figure.subplots().plot([1, 2])
    files = adapters.dump(figure)
    assert sorted(files) == ["figure.png", "figure.svg"]
    png, svg = files["figure.png"], files["figure.svg"]
    assert isinstance(png, bytes)
    assert isinstance(svg, bytes)
    assert b"matplotlib.org" not in png
    assert b"<dc:date>" not in svg
    assert b"matplotlib.org" not in svg
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  (our own)
    found = back(figure)
    assert isinstance(found, Image.Image)
    assert found.format == "PNG"


def test_axes_and_arrays_of_axes_stand_for_their_figure() -> None:
    figure, axes = plt.subplots(1, 2)
    whole = adapters.dump(figure)
    assert adapters.dump(axes) == whole
    assert adapters.dump(axes[0]) == whole
    parts = Figure().subfigures(1, 2)
    inner = np.asarray(parts)[0].subplots()
    assert sorted(adapters.dump(inner)) == sorted(whole)
    other = Figure().subplots()
    with pytest.raises(UnsupportedTypeError, match="several figures"):
        adapters.dump(np.array([axes[0], other], dtype=object))
    plt.close(figure)


def test_storing_a_figure_leaves_the_settings_alone() -> None:
    before = dict(plt.rcParams)
    adapters.dump(Figure())
    assert dict(plt.rcParams) == before


def test_a_plotly_figure_comes_back() -> None:
    go = require(find("plotly.graph_objects"), "pip install plotly")
    figure = go.Figure(go.Scatter(x=[1, 2], y=np.array([3.0, 4.0])), layout={"title": "ä"})
    found = back(figure)
    assert isinstance(found, go.Figure)
    assert found == figure or found.to_dict() == figure.to_dict()
    assert adapters.dump(found) == adapters.dump(figure)
