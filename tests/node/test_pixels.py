"""The size of an image, compared with what Pillow reads from it."""

from __future__ import annotations

import io

import pytest

from jupyter_ipfs.node.pixels import pixels
from tests.conftest import library


@pytest.mark.parametrize("size", [(1, 1), (300, 200), (17, 4000)])
@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp", "webp-lossless", "webp-alpha"])
def test_the_header_says_how_many_pixels_there_are(kind: str, size: tuple[int, int]) -> None:
    image = library("PIL.Image")
    name, _, variant = kind.partition("-")
    file = io.BytesIO()
    made = image.new("RGBA" if variant == "alpha" else "RGB", size)
    made.save(file, name, **({"lossless": True} if variant == "lossless" else {}))
    assert pixels(f"image/{name}", file.getvalue()) == size[0] * size[1]


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg", "image/gif", "image/webp"])
@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff" + b"\xff" * 9, b"RIFF" + b"\0" * 40])
def test_a_header_that_is_cut_off_says_nothing(mime: str, data: bytes) -> None:
    found = pixels(mime, data)
    assert found is None or found >= 0
