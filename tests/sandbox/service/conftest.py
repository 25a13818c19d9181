"""One practice node for the tests of this folder; each publishes what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.service.practice_node import PracticeNode

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeNode]:
    """A node that runs. Who changes its clock puts it back."""
    made = PracticeNode(tmp_path_factory.mktemp("practice") / "sandbox")
    try:
        yield made
    finally:
        made.close()
