"""A cell that failed for want of something of ours: what cures it is one click away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess


def open_notebook(watched: Watched, lab: JupyterProcess, name: str, *sources: str) -> None:
    """Open a notebook with these cells and run them."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "execution_count": None,
         "source": source, "outputs": []}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    (lab.root_dir / name).write_text(json.dumps({**notebook, "nbformat_minor": 5}))
    watched.goto(f"lab/tree/{name}")
    watched.run_all_cells()


def toasts(watched: Watched, text: str) -> Locator:
    """Notifications that are shown."""
    return watched.page.locator(".Toastify__toast").filter(has_text=text)


def test_where_the_magic_is_not_loaded_one_click_loads_it_and_runs_the_cell_again(
    watched: Watched, lab: JupyterProcess
) -> None:
    open_notebook(watched, lab, "cure-magic.ipynb", "1 + 1", "%%ipfs put --name cured\n6 * 7")
    offer = toasts(watched, "%ipfs is not loaded in this kernel")
    expect(offer).to_have_count(1)
    expect(watched.page.locator(".jp-Ipfs-card")).to_have_count(0)
    offer.get_by_role("button", name="%load_ext jupyter_ipfs").click()
    expect(watched.page.locator(".jp-Ipfs-card")).to_contain_text("cured@1")
    expect(offer).to_have_count(0)


def test_the_same_cure_is_offered_once_and_nothing_runs_without_a_click(
    watched: Watched, lab: JupyterProcess
) -> None:
    open_notebook(watched, lab, "cure-once.ipynb", "%ipfs ls x")
    expect(toasts(watched, "%ipfs is not loaded")).to_have_count(1)
    watched.execute("notebook:run-all-cells", {})
    watched.execute("notebook:run-all-cells", {})
    cell = watched.page.locator(".jp-CodeCell").first
    expect(cell).to_contain_text("[3]:")
    expect(cell).to_contain_text("UsageError")
    expect(toasts(watched, "%ipfs is not loaded")).to_have_count(1)


def test_an_error_of_the_user_s_own_is_left_alone(watched: Watched, lab: JupyterProcess) -> None:
    open_notebook(watched, lab, "cure-none.ipynb", "# jupyter_ipfs\n1 / 0")
    expect(watched.page.locator(".jp-CodeCell").first).to_contain_text("ZeroDivisionError")
    expect(watched.page.locator(".jp-CodeCell").first).to_contain_text("[1]:")
    expect(watched.page.locator(".Toastify__toast")).to_have_count(0)


def test_a_kernel_without_the_package_is_offered_the_server_s_version(
    watched: Watched, lab: JupyterProcess
) -> None:
    # What `import jupyter_ipfs` raises where it is not installed.
    source = "raise ModuleNotFoundError(\"No module named 'jupyter_ipfs'\")"
    open_notebook(watched, lab, "cure-package.ipynb", source)
    offer = toasts(watched, "environment has no jupyter_ipfs")
    expect(offer).to_have_count(1)
    expect(offer.get_by_role("button", name="%pip install jupyter_ipfs")).to_be_visible()


def test_a_kernel_with_another_version_is_told_of_it(watched: Watched, lab: JupyterProcess) -> None:
    # Which version this is depends on how the tests are run.
    def newer(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "version": "99.1"})

    watched.page.route("**/jupyter-ipfs/status*", newer)
    other = "import importlib.metadata as m\nm.version = lambda name: '0.0.1'"
    failing = "%load_ext jupyter_ipfs\n%ipfs cat no-such-name"
    open_notebook(watched, lab, "cure-version.ipynb", other, failing)
    offer = toasts(watched, "another version of jupyter_ipfs than the server")
    expect(offer).to_have_count(1)
    expect(offer.get_by_role("button", name="%pip install jupyter_ipfs==99.1")).to_be_visible()


def test_a_kernel_that_looks_into_another_repo_is_led_to_the_sidebar_s(
    watched: Watched, lab: JupyterProcess
) -> None:
    (lab.root_dir / "of-the-sidebar.txt").write_text("kept by the server")
    with lab.client() as client:
        stored = {"paths": ["of-the-sidebar.txt"], "name": "of-the-sidebar"}
        client.post("jupyter-ipfs/jobs", json={"action": "store", "arguments": stored})
    elsewhere = f"%env JUPYTER_IPFS_REPO={lab.home}/another-repo\n%load_ext jupyter_ipfs"
    open_notebook(watched, lab, "cure-repo.ipynb", elsewhere, "%ipfs cat of-the-sidebar")
    offer = toasts(watched, "keeps its IPFS content elsewhere than the sidebar")
    expect(offer).to_have_count(1)
    offer.get_by_role("button", name="Show the cure").click()
    dialog = watched.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("%env JUPYTER_IPFS_REPO=")
    assert watched.axe(".jp-Ipfs-dialog") == []
    dialog.get_by_role("button", name="Run").click()
    expect(watched.page.locator(".jp-CodeCell").nth(1)).to_contain_text("kept by the server")
