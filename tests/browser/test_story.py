"""The whole story, as one person sees it: store, find, send; a colleague opens; undo.

Once with the embedded node and once with a real Kubo. `.ci/run` runs it again from the built
wheel, with the kernel in another environment (``JUPYTER_IPFS_TEST_WHEEL_PYTHON`` and
``JUPYTER_IPFS_TEST_KERNEL``).
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import running_lab, watching
from tests.browser.pages import drop, open_panel, toast, transfer
from tests.conftest import running_daemon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator

    from tests.browser.conftest import Watched
    from tests.conftest import Kubo
    from tests.jupyter_process import JupyterProcess

KERNEL = os.environ.get("JUPYTER_IPFS_TEST_KERNEL", "python3")
# 8 by 8 pixels, each the same.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc000000114944415478da63"
    "902fdf8215310c2d0900176852810f117fad0000000049454e44ae426082"
)


def notebook(*sources: str) -> str:
    """A notebook with these cells, not run."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "execution_count": None,
         "source": source, "outputs": []}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"name": KERNEL, "display_name": KERNEL, "language": "python"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    return json.dumps({**whole, "nbformat_minor": 5})


def survey(place: Path) -> Path:
    """A folder with what a study has in it."""
    folder = place / "survey"
    (folder / "figures").mkdir(parents=True)
    (folder / "answers.csv").write_text("person,answer\n1,42\n2,17\n")
    (folder / "figures" / "plot.png").write_bytes(PNG)
    (folder / "analysis.ipynb").write_text(notebook("print('read, not run')"))
    return folder


def settings(jupyter: JupyterProcess, **changes: object) -> None:
    """Change the settings as the panel does."""
    with jupyter.client() as client:
        answer = client.put("jupyter-ipfs/config", json=changes)
    assert answer.is_success, answer.text


@contextmanager
def ada(backend: str, place: Path, make_kubo: Callable[..., Kubo]) -> Iterator[JupyterProcess]:
    """The author's server, on the embedded node or on a Kubo of her own."""
    place.mkdir()
    with running_lab(place) as jupyter:
        if backend == "embedded":
            yield jupyter
            return
        with running_daemon(make_kubo("unixfs-v1-2025")) as kubo:
            settings(jupyter, backend="kubo", kubo_url=kubo.api_url)
            yield jupyter


def item(watched: Watched, title: str) -> Locator:
    """A line of what is stored."""
    rows = watched.page.locator(".jp-Ipfs-holdings [role=row]")
    return rows.filter(has=watched.page.get_by_text(title, exact=True))


def choose(watched: Watched, row: Locator, action: str) -> None:
    """Take an action of a line's context menu."""
    row.click(button="right")
    watched.page.locator(".lm-Menu-itemLabel", has_text=action).first.click()


@pytest.mark.parametrize("backend", ["embedded", "kubo"])
def test_store_find_send_open_and_undo(
    browser: BrowserContext, tmp_path: Path, make_kubo: Callable[..., Kubo], backend: str
) -> None:
    lab_share = tmp_path / "lab-share"
    lab_share.mkdir()
    with ada(backend, tmp_path / "ada", make_kubo) as hers:
        with watching(browser, hers) as watched:
            cid = _she_stores_and_finds(watched, tmp_path, backend)
            _what_a_kernel_stores_is_seen_at_once(watched, hers)
            _she_sends_it(watched, lab_share, backend)
            assert watched.axe("#jupyter-ipfs-panel") == []
        (tmp_path / "ben").mkdir()
        with running_lab(tmp_path / "ben") as his:
            settings(his, sources=[str(lab_share)])
            # What is not here yet is answered with 404 first, and fetched then.
            with watching(browser, his, expected=("404 (Not Found)",)) as watched:
                _he_opens_it(watched, cid)
        with watching(browser, hers) as watched:
            _she_takes_a_removal_back(watched)
    assert {file.name for file in lab_share.iterdir()} == {f"survey-{cid[-8:]}.car"}


def _she_stores_and_finds(watched: Watched, place: Path, backend: str) -> str:
    panel = open_panel(watched)
    if backend == "embedded":
        expect(panel).to_contain_text("Nothing stored yet")
    drop(watched, survey(place))
    row = transfer(watched, "survey")
    expect(row).to_contain_text("Kept on ")
    cid = row.get_attribute("data-cid")
    assert cid is not None
    panel.get_by_role("searchbox").fill("surv")
    who = "Only here" if backend == "embedded" else ", not here"
    expect(item(watched, "survey")).to_contain_text(who)
    panel.get_by_role("searchbox").fill("")
    return cid


def _what_a_kernel_stores_is_seen_at_once(watched: Watched, hers: JupyterProcess) -> None:
    cells = (
        "%load_ext jupyter_ipfs",
        "%%ipfs put --name answer\n6 * 7",
        "import jupyter_ipfs\nsorted(e.name for e in jupyter_ipfs.connect().ls('survey'))",
    )
    (hers.root_dir / "work.ipynb").write_text(notebook(*cells))
    watched.execute("docmanager:open", {"path": "work.ipynb"})
    watched.run_all_cells()
    cards = watched.page.locator(".jp-Ipfs-card")
    expect(cards).to_contain_text("answer@1")
    # What the panel stored, seen in the kernel …
    expect(watched.page.locator(".jp-CodeCell").last).to_contain_text("'analysis.ipynb'")
    # … and the other way round, with nobody asking for it.
    expect(item(watched, "answer")).to_be_visible()
    watched.execute("docmanager:save", {})
    watched.goto("lab/tree/work.ipynb")
    expect(cards).to_contain_text("answer@1")
    watched.execute("ipfs:show-panel", {})
    expect(item(watched, "answer")).to_be_visible()


def _she_sends_it(watched: Watched, lab_share: Path, backend: str) -> None:
    who = "lab-share" if backend == "embedded" else "In 2 places, not here"
    choose(watched, item(watched, "survey"), "Send to…")
    dialog = watched.page.locator(".jp-Dialog")
    dialog.get_by_role("textbox").or_(dialog.get_by_role("combobox")).fill(str(lab_share))
    dialog.get_by_role("button", name="Send").click()
    expect(toast(watched, "Whoever can read that folder")).to_be_visible()
    expect(item(watched, "survey")).to_contain_text(who)


def _he_opens_it(watched: Watched, cid: str) -> None:
    panel = open_panel(watched)
    box = panel.get_by_role("textbox").first
    box.fill(f"https://a-gateway.example/ipfs/{cid}")
    box.press("Enter")
    tree = watched.page.get_by_role("tree").last
    expect(tree).to_contain_text("answers.csv")
    tree.get_by_text("answers.csv").dblclick()
    expect(watched.page.locator(".jp-Ipfs-content", has_text="person")).to_be_visible()
    assert watched.axe(".jp-Ipfs-content:not(.lm-mod-hidden)") == []
    watched.execute("ipfs:open", {"path": f"/ipfs/{cid}/analysis.ipynb"})
    expect(watched.page.locator(".jp-Notebook")).to_contain_text("read, not run")
    expect(watched.page.locator(".jp-NotebookPanel")).to_contain_text("read-only")


def _she_takes_a_removal_back(watched: Watched) -> None:
    open_panel(watched)
    row = item(watched, "survey")
    choose(watched, row, "Stop Keeping")
    offer = toast(watched, "is kept no longer")
    expect(offer).to_be_visible()
    offer.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    expect(row).not_to_contain_text("not kept")
