"""A notebook in its one form: what varies by itself is gone, what its author wrote stays."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ipfs.bundles.format import notebook, outputs
from jupyter_ipfs.bundles.format.manifest import Rule
from jupyter_ipfs.errors import NotABundleError


def book(*cells: dict[str, Any], minor: int = 5, **metadata: Any) -> bytes:  # noqa: ANN401
    value = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}
    return json.dumps(value).encode()


def code(source: str | list[str] = "1", *found: dict[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "cell_type": "code", "metadata": {}, "source": source, "execution_count": 1,
        "outputs": list(found), **fields,
    }  # fmt: skip


def shown(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def canonical(data: bytes) -> bytes:
    return notebook.canonical(notebook.parse(data))


def test_it_is_a_valid_notebook_and_stays_as_it_is_when_done_again() -> None:
    data = canonical(
        book(
            code("a\nb", shown({"text/html": "<b>\nx", "application/json": {"a": [1]}})),
            {"cell_type": "markdown", "metadata": {}, "source": ["# A\n", "text"]},
            {"cell_type": "raw", "metadata": {}, "source": ""},
        )
    )
    reads: Any = nbformat.reads  # untyped
    nbformat.validate(reads(data.decode(), as_version=4))
    assert canonical(data) == data
    assert data.endswith(b"}\n")


def test_the_same_bytes_come_of_texts_and_of_lines() -> None:
    one = book(code("a\nb", {"output_type": "stream", "name": "stdout", "text": "x\ny"}))
    other = book(
        code(["a\n", "b"], {"output_type": "stream", "name": "stdout", "text": ["x\n"]},
             {"output_type": "stream", "name": "stdout", "text": ["y"]})
    )  # fmt: skip
    assert canonical(one) == canonical(other)


def test_cells_without_ids_get_those_of_their_places_and_doubles_too() -> None:
    cells = notebook.code_cells(
        notebook.parse(book(code(), code(id="a"), code(id="a"), code(id="<b>"), minor=4))
    )
    assert [cell.id for cell in cells] == ["cell-0", "a", "cell-2", "cell-3"]


def test_an_old_notebook_is_read_the_same_every_time() -> None:
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "x"},
        "worksheets": [{"cells": [
            {"cell_type": "code", "input": ["1+1"], "language": "python", "metadata": {},
             "outputs": [{"output_type": "pyout", "text": ["2"], "prompt_number": 1}],
             "prompt_number": 1},
        ]}],
    }  # fmt: skip
    data = json.dumps(old).encode()
    assert canonical(data) == canonical(data)
    (cell,) = notebook.code_cells(notebook.parse(data))
    assert (cell.source, cell.outputs[0]["data"]) == ("1+1", {"text/plain": "2"})


def test_ids_that_are_drawn_at_random_are_numbered() -> None:
    def styled(uuid: str, clip: str) -> bytes:
        table = (
            f"<style>#T_{uuid}_row0_col0 {{color: red}}</style><table id='T_{uuid}'>"
            f"<td id='T_{uuid}_row0_col0'>T_bone T_12 x</td></table>"
        )
        svg = (
            f"<svg><dc:date>2026-11-23T20:00:{clip[:2]}</dc:date><clipPath id='p{clip}'/>"
            f"<use xlink:href='#m{clip}' clip-path='url(#p{clip})'/><path d='M0000000001 2'/></svg>"
        )
        return book(code("x", shown({"text/html": table}), shown({"image/svg+xml": svg})))

    first, second = styled("1a2b3", "0123456789"), styled("fffff", "abcdef0123")
    assert canonical(first) == canonical(second)
    assert b"T_bone T_12 x" in canonical(first)
    assert canonical(canonical(first)) == canonical(first)


def test_what_front_ends_note_for_themselves_is_dropped_and_what_the_author_wrote_is_not() -> None:
    first = book(
        code(metadata={"tags": ["a"], "collapsed": True, "execution": {"x": 1},
                       "jupyter-ipfs": {"reason": "random"}, "trusted": True}),
        widgets={"state": 1}, kernelspec={"name": "python3"}, authors=[{"name": "Ada"}],
    )  # fmt: skip
    found = json.loads(canonical(first))
    assert found["metadata"] == {"kernelspec": {"name": "python3"}, "authors": [{"name": "Ada"}]}
    assert found["cells"][0]["metadata"] == {"tags": ["a"], "jupyter-ipfs": {"reason": "random"}}


def test_a_widgets_view_goes_where_something_else_shows_it() -> None:
    view = "application/vnd.jupyter.widget-view+json"
    (cell,) = notebook.code_cells(
        notebook.parse(book(code("x", shown({view: {"model_id": "r"}, "text/plain": "Slider"}))))
    )
    assert cell.outputs[0]["data"] == {"text/plain": "Slider"}


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ([], Rule()),
        (["ipfs-skip"], Rule(skip=True)),
        (["nondeterministic"], Rule(skip=True)),
        (["ipfs-tolerance=1e-3"], Rule(relative=0.001)),
        (["ipfs-tolerance=0.5", "other"], Rule(relative=0.5)),
        (["ipfs-tolerance=nan"], Rule()),
        (["ipfs-tolerance=1e999"], Rule()),
        (["ipfs-tolerance=-1"], Rule()),
        (["ipfs-tolerance=7"], Rule()),
        ([3, None, "ipfs-tolerance="], Rule()),
        ("ipfs-skip", Rule()),
    ],
)
def test_a_cells_rule_is_in_its_tags(tags: Any, rule: Rule) -> None:  # noqa: ANN401
    assert notebook.rule_of({"metadata": {"tags": tags}}) == rule


def test_what_shares_is_told_by_its_line_and_blank_lines_take_no_time() -> None:
    for source in ("%ipfs share", "a = 1\n\n  shared = %ipfs  share -n", "\t%ipfs\treproduce x"):
        assert notebook.rule_of({"source": source}).skip
    for source in ("# %ipfs share", "%ipfs\nshare", "x =\n%ipfs shared"):
        assert not notebook.rule_of({"source": source}).skip
    # The square of their number took an hour here.
    assert not notebook.rule_of({"source": "\n" * 300_000}).skip


@pytest.mark.parametrize(
    ("mime_type", "name"),
    [
        ("text/plain", "text.txt"),
        ("image/png", "image.png"),
        ("application/vnd.plotly.v1+json", "application-vnd.plotly.v1-json.json"),
        ("../../etc/passwd", "etc-passwd.txt"),
        ("", "data.txt"),
        ("image/x-odd", "image-x-odd.bin"),
        ("a\0b/\n", "a-b.txt"),
    ],
)
def test_a_mime_type_becomes_a_files_name_that_leads_nowhere(mime_type: str, name: str) -> None:
    found = outputs.file_name(mime_type)
    assert found.replace("+", "-") == name
    assert "/" not in found
    assert not found.startswith(".")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | _JSON,
        "source": st.text(max_size=9) | st.lists(st.text(max_size=3)) | _JSON,
        "metadata": _JSON, "outputs": st.lists(st.fixed_dictionaries({}, optional={
            "output_type": st.sampled_from(["stream", "error", "display_data"]) | _JSON,
            "text": _JSON, "data": _JSON, "traceback": _JSON, "name": _JSON,
        }), max_size=3) | _JSON,
        "execution_count": _JSON, "id": _JSON,
    },
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(_FIELDS, max_size=3), _JSON)
def test_whatever_a_notebook_has_in_it_it_is_read_or_refused(
    cells: list[dict[str, Any]],
    metadata: Any,  # noqa: ANN401
) -> None:
    value = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    try:
        nb = notebook.parse(json.dumps(value).encode())
    except NotABundleError:
        return
    data = notebook.canonical(nb)
    assert canonical(data) == data
    for cell in notebook.code_cells(notebook.parse(data)):
        for output in cell.outputs:
            assert all(isinstance(each, bytes) for each in outputs.files(output).values())


def test_a_notebook_that_is_nested_too_deeply_is_none() -> None:
    deep = b'{"nbformat": 4, "metadata": {"a": ' + b"[" * 100_000
    with pytest.raises(NotABundleError, match="is no notebook"):
        notebook.parse(deep)
