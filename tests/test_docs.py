"""What the documents point at is there, and the README's example runs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(([^)#\s]+)")
CITED = re.compile(r"\b(?:design|safety)\.md\b")
HARD_LIMIT = 500  # lines; design.md, Layers


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return [CHECKOUT / name for name in listed.stdout.split() if (CHECKOUT / name).is_file()]


@pytest.mark.parametrize("page", tracked("*.md"), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_local_link_and_picture_is_there(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_documents_that_the_code_cites_are_there() -> None:
    texts = [file.read_text("utf-8") for file in tracked("jupyter_ipfs/*.py")]
    cited = {name for text in texts for name in CITED.findall(text)}
    assert cited
    assert all((CHECKOUT / "docs" / "explanation" / name).is_file() for name in cited)


def test_no_module_is_past_the_hard_limit_of_lines() -> None:
    modules = tracked("jupyter_ipfs/*.py", "labextension/src/*.ts*")
    lengths = {file.name: len(file.read_text("utf-8").splitlines()) for file in modules}
    assert {name: length for name, length in lengths.items() if length > HARD_LIMIT} == {}


def test_no_tracked_file_names_a_package_registrys_host() -> None:
    # In two halves, or this file would be one.
    halves = [("registry.npm", "js.org"), ("files.python", "hosted.org"), ("proxy.go", "lang.org")]
    files = [file for file in tracked() if file.suffix not in {".png", ".parquet"}]
    texts = {file: file.read_text("utf-8", "replace") for file in files}
    hosts = ["".join(pair) for pair in halves]
    assert {file.name for file, text in texts.items() for host in hosts if host in text} == set()
