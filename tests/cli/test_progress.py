"""The progress line: what it says, and that nothing of it stays."""

from __future__ import annotations

import argparse
import functools
import io
from typing import TYPE_CHECKING

from jupyter_ipfs.cli.invocation import Invocation
from jupyter_ipfs.cli.progress import ProgressLine, describe
from jupyter_ipfs.protocols import Progress

if TYPE_CHECKING:
    import pytest


def test_the_line_tells_bytes_files_rate_time_left_and_what_was_there() -> None:
    progress = Progress(
        "storing",
        files=3,
        files_total=1200,
        size=256_000_000,
        size_total=512_000_000,
        existing=1_000_000,
        label="a\x1b[2J.csv",
    )
    assert describe(progress, 2.0) == (
        "storing  [############............]  50%  256 MB of 512 MB  3 of 1,200 files"
        "  128 MB/s  0:02 left  1 MB already there  a\\x1b[2J.csv"
    )


def test_without_a_total_there_is_no_bar() -> None:
    assert describe(Progress("fetching", size=2000), 0.1) == "fetching  2 kB"


def test_more_than_promised_is_not_more_than_all() -> None:
    assert "100%" in describe(Progress("storing", size=12, size_total=10), 0.0)


def test_the_line_is_cut_to_the_terminal_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = io.StringIO()
    with ProgressLine(stream, shown_after_s=0) as line:
        line(Progress("storing", size=5, size_total=10, label="x" * 300))
    drawn, cleared = stream.getvalue().split("\r\x1b[K")[1:]
    assert drawn.startswith("storing  [")
    assert len(drawn) == 29
    assert cleared == ""


def test_work_that_is_done_at_once_draws_nothing() -> None:
    stream = io.StringIO()
    with ProgressLine(stream, shown_after_s=60) as line:
        line(Progress("storing", size=5, size_total=10))
    assert stream.getvalue() == ""


def test_a_line_that_stays_never_lands_in_the_progress_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_once = functools.partial(ProgressLine, shown_after_s=0)
    monkeypatch.setattr("jupyter_ipfs.cli.progress.ProgressLine", at_once)
    cli = Invocation(argparse.Namespace())
    with cli.progress(wanted=True) as progress:
        assert progress is not None
        progress(Progress("running", 1, 2))
        drawn = capsys.readouterr().err
        cli.line("same cell 1")
        cleared = capsys.readouterr()
        progress(Progress("running", 2, 2))
        assert "2 of 2 cells" in capsys.readouterr().err
    assert "1 of 2 cells" in drawn
    assert (cleared.out, cleared.err) == ("same cell 1\n", "\r\x1b[K")


def test_ctrl_c_takes_the_line_away() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream, shown_after_s=0)
    line(Progress("storing"))
    line.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert stream.getvalue().endswith("\r\x1b[K")
