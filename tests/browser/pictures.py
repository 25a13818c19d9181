"""The pictures of the docs, taken in a real JupyterLab: ``make pictures``.

No test: nothing is compared. What they show is looked at, and kept in ``docs/images``.
"""

from __future__ import annotations

import csv
import json
import math
import os
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from jupyter_ipfs.session import connect
from tests.browser.conftest import NOTEBOOK, launched, running_lab, watching
from tests.browser.pages import drop, node_section, open_panel, toast, transfer
from tests.conftest import CHECKOUT, Kubo, require, running_daemon

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

IMAGES = CHECKOUT / "docs" / "images"
LIMIT = 150_000  # bytes of one picture: a checkout holds them all
MIB = 2**20
LATER_SLICE = re.compile(r"/uploads/[0-9a-f]+\?offset=[0-9]{8}")
THEMES = {
    "light": "JupyterLab Light",
    "dark": "JupyterLab Dark",
    "high-contrast": "JupyterLab Dark High Contrast",
}
CELLS = (
    """%load_ext jupyter_ipfs
import matplotlib.pyplot as plt
import pandas as pd

df = pd.read_csv("answers.csv")""",
    """%%ipfs put --name fig-3
fig, ax = plt.subplots(figsize=(4.6, 2.4))
df.groupby("hours")["score"].mean().plot(ax=ax, marker="o")
ax.set_ylabel("mean score");""",
    """from sklearn.linear_model import LinearRegression

model = LinearRegression().fit(df[["hours"]], df["score"])
%ipfs put model --name score-model""",
    "%ipfs put df --name answers",
)

SHARED = (
    """%load_ext jupyter_ipfs
import csv

people = list(csv.DictReader(open("answers.csv")))
len(people)""",
    'sum(float(each["score"]) for each in people) / len(people)',
    "import random\n\nrandom.choice(people)['score']",
)


def notebook(*sources: str) -> str:
    """A notebook with these cells, not run."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "execution_count": None,
         "source": source, "outputs": []}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1)


def survey(place: Path) -> Path:
    """A study as it lies on somebody's disk, the same each time."""
    folder, rng = place / "survey", random.Random(3)
    (folder / "figures").mkdir(parents=True)
    (folder / "recordings").mkdir()
    people = [
        (
            person,
            rng.randrange(18, 80),
            hours := rng.randrange(13),
            30 + 4 * hours + rng.gauss(0, 9),
        )
        for person in range(1, 401)
    ]
    with (folder / "answers.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("person", "age", "hours", "score"))
        table.writerows((*first, f"{score:.1f}") for *first, score in people)
    (folder / "analysis.ipynb").write_text(notebook(*CELLS))
    (folder / "README.md").write_text("# Survey 2026\n\n400 people, four questions.\n")
    plot(people, folder / "figures" / "scores.png")
    (folder / "recordings" / "site-1.wav").write_bytes(rng.randbytes(44 * MIB))
    return folder


def plot(people: list[tuple[int, int, int, float]], file: Path) -> None:
    """Draw scores over hours."""
    import matplotlib as mpl  # noqa: PLC0415  (slow, and of no use to the others)

    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(6, 3.6))
    axes.scatter(
        [hours for _, _, hours, _ in people],
        [score for *_, score in people],
        c=[math.log(age) for _, age, _, _ in people],
        s=14,
    )
    axes.set_xlabel("hours of practice")
    axes.set_ylabel("score")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, dpi=100)


def take(target: Locator | Page, name: str, clip: dict[str, float] | None = None) -> None:
    """Take one picture, when nothing moves any more."""
    options: dict[str, Any] = {"clip": clip} if clip else {}
    file = IMAGES / f"{name}.png"
    target.screenshot(path=file, animations="disabled", **options)
    size = file.stat().st_size
    sys.stdout.write(f"{name}: {size / 1000:.0f} kB{'' if size < LIMIT else ', too much'}\n")
    sys.stdout.flush()


def item(page: Page, title: str) -> Locator:
    """A line of what is stored."""
    rows = page.locator(".jp-Ipfs-holdings [role=row]")
    return rows.filter(has=page.get_by_text(title, exact=True)).first


def section(page: Page, name: str) -> Locator:
    """A section of the sidebar, shown."""
    found = page.locator(f'#jupyter-ipfs-panel [data-section="{name}"]')
    found.scroll_into_view_if_needed()
    return found


def tab(page: Page) -> Locator:
    """What the current tab shows."""
    return page.locator(".jp-Ipfs-content:not(.lm-mod-hidden)")


def widen(page: Page, width: int) -> None:
    """Drag the sidebar's edge until the panel is so wide."""
    panel = page.locator("#jupyter-ipfs-panel")
    for _ in range(5):
        box = panel.bounding_box()
        assert box is not None
        if abs(box["width"] - width) < 1:
            return
        edge, middle = box["x"] + box["width"] + 3, box["y"] + box["height"] / 2
        page.mouse.move(edge - 1, middle)
        page.mouse.move(edge, middle)
        page.mouse.down()
        page.mouse.move(edge + width - box["width"], middle, steps=4)
        page.mouse.up()
        page.mouse.move(edge + 300, box["y"] + 5)
        # Laid out anew with the next frame.
        page.evaluate("new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))")
    raise AssertionError(f"the panel could not be made {width} px wide")


def rest(page: Page) -> None:
    """Take notifications away, and the pointer off whatever it lights up."""
    for close in page.locator(".Toastify__close-button").all():
        if close.is_visible():
            close.click(force=True)
    expect(page.locator(".Toastify__toast")).to_have_count(0)
    page.mouse.move(1, 1)


def first_use(watched: Watched) -> None:
    """The sidebar of somebody who has stored nothing yet."""
    panel = open_panel(watched)
    watched.page.wait_for_function("document.querySelector('#jupyterlab-splash') === null")
    expect(panel).to_contain_text("Nothing stored yet")
    widen(watched.page, 340)
    take(panel, "sidebar-first-use")


def transfers(watched: Watched, folder: Path) -> None:
    """A folder is dropped: under way, and done."""
    page = watched.page
    held: list[Route] = []
    taken = False

    def hold(route: Route) -> None:
        if taken:
            route.continue_()
        else:
            held.append(route)

    page.route(LATER_SLICE, hold)
    drop(watched, folder)
    row = transfer(watched, "survey")
    for _ in range(600):
        if held:
            break
        page.wait_for_timeout(100)
    expect(row).to_contain_text("/s")
    take(section(page, "transfers"), "transfer-under-way")
    taken = True
    for route in held:
        route.continue_()
    expect(row).to_contain_text("Kept on this computer")
    rest(page)
    take(section(page, "transfers"), "transfer-done")


def work(watched: Watched, lab: JupyterProcess) -> None:
    """A notebook that stores what it makes, and its card."""
    page = watched.page
    with connect("embedded", lab.home / "jupyter-data" / "ipfs") as session:
        # What an earlier version of the cell stored.
        session.add(lab.root_dir / "survey" / "figures" / "scores.png", name="fig-3")
    watched.execute("docmanager:open", {"path": "survey/analysis.ipynb"})
    watched.run_all_cells()
    expect(page.locator(".jp-Ipfs-card")).to_have_count(3)
    expect(item(page, "answers")).to_be_visible()
    watched.execute("docmanager:save", {})
    rest(page)
    card = page.locator(".jp-CodeCell", has=page.get_by_text("fig-3@")).first
    card.scroll_into_view_if_needed()
    take(card, "card")
    card.evaluate("cell => cell.scrollIntoView()")
    take(page, "sidebar", {"x": 0, "y": 0, "width": 1120, "height": 700})


def themes(watched: Watched) -> None:
    """The sidebar in each theme, and narrow."""
    page = watched.page
    panel = page.locator("#jupyter-ipfs-panel")
    for name, theme in THEMES.items():
        watched.execute("apputils:change-theme", {"theme": theme})
        expect(page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
        expect(item(page, "answers")).to_be_visible()
        take(panel, f"sidebar-{name}")
    watched.execute("apputils:change-theme", {"theme": THEMES["light"]})
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", THEMES["light"])
    widen(page, 320)
    take(panel, "sidebar-320")
    widen(page, 340)


def menu(watched: Watched) -> None:
    """What can be done with an item."""
    page = watched.page
    item(page, "survey").click(button="right")
    entries = page.locator(".jp-Ipfs-itemMenu")
    box = entries.bounding_box()
    assert box is not None
    page.mouse.move(1, 1)
    bottom = box["y"] + box["height"] + 12
    top = max(0, bottom - 640)
    right = box["x"] + box["width"] + 12
    take(page, "item-menu", {"x": 0, "y": top, "width": right, "height": bottom - top})
    page.keyboard.press("Escape")


def who_has_it(watched: Watched, share: Path) -> None:
    """Evidence of copies, before and after one was made."""
    page = watched.page
    item(page, "survey").get_by_role("button", name="Only here").click()
    dialog = page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text("Make it available")
    take(dialog, "who-has-it")
    dialog.get_by_role("button", name="Send to a folder or Kubo…").click()
    field = dialog.get_by_role("textbox").or_(dialog.get_by_role("combobox"))
    field.fill(str(share))
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(toast(watched, "Whoever can read that folder")).to_be_visible()
    rest(page)
    expect(item(page, "survey")).to_contain_text(share.name)
    item(page, "survey").get_by_role("button", name=re.compile("^Here and in")).click()
    expect(dialog).to_contain_text("In the folder")
    take(dialog, "who-has-it-sent")
    page.keyboard.press("Escape")


def opening(watched: Watched) -> None:
    """A link in the box, the tree, previews, the inspector."""
    page = watched.page
    watched.execute("ipfs:show-panel", {"section": "open"})
    box = section(page, "open").get_by_role("textbox")
    box.fill("survey")
    box.press("Enter")
    tree = tab(page).get_by_role("tree")
    expect(tree).to_contain_text("answers.csv")
    tree.get_by_text("figures").click()
    page.keyboard.press("ArrowRight")
    expect(tree).to_contain_text("scores.png")
    page.mouse.move(1, 1)
    take(page, "open-tree", {"x": 0, "y": 0, "width": 1252, "height": 420})
    for path, name, shown in (
        ("survey/answers.csv", "preview-table", "table"),
        ("survey/figures/scores.png", "preview-image", ".jp-Ipfs-image"),
    ):
        watched.execute("ipfs:open", {"path": path})
        expect(tab(page).locator(shown)).to_be_visible()
        take(page, name, around(tab(page), height=520))
    watched.execute("ipfs:inspect", {"path": "survey"})
    expect(tab(page).get_by_role("img")).to_be_visible()
    take(tab(page), "inspector")


def sharing(watched: Watched, lab: JupyterProcess) -> None:
    """A notebook is shared, opened as its reader sees it, and run again."""
    page, dialog = watched.page, watched.page.locator(".jp-Ipfs-share")
    (lab.root_dir / "survey" / "practice.ipynb").write_text(notebook(*SHARED))
    watched.execute("docmanager:open", {"path": "survey/practice.ipynb"})
    shared = page.locator(".jp-NotebookPanel:visible")
    shared.locator(".jp-Cell").first.wait_for()
    shared.get_by_text("Share", exact=True).click()
    dialog.get_by_role("button", name="Restart the kernel").click()
    expect(dialog).to_contain_text("seen: the run read it")
    dialog.get_by_label("Authors").fill("Ada Lovelace")
    take(dialog.get_by_role("dialog"), "share-what")
    dialog.get_by_label("Licence", exact=True).fill("CC-BY-4.0")
    dialog.get_by_role("button", name="Make the share").click()
    expect(dialog.get_by_role("heading", name="How the reader gets it")).to_be_visible()
    take(dialog.get_by_role("dialog"), "share-how")
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="See it as its reader does").click()
    bundle = tab(page)
    bundle.get_by_role("button", name="Check all").click()
    expect(bundle).to_contain_text("each byte matches")
    rest(page)
    take(page, "bundle", around(bundle, height=620))
    bundle.get_by_role("button", name="Reproduce…").click()
    consent = page.locator(".jp-Dialog-content")
    expect(consent).to_contain_text("Isolation")
    take(consent, "reproduce-consent")
    consent.get_by_role("button", name="Run it", exact=True).click()
    expect(bundle.locator(".jp-Ipfs-report")).to_be_visible(timeout=240_000)
    bundle.get_by_role("button", name="Open read-only").click()
    expect(shared.locator(".jp-Ipfs-cellVerdict")).to_have_count(len(SHARED))
    rest(page)
    take(page, "verdicts", around(shared, height=420))


def around(target: Locator, *, height: float) -> dict[str, float]:
    """The upper part of something."""
    box = target.bounding_box()
    assert box is not None
    width, height = min(box["width"], 780), min(box["height"], height)
    return {"x": box["x"], "y": box["y"], "width": width, "height": height}


def node(watched: Watched, lab: JupyterProcess, kubo: Kubo) -> None:
    """The node's section, with a Kubo chosen."""
    page = watched.page
    with running_daemon(kubo) as daemon, lab.client() as client:
        place = node_section(page)
        place.get_by_label("on an IPFS server (Kubo)").check()
        place.get_by_label("Address of its RPC API").fill(daemon.api_url)
        place.get_by_role("button", name="Test and use").click()
        expect(place).to_contain_text("What was stored on this computer before is still there")
        expect(place.get_by_text("Works", exact=True)).to_be_visible()
        page.mouse.move(1, 1)
        take(section(page, "node"), "node-kubo")
        answer = client.put("jupyter-ipfs/config", json={"backend": "embedded"})
        assert answer.is_success, answer.text


def notebook_7(watched: Watched) -> None:
    """Notebook 7, which has no sidebar at first."""
    page = watched.page
    watched.goto("tree")
    page.get_by_role("menuitem", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Show IPFS").click()
    expect(item(page, "survey")).to_be_visible()
    page.mouse.move(1, 1)
    take(page, "notebook-7")


def empty_kubo(place: Path) -> Kubo:
    """A Kubo of its own, for a moment."""
    built = CHECKOUT / ".cache" / "kubo" / "ipfs"
    found = os.environ.get("JUPYTER_IPFS_TEST_KUBO") or (str(built) if built.exists() else None)
    kubo = Kubo(Path(require(found, "no Kubo: make kubo")), place)
    kubo.run("init", "-p", "test")
    return kubo


def found_chromium() -> str:
    """Where a Chromium is, as the tests find it."""
    found = os.environ.get("JUPYTER_IPFS_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    return str(require(found, "no Chromium on PATH"))


def main() -> None:
    """Take them all, in the order in which somebody would see them."""
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="pictures-") as made,
        launched(Path(found_chromium()), Path(made, "chromium")) as browser,
    ):
        place = Path(made)
        share = place / "lab-share"
        share.mkdir()
        (place / "ada").mkdir()
        with running_lab(place / "ada") as lab:
            (lab.root_dir / NOTEBOOK).unlink()
            folder = survey(lab.root_dir)
            # What else the page complains of is the tests' business.
            with watching(browser, lab, width=1280, height=860, expected=("",)) as watched:
                first_use(watched)
                transfers(watched, folder)
                work(watched, lab)
                themes(watched)
                menu(watched)
                who_has_it(watched, share)
                opening(watched)
                sharing(watched, lab)
                node(watched, lab, empty_kubo(place / "kubo"))
            with watching(browser, lab, width=1120, height=640, expected=("",)) as watched:
                notebook_7(watched)


if __name__ == "__main__":
    main()
