"""Texts, streams and errors of a cell: real pairs, and what each of them is."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.bundles.compare import cell, diffs, numbers, rules, sizes
from jupyter_ipfs.bundles.compare.verdict import (
    DIFFERS,
    FAILED,
    SAME,
    SKIPPED,
    TOLERANCE,
    CellVerdict,
    OutputVerdict,
)
from jupyter_ipfs.bundles.format.manifest import Rule
from jupyter_ipfs.bundles.replay import replayed
from tests.conftest import library

if TYPE_CHECKING:
    from collections.abc import Iterable


def stream(text: object, name: str = "stdout") -> dict[str, object]:
    return {"output_type": "stream", "name": name, "text": text}


def result(text: object, mime: str = "text/plain") -> dict[str, object]:
    return {"output_type": "execute_result", "data": {mime: text}, "metadata": {}}


def raised(ename: str, evalue: str, *traceback: str) -> dict[str, object]:
    return {
        "output_type": "error",
        "ename": ename,
        "evalue": evalue,
        "traceback": list(traceback),
    }


def judged(
    expected: list[dict[str, object]],
    actual: list[dict[str, object]],
    **how: Any,  # noqa: ANN401
) -> CellVerdict:
    return cell.compare(expected, actual, **{"id": "c", "index": 0, "number": 1, **how})


def of_texts(expected: str, actual: str) -> OutputVerdict:
    (found,) = judged([result(expected)], [result(actual)]).outputs
    return found


# name: expected, actual, verdict, what the rule says
PAIRS = {
    "object": (
        "<__main__.A object at 0x7f3bd01c2f10>",
        "<__main__.A object at 0x104e6a1d0>",
        SAME,
        "addresses in memory",
    ),
    "function": ("<function f at 0x7f3bd01c2f10>", "<function g at 0x7f3bd01c2f10>", DIFFERS, ""),
    "time": (
        "CPU times: user 2.12 ms, sys: 0 ns, total: 2.12 ms\nWall time: 2.2 ms\n42",
        "CPU times: user 1.9 s, sys: 4 ms, total: 1.9 s\nWall time: 2.13 s\n42",
        SAME,
        "timings",
    ),
    "timeit": (
        "1.23 µs ± 4.5 ns per loop (mean ± std. dev. of 7 runs, 1,000,000 loops each)",
        "987 ns ± 12 ns per loop (mean ± std. dev. of 7 runs, 1,000,000 loops each)",
        SAME,
        "timings",
    ),
    "clock": ("2026-11-23 20:40:18.123456", "2026-11-24 09:00:00.654321", DIFFERS, ""),
    "log": (
        "2026-11-23 20:40:18,123 - root - INFO - 3 rows",
        "2026-11-24 01:02:03,456 - root - INFO - 3 rows",
        SAME,
        "times of a log",
    ),
    "optuna": (
        "[I 2026-11-23 20:40:18,123] Trial 0 finished with value: 0.25",
        "[I 2026-11-23 21:40:18,999] Trial 0 finished with value: 0.26",
        DIFFERS,
        "times of a log",
    ),
    "info": (
        "dtypes: int64(1), object(1)\nmemory usage: 1.2+ KB",
        "dtypes: int64(1), object(1)\nmemory usage: 176.0+ bytes",
        SAME,
        "memory sizes",
    ),
    "warning": (
        "/home/a/.venv/lib/python3.11/site-packages/sklearn/base.py:12: FutureWarning: x\n  w(",
        "/opt/conda/lib/python3.12/site-packages/sklearn/base.py:12: FutureWarning: x\n  w(",
        SAME,
        "paths of this computer",
    ),
    "own warning": (
        "/private/tmp/ipykernel_3121/1293847561.py:2: UserWarning: careful\n  warn('careful')",
        "/var/folders/9z/T/ipykernel_88/77.py:2: UserWarning: careful\n  warn('careful')",
        SAME,
        "paths of this computer",
    ),
    "temporary folder": (
        "/private/tmp/tmpab12cd_9/x.csv",
        "/private/tmp/tmp00000000/x.csv",
        SAME,
        "paths",
    ),
    "other folder": ("/data/x.csv", "/data/y.csv", DIFFERS, ""),
    "hour of the run": ("run at 2026-11-23 20:40:18", "run at 2026-11-24 09:00", SAME, "the hour"),
    "hour of something else": ("arrival at 20:40", "arrival at 20:41", DIFFERS, ""),
    "colours": ("\x1b[31mred\x1b[0m", "red", SAME, "colours"),
    "pip": (
        "ok\n[notice] A new release of pip is available: 24.0 -> 26.1\n",
        "ok\n",
        SAME,
        "messages of pip",
    ),
    "fonts": (
        "",
        "Matplotlib is building the font cache; this may take a moment.\n",
        SAME,
        "notices about the machine",
    ),
    "joblib": (
        "[Parallel(n_jobs=1)]: Done  10 out of  10 | elapsed:    0.1s finished",
        "[Parallel(n_jobs=1)]: Done  10 out of  10 | elapsed:   12.7s finished",
        SAME,
        "elapsed times",
    ),
    "keras": (
        "5/5 ━━━━━━━━━━━━━━━━━━━━ 0s 2ms/step - loss: 0.5000",
        "5/5 ━━━━━━━━━━━━━━━━━━━━ 1s 31ms/step - loss: 0.5000",
        SAME,
        "times per step",
    ),
    "statsmodels": (
        "Date:        Mon, 23 Nov 2026   Prob:   0.001\nTime:        20:40:18   Log-Lik:   -12.5",
        "Date:        Tue, 01 Dec 2026   Prob:   0.001\nTime:        01:02:03   Log-Lik:   -12.5",
        SAME,
        "date and time of a summary",
    ),
    "close": ("0.30000000000000004", "0.3", TOLERANCE, "numbers, within 1e-6"),
    "far": ("0.97", "0.96", DIFFERS, ""),
    "whole": ("1000000000", "1000000001", DIFFERS, ""),
    "whole or not": ("1", "1.0", DIFFERS, ""),
    "array": (
        "array([1. , 0.3])",
        "array([1.                 , 0.30000000000000004])",
        TOLERANCE,
        "",
    ),
    "complex": ("(1.5+2.25j)", "(1.5+2.2500000001j)", TOLERANCE, ""),
    "last of six digits": ("loss 0.693147", "loss 0.693148", TOLERANCE, ""),
    "last of three digits": ("0.693", "0.694", DIFFERS, ""),
    "signs": ("-0.5", "0.5", DIFFERS, ""),
    "versions": ("numpy 2.4.6", "numpy 2.4.7", DIFFERS, ""),
    "huge": ("1e999", "2e999", DIFFERS, ""),
    "nan": ("[nan 1.0]", "[nan 1.00000001]", TOLERANCE, ""),
    "nan or not": ("nan", "1.0", DIFFERS, ""),
    "end of a sentence": ("It is 3.14159265.", "It is 3.14159266.", TOLERANCE, ""),
    "order of a set": ("{'a', 'b'}", "{'b', 'a'}", DIFFERS, ""),
    "blanks at the end": ("a  \nb\n", "a\nb", SAME, "text"),
    "blanks at the beginning": ("  a", "a", DIFFERS, ""),
    "uuid, the same twice": (
        "run 1b4e28ba-2fa1-11d2-883f-0016d3cca427 of 1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "run 6ba7b810-9dad-11d1-80b4-00c04fd430c8 of 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        SAME,
        "random identifiers",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_of_texts_gets_its_verdict_and_the_rule_that_made_it(name: str) -> None:
    expected, actual, verdict, rule = PAIRS[name]
    found = of_texts(expected, actual)
    assert found.verdict == verdict
    assert rule in found.rule
    assert bool(found.diff) == (verdict == DIFFERS)
    assert of_texts(actual, expected).verdict == verdict
    assert of_texts(expected, expected).rule == "exactly the same"


def test_progress_bars_of_the_real_library_are_the_same_whatever_time_they_took() -> None:
    tqdm = library("tqdm").tqdm

    def bar(width: int, total: int = 20) -> str:
        file = io.StringIO()
        for _ in tqdm(range(total), "fit", file=file, ncols=width, mininterval=0, leave=True):
            sum(range(width * 50))
        return file.getvalue()

    fast, slow = stream(bar(60), "stderr"), stream(bar(90), "stderr")
    found = judged([fast], [slow])
    assert found.verdict == SAME
    assert "progress bars" in found.outputs[0].rule
    assert judged([fast], [stream(bar(60, 21), "stderr")]).verdict == DIFFERS


def test_what_pandas_prints_is_compared_by_its_numbers() -> None:
    pandas = library("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": [0.1 + 0.2, 1e-9]})
    near = frame.assign(b=frame.b * (1 + 1e-9))
    with pandas.option_context("display.precision", 16):
        assert of_texts(str(frame), str(near)).verdict == TOLERANCE
        assert of_texts(str(frame), str(frame.assign(a=[1, 3]))).verdict == DIFFERS
    first, second = io.StringIO(), io.StringIO()
    frame.info(buf=first)
    frame.info(buf=second, memory_usage="deep")
    assert of_texts(first.getvalue(), second.getvalue()).verdict == SAME


def test_how_a_stream_is_cut_and_how_both_are_interleaved_makes_no_difference() -> None:
    expected = [stream("a\n"), stream("w\n", "stderr"), result("1"), stream(["b\n", "c\n"])]
    actual = [stream("a\nb\n"), stream("c\n"), stream("w\n", "stderr"), result("1")]
    found = judged(expected, actual)
    assert found.verdict == SAME
    assert [one.mime_type for one in found.outputs] == [
        "stdout (text/plain)",
        "stderr (text/plain)",
        "text/plain",
    ]


def test_what_is_on_the_other_stream_is_no_part_of_this_one() -> None:
    found = judged([stream("a")], [stream("a", "stderr")])
    assert [one.detail for one in found.outputs] == [
        "nothing on stdout now",
        "nothing on stderr before",
    ]


def test_a_stream_of_nothing_but_noise_may_be_missing() -> None:
    notice = stream("Matplotlib is building the font cache; this may take a moment.\n", "stderr")
    assert judged([notice, result("1")], [result("1")]).verdict == SAME


def test_an_output_more_or_less_differs_and_is_told() -> None:
    more = judged([result("1")], [result("1"), result("2")])
    assert (more.verdict, more.reason) == (DIFFERS, "text/plain is new; it was not there before")
    assert more.outputs[1].diff == "@@ line 1 @@\n-\n+2"
    less = judged([result("1"), result("2")], [result("1")])
    assert less.reason == "text/plain is missing now"


def test_an_error_that_happens_again_is_the_same() -> None:
    old = raised("ValueError", "no <A at 0x7f0011223344>", "Cell In[3], line 1", "ValueError")
    new = raised("ValueError", "no <A at 0x7f9911223344>", "Cell In[9], line 1", "ValueError")
    found = judged([stream("before\n"), old], [stream("before\n"), new], status=replayed.ERROR)
    assert found.verdict == SAME
    assert "kind and message" in found.outputs[1].rule


def test_another_error_differs_and_none_differs_too() -> None:
    old = raised("ValueError", "bad")
    found = judged([old], [raised("KeyError", "bad")], status=replayed.ERROR)
    assert (found.verdict, found.reason) == (
        DIFFERS,
        "raised ValueError: bad before, and KeyError: bad now",
    )
    gone = judged([old], [result("1")])
    assert (gone.verdict, gone.reason) == (DIFFERS, "raised ValueError: bad before, and not now")


def test_a_cell_fails_where_it_raises_though_the_authors_did_not() -> None:
    found = judged([result("1")], [raised("OSError", "no\nnet\u202e")], status=replayed.ERROR)
    assert (found.verdict, found.reason) == (FAILED, "raised OSError: no")


@pytest.mark.parametrize(
    ("how", "verdict", "reason"),
    [
        ({"status": replayed.DIED}, FAILED, "the kernel died while it ran"),
        ({"status": replayed.TIMEOUT}, FAILED, "it took longer than it was given"),
        ({"status": replayed.NOT_RUN, "why": "an earlier\ncell"}, SKIPPED, "an earlier\ufffdcell"),
        ({"status": replayed.NOT_RUN}, SKIPPED, "it was not run again"),
        ({"number": None}, SKIPPED, "the author did not run it"),
        (
            {"number": None, "status": replayed.NOT_RUN},
            SKIPPED,
            "the author did not run it",
        ),
        ({"truncated": True}, DIFFERS, "it gave far more output than before"),
        ({}, SAME, "it gave no output, as before"),
    ],
)
def test_what_was_not_compared_says_why(how: dict[str, Any], verdict: str, reason: str) -> None:
    found = judged([], [], **how)
    assert (found.verdict, found.reason, found.claimed) == (verdict, reason, False)


def test_a_flood_of_output_is_no_way_out_of_being_compared() -> None:
    long, short = stream("x" * 5000), stream("x" * 100)
    flood = judged([short], [long], truncated=True)
    assert (flood.verdict, flood.reason) == (DIFFERS, "it gave far more output than before")
    cut = judged([long], [short], truncated=True)
    assert (cut.verdict, cut.reason) == (SKIPPED, "it gave more output than is kept to compare")


def test_a_cell_that_the_author_excludes_is_skipped_as_a_claim_but_an_error_shows() -> None:
    rule = Rule(skip=True, reason="random")
    found = judged([result("1")], [result("2")], rule=rule)
    assert (found.verdict, found.claimed) == (SKIPPED, True)
    assert found.reason == "the author says that it is not to be compared: random"
    failed = judged([result("1")], [raised("E", "x")], rule=rule, status=replayed.ERROR)
    assert (failed.verdict, failed.claimed) == (FAILED, False)


def test_the_authors_tolerance_is_a_claim_only_where_the_verdict_rests_on_it() -> None:
    rule = Rule(relative=1e-2)
    wide = judged([result("0.5")], [result("0.501")], rule=rule)
    assert (wide.verdict, wide.claimed) == (TOLERANCE, True)
    assert wide.outputs[0].rule == "numbers, within 0.01"
    near = judged([result("0.5")], [result("0.5000000001")], rule=rule)
    assert (near.verdict, near.claimed) == (TOLERANCE, False)
    strict = judged([result("0.5")], [result("0.50000001")], rule=Rule(relative=0.0))
    assert (strict.verdict, strict.claimed) == (DIFFERS, False)


def test_an_output_beyond_the_limit_is_compared_by_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sizes, "MAX_TEXT", 1000)
    monkeypatch.setattr(sizes, "MAX_OUTPUT", 1000)
    long = "0.1 " * 500
    assert judged([stream(long)], [stream(long)]).outputs[0].rule.startswith("byte by byte")
    assert judged([stream(long)], [stream(long + " ")]).verdict == DIFFERS
    assert judged([result(long)], [result(long + " ")]).verdict == DIFFERS
    errors = [raised("E", long), raised("E", long + " ")]
    assert judged([errors[0]], [errors[0]]).verdict == SAME
    assert judged(errors[:1], errors[1:]).verdict == DIFFERS
    lists = [["0.1"] * 500, ["0.1"] * 499 + ["0.10"]]
    assert judged(*([result(each, "application/json")] for each in lists)).verdict == DIFFERS


@pytest.mark.parametrize(
    "hostile",
    [
        {"output_type": "stream", "name": ["x"], "text": {"a": 1}},
        {"output_type": "stream", "text": None},
        {"output_type": ["stream"], "data": "text"},
        {"output_type": "display_data", "data": {"text/plain": {"a": [1, None]}}},
        {"output_type": "display_data", "data": {"text/plain": ["a", 1]}},
        {"output_type": "error", "ename": 7, "evalue": None, "traceback": {"a": "\x00"}},
        {"output_type": "error", "traceback": [None, 3]},
        {"data": {"text/html": "\udcff<script>", "text/plain": "\udcff"}},
        {},
    ],
)
def test_an_output_of_any_shape_gets_a_verdict(hostile: dict[str, object]) -> None:
    for expected, actual in (([hostile], []), ([], [hostile]), ([hostile], [result("1")])):
        for found in judged(expected, actual).outputs:
            assert json.loads(json.dumps(found.diff)) == found.diff
    assert judged([hostile], [hostile]).verdict == SAME


def test_nesting_that_ends_a_recursive_walk_is_weighed() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert sizes.weight(deep) > 100_000
    assert judged([result(deep)], [result("x")]).verdict == DIFFERS


def test_a_diff_is_short_and_safe_to_print() -> None:
    shown = diffs.unified("a\n" * 5000, "b\u202e\x1b[2J\n" * 5000)
    assert len(shown) <= diffs.MAX_DIFF
    assert not re.search("[\x1b\u202e]", shown)
    assert shown.endswith("… and more")
    assert len(diffs.unified("a" * 10**6, "b" * 10**6)) < 1000
    assert diffs.unified("x", "x") == ""
    assert diffs.unified("-- a\n@@ b", "++ a") == "@@ line 1 @@\n--- a\n-@@ b\n+++ a"
    apart = diffs.unified("a\n" + "same\n" * 20 + "b", "A\n" + "same\n" * 20 + "B")
    assert apart.splitlines()[6:8] == ["…", " same"]
    far = diffs.unified("x" * 5000 + "a" + "y" * 5000, "x" * 5000 + "b" + "y" * 5000)
    assert far.splitlines()[1].startswith("-…xxx")
    assert far.splitlines()[2][:153].endswith("xb")
    late = diffs.unified("same\n" * 5000 + "a", "same\n" * 5000 + "b")
    assert late.splitlines()[0] == "@@ line 4998 @@"


@given(st.text(alphabet=" \n\r\x1b[]|0123456789.eE+-/ab:<>T_p#", max_size=200))
def test_a_text_is_the_same_as_itself_and_its_noise_ends(text: str) -> None:
    assert of_texts(text, text).verdict == SAME
    rules.plain(text)
    assert numbers.compare(text, text).within


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_printed_double_is_within_the_tolerance_of_one_next_to_it(value: float) -> None:
    near = value * (1 + 1e-9)
    apart = numbers.apart(value, near)
    assert apart <= 1e-6 or abs(value) < 1e-300 or near in {float("inf"), float("-inf")}


def _steps(pattern: str) -> list[tuple[bool, int, int]]:
    """Return possessiveness, upper bound and depth of each repetition of a pattern."""
    from re import _constants, _parser  # type: ignore[attr-defined]  # noqa: PLC0415

    found = []

    def look(parsed: Iterable[Any], depth: int) -> None:
        for op, args in parsed:
            if op in {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}:
                if args[1] > 1 and args[0] != args[1]:
                    found.append((op is _constants.POSSESSIVE_REPEAT, int(args[1]), depth))
                look(args[2], depth + (args[1] > 1))
            elif op is _constants.SUBPATTERN:
                look(args[3], depth)
            elif op is _constants.BRANCH:
                for branch in args[1]:
                    look(branch, depth)
            elif op in {_constants.ASSERT, _constants.ASSERT_NOT}:
                look(args[1], depth)
            elif op is _constants.ATOMIC_GROUP:
                look(args, depth)

    look(_parser.parse(pattern), 0)
    return found


@pytest.mark.parametrize(
    "pattern",
    [value for value in vars(rules).values() if isinstance(value, re.Pattern)],
    ids=lambda pattern: pattern.pattern[:20],
)
def test_no_pattern_of_noise_goes_back_on_what_it_has_read(pattern: re.Pattern[str]) -> None:
    repetitions = _steps(pattern.pattern)
    for is_possessive, bound, depth in repetitions:
        assert depth == 0, "no repetition in a repetition"
        assert bound <= 2000
        assert is_possessive or bound <= 16


def test_each_kind_of_noise_is_in_the_documentation() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "comparison.md"
    told = re.findall(r"^- \*\*(.+?)\*\*", page.read_text("utf-8"), re.MULTILINE)
    assert told == [noise.name for noise in rules.NOISE]
