"""Rich outputs of a cell: what real libraries make, once more, and a little different."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.bundles.compare import html, image, markup, output, read, sizes, table
from jupyter_ipfs.bundles.compare import json as json_values
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, SAME, SKIPPED, TOLERANCE, OutputVerdict
from tests.conftest import library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RELATIVE = 1e-6
PNG, SVG, HTML = "image/png", "image/svg+xml", "text/html"
PLOTLY = "application/vnd.plotly.v1+json"


def shown(**data: object) -> dict[str, object]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def compared(
    mime: str, expected: object, actual: object, relative: float = RELATIVE
) -> OutputVerdict:
    return output.compare(
        shown(**{mime: expected, "text/plain": "<a>"}),
        shown(**{mime: actual, "text/plain": "<b>"}),
        relative,
    )


# — which type —


@pytest.mark.parametrize(
    ("mimes", "richest"),
    [
        (["text/plain", HTML], HTML),
        (["text/plain", PNG], PNG),
        (["text/plain", HTML, PLOTLY], PLOTLY),
        (["text/plain", "text/latex"], "text/latex"),
        (["text/plain", "application/vnd.acme+json"], "application/vnd.acme+json"),
        (
            ["application/vnd.bokehjs_exec.v0+json", "application/javascript"],
            "application/javascript",
        ),
        (["text/plain", "application/vnd.vegalite.v5+json"], "application/vnd.vegalite.v5+json"),
        ([], None),
    ],
)
def test_the_type_that_says_most_is_compared(mimes: list[str], richest: str | None) -> None:
    assert output.richest(mimes) == richest


def test_a_type_that_is_missing_now_differs() -> None:
    found = output.compare(
        shown(**{HTML: "<p>", "text/plain": "x"}), shown(**{"text/plain": "x"}), 0
    )
    assert (found.verdict, found.detail) == (
        DIFFERS,
        "text/html is missing now; there is text/plain",
    )


def test_a_widget_is_not_compared_and_says_why() -> None:
    view = {output.WIDGET: {"model_id": "1"}, "text/plain": "IntSlider()"}
    found = output.compare(shown(**view), shown(**{**view, output.WIDGET: {"model_id": "2"}}), 0)
    assert found.verdict == SKIPPED
    assert "widgets are not compared" in found.rule
    text = {"text/plain": "IntSlider()"}
    assert (
        output.compare(shown(**text), shown(**{**view, "text/plain": "no"}), 0).verdict == DIFFERS
    )
    assert output.compare(shown(**view), shown(**text), 0).verdict == DIFFERS


def test_bytes_of_other_kinds_are_the_same_or_not() -> None:
    assert compared("application/pdf", "QQ==", "QQ==").verdict == SAME
    assert compared("application/pdf", "QQ==", "QUE=").rule == "byte by byte"


# — tables —


def test_tables_of_pandas_are_compared_by_schema_and_values() -> None:
    pandas = library("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "price": [0.1 + 0.2, 5.0]}, index=["x", "y"])

    def against(other: Any) -> OutputVerdict:  # noqa: ANN401
        with pandas.option_context("display.precision", 17):
            return compared(HTML, frame.to_html(), other.to_html())

    assert against(frame).verdict == SAME
    near = against(frame.assign(price=[0.3, 5.0]))
    assert near.verdict == TOLERANCE
    assert near.rule.startswith("tables by schema and values: numbers, within 1e-6")
    far = against(frame.assign(price=[0.3, 5.5]))
    assert (far.verdict, far.detail) == (DIFFERS, "1 value differs")
    assert far.diff.startswith("row 2, column price: 5.0")
    assert against(frame.assign(a=[1, 3])).diff == "row 2, column a: 2 → 3"
    renamed = against(frame.rename(columns={"price": "cost"}))
    assert (renamed.detail, renamed.diff) == ("other columns", "-price\n+cost")
    assert against(frame.head(1)).detail == "2 x 3 cells before, 1 x 3 now"
    assert against(frame.rename(index={"x": "z"})).diff == "row 1, column 1: x → z"
    assert against(frame.iloc[::-1]).verdict == DIFFERS


def test_how_a_plain_frame_looks_is_no_part_of_it() -> None:
    pandas = library("pandas")
    frame = pandas.DataFrame({"a": [1]})
    bare, notebook = frame.to_html(border=0), frame._repr_html_()
    assert compared(HTML, f"<div>{bare}</div>", notebook).verdict == SAME


def test_a_styler_has_random_ids_and_its_colours_count() -> None:
    pandas = library("pandas")

    def styled(value: str, colour: str) -> str:
        table_id = {"red": "0a1b2", "blue": "0c1d2"}.get(colour)
        frame = pandas.DataFrame({"a": [value]})
        style = frame.style.set_properties(color=colour)
        return str(style.to_html() if table_id is None else style.to_html(table_uuid=table_id))

    first = styled("1.5", "green")
    second = styled("1.5", "green")
    assert first != second
    found = compared(HTML, first, second)
    assert found.verdict == SAME
    assert "random identifiers" in found.rule
    assert compared(HTML, first, styled("1.5", "red")).verdict == DIFFERS
    assert compared(HTML, first, styled("1.6", "green")).diff == "row 1, column a: 1.5 → 1.6"


# As scikit-learn 1.9 writes it, without its style sheet.
ESTIMATOR = """<div id="sk-container-id-{0}" class="sk-top-container"><div
class="sk-text-repr-fallback"><pre>{1}</pre></div><div class="sk-container" hidden><input
class="sk-toggleable__control sk-hidden--visually" id="sk-estimator-id-{0}" type="checkbox"
checked><label for="sk-estimator-id-{0}" class="sk-toggleable__label">{1}</label></div></div>"""


def test_an_estimator_of_sklearn_is_shown_under_other_ids_each_time() -> None:
    first = ESTIMATOR.format(1, "Ridge()")
    assert compared(HTML, first, ESTIMATOR.format(12, "Ridge()")).verdict == SAME
    assert compared(HTML, first, ESTIMATOR.format(1, "Ridge(alpha=2)")).verdict == DIFFERS


def test_a_summary_of_statsmodels_says_when_it_was_made() -> None:
    row = "<table><tr><th>Date:</th> <td>{}</td></tr><tr><th>Time:</th> <td>{}</td></tr></table>"
    found = compared(
        HTML, row.format("Mon, 23 Nov 2026", "20:40:18"), row.format("Tue, 01 Dec 2026", "08:00:00")
    )
    assert (found.verdict, "date and time" in found.rule) == (SAME, True)


# — markup of any kind —


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p class='a'  id=b>x <b>y", [("p", "class=a id=b"), "x", ("b", ""), "y"]),
        ("a < b && c > d", ["a < b && c > d"]),
        ("<!-- <p> --><p>", [("p", "")]),
        ("<!doctype html><p>", [("p", "")]),
        ("<!-- open <p>", ["<!-- open <p>"]),
        ("<p title='>'>x", [("p", "title=>"), "x"]),
        ("<p title='open>x", ["<p title='open>x"]),
        ("<script>if (a<b) {}</script>x", [("script", ""), "if (a<b) {}", ("script", ""), "x"]),
        ("<style>p{}", [("style", ""), "p{}"]),
        ("", []),
    ],
)
def test_markup_is_read_as_tags_and_texts(source: str, expected: list[Any]) -> None:
    found = [
        token.text
        if isinstance(token, markup.Text)
        else (token.name, " ".join("=".join(pair) for pair in token.attributes))
        for token in markup.tokens(source)
    ]
    assert found == expected


class _Counted(str):
    """A text that counts how far it is searched."""

    searched = 0
    __slots__ = ()

    def find(self, *args: Any) -> int:  # noqa: ANN401
        found = super().find(*args)
        _Counted.searched += (len(self) if found < 0 else found) - args[1]
        return found


@pytest.mark.parametrize(
    "unit", ["<!--", "<!", "<script>", "<", "<a", "</", "<?", "<a '", "<style>"]
)
def test_markup_that_is_made_to_be_slow_is_searched_a_few_times_at_the_most(unit: str) -> None:
    source = _Counted(unit * 20_000)
    _Counted.searched = 0
    assert len(list(markup.tokens(source))) <= 20_001 * 2
    assert _Counted.searched <= 4 * len(source)


@given(st.text(alphabet="<>/!-'\"= abtrdh\n&;?", max_size=300))
def test_any_text_is_read_as_markup_and_compared(source: str) -> None:
    found = list(markup.tokens(source))
    table.tables(found)
    assert html.compare(source, source + " ", RELATIVE).verdict == SAME


def test_markup_beyond_the_limit_is_compared_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MAX_MARKUP", 10)
    assert compared(HTML, "<p a='1' b='2'>", "<p b='2' a='1'>").verdict == DIFFERS
    assert compared(SVG, "<svg a='1' b='2'/>", "<svg b='2' a='1'/>").verdict == DIFFERS


# — images —


def drawn(kind: str, ys: Sequence[float], width: float = 2) -> str:
    library("matplotlib").use("agg")
    pyplot = library("matplotlib.pyplot")
    figure = pyplot.figure(figsize=(width, 1), dpi=80)
    figure.add_subplot().plot([1, 2, 3], ys, "o-")
    file = io.BytesIO()
    figure.savefig(file, format=kind)
    pyplot.close(figure)
    return file.getvalue().decode() if kind == "svg" else base64.b64encode(file.getvalue()).decode()


def test_a_figure_as_svg_has_other_ids_and_another_date_each_time() -> None:
    first, again = drawn("svg", [1, 2, 1.5]), drawn("svg", [1, 2, 1.5])
    assert first != again
    assert compared(SVG, first, again).verdict == SAME
    assert compared(SVG, first, drawn("svg", [1, 2, 1.6])).verdict == DIFFERS
    near = drawn("svg", [1, 2, 1.5 + 1e-7])
    assert compared(SVG, first, near).verdict in {SAME, TOLERANCE}
    wide = compared(SVG, first, drawn("svg", [1, 2, 1.5], width=3))
    assert (wide.verdict, wide.rule) == (DIFFERS, "SVG: size")
    assert wide.detail == "144pt x 72pt before, 216pt x 72pt now"


def test_entities_of_svg_are_never_looked_up() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    found = compared(SVG, f"{bomb}<svg>&a;&b;</svg>", "<svg>&a;</svg>")
    assert found.verdict == DIFFERS
    assert "root:" not in found.diff


def test_a_figure_as_png_is_compared_by_its_pixels() -> None:
    library("PIL")
    first = drawn("png", [1, 2, 1.5])
    assert compared(PNG, first, drawn("png", [1, 2, 1.5])).verdict == SAME
    moved = compared(PNG, first, drawn("png", [1, 2, 1.6]))
    assert moved.verdict == DIFFERS
    assert moved.rule == "pixels, each channel within 8 of 255"
    assert "% of the pixels differ" in moved.detail
    lines = moved.diff.splitlines()
    assert len(lines) == 3 + 16
    assert any(mark in moved.diff for mark in "·░▒▓█")
    wide = compared(PNG, first, drawn("png", [1, 2, 1.5], width=3))
    assert wide.detail == "160 x 80 pixels before, 240 x 80 now"


def as_png(change: Callable[[Any], object] | None = None, **how: Any) -> str:  # noqa: ANN401
    picture = library("PIL.Image").new("RGB", (100, 50), (100, 100, 100))
    if change is not None:
        change(picture)
    file = io.BytesIO()
    picture.save(file, **{"format": "png", **how})
    return base64.b64encode(file.getvalue()).decode()


def test_a_channel_may_be_a_little_off_and_no_pixel_may_be_far_off() -> None:
    plain = as_png()
    assert compared(PNG, plain, as_png(compress_level=0)).rule == "pixels"
    near = compared(PNG, plain, as_png(lambda one: one.putpixel((3, 4), (100, 108, 100))))
    assert (near.verdict, near.detail) == (
        TOLERANCE,
        "a channel differs by 8 of 255 at the most",
    )
    one_far = as_png(lambda one: one.putpixel((3, 4), (100, 109, 100)))
    far = compared(PNG, plain, one_far)
    assert far.verdict == DIFFERS
    assert far.diff.startswith("Where it differs (x 3 to 4, y 4 to 5 of 100 x 50):")
    claimed = compared(PNG, plain, one_far, relative=0.01)
    assert (claimed.verdict, "but for 1.00% of the pixels" in claimed.rule) == (TOLERANCE, True)


def test_a_photograph_is_compared_by_its_pixels() -> None:
    plain = as_png(format="jpeg", quality=95)
    assert compared("image/jpeg", plain, as_png(format="jpeg", quality=90)).verdict in {
        SAME,
        TOLERANCE,
    }
    other = as_png(lambda one: one.paste((0, 0, 0), (0, 0, 50, 50)), format="jpeg")
    assert compared("image/jpeg", plain, other).verdict == DIFFERS


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int, note: bytes = b"") -> str:
    """A few hundred bytes that claim to be a large image."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head)
    data += _chunk(b"tEXt", b"note\0" + note)
    data += _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND", b"")
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("expected", "actual", "verdict"),
    [
        (bomb(60_000, 60_000, b"a"), bomb(60_000, 60_000, b"b"), DIFFERS),  # pillow refuses it
        (bomb(10_000, 9_000, b"a"), bomb(10_000, 9_000, b"b"), SKIPPED),
        (bomb(100, 100, b"a"), bomb(100, 100, b"b"), DIFFERS),  # cut off
        (as_png, bomb(10_000, 9_000), DIFFERS),
        ("QUJD", "QUJE", DIFFERS),
        ("!", "QUJE", DIFFERS),
        ("é", "", DIFFERS),
    ],
)
def test_an_image_that_is_none_or_claims_to_be_huge_is_no_reason_to_fall(
    expected: Any,  # noqa: ANN401
    actual: str,
    verdict: str,
) -> None:
    library("PIL")
    expected = expected() if callable(expected) else expected
    assert compared(PNG, expected, actual).verdict == verdict


def test_without_pillow_images_that_differ_are_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, other = as_png(), as_png(compress_level=0)
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    found = image.compare(PNG, plain, other, RELATIVE)
    assert (found.verdict, found.rule) == (SKIPPED, "images need pillow")
    assert image.compare(PNG, plain, plain + "\n", RELATIVE).verdict == SAME


# — JSON —


def figure(*ys: float) -> dict[str, object]:
    numpy, plotly = library("numpy"), library("plotly.graph_objects")
    made = plotly.Figure(plotly.Scatter(x=numpy.arange(3), y=numpy.array(ys), uid=str(ys)))
    return dict(json.loads(made.to_json()))


def test_figures_of_plotly_are_compared_by_structure_and_values() -> None:
    first = figure(0.1, 0.2, 0.3)
    assert compared(PLOTLY, first, figure(0.1, 0.2, 0.3)).verdict == SAME
    near = compared(PLOTLY, first, figure(0.1, 0.2, 0.1 + 0.2))
    assert near.verdict == TOLERANCE
    assert near.rule == "structure and values; numbers, within 1e-6"
    far = compared(PLOTLY, first, figure(0.1, 0.2, 0.4))
    assert (far.verdict, far.detail) == (DIFFERS, "data[0].y[2]: 0.3 → 0.4")
    assert "data[0].y" in compared(PLOTLY, first, figure(0.1, 0.2)).detail


@pytest.mark.parametrize(
    ("expected", "actual", "verdict", "detail"),
    [
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, SAME, ""),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, SAME, ""),
        ([1, 2], [2, 1], DIFFERS, "[0]: 1 → 2"),
        ({"a": 1}, {"a": 2}, DIFFERS, "a: 1 → 2"),
        ({"a": 1}, {"a": 1.0}, SAME, ""),
        ({"a": 1}, {"a": True}, DIFFERS, "a: 1 → True"),
        ({"a": 1}, {}, DIFFERS, "a: 1 → nothing"),
        ({"a": None}, {}, DIFFERS, "a: None → nothing"),
        ({}, {"a": "x"}, DIFFERS, "a: nothing → x"),
        ([], {}, DIFFERS, "all: a list of 0 → an object of 0"),
        ([0.5], [0.5000000001], TOLERANCE, "the largest relative difference is 2e-10"),
        ([float("nan")], [float("nan")], SAME, ""),
        ([float("inf")], [1.0], DIFFERS, "[0]: inf → 1.0"),
        ([10**400], [1.5], DIFFERS, ""),
        ([10**9999], [1], DIFFERS, "[0]: a number → 1"),
        ({"a": "x at 0x7f00112233"}, {"a": "x at 0x7f99112233"}, SAME, ""),
        ({"bdata": "!!", "dtype": "f8"}, {"bdata": "!?", "dtype": "f8"}, DIFFERS, "bdata: !! → !?"),
        ({"bdata": "QQ==", "dtype": "f8"}, {"bdata": "Qg==", "dtype": "f8"}, DIFFERS, ""),
    ],
)
def test_json_is_compared_value_by_value(
    expected: object, actual: object, verdict: str, detail: str
) -> None:
    found = compared("application/json", expected, actual)
    assert found.verdict == verdict
    assert found.detail.startswith(detail)
    assert bool(found.diff) == (verdict == DIFFERS)


def test_json_may_be_as_deep_and_as_different_as_it_likes() -> None:
    one: Any = 1
    other: Any = 2
    for _ in range(50_000):
        one, other = [one], {"a": other}
    found = json_values.compare([one, one], [one, other], "application/json", RELATIVE)
    assert found.verdict == DIFFERS
    both = json_values.compare(nested(200_000, 1), nested(200_000, 2), "x", RELATIVE)
    assert (both.verdict, len(both.detail) < 300) == (DIFFERS, True)
    many = json_values.compare(list(range(5000)), list(range(1, 5001)), "x", RELATIVE)
    assert many.diff.endswith("… and more")
    assert len(many.diff.splitlines()) == 41


def nested(depth: int, inner: object) -> object:
    for _ in range(depth):
        inner = [inner]
    return inner


def test_what_is_too_deep_to_be_written_is_told_apart_nevertheless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = nested(50_000, "a"), nested(50_000, "b")
    assert compared("text/latex", one, nested(50_000, "a")).verdict == SAME
    assert compared("text/latex", one, other).verdict == DIFFERS
    monkeypatch.setattr(sizes, "MAX_OUTPUT", 1000)
    assert compared("application/json", one, nested(50_000, "a")).verdict == SAME
    assert compared("application/json", one, other).verdict == DIFFERS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}), (["a", "b"], ["ab"]), ([[], []], [[[]]]), ({"a": "b"}, ["a", "b"]),
        (1, 1.0), (1, True), (None, "None"), ([10**5000], [10**5001]), ({}, []), ("\ud800", "?"),
    ],
)  # fmt: skip
def test_a_digest_is_that_of_one_value_alone(one: object, other: object) -> None:
    assert read.digest(one) != read.digest(other)
    assert read.digest(one) == read.digest(one)


def test_json_that_became_text_is_told() -> None:
    assert compared("application/json", {"a": 1}, "{}").verdict == DIFFERS
