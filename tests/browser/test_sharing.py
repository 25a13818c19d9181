"""Sharing in the page: from the notebook's toolbar to what its reader sees, runs and compares."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_ipfs.session import connect
from tests.browser.conftest import running_lab, watching
from tests.browser.pages import open_panel
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Locator

    from jupyter_ipfs.bundles.opening.opening import Opened
    from tests.browser.conftest import Watched
    from tests.environments import LockedEnvironment
    from tests.jupyter_process import JupyterProcess

LIMIT = 300_000  # bytes of ours that a page loads at first
STATIC = CHECKOUT / "jupyter_ipfs" / "labextension" / "static"
SHARE, BUNDLE = ".jp-Ipfs-share", ".jp-Ipfs-bundle"
SECRET = "AKIA" + "IOSFODNN7EXAMPLQ"  # in parts, lest scanners take this file for a leak
CELLS = (
    "%load_ext jupyter_ipfs\nrows = open('data/answers.csv').read().splitlines()\nlen(rows)",
    f"key = {SECRET!r}",
)
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def own_lab(
    tmp_path_factory: pytest.TempPathFactory, locked_environment: LockedEnvironment
) -> Iterator[JupyterProcess]:
    """A JupyterLab with a notebook to share, and an environment to run others' in."""
    place = tmp_path_factory.mktemp("sharing")
    with running_lab(place) as process:
        (process.root_dir / "data").mkdir()
        (process.root_dir / "data" / "answers.csv").write_text("person,answer\n1,42\n")
        cells: list[dict[str, object]] = [
            {"cell_type": "code", "id": f"c{number}", "metadata": {}, "execution_count": None,
             "source": source, "outputs": []}
            for number, source in enumerate(CELLS)
        ]  # fmt: skip
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
        (process.root_dir / "survey.ipynb").write_text(json.dumps({**whole, "nbformat_minor": 5}))
        repo = process.home / "jupyter-data" / "ipfs"
        repo.parent.mkdir(exist_ok=True)
        locked_environment.lend(repo)
        yield process


@pytest.fixture(scope="module")
def shown(browser: BrowserContext, own_lab: JupyterProcess) -> Iterator[Watched]:
    """A page of it; one for all, since a page takes long to load."""
    # The widgets' own extension stumbles over notebooks without a kernel.
    expected = ("net::ERR_FAILED", "(reading 'kernel')")
    with watching(browser, own_lab, expected=expected) as watched:
        yield watched


def test_the_first_page_is_small_and_a_part_that_does_not_come_is_told(shown: Watched) -> None:
    page, asked = shown.page, set[str]()
    page.on("request", lambda request: asked.add(request.url.split("?")[0].rpartition("/")[2]))
    open_panel(shown)
    expect(page.locator("#jupyter-ipfs-panel")).to_contain_text("Nothing stored yet")
    first = {file.name: file.stat().st_size for file in STATIC.glob("*.js") if file.name in asked}
    assert "style.js" not in first or len(first) > 1
    assert any(name.startswith("remoteEntry") for name in first)
    assert 0 < sum(first.values()) < LIMIT, first

    late = re.compile(r"/jupyter-ipfs/static/[0-9]+\.")
    page.route(late, lambda route: route.abort())
    # Not waited for: it ends when the dialog is closed.
    page.evaluate("void window.jupyterapp.commands.execute('ipfs:inspect', {path: 'bafkqaaa'})")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("A part of the page did not come")
    dialog.get_by_role("button").last.click()
    page.unroute(late)
    shown.execute("ipfs:inspect", {"path": "bafkqaaa"})
    expect(page.locator(".jp-Ipfs-inspectorBody")).to_be_visible()


def test_a_notebook_is_shared_from_its_toolbar_and_seen_as_its_reader_sees_it(
    shown: Watched, own_lab: JupyterProcess
) -> None:
    page, dialog = shown.page, shown.page.locator(SHARE)
    shown.execute("docmanager:open", {"path": "survey.ipynb"})
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.ready")
    button = page.locator(".jp-NotebookPanel-toolbar").get_by_text("Share", exact=True)
    button.click()
    expect(dialog.get_by_role("alert")).to_contain_text("1 secret would be shared")
    assert SECRET not in dialog.inner_text()
    expect(dialog).to_contain_text("No run of this notebook was recorded")
    expect(dialog.get_by_role("button", name="Make the share")).to_be_disabled()
    assert shown.axe(SHARE) == []
    _take_the_secret_out(shown, dialog)
    button.click()
    _record_and_choose(dialog)
    # What was typed and chosen stays when the dialog is closed.
    dialog.press("Escape")
    expect(dialog).to_have_count(0)
    button.click()
    expect(dialog.get_by_label("Authors")).to_have_value("Ada Lovelace")
    dialog.get_by_role("button", name="Make the share").click()
    _save_twice(shown, dialog)
    assert (own_lab.root_dir / "survey.zip").is_file()
    assert shown.axe(SHARE) == []
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="See it as its reader does").click()
    _its_reader_sees(shown)
    shown.execute("application:close", {})

    # A file that is none is named, with what to do; the same, from the file, is the same.
    tab, answer = page.locator(BUNDLE), page.locator(".jp-Dialog")
    (own_lab.root_dir / "text.car").write_text("this is no car")
    page.evaluate(
        "void window.jupyterapp.commands.execute('ipfs:open-share-file', {path: 'text.car'})"
    )
    expect(answer).to_contain_text("'text.car' holds no whole share")
    expect(answer.locator("p").last).to_contain_text("get the file again")
    answer.get_by_role("button", name="Close").click()
    shown.execute("ipfs:open-share-file", {"path": "survey.zip"})
    expect(tab).to_contain_text("CC-BY-4.0")
    tab.get_by_role("button", name="Compare with").click()
    answer.get_by_role("textbox").fill("survey@1")
    answer.get_by_role("button", name="Compare").click()
    expect(tab).to_contain_text("Cells, inputs and environment are the same.")
    tab.get_by_role("button", name="Open a copy").click()
    answer.get_by_role("button", name="Select").click()
    expect(page.locator(".Toastify__toast", has_text="A copy is in")).to_be_visible()
    assert (own_lab.root_dir / "survey" / "data" / "answers.csv").is_file()


def _take_the_secret_out(shown: Watched, dialog: Locator) -> None:
    """The finding leads to the cell; there it is taken out."""
    page = shown.page
    dialog.get_by_role("button", name="cell 2").first.click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".jp-Notebook .jp-Cell").last).to_have_class(re.compile("jp-mod-active"))
    shown.execute("notebook:delete-cell", {})


def _record_and_choose(dialog: Locator) -> None:
    """A run is recorded, and what it read can be left out."""
    dialog.get_by_role("button", name="Restart the kernel").click()
    expect(dialog).to_contain_text("seen: the run read it")
    expect(dialog).not_to_contain_text("secret would be")
    data = dialog.get_by_label("data/answers.csv")
    data.uncheck()
    dialog.get_by_label("where to get it").fill("ask Ada")
    data.check()
    dialog.get_by_label("Authors").fill("Ada Lovelace")
    dialog.get_by_label("Licence", exact=True).fill("CC-BY-4.0")
    expect(dialog).not_to_contain_text("No licence")


def _save_twice(shown: Watched, dialog: Locator) -> None:
    """The second time it asks before it overwrites."""
    expect(dialog.get_by_role("heading", name="How the reader gets it")).to_be_focused()
    expect(dialog).to_contain_text("So far it is only on this computer")
    save = dialog.get_by_role("button", name="Save", exact=True)
    save.click()
    expect(dialog.get_by_role("button", name="Download")).to_have_count(1)
    save.click()
    shown.page.locator(".jp-Dialog").get_by_role("button", name="Overwrite").click()
    expect(save).to_be_enabled()
    expect(dialog.get_by_role("button", name="Download")).to_have_count(1)


def _its_reader_sees(shown: Watched) -> None:
    """What is intact, what it gave and where that came from; in a narrow window too."""
    page = shown.page
    tab = page.locator(BUNDLE)
    expect(tab.get_by_role("heading", name="survey")).to_be_visible()
    expect(tab).to_contain_text("Ada Lovelace")
    expect(tab).to_contain_text("Licence: CC-BY-4.0")
    expect(tab).to_contain_text("Intact so far")
    tab.get_by_role("button", name="Check all").click()
    expect(tab).to_contain_text(re.compile(r"Intact: all \d+ files, each byte matches"))
    tab.get_by_text("Output 1 of cell 1").click()
    expect(tab.locator(".jp-Ipfs-text", has_text=re.compile("^2$"))).to_be_visible()
    tab.get_by_text("Provenance").click()
    expect(tab.locator(".jp-Ipfs-provenance img")).to_have_js_property("complete", value=True)
    assert tab.locator(".jp-Ipfs-provenance img").evaluate("image => image.naturalWidth") > 0
    assert shown.axe(BUNDLE) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert tab.locator(".jp-Ipfs-bundleBody").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.set_viewport_size({"width": 1400, "height": 900})


@pytest.mark.usefixtures("bubblewrap")
def test_someone_s_notebook_is_run_after_consent_and_its_cells_get_verdicts(
    shown: Watched,
    own_lab: JupyterProcess,
    make_share: Callable[..., Opened],
) -> None:
    page, tab = shown.page, shown.page.locator(f"{BUNDLE}:visible")
    with connect("embedded", own_lab.home / "jupyter-data" / "ipfs") as session:
        opened = make_share(
            session,
            [
                {"source": "6 * 7", "execution_count": 1, "outputs": [_result("42")]},
                {"source": "print('now')", "execution_count": 2, "outputs": [_result(HOSTILE)]},
            ],
        )
        path = str(opened.root)
    box = page.locator("#jupyter-ipfs-panel").get_by_role("textbox").first
    shown.execute("ipfs:show-panel", {})
    box.fill(f"ipfs://{path}")
    box.press("Enter")
    expect(tab).to_contain_text("A survey")
    expect(tab).to_contain_text("who made it nobody has put their name to")
    tab.get_by_role("button", name="Reproduce…").click()
    consent = page.locator(".jp-Dialog")
    expect(consent).to_contain_text("installs its packages and runs its code")
    expect(consent).to_contain_text("bubblewrap")
    expect(consent.get_by_label("Let it use the network")).not_to_be_checked()
    expect(consent.get_by_role("button", name="Do not run it")).to_be_focused()
    assert shown.axe(".jp-Dialog") == []
    consent.get_by_role("button", name="Run it", exact=True).click()
    report = tab.locator(".jp-Ipfs-report")
    expect(report).to_contain_text("1 same, 1 differs", timeout=180_000)
    expect(report.locator("pre").last).to_contain_text(HOSTILE)
    _verdicts_are(tab.locator(".jp-Ipfs-bundleList > li[data-cell] > .jp-Ipfs-bundleLine"))
    assert shown.axe(BUNDLE) == []
    tab.get_by_role("button", name="Open read-only").click()
    badges = page.locator(".jp-NotebookPanel:visible .jp-Ipfs-cellVerdict")
    expect(badges).to_have_count(2)
    expect(badges.first).to_contain_text("When run again: Same")
    expect(badges.last).to_contain_text("Differs")
    assert shown.axe(".jp-Ipfs-cellVerdict") == []


def _result(text: str) -> dict[str, object]:
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {},
            "data": {"text/plain": text}}  # fmt: skip


def _verdicts_are(lines: Locator) -> None:
    """The report and the list of cells say the same."""
    expect(lines.filter(has_text="Same")).to_have_count(2)
    expect(lines.filter(has_text="Differs")).to_have_count(2)
