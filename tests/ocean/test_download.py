"""What is taken of a download, at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from jupyter_ipfs.errors import LimitError, VerificationError
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.ocean import download

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.net.client import Answer


class Endless:
    """An Ocean Node's answer that does not end."""

    def chunks(self) -> Iterator[bytes]:
        while True:
            yield bytes(1000)


def read(told: int | None) -> int:
    stream = download._Chunks(cast("Answer", Endless()), told, Meter(None, "fetching"))
    return sum(len(data) for data in iter(stream.read, b""))


def test_more_than_was_published_is_not_taken() -> None:
    with pytest.raises(VerificationError, match="more than the 2,500 bytes"):
        read(2500)


def test_an_asset_that_does_not_say_how_large_it_is_does_not_fill_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(download, "MOST_UNTOLD", 10_000)
    with pytest.raises(LimitError, match="does not say how large"):
        read(None)
