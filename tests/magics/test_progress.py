"""What is said while it takes long."""

from __future__ import annotations

from jupyter_ipfs.magics.progress import Meter, describe
from jupyter_ipfs.protocols import Progress


class Line:
    """A line that remembers."""

    interval_s = 0.5

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.cleared = 0

    def draw(self, text: str, share: float | None) -> None:
        del share
        self.drawn.append(text)

    def clear(self) -> None:
        self.cleared += 1


def test_bytes_files_rate_time_left_and_what_was_there_are_told() -> None:
    progress = Progress("storing", 3, 10, 50_000_000, 200_000_000, 20_000_000, "data/a.csv")
    assert describe(progress, 2.0) == (
        "storing · 25% · 50 MB of 200 MB · 3 of 10 files · 25 MB/s · 0:06 left"
        " · 20 MB already there · data/a.csv"
    )
    assert describe(Progress("fetching"), 0.1) == "fetching"


def test_quick_work_draws_nothing_and_slow_work_is_cleared_in_the_end() -> None:
    now = [100.0]
    line = Line()
    with Meter(line, clock=lambda: now[0]) as meter:
        meter(Progress("storing", size=1))
        now[0] += 0.3
        meter(Progress("storing", size=2))
        assert line.drawn == []
        for _ in range(14):
            now[0] += 0.1
            meter(Progress("storing", size=3))
    assert 2 <= len(line.drawn) <= 3
    assert line.cleared == 1
    assert meter.last == Progress("storing", size=3)


def test_what_has_come_of_it_so_far_stands_behind_the_figures() -> None:
    now = [100.0]
    line = Line()
    with Meter(line, clock=lambda: now[0]) as meter:
        for _ in range(2):
            meter(Progress("running", 1, 3, label="cell 4"))
            meter.so_far = "1 differs"
            now[0] += 1
    assert line.drawn == ["running · 1 of 3 cells · cell 4 · 1 differs"]


def test_without_a_place_to_draw_the_figures_are_still_known() -> None:
    with Meter(None) as meter:
        meter(Progress("done", files=2, size=5))
    assert meter.last is not None
    assert meter.last.files == 2
