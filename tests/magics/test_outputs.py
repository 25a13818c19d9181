"""What stands in the files of a stored cell: the same in every process."""

from __future__ import annotations

import base64
import json

import pytest

from jupyter_ipfs.magics.capture import Captured, Shown
from jupyter_ipfs.magics.outputs import as_seen, files

PNG = b"\x89PNG\r\n\x1a\n"


def _displayed(**data: object) -> dict[str, bytes]:
    shown = Shown("display_data", {key.replace("__", "/"): v for key, v in data.items()}, {})
    found = files("x", Captured([shown]), None)
    return {name: content for name, content in found.items() if isinstance(content, bytes)}


@pytest.mark.parametrize(
    ("mime", "data", "name", "content"),
    [
        ("image/png", PNG, "figure.png", PNG),
        ("image/png", base64.b64encode(PNG).decode() + "\n", "figure.png", PNG),
        ("image/svg+xml", "<svg/>", "figure.svg", b"<svg/>"),
        ("text/html", "<b>", "page.html", b"<b>"),
        ("text/latex", "$x$", "formula.tex", b"$x$"),
        ("application/json", {"b": 1, "a": [2]}, "data.json", None),
        ("application/vnd.vegalite.v5+json", {"mark": "bar"}, "vegalite.v5.json", None),
        ("application/x-weird", "text", "x-weird.txt", b"text"),
        ("application/x-../../etc", "text", "x-..-..-etc.txt", b"text"),
        ("audio/wav", base64.b64encode(b"RIFF").decode(), "sound.wav", b"RIFF"),
        ("application/pdf", base64.b64encode(b"%PDF").decode(), "figure.pdf", b"%PDF"),
    ],
)
def test_each_mime_type_has_its_natural_file(
    mime: str, data: object, name: str, content: bytes | None
) -> None:
    found = files("x", Captured([Shown("display_data", {mime: data}, {})]), None)
    stored = found[f"output-1/{name}"]
    assert isinstance(stored, bytes)
    if content is None:
        assert json.loads(stored) == data
    else:
        assert stored == content


def test_what_changes_from_process_to_process_is_taken_out() -> None:
    one = _displayed(
        text__plain="<A object at 0x7f00aa>",
        text__html='<style>#T_0a1b2_row0 {}</style><table id="T_0a1b2"></table>'
        '<div id="sk-container-id-4" class="sk-container-id-4"></div>',
    )
    other = _displayed(
        text__plain="<A object at 0x7e11bb>",
        text__html='<style>#T_ffff0_row0 {}</style><table id="T_ffff0"></table>'
        '<div id="sk-container-id-9" class="sk-container-id-9"></div>',
    )
    assert one == other


def test_views_of_a_kernels_memory_and_our_own_cards_are_not_kept() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Slider()"}
    card = {"application/vnd.jupyter-ipfs.cid+json": {}, "text/plain": "bafy"}
    shown = [Shown("display_data", data, {}) for data in (card, view)]
    assert set(files("x", Captured(shown), None)) == {
        "cell.py",
        "outputs.json",
        "output-1/text.txt",
    }


def test_what_a_progress_bar_overwrote_is_gone() -> None:
    assert as_seen("a\n 1%\r 50%\r100%\nb\r\n") == "a\n100%\nb\n"


def test_what_cannot_be_encoded_does_not_end_it() -> None:
    shown = Shown("display_data", {"text/plain": "\udcff", "application/json": {"a": object()}}, {})
    captured = Captured([shown], stdout=["\udcff"])
    assert files("x = '\udcff'", captured, None)["stdout.txt"] == b"?"
