"""Store with a CID: from the file browser, a document's toolbar and menus."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.conftest import NOTEBOOK
from tests.browser.pages import added, cid_of, open_panel, survey, toast, transfer
from tests.browser.payloads import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

STORE = "Store with a CID, on this computer"


def cid_in(watched: Watched, shown: Locator) -> str:
    """The CID that a notification copies."""
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.get_by_role("button", name="Copy CID").click()
    cid: str = watched.page.evaluate("navigator.clipboard.readText()")
    return cid


def rows(watched: Watched, *names: str) -> list[Locator]:
    """Rows of the file browser, which shows the root."""
    watched.goto("lab")
    watched.execute("filebrowser:activate", {})
    watched.execute("filebrowser:refresh", {})
    found = [watched.page.locator(f'.jp-DirListing-item[title^="Name: {name}"]') for name in names]
    for row in found:
        expect(row).to_be_visible()
    return found


def test_a_folder_is_stored_from_the_file_browser(watched: Watched, lab: JupyterProcess) -> None:
    survey(lab.root_dir / "from-browser").rename(lab.root_dir / "stored-folder")
    [row] = rows(watched, "stored-folder")
    row.click(button="right")
    watched.page.locator(".lm-Menu-item", has_text=STORE).click()
    done = toast(watched, "stored-folder: stored on this computer, as bafy")
    expect(done).to_be_visible()
    assert cid_in(watched, done) == added(lab, "stored-folder")["root"]
    done.get_by_role("button", name="Show").click()
    expect(watched.page.locator("#jupyter-ipfs-panel")).to_be_visible()
    expect(transfer(watched, "stored-folder")).to_contain_text("Kept on this computer")


def test_several_that_are_selected_become_one_directory(
    watched: Watched, lab: JupyterProcess
) -> None:
    for name in ("several-a.txt", "several-b.txt"):
        (lab.root_dir / name).write_text(name)
    first, second = rows(watched, "several-a.txt", "several-b.txt")
    first.click()
    second.click(modifiers=["Control"])
    second.click(button="right")
    watched.page.locator(".lm-Menu-item", has_text=STORE).click()
    done = toast(watched, "2 items: stored on this computer, as bafy")
    expect(done).to_be_visible()


def test_a_file_is_dragged_from_the_file_browser_to_the_panel(
    watched: Watched, lab: JupyterProcess
) -> None:
    (lab.root_dir / "dragged.txt").write_text("dragged")
    [row] = rows(watched, "dragged.txt")
    # Both at once: the panel on the other side.
    watched.page.locator('[data-id="jupyter-ipfs-panel"]').click(button="right")
    watched.page.locator(".lm-Menu-item", has_text="Switch Sidebar Side").click()
    watched.execute("ipfs:show-panel", {})
    panel = watched.page.locator("#jupyter-ipfs-panel")
    expect(panel).to_be_visible()
    start, end = row.bounding_box(), panel.bounding_box()
    assert start is not None
    assert end is not None
    mouse = watched.page.mouse
    mouse.move(start["x"] + 30, start["y"] + 8)
    mouse.down()
    mouse.move(start["x"] + 60, start["y"] + 30, steps=4)
    mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    mouse.up()
    expect(transfer(watched, "dragged.txt")).to_contain_text("Kept on this computer")
    assert cid_of(transfer(watched, "dragged.txt")) == added(lab, "dragged.txt")["root"]
    assert (lab.root_dir / "dragged.txt").exists()


def test_the_notebook_s_toolbar_saves_and_stores_it(watched: Watched, lab: JupyterProcess) -> None:
    (lab.root_dir / "toolbar.ipynb").write_bytes((lab.root_dir / NOTEBOOK).read_bytes())
    watched.goto("lab/tree/toolbar.ipynb")
    watched.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    # Cells are drawn one after the other; what loads last makes the notebook clean again.
    cells = watched.page.locator(".jp-Notebook .jp-Cell")
    expect(cells).to_have_count(len(PAYLOADS))
    watched.page.evaluate("window.jupyterapp.shell.currentWidget.context.ready")
    watched.execute("notebook:insert-cell-above", {})
    expect(cells).to_have_count(len(PAYLOADS) + 1)
    watched.page.get_by_role("button", name="Save, keep on this computer and give it a CID").click()
    done = toast(watched, "toolbar.ipynb: stored on this computer, as bafk")
    expect(done).to_be_visible()
    assert cid_in(watched, done) == added(lab, "toolbar.ipynb")["root"]
    assert (lab.root_dir / "toolbar.ipynb").read_bytes() != (lab.root_dir / NOTEBOOK).read_bytes()


def test_what_cannot_be_stored_is_said_with_its_reason(watched: Watched) -> None:
    watched.expected = ("404 (Not Found)",)
    open_panel(watched)
    watched.execute("ipfs:store-paths", {"paths": ["is/not/there.txt"]})
    expect(toast(watched, "there.txt was not stored: ")).to_be_visible()


def test_what_failed_is_told_shortly_and_told_no_longer_once_it_is_stored(
    watched: Watched, lab: JupyterProcess
) -> None:
    (lab.root_dir / "fails").mkdir()
    (lab.root_dir / "fails" / "a.txt").write_text("a")
    open_panel(watched)
    error = {"code": "DiskFullError", "message": "the disk is full", "hint": "free some space"}

    def failed_if_done(job: dict[str, Any]) -> dict[str, Any]:
        ended = {"state": "failed", "result": None, "error": error}
        return job | ended if job.get("state") == "done" and job["title"] == "fails" else job

    def fail(route: Route) -> None:
        response = route.fetch()
        body: Any = response.json()
        if "jobs" in body:
            body = {"jobs": [failed_if_done(job) for job in body["jobs"]]}
        # So soon done, perhaps, that it is told when it is begun.
        route.fulfill(response=response, json=failed_if_done(body))

    told = re.compile(r"/jupyter-ipfs/jobs(/[0-9a-f]+)?(\?.*)?$")
    watched.page.route(told, fail)
    watched.execute("ipfs:store-paths", {"paths": ["fails"]})
    failed = toast(watched, "fails was not stored")
    expect(failed).to_be_visible()
    expect(failed).not_to_contain_text("the disk is full")
    failed.get_by_role("button", name="Show").click()
    row = transfer(watched, "fails")
    row.get_by_role("button", name="Details").click()
    expect(row).to_contain_text("the disk is full")
    watched.page.unroute(told)
    watched.execute("ipfs:store-paths", {"paths": ["fails"]})
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Kept on this computer")
    expect(failed).to_have_count(0)


def test_a_node_that_announces_is_agreed_to_once_and_then_it_goes_on(
    watched: Watched, lab: JupyterProcess
) -> None:
    refused = {"code": "ConsentRequiredError", "message": "it announces", "hint": None}
    job = {"id": "0" * 32, "action": "store", "title": "consent.txt", "state": "failed",
           "phase": "done", "files": 0, "files_total": None, "size": 0, "size_total": None,
           "existing": 0, "started_at": 0, "ended_at": 0, "result": None,
           "error": refused}  # fmt: skip
    sent: list[dict[str, Any]] = []

    def refuse_the_first(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        body: Any = route.request.post_data_json
        sent.append(body["arguments"])
        if len(sent) == 1:
            route.fulfill(status=202, json=job)
        else:
            route.continue_()

    (lab.root_dir / "consent.txt").write_text("to be public")
    watched.expected = ("404 (Not Found)",)  # the job that was made up
    open_panel(watched)
    watched.page.route("**/jupyter-ipfs/jobs*", refuse_the_first)
    watched.page.evaluate(
        "() => { jupyterapp.commands.execute('ipfs:store-paths', {paths: ['consent.txt']}); }"
    )
    dialog = watched.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("The IPFS node at http://127.0.0.1:5001 announces")
    expect(dialog).to_contain_text("Anyone in the world can then find and read")
    assert watched.axe(".jp-Ipfs-dialog") == []
    assert len(sent) == 1
    dialog.get_by_role("button", name="Store publicly").click()
    expect(toast(watched, "consent.txt: stored on this computer")).to_be_visible()
    stored = {"paths": ["consent.txt"], "name": "consent.txt"}
    assert sent == [stored, {**stored, "agree": True}]
    expect(transfer(watched, "consent.txt")).to_have_count(1)
    expect(transfer(watched, "consent.txt")).to_contain_text("Kept on this computer")


def test_notebook_7_stores_from_its_toolbar_too(watched: Watched, lab: JupyterProcess) -> None:
    (lab.root_dir / "seven.ipynb").write_bytes((lab.root_dir / NOTEBOOK).read_bytes())
    watched.goto("notebooks/seven.ipynb")
    watched.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    watched.page.get_by_role("button", name="Save, keep on this computer and give it a CID").click()
    done = toast(watched, "seven.ipynb: stored on this computer, as bafk")
    expect(done).to_be_visible()
    assert cid_in(watched, done) == added(lab, "seven.ipynb")["root"]
