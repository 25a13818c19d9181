"""Opening: the box for links, trees, previews, blocks, read-only notebooks, files that change."""

from __future__ import annotations

import json
import os
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import jupyter_ipfs
from tests.browser.conftest import NOTEBOOK, watching

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

# Kubo's example of a CID that nobody here holds:
# https://docs.ipfs.tech/concepts/content-addressing/
ABSENT = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
THEMES = ["JupyterLab Dark", "JupyterLab Dark High Contrast"]
PWNED = "window.__pwned = (window.__pwned || '') + '{}'"
HOSTILE_NAMES = ["<img src=x onerror=alert(1)>", "ph\u202egpj.exe", "two\nlines.txt"]
MANY = 10_000


def hostile_notebook() -> dict[str, object]:
    """A notebook that says that it is trusted, with all that could run if it were."""
    outputs = [
        {"text/html": f'<img src="x" onerror="{PWNED.format("img")}">', "text/plain": "html here"},
        {"text/html": f"<script>{PWNED.format('html')}</script>", "text/plain": "script here"},
        {"application/javascript": PWNED.format("js"), "text/plain": "plain text of the script"},
        {"image/svg+xml": f'<svg onload="{PWNED.format("svg")}"/>', "text/plain": "drawn"},
    ]
    code = {
        "cell_type": "code",
        "id": "code",
        "metadata": {"trusted": True},
        "execution_count": 1,
        "source": "1 + 1",
        "outputs": [
            {"output_type": "display_data", "metadata": {}, "data": data} for data in outputs
        ],
    }
    markdown = {
        "cell_type": "markdown",
        "id": "markdown",
        "metadata": {"trusted": True},
        "source": f'Some text <img src="x" onerror="{PWNED.format("md")}">',
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "trusted": True}
    return {"cells": [code, markdown], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def picture(width: int, height: int) -> bytes:
    """A PNG: https://www.w3.org/TR/png-3/#5DataRep."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    line = b"\0" + bytes(value for x in range(width) for value in (x * 255 // width, 90, 160))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(line * height))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def stored(lab: JupyterProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the tests open, in the repo of the server; name → CID."""
    place = tmp_path_factory.mktemp("content")
    survey, many = place / "survey", place / "many"
    for folder in (survey / "figures", survey / "raw", many):
        folder.mkdir(parents=True)
    rows = "".join(f"town {number},{number * 137}\n" for number in range(300))
    (survey / "raw" / "towns.csv").write_text(f"town,people\n{rows}")
    (survey / "raw" / "page.html").write_text(f"<script>{PWNED.format('page')}</script>")
    for name in HOSTILE_NAMES:
        (survey / "raw" / name).write_text("x")
    (survey / "figures" / "fig-3.png").write_bytes(picture(320, 200))
    (survey / "analysis.ipynb").write_text(json.dumps(hostile_notebook()))
    (survey / "notes.md").write_text("# Notes\n")
    for number in range(MANY):
        (many / f"sample-{number:05}.txt").write_text(str(number))
    (place / "long.bin").write_bytes(os.urandom(5 << 20))
    with jupyter_ipfs.connect(repo=lab.home / "jupyter-data" / "ipfs") as session:
        return {
            "survey": str(session.add(survey, name="survey")),
            "many": str(session.add(many, name="many")),
            "hostile": str(session.add(survey / "analysis.ipynb", name="hostile")),
            "long": str(session.add(place / "long.bin", name="long")),
        }


def open_in_box(watched: Watched, text: str) -> Locator:
    """Type into the box and press Enter; return the box."""
    watched.execute("ipfs:show-panel", {"section": "open"})
    box = watched.page.locator(".jp-Ipfs-openBox")
    box.get_by_role("textbox").fill(text)
    box.get_by_role("textbox").press("Enter")
    return box


def tab(page: Page) -> Locator:
    """What the current tab shows."""
    return page.locator(".jp-Ipfs-content:not(.lm-mod-hidden)")


def row(page: Page, name: str) -> Locator:
    """The line of a tree or list that begins with a name."""
    return tab(page).locator(".jp-Ipfs-row", has_text=name).first


def answer(page: Page, label: str, text: str) -> None:
    """Fill in the dialog that asks for one text."""
    dialog = page.locator(".jp-Dialog", has_text=label)
    dialog.get_by_role("textbox").fill(text)
    dialog.locator(".jp-mod-accept").click()
    expect(dialog).to_have_count(0)


@pytest.mark.usefixtures("stored")
def test_a_name_opens_as_a_tree_that_keys_walk(watched: Watched) -> None:
    watched.goto("lab")
    box = open_in_box(watched, "survey")
    page = watched.page
    tree = page.get_by_role("tree", name="Entries of survey")
    lines = tree.get_by_role("treeitem")
    expect(lines).to_have_count(4)
    expect(tab(page)).to_contain_text("Intact: the entries listed here match this CID.")
    expect(box.get_by_role("button", name="survey")).to_be_visible()
    lines.first.focus()
    page.keyboard.press("r")
    expect(lines.filter(has_text="raw")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(lines.filter(has_text="raw")).to_have_attribute("aria-expanded", "true")
    expect(lines).to_have_count(4 + 2 + len(HOSTILE_NAMES))
    page.keyboard.press("ArrowRight")
    expect(lines.nth(4)).to_be_focused()
    expect(lines.nth(4)).to_have_attribute("aria-level", "2")
    page.keyboard.press("ArrowLeft")
    expect(lines.filter(has_text="raw")).to_be_focused()
    assert watched.axe(".jp-Ipfs-content") == []
    assert watched.axe(".jp-Ipfs-openBox") == []
    page.keyboard.press("ArrowLeft")
    expect(lines).to_have_count(4)
    page.keyboard.press("Home")
    expect(lines.first).to_be_focused()
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Copy CID")).to_be_visible()


@pytest.mark.usefixtures("stored")
def test_hostile_names_are_shown_as_text(watched: Watched) -> None:
    watched.goto("lab")
    open_in_box(watched, "survey/raw")
    page = watched.page
    for shown in ("<img src=x onerror=alert(1)>", "ph\ufffdgpj.exe", "two\ufffdlines.txt"):
        expect(row(page, shown)).to_be_visible()
    row(page, "two\ufffdlines.txt").dblclick()
    expect(tab(page).locator(".jp-Ipfs-text")).to_have_text("x")


@pytest.mark.usefixtures("stored")
def test_previews_say_how_much_was_checked_and_nothing_in_them_acts(watched: Watched) -> None:
    watched.goto("lab")
    page = watched.page
    open_in_box(watched, "survey/raw/towns.csv")
    expect(tab(page).get_by_role("columnheader", name="people")).to_be_visible()
    expect(tab(page)).to_contain_text("The first 100 rows are shown.")
    expect(tab(page)).to_contain_text("Intact: the part that is shown matches this CID.")
    assert watched.axe(".jp-Ipfs-content:not(.lm-mod-hidden)") == []
    open_in_box(watched, "survey/figures/fig-3.png")
    expect(tab(page).get_by_role("img", name="fig-3.png")).to_be_visible()
    assert page.evaluate("document.querySelector('.jp-Ipfs-image').naturalWidth") == 320
    expect(tab(page)).to_contain_text("Intact: all bytes match this CID.")
    open_in_box(watched, "survey/raw/page.html")
    expect(tab(page).locator(".jp-Ipfs-text")).to_contain_text("<script>")
    assert page.evaluate("window.__pwned") is None
    expect(tab(page)).not_to_contain_text("verified")
    tab(page).get_by_role("button", name="raw").click()
    expect(tab(page).get_by_role("tree")).to_be_visible()


def test_ten_thousand_entries_are_listed_as_somebody_looks(
    watched: Watched, stored: dict[str, str]
) -> None:
    watched.goto("lab")
    page = watched.page
    open_in_box(watched, f"ipfs://{stored['many']}")
    lines = tab(page).get_by_role("treeitem")
    expect(lines.first).to_contain_text("sample-")
    lines.first.focus()
    # Nobody counts a sharded directory: each look at the end brings the next entries.
    for _ in range(3):
        page.keyboard.press("End")
        expect(tab(page).locator(".jp-Ipfs-row:focus")).to_contain_text("sample-")
    assert lines.count() < 100
    page.keyboard.press("Home")
    expect(lines.first).to_be_focused()


def test_what_is_no_cid_is_told_what_was_expected_and_nobody_is_asked(watched: Watched) -> None:
    watched.goto("lab")
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    box = open_in_box(watched, ABSENT[:-1])
    expect(box).to_contain_text("a character is missing or wrong")
    expect(box.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    assert watched.axe(".jp-Ipfs-openBox") == []
    open_in_box(watched, "https://example.org/a")
    expect(box).to_contain_text("There is no CID in this link.")
    assert not [url for url in asked if "/entries" in url]


def test_a_name_that_is_not_there_is_told_what_was_expected(watched: Watched) -> None:
    watched.expected = ("404 (Not Found)",)
    watched.goto("lab")
    box = open_in_box(watched, "no-such-name")
    expect(box).to_contain_text("neither a CID nor a name of yours")


def test_a_gateway_is_asked_only_after_the_user_agrees(
    watched: Watched, stored: dict[str, str]
) -> None:
    watched.expected = ("404 (Not Found)",)
    watched.goto("lab")
    page = watched.page
    open_in_box(watched, f"https://gateway.example/ipfs/{stored['survey']}/notes.md")
    expect(tab(page).locator(".jp-Ipfs-text")).to_have_text("# Notes\n")
    box = open_in_box(watched, f"https://{ABSENT}.ipfs.gateway.example/a")
    expect(box).to_contain_text("there is no source to fetch it from")
    expect(box).to_contain_text("The link names https://gateway.example, which was not asked.")
    box.get_by_role("button", name="Ask it").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("gateway.example would learn which CID you look for")
    dialog.get_by_role("button", name="Do not ask").click()
    expect(dialog).to_have_count(0)


def test_what_is_not_here_is_fetched_and_shown(
    watched: Watched, lab: JupyterProcess, tmp_path: Path
) -> None:
    colleague, shared = tmp_path / "colleague", tmp_path / "shared"
    (colleague / "theirs").mkdir(parents=True)
    (colleague / "theirs" / "readme.txt").write_text("from a colleague")
    shared.mkdir()
    with jupyter_ipfs.connect(repo=colleague / "repo") as session:
        root = session.add(colleague / "theirs")
        session.push(root, str(shared))
    with lab.client() as client:
        answer = client.put("jupyter-ipfs/config", json={"sources": [str(shared)]})
        answer.raise_for_status()
        watched.expected = ("404 (Not Found)",)  # before it is fetched
        watched.goto("lab")
        open_in_box(watched, f"ipfs://{root}")
        expect(row(watched.page, "readme.txt")).to_be_visible()
        client.put("jupyter-ipfs/config", json={"sources": []}).raise_for_status()


def test_what_is_not_here_is_fetched_before_it_is_downloaded(
    watched: Watched, lab: JupyterProcess, tmp_path: Path
) -> None:
    with jupyter_ipfs.connect(repo=tmp_path / "repo") as session:
        root = session.add(b"to download from a colleague")
        (tmp_path / "shared").mkdir()
        session.push(root, str(tmp_path / "shared"))
    with lab.client() as client:
        sources = {"sources": [str(tmp_path / "shared")]}
        client.put("jupyter-ipfs/config", json=sources).raise_for_status()
        watched.goto("lab")
        with watched.page.expect_download() as download:
            watched.execute("ipfs:download", {"path": f"/ipfs/{root}", "title": "theirs.txt"})
        assert download.value.path().read_bytes() == b"to download from a colleague"
        client.put("jupyter-ipfs/config", json={"sources": []}).raise_for_status()


def test_a_card_opens_what_is_here_and_fetches_nothing(watched: Watched) -> None:
    watched.expected = ("404 (Not Found)",)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    watched.goto(f"lab/tree/{NOTEBOOK}")
    card = watched.page.locator(".jp-Ipfs-card").first
    card.get_by_role("button", name="Open").click()
    box = watched.page.locator(".jp-Ipfs-openBox")
    expect(box).to_contain_text("It is not on this computer.")
    expect(box.get_by_role("button", name="Fetch it")).to_be_visible()
    assert not [line for line in asked if line.startswith("POST") and "/jobs" in line]


@pytest.mark.usefixtures("stored")
def test_the_inspector_walks_from_block_to_block_and_back(watched: Watched) -> None:
    watched.goto("lab")
    page = watched.page
    watched.execute("ipfs:inspect", {"path": "survey"})
    expect(page.locator(".lm-TabBar-tabLabel").filter(has_text="Inspect survey")).to_be_visible()
    expect(tab(page)).to_contain_text("dag-pb")
    expect(tab(page)).to_contain_text("sha2-256")
    expect(tab(page).get_by_role("img")).to_be_visible()
    links = tab(page).get_by_role("grid").get_by_role("row")
    expect(links).to_have_count(4)
    assert watched.axe(".jp-Ipfs-content") == []
    links.nth(3).focus()
    page.keyboard.press("Enter")
    expect(tab(page).get_by_role("grid")).to_contain_text("towns.csv")
    tab(page).get_by_role("button", name="Back").click()
    expect(links).to_have_count(4)
    watched.execute("ipfs:inspect", {"path": "long"})
    expect(tab(page)).to_contain_text("5 links")


def test_the_inspector_tells_what_an_absent_cid_says_by_itself(watched: Watched) -> None:
    watched.goto("lab")
    watched.execute("ipfs:inspect", {"path": ABSENT})
    expect(tab(watched.page)).to_contain_text("Not on this computer.")
    expect(tab(watched.page)).to_contain_text("dag-pb")


def test_a_hostile_notebook_runs_nothing_opened_copied_saved_or_opened_again(
    watched: Watched, lab: JupyterProcess, stored: dict[str, str]
) -> None:
    watched.expected = ("404 (Not Found)",)  # its picture
    watched.goto("lab")
    page = watched.page

    def nothing_ran() -> None:
        expect(page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")).to_have_count(2)
        expect(page.get_by_text("plain text of the script").last).to_be_visible()
        assert page.evaluate("window.__pwned") is None

    def close() -> None:
        # Not by the command: a kernel may have changed the metadata, and core would ask.
        page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        page.evaluate("window.jupyterapp.shell.currentWidget.dispose()")

    for path in (f"/ipfs/{stored['survey']}/analysis.ipynb", f"/ipfs/{stored['hostile']}"):
        watched.execute("ipfs:open", {"path": path})
        nothing_ran()
        expect(page.get_by_text("notebook is read-only").last).to_be_visible()
        close()
    watched.execute("ipfs:open-copy", {"path": f"/ipfs/{stored['survey']}/analysis.ipynb"})
    nothing_ran()
    path = page.evaluate("window.jupyterapp.shell.currentWidget.context.path")
    watched.execute("docmanager:save", {})
    page.evaluate("window.jupyterapp.shell.currentWidget.context.ready")
    close()
    saved = json.loads((lab.root_dir / path).read_text())
    assert saved["cells"][0]["metadata"].get("trusted", False) is False
    watched.execute("docmanager:open", {"path": path})
    nothing_ran()
    watched.goto(f"lab/tree/{path}")
    nothing_ran()


def test_saving_a_read_only_notebook_elsewhere_is_refused_with_what_to_do(
    watched: Watched, lab: JupyterProcess, stored: dict[str, str]
) -> None:
    # Its picture, and the place that core looks at; core logs what it shows.
    watched.expected = ("404 (Not Found)", "Showing error:")
    watched.goto("lab")
    page = watched.page
    watched.execute("ipfs:open", {"path": f"/ipfs/{stored['survey']}/analysis.ipynb"})
    expect(page.get_by_text("notebook is read-only").last).to_be_visible()
    page.evaluate("() => { window.jupyterapp.commands.execute('docmanager:save-as'); }")
    dialog = page.locator(".jp-Dialog")
    # Core's Save as stays on the drive of the document.
    dialog.locator("input").fill("saved-elsewhere.ipynb")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("“Open Copy in Workspace”")
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text("plain text of the script").last).to_be_visible()
    assert page.evaluate("window.__pwned") is None
    assert not (lab.root_dir / "saved-elsewhere.ipynb").exists()


@pytest.mark.usefixtures("stored")
def test_files_are_made_put_moved_removed_and_put_back(watched: Watched) -> None:
    watched.goto("lab")
    page = watched.page
    watched.execute("ipfs:show-panel", {"section": "files"})
    files = page.locator(".jp-Ipfs-files")
    expect(files).to_contain_text("Nothing here yet")
    files.get_by_role("button", name="New folder").click()
    answer(page, "Name", "figures")
    expect(files.get_by_role("row", name="figures")).to_be_visible()
    files.get_by_role("button", name="Put stored content here").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="What").select_option(label="survey")
    expect(dialog.get_by_label("Under which name")).to_have_value("survey")
    dialog.get_by_role("combobox", name="What").select_option(label="Something else…")
    assert watched.axe(".jp-Dialog") == []
    dialog.get_by_label("A CID, a path or a name").fill("survey/figures/fig-3.png")
    dialog.get_by_label("Under which name").fill("fig.png")
    dialog.get_by_role("button", name="Put here").click()
    line = files.get_by_role("row", name="fig.png")
    expect(line).to_be_visible()
    assert watched.axe(".jp-Ipfs-files") == []
    line.focus()
    page.keyboard.press("Delete")
    expect(line).to_have_count(0)
    files.get_by_role("button", name="Undo").click()
    line.focus()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Move…").click()
    answer(page, "To a folder", "/figures")
    expect(line).to_have_count(0)
    files.get_by_role("row", name="figures").dblclick()
    expect(line).to_be_visible()


def test_folded_files_ask_for_nothing(watched: Watched, lab: JupyterProcess) -> None:
    with lab.client() as client:
        # As at first: other tests have unfolded them.
        client.put("lab/api/settings/jupyter-ipfs:panel", json={"raw": "{}"}).raise_for_status()
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.goto("lab")
    watched.execute("ipfs:show-panel", {"section": "open"})
    expect(watched.page.get_by_role("button", name="Folders", exact=True)).to_have_attribute(
        "aria-expanded", "false"
    )
    assert not [url for url in asked if "/mfs" in url]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("theme", THEMES)
def test_tree_preview_and_blocks_are_accessible_in_each_theme(watched: Watched, theme: str) -> None:
    watched.goto("lab")
    watched.execute("apputils:change-theme", {"theme": theme})
    page = watched.page
    expect(page.locator(f"body[data-jp-theme-name='{theme}']")).to_be_attached()
    open_in_box(watched, "survey")
    expect(row(page, "raw")).to_be_visible()
    assert watched.axe(".jp-Ipfs-content") == []
    watched.execute("ipfs:inspect", {"path": "survey"})
    expect(tab(page).get_by_role("grid")).to_be_visible()
    assert watched.axe(".jp-Ipfs-content:not(.lm-mod-hidden)") == []


@pytest.mark.usefixtures("stored")
def test_it_works_in_notebook_7_too(browser: BrowserContext, lab: JupyterProcess) -> None:
    with watching(browser, lab) as watched:
        watched.goto("tree")
        page = watched.page
        expect(page.locator(".jp-DirListing-item").first).to_be_visible()
        page.keyboard.press("Control+Shift+C")
        field = page.locator(".lm-CommandPalette-input")
        expect(field).to_be_focused()
        field.press_sequentially("Open a CID or Link", delay=50)
        page.keyboard.press("Enter")
        answer(page, "Paste a CID", "survey")
        expect(row(page, "raw")).to_be_visible()
        assert watched.axe(".jp-Ipfs-content") == []


def test_the_tutorial_that_is_open_is_not_opened_twice(
    watched: Watched, lab: JupyterProcess
) -> None:
    watched.goto("lab")
    folders: list[set[Path]] = []
    for _ in range(2):
        watched.execute("ipfs:open-tutorial", {})
        expect(watched.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()
        folders.append(set(lab.root_dir.glob("ipfs-tutorial*")))
    assert folders[0] == folders[1]
