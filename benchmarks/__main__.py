"""``python -m benchmarks [--quick] [--only ROW …] [--repetitions N] [--place DIR]``."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.lab import lab
from benchmarks.rows import ROWS, python
from benchmarks.setting import CHECKOUT, MIB, Setting
from benchmarks.upload import upload

if TYPE_CHECKING:
    from benchmarks.measure import Figure
    from benchmarks.row import Row

_ROWS = {**ROWS, "upload": upload, "lab": lab}
_HEADER = (
    "| | jupyter_ipfs | Kubo 0.43.1 | ipfsspec 0.6.0 | faster by | peak memory (MiB) | |\n"
    "|---|---:|---:|---:|---:|---|---|"
)


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small inputs, once: does it run?")
    parser.add_argument("--only", nargs="+", choices=_ROWS, metavar="ROW", help=", ".join(_ROWS))
    parser.add_argument("--repetitions", type=int, default=5, help="medians of so many (5)")
    parser.add_argument("--place", type=Path, help="a directory on the disk to measure")
    wanted = parser.parse_args()
    kubo = _kubo()
    if kubo is None:
        sys.stderr.write("no Kubo: make kubo, or set JUPYTER_IPFS_TEST_KUBO\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="bench-", dir=wanted.place) as place:
        setting = Setting(Path(place), kubo, max(1, wanted.repetitions))
        if wanted.quick:
            setting.repetitions, setting.file_mib, setting.files = 1, 32, 500
        sys.stdout.write(
            f"{python()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs; "
            f"medians of {setting.repetitions}, taken in turn; files of random bytes\n\n{_HEADER}\n"
        )
        setting.warm_up()
        for name in wanted.only or _ROWS:
            for row in _ROWS[name](setting):
                sys.stdout.write(_line(row) + "\n")
                sys.stdout.flush()
    return 0


def _kubo() -> Path | None:
    built = CHECKOUT / ".cache" / "kubo" / "ipfs"
    found = os.environ.get("JUPYTER_IPFS_TEST_KUBO") or (
        built if built.exists() else shutil.which("ipfs")
    )
    if not found:
        return None
    said = subprocess.run([found, "version", "-n"], capture_output=True, text=True, check=True)
    if said.stdout.strip() != "0.43.1":
        sys.stderr.write(f"{found} is Kubo {said.stdout.strip()}, not 0.43.1\n")
        return None
    return Path(found)


def _line(row: Row) -> str:
    figures = (row.ours, row.kubo, row.ipfsspec)
    peer = next((figure for figure in figures[1:] if figure is not None and figure.median), None)
    ratio = ""
    if peer is not None and peer.median and row.ours.median:
        ratio = f"{peer.median / row.ours.median:.2f} x"
    peaks = " / ".join(f"{f.peak / MIB:.0f}" for f in figures if f is not None and f.peak)
    notes = "; ".join(
        f"{name}: {figure.note}"
        for name, figure in zip(("ours", "Kubo", "ipfsspec"), figures, strict=True)
        if figure is not None and figure.note
    )
    cells = [row.title, *map(_seconds, figures), ratio, peaks, notes]
    return "| " + " | ".join(cells) + " |"


def _seconds(figure: Figure | None) -> str:
    if figure is None or figure.median is None:
        return "-"
    seconds = figure.median
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
