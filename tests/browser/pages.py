"""What several browser tests do on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess


def open_panel(watched: Watched) -> Locator:
    """Show the sidebar in a fresh JupyterLab."""
    watched.goto("lab")
    watched.execute("ipfs:show-panel", {})
    panel = watched.page.locator("#jupyter-ipfs-panel")
    expect(panel).to_be_visible()
    return panel


def node_section(page: Page) -> Locator:
    """What is said of the node, unfolded."""
    section = page.locator('#jupyter-ipfs-panel [data-section="node"]')
    toggle = section.locator(".jp-Ipfs-sectionToggle")
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    return section


def drag(watched: Watched, steps: Sequence[str], *paths: Path) -> None:
    """Drag files and folders over the sidebar, as the desktop does."""
    # JupyterLab's splash lies over everything while it starts and while a theme is changed.
    watched.page.wait_for_function("document.querySelector('#jupyterlab-splash') === null")
    box = watched.page.locator("#jupyter-ipfs-panel").bounding_box()
    assert box is not None
    session = watched.page.context.new_cdp_session(watched.page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for step in steps:
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        session.send("Input.dispatchDragEvent", {"type": step, **place, "data": data})


def drop(watched: Watched, *paths: Path) -> None:
    """Drop files and folders on the sidebar."""
    drag(watched, ("dragEnter", "dragOver", "drop"), *paths)


def transfer(watched: Watched, title: str) -> Locator:
    """The line of one transfer."""
    return watched.page.locator(".jp-Ipfs-transfer").filter(has_text=title)


def toast(watched: Watched, text: str) -> Locator:
    """Notifications that say ``text``."""
    return watched.page.locator(".Toastify__toast").filter(has_text=text)


def cid_of(row: Locator) -> str:
    """The CID that a line shows when it has ended well."""
    cid = row.get_attribute("data-cid")
    assert cid is not None
    return cid


def survey(place: Path) -> Path:
    """A folder with what people have in theirs."""
    folder = place / "survey"
    (folder / "2026").mkdir(parents=True)
    (folder / "readme.txt").write_text("a survey")
    (folder / "2026" / "a.csv").write_text("x,y\n1,2\n")
    (folder / "empty").mkdir()
    (folder / ".DS_Store").write_text("of no use")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "old.ipynb").write_text("{}")
    return folder


def added(lab: JupyterProcess, path: str) -> dict[str, Any]:
    """What the job that stores a path of the workspace gives."""
    with lab.client() as client:
        job = client.post(
            "jupyter-ipfs/jobs", json={"action": "store", "arguments": {"paths": [path]}}
        ).json()
        while job["state"] in {"queued", "running"}:
            job = client.get(f"jupyter-ipfs/jobs/{job['id']}").json()
    assert job["state"] == "done", job
    result: dict[str, Any] = job["result"]
    return result
