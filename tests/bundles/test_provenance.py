"""What came from what: the graph, its text and picture, and where something is from."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

from jupyter_ipfs.bundles.format.manifest import Cell, Input, Output
from jupyter_ipfs.bundles.provenance import provenance, provenance_picture
from tests.bundles.manifests import ALL, CSV, EMPTY, FOLDER, HOSTILE, SURVEY, TABLE

SVG = "{http://www.w3.org/2000/svg}"


def edges(graph: provenance.Graph) -> list[tuple[str, str, str]]:
    return [(each.source, each.what, each.target) for each in graph.edges]


def test_the_graph_leads_from_inputs_through_cells_to_what_they_gave() -> None:
    assert edges(provenance.graph(SURVEY)) == [
        ("input:data/all wells.csv", "read", "cell:one"),
        ("cell:one", "wrote", "file:work/clean.csv"),
        ("input:data/big.parquet", "read", "cell:two"),
        (f"input:ipfs/{FOLDER}", "read", "cell:two"),
        ("cell:two", "gave", "output:two/0"),
        ("cell:two", "gave", "output:two/1"),
        ("file:work/clean.csv", "read", "cell:three"),
        ("cell:three", "gave", "output:three/0"),
    ]


def test_as_text_it_is_a_tree_of_cells() -> None:
    assert provenance.graph(SURVEY).text() == (
        "Survey of wells\n"
        "├─ cell 2 [1]\n"
        f"│  ├─ read data/all wells.csv (1.2 kB, {CSV})\n"
        "│  └─ wrote work/clean.csv\n"
        "├─ cell 3 [2]\n"
        "│  ├─ read data/big.parquet (10 GB, not included)\n"
        f"│  ├─ read ipfs/{FOLDER} (10 bytes, {FOLDER})\n"
        f"│  ├─ gave text/plain ({TABLE})\n"
        f"│  └─ gave image/png, text/plain ({FOLDER})\n"
        "└─ cell 4 never run\n"
        "   ├─ read work/clean.csv\n"
        f"   └─ gave error ({CSV})\n"
        "   api.example.org:443 (another computer)\n"
    )


def test_where_something_came_from_is_found_by_cid_and_by_path() -> None:
    manifests = {"root-a": SURVEY, "root-b": EMPTY}
    (table,) = provenance.where_from(TABLE, manifests)
    assert (table.bundle, table.kind, table.path) == ("root-a", "output", "outputs/two/0")
    assert table.text() == (
        "outputs/two/0: made by cell 3 of Survey of wells from data/big.parquet, "
        f"ipfs/{FOLDER}, in root-a"
    )
    assert provenance.where_from("outputs/two/0/text.txt", manifests) == [table]
    (data,) = provenance.where_from("data/big.parquet", manifests)
    assert (data.kind, data.readers) == ("input", (2,))
    assert [each.kind for each in provenance.where_from(CSV, manifests)] == ["input", "output"]
    (clean,) = provenance.where_from("work/clean.csv", manifests)
    assert (clean.kind, clean.cell, clean.sources) == ("file", 1, ("data/all wells.csv",))
    assert provenance.where_from("nowhere.csv", manifests) == []


def test_what_a_cell_made_of_a_written_file_leads_back_to_its_inputs() -> None:
    (error,) = [each for each in provenance.where_from(CSV, {"r": SURVEY}) if each.cell == 3]
    assert error.sources == ("data/all wells.csv",)


def test_its_file_and_its_picture_are_the_same_each_time_and_safe() -> None:
    for manifest in ALL:
        graph = provenance.graph(manifest)
        assert provenance.document(manifest) == provenance.document(manifest)
        picture = provenance_picture.svg(graph)
        assert picture == provenance_picture.svg(provenance.graph(manifest))
        names = {element.tag.removeprefix(SVG) for element in ET.fromstring(picture).iter()}  # noqa: S314  (ours)
        assert names <= {"svg", "title", "style", "text", "path", "g", "rect"}
    assert json.loads(provenance.document(SURVEY))["edges"][0]["what"] == "read"
    assert "\u202e" not in provenance_picture.svg(provenance.graph(HOSTILE))


def test_a_large_graph_is_folded_and_no_line_leads_nowhere() -> None:
    inputs = tuple(Input(f"data/{n % 40}/{n:04}.csv", 1, CSV, "seen") for n in range(1000))
    output = Output("stream", TABLE, ("text/plain",))
    cells = tuple(
        Cell(f"c{n}", n, n, "", (inputs[n].path, f"out{n - 1}"), (f"out{n}",), (output,) * 3)
        for n in range(300)
    )
    graph = provenance.graph(replace(EMPTY, inputs=inputs, cells=cells))
    picture = ET.fromstring(provenance_picture.svg(graph))  # noqa: S314  (ours)
    boxes = picture.findall(f".//{SVG}rect")
    assert 20 < len(boxes) <= 3 * 24
    assert int(picture.attrib["height"]) < 1300
    assert any("more" in "".join(text.itertext()) for text in picture.iter(f"{SVG}text"))
