"""Sizes, counts and times in words: the same as the sidebar's."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.protocols import Progress
from jupyter_ipfs.words import copies, figures
from jupyter_ipfs.words.progress import figures as told
from tests.conftest import CHECKOUT, require

if TYPE_CHECKING:
    from pathlib import Path

SIZES = {
    0: "0 bytes",
    1: "1 byte",
    618: "618 bytes",
    999: "999 bytes",
    1000: "1 kB",
    1234: "1.23 kB",
    99_949: "99.9 kB",
    99_951: "100 kB",
    999_499: "999 kB",
    999_500: "1 MB",
    234_000_000: "234 MB",
    1_500_000_000: "1.5 GB",
    10**15: "1 PB",
}


@pytest.mark.parametrize("size", SIZES)
def test_sizes_have_three_digits_in_powers_of_1000(size: int) -> None:
    assert figures.size(size) == SIZES[size]


def test_what_is_not_known_is_a_dash() -> None:
    assert figures.size(None) == "—"
    assert figures.size(12 * 10**18) == "12,000 PB"


def test_the_sidebar_gives_the_same_figures(tmp_path: Path) -> None:
    """Its TypeScript, run by Node: types are taken away, the rest is JavaScript."""
    node = require(shutil.which("node") or shutil.which("node", path=_node_bin()), "no Node")
    source = (CHECKOUT / "labextension/src/models/size.ts").read_text("utf-8")
    source = re.sub(r"export interface .*?\n}\n", "", source, flags=re.DOTALL)
    source = source.replace(" as const", "").replace("(bytes: number): IHumanSize", "(bytes)")
    script = tmp_path / "size.mjs"
    script.write_text(
        source + f"\nconst all = {json.dumps(list(SIZES))}.map(humanSize);\n"
        "console.log(JSON.stringify(all.map(({ figure, unit }) => [figure, unit])));\n"
    )
    done = subprocess.run([node, script], capture_output=True, text=True, check=True)
    shown = [f"{figure} {unit}" for figure, unit in json.loads(done.stdout)]
    ours = [re.sub(r" bytes?$", " B", text) for text in SIZES.values()]
    assert shown == ours


def _node_bin() -> str:
    from sysconfig import get_path  # noqa: PLC0415

    return get_path("scripts")


def test_durations_have_hours_only_when_there_are_some() -> None:
    assert list(map(figures.duration, (7, 65, 3723))) == ["0:07", "1:05", "1:02:03"]


def test_a_time_that_nobody_can_show_is_told_in_seconds() -> None:
    assert figures.moment(1e18) == "1000000000000000000 s since 1970"


def test_progress_tells_only_what_is_known() -> None:
    assert told(Progress("preparing"), 9.0) == []
    assert told(Progress("fetching", size=618), 0.1) == ["618 bytes"]
    progress = Progress("storing", 3, 1200, 256_000_000, 512_000_000, existing=1_000_000)
    assert told(progress, 2.0) == [
        "256 MB of 512 MB", "3 of 1,200 files", "128 MB/s", "0:02 left", "1 MB already there",
    ]  # fmt: skip


def test_places_are_told_from_evidence() -> None:
    assert copies.here([]) == "only on this computer"
    assert copies.here([("/lab/a.car", 0.0, None, True)]) == "on this computer, in /lab/a.car"
    assert "(not checked since)" in copies.here([("/lab/a.car", 0.0, None, False)])
    checked = copies.here([("/lab/a.car", 0.0, 86400.0, False)])
    assert "not checked" not in checked
    assert "(checked on 1970-01-0" in checked
    assert "(checked on" in copies.here([("/lab/a.car", 0.0, 86400.0, True)])
    assert copies.elsewhere("kubo-lab", public=True).endswith("announced to the public network")
