"""The small files of a bundle: how to cite it, its licence, its README, its Binder."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from jupyter_ipfs.bundles.format.manifest import Input
from jupyter_ipfs.bundles.papers import binder, licenses
from jupyter_ipfs.bundles.papers.citation import citation
from jupyter_ipfs.bundles.papers.readme import readme
from tests.bundles.manifests import ALL, CSV, EMPTY, HOSTILE, SURVEY
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path


def test_a_citation_is_yaml_that_says_what_the_manifest_says() -> None:
    assert yaml.safe_load(citation(SURVEY)) == {
        "cff-version": "1.2.0",
        "message": "Cite it with the CID by which you have it: ipfs://…",
        "type": "dataset",
        "title": "Survey of wells",
        "authors": [{"name": "Ada Lovelace"}, {"name": "Grace Hopper"}],
        "abstract": "Depths of three wells.",
        "date-released": "2026-11-23",
        "license": "CC-BY-4.0",
    }


@pytest.mark.parametrize(
    "text",
    ["no", "~", "a: b # c", "- x", "\ufffe\uffff\x85\u2028", "🐍 é", '"\\n"', "a\nb", "\ud800"],
)
def test_a_citation_stays_yaml_whatever_the_title_is(text: str) -> None:
    title = yaml.safe_load(citation(replace(SURVEY, title=text)))["title"]
    assert isinstance(title, str)
    if text.isprintable():
        assert title == text


def test_a_hostile_citation_has_no_more_fields_than_others() -> None:
    made = yaml.safe_load(citation(HOSTILE))
    assert set(made) <= {"cff-version", "message", "type", "title", "authors", "abstract",
                         "date-released", "license"}  # fmt: skip
    assert len(made["authors"]) == 2
    assert yaml.safe_load(citation(EMPTY))["authors"] == [{"name": "The authors of a.ipynb"}]


def test_short_licences_are_there_in_full_and_long_ones_by_address() -> None:
    ours = (CHECKOUT / "LICENSE").read_text()
    made = (licenses.text(replace(SURVEY, license="BSD-3-Clause")) or b"").decode()
    assert made.startswith(
        "BSD 3-Clause License\n\nCopyright (c) 2026 Ada Lovelace, Grace Hopper\n\nRedistribution"
    )
    start = "THIS SOFTWARE IS PROVIDED"
    assert made[made.index(start) :].split() == ours[ours.index(start) :].split()
    cc = (licenses.text(SURVEY) or b"").decode()
    assert "Creative Commons Attribution 4.0 International (CC-BY-4.0)" in cc
    assert "https://creativecommons.org/licenses/by/4.0/" in cc
    assert licenses.text(EMPTY) is None


def test_a_licence_that_nobody_knows_is_told_as_it_is() -> None:
    assert licenses.url("EUPL-1.2") == "https://spdx.org/licenses/EUPL-1.2.html"
    assert licenses.url("<b>") == ""
    assert b"Licensed under: <b>\n" in (licenses.text(HOSTILE) or b"")


def test_a_readme_has_no_markup_of_others() -> None:
    made = readme(HOSTILE).decode()
    assert "<script>" not in made
    assert made.count("\n") == readme(SURVEY).decode().count("\n")


def test_the_binder_files_say_python_and_requirements() -> None:
    made = binder.files(SURVEY, "numpy==2.2.0 --hash=sha256:00\n")
    assert made["binder/runtime.txt"] == b"python-3.11\n"
    assert made["binder/requirements.txt"] == (
        b"# not on an index: wells\nnumpy==2.2.0 --hash=sha256:00\n"
    )
    assert (
        f"jupyter ipfs add -Q -- inputs/{SURVEY.inputs[2].path}"
        in made["binder/postBuild"].decode()
    )
    assert "binder/runtime.txt" not in binder.files(EMPTY, "")


@pytest.mark.parametrize(
    ("folder", "name"),
    [("", "a.ipynb"), ("a b/c", "-n.ipynb"), ("a; touch x", "$(touch y)'.ipynb")],
)
def test_post_build_puts_the_notebook_where_its_inputs_are(
    folder: str, name: str, tmp_path: Path
) -> None:
    manifest = replace(EMPTY, folder=folder, name=name, inputs=(Input("a.csv", 1, CSV, "seen"),))
    (tmp_path / "notebook.ipynb").write_text("{}")
    script = tmp_path / "postBuild"
    script.write_bytes(binder.files(manifest, "")["binder/postBuild"])
    subprocess.run(["sh", script], cwd=tmp_path, check=True)
    assert (tmp_path / "inputs" / folder / name).read_text() == "{}"
    assert {path.name for path in tmp_path.iterdir()} == {"notebook.ipynb", "postBuild", "inputs"}


def test_the_same_manifest_gives_the_same_files() -> None:
    for manifest in ALL:
        for make in (citation, readme, licenses.text):
            assert make(manifest) == make(manifest)
