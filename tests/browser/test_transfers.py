"""Storing from the browser: dropped, chosen, from the file browser and from a notebook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.pages import added, cid_of, drag, drop, open_panel, survey, transfer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Dialog, Route

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

MIB = 2**20
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")
NO_SERVER = "ERR_FAILED"
SLICES = re.compile(r"/uploads/[0-9a-f]+\?offset=")


def begin(watched: Watched, command: str) -> None:
    """Run a command that ends when somebody has chosen."""
    watched.page.evaluate("command => { window.jupyterapp.commands.execute(command); }", command)


def hold_all(watched: Watched) -> None:
    """Let no byte of an upload arrive."""
    watched.page.route(SLICES, lambda _: None)


def test_a_folder_that_is_dropped_has_the_cid_of_the_same_folder_in_the_workspace(
    watched: Watched, lab: JupyterProcess, tmp_path: Path
) -> None:
    open_panel(watched)
    drop(watched, survey(tmp_path))
    row = transfer(watched, "survey")
    expect(row).to_contain_text("Kept on this computer")
    row.get_by_role("button", name="3 left out").click()
    expect(row).to_contain_text("2 hidden files and folders are left out.")
    expect(row).to_contain_text("1 empty folder is left out.")
    same = survey(lab.root_dir / "same")
    (same / "empty").rmdir()
    assert cid_of(row) == added(lab, "same/survey")["root"]


def test_a_single_file_is_stored_as_a_file_and_can_be_copied_and_shown(
    watched: Watched, lab: JupyterProcess, tmp_path: Path
) -> None:
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_panel(watched)
    (tmp_path / "single.txt").write_text("one file")
    (lab.root_dir / "single.txt").write_text("one file")
    with watched.page.expect_file_chooser() as chooser:
        begin(watched, "ipfs:choose-files")
    chooser.value.set_files(tmp_path / "single.txt")
    row = transfer(watched, "single.txt")
    expect(row).to_contain_text("Kept on this computer")
    cid = cid_of(row)
    assert cid == added(lab, "single.txt")["root"]
    row.get_by_role("button", name="Copy CID").click()
    assert watched.page.evaluate("navigator.clipboard.readText()") == cid
    expect(watched.page.get_by_role("status").filter(has_text="single.txt: Kept")).to_have_count(1)
    row.get_by_role("button", name="Take off the list: single.txt").click()
    expect(row).to_have_count(0)


def test_a_folder_can_be_chosen_and_what_is_there_already_is_said(
    watched: Watched, tmp_path: Path
) -> None:
    open_panel(watched)
    folder = survey(tmp_path / "chosen")
    drop(watched, folder)
    expect(transfer(watched, "survey")).to_contain_text("Kept on this computer")
    with watched.page.expect_file_chooser() as chooser:
        begin(watched, "ipfs:choose-folder")
    chooser.value.set_files(folder)
    rows = transfer(watched, "survey")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Kept on this computer, unchanged")
    result = rows.first.locator(".jp-Ipfs-transferResult")
    expect(result).to_have_attribute("title", re.compile("all of it was already there"))
    assert cid_of(rows.first) == cid_of(rows.last)


def test_an_upload_that_was_cut_goes_on_where_it_was(watched: Watched, tmp_path: Path) -> None:
    offsets: list[int] = []

    def cut_the_third(route: Route) -> None:
        offsets.append(int(route.request.url.partition("offset=")[2].partition("&")[0]))
        if len(offsets) == 3:
            route.abort()
        else:
            route.continue_()

    watched.expected = (NO_SERVER,)
    open_panel(watched)
    watched.page.route(SLICES, cut_the_third)
    (tmp_path / "cut.bin").write_bytes(bytes(range(256)) * (24 * MIB // 256))
    drop(watched, tmp_path / "cut.bin")
    expect(transfer(watched, "cut.bin")).to_contain_text("Kept on this computer")
    assert offsets[3] == offsets[2] > 0
    assert offsets == sorted(offsets)


def test_the_same_files_dropped_after_a_reload_are_not_sent_twice(
    watched: Watched, tmp_path: Path
) -> None:
    (tmp_path / "again.bin").write_bytes(b"again" * (8 * MIB // 5))
    held: list[Route] = []
    offsets: list[str] = []

    def hold_the_second(route: Route) -> None:
        if "offset=0" in route.request.url:
            route.continue_()
        else:
            held.append(route)

    open_panel(watched)
    watched.page.route(SLICES, hold_the_second)
    drop(watched, tmp_path / "again.bin")
    expect(transfer(watched, "again.bin")).to_contain_text("1.05 MB of 8.39 MB")
    watched.page.on("dialog", lambda dialog: dialog.accept())
    watched.page.unroute(SLICES)
    open_panel(watched)
    watched.page.on("request", lambda request: offsets.append(request.url))
    drop(watched, tmp_path / "again.bin")
    expect(transfer(watched, "again.bin")).to_contain_text("Kept on this computer")
    sent = [url for url in offsets if SLICES.search(url)]
    assert sent
    assert not any("offset=0" in url for url in sent)


def test_leaving_asks_while_files_are_sent_and_not_after(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", note)
    open_panel(watched)
    hold_all(watched)
    (tmp_path / "leave.txt").write_text("not sent")
    drop(watched, tmp_path / "leave.txt")
    row = transfer(watched, "leave.txt")
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    page.mouse.click(5, 5)
    page.reload()
    assert asked == ["beforeunload"]


def test_an_upload_that_is_cancelled_leaves_nothing_on_the_server(
    watched: Watched, lab: JupyterProcess, tmp_path: Path
) -> None:
    open_panel(watched)
    hold_all(watched)
    (tmp_path / "cancel.txt").write_text("never mind")
    drop(watched, tmp_path / "cancel.txt")
    row = transfer(watched, "cancel.txt")
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    with watched.page.expect_response(
        lambda response: response.request.method == "DELETE" and response.status == 204
    ) as dropped:
        row.get_by_role("button", name="Cancel: cancel.txt").click()
    expect(row).to_contain_text("Cancelled")
    upload = dropped.value.url.partition("?")[0].rpartition("/")[2]
    with lab.client() as client:
        assert client.get(f"jupyter-ipfs/uploads/{upload}").status_code == 404


def test_ten_thousand_files_are_dropped_without_freezing(watched: Watched, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for number in range(10_000):
        part = folder / f"{number // 500:02}"
        part.mkdir(parents=True, exist_ok=True)
        (part / f"{number}.txt").write_text(str(number))
    open_panel(watched)
    watched.page.evaluate(
        "() => { window.drawn = 0; const tick = () => { window.drawn += 1;"
        " requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"
    )
    drop(watched, folder)
    expect(transfer(watched, "many")).to_contain_text("Kept on this computer", timeout=120_000)
    result = transfer(watched, "many").locator(".jp-Ipfs-transferResult")
    expect(result).to_have_attribute("title", re.compile("10000 files"))
    # One that froze would have been drawn before and after; how often is the machine's business.
    assert watched.page.evaluate("window.drawn") > 10


def test_a_name_by_an_attacker_stays_text(watched: Watched, tmp_path: Path) -> None:
    open_panel(watched)
    name = "<img src=x onerror=window.hacked=1>\u202egpj.txt"
    (tmp_path / name).write_text("hostile")
    drop(watched, tmp_path / name)
    row = transfer(watched, "onerror")
    expect(row).to_contain_text("Kept on this computer")
    expect(row).to_contain_text("\ufffdgpj.txt")
    assert watched.page.evaluate("window.hacked") is None
    assert row.locator("img").count() == 0


def test_what_has_ended_goes_by_itself_and_what_failed_stays_until_it_works(
    watched: Watched, tmp_path: Path
) -> None:
    panel = open_panel(watched)
    (tmp_path / "later").mkdir()
    drop(watched, tmp_path / "later")
    expect(transfer(watched, "later")).to_contain_text("Did not work")
    for number in range(4):
        (tmp_path / f"line-{number}.txt").write_text(str(number))
        drop(watched, tmp_path / f"line-{number}.txt")
        expect(transfer(watched, f"line-{number}")).to_contain_text("Kept on this computer")
    titles = panel.locator(".jp-Ipfs-transferTitle")
    expect(titles).to_have_text(["line-3.txt", "line-2.txt", "line-1.txt", "later"])
    (tmp_path / "later" / "a.txt").write_text("now")
    drop(watched, tmp_path / "later")
    expect(transfer(watched, "later").first).to_contain_text("Kept on this computer")
    expect(transfer(watched, "later")).to_have_count(1)
    panel.get_by_role("button", name="Clear all").click()
    expect(panel.locator('[data-section="transfers"]')).to_have_count(0)


def test_transfers_are_accessible_in_each_theme(watched: Watched, tmp_path: Path) -> None:
    open_panel(watched)
    (tmp_path / "done.txt").write_text("done")
    drop(watched, tmp_path / "done.txt")
    expect(transfer(watched, "done.txt")).to_contain_text("Kept on this computer")
    hold_all(watched)
    (tmp_path / "going.txt").write_text("going")
    drop(watched, tmp_path / "going.txt")
    expect(transfer(watched, "going.txt").get_by_role("progressbar")).to_be_visible()
    (tmp_path / "nothing").mkdir()
    drop(watched, tmp_path / "nothing")
    failed = transfer(watched, "nothing")
    expect(failed).to_contain_text("Did not work")
    expect(failed.locator('[data-icon="ui-components:folder"]')).to_be_visible()
    failed.get_by_role("button", name="Details").click()
    expect(failed).to_contain_text("no file in it that could be stored")
    for theme in THEMES:
        watched.execute("apputils:change-theme", {"theme": theme})
        expect(watched.page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
        assert watched.axe(".jp-Ipfs-transfers") == [], theme
    watched.execute("apputils:change-theme", {"theme": "JupyterLab Light"})


def test_the_panel_says_that_it_takes_what_is_held_over_it(
    watched: Watched, tmp_path: Path
) -> None:
    panel = open_panel(watched)
    (tmp_path / "held.txt").write_text("held")
    drag(watched, ("dragEnter", "dragOver"), tmp_path / "held.txt")
    expect(panel).to_have_attribute("data-drop-label", "Drop to store on this computer")
    expect(panel).to_have_class(re.compile("jp-Ipfs-mod-dropTarget"))


def test_a_job_that_runs_is_found_again_after_a_reload_and_can_be_cancelled(
    watched: Watched, lab: JupyterProcess
) -> None:
    # Zeros that take no place, but long to hash.
    with (lab.root_dir / "long.bin").open("wb") as file:
        file.truncate(16 * 1024 * MIB)
    with lab.client() as client:
        arguments = {"paths": ["long.bin"]}
        client.post("jupyter-ipfs/jobs", json={"action": "store", "arguments": arguments})
    open_panel(watched)
    row = transfer(watched, "long.bin")
    expect(row.get_by_role("progressbar")).to_be_visible()
    row.get_by_role("button", name="Cancel: long.bin").click()
    expect(row).to_have_count(0)
