"""The card of a CID: what it shows, that it is for everyone, and that nobody can misuse it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.magics.results import Card
from tests.browser.conftest import NOTEBOOK, watching
from tests.browser.payloads import CARD, PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]


def write_cells(lab: JupyterProcess, name: str, *sources: str) -> None:
    """Write a notebook whose cells were never run."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "execution_count": None,
            "source": source,
            "outputs": [],
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (lab.root_dir / name).write_text(json.dumps(notebook))


def wait_for_cards(watched: Watched) -> None:
    """Wait until each payload of the notebook is shown."""
    expect(watched.page.locator(".jp-Ipfs-card")).to_have_count(len(PAYLOADS))


@pytest.fixture(scope="module")
def shown(browser: BrowserContext, lab: JupyterProcess) -> Iterator[Watched]:
    """One page with all the cards, for tests that leave it as it is."""
    with watching(browser, lab) as watched:
        watched.goto(f"lab/tree/{NOTEBOOK}")
        wait_for_cards(watched)
        yield watched


def test_the_payloads_here_are_shaped_like_those_of_the_magics() -> None:
    written = Card(CID.parse(CARD["cid"]), "file", "only on this computer").payload()
    for name in ("card", "file", "unchanged"):
        assert PAYLOADS[name].keys() == written.keys()


def test_a_card_says_what_where_and_how_much(shown: Watched) -> None:
    card = shown.page.locator(".jp-Ipfs-card").first
    expect(card).to_have_attribute("aria-label", "IPFS content fig-3")
    expect(card).to_contain_text("fig-3@2")
    expect(card).to_contain_text("directory · 4 files · 48.2 kB")
    expect(card).to_contain_text("Where: only on this computer")
    expect(card.locator(".jp-Ipfs-cidRow code")).to_have_attribute("title", CARD["cid"])
    expect(card.locator("tbody tr")).to_have_count(4)
    expect(card).not_to_contain_text("verified")


def test_the_button_copies_the_whole_cid_and_says_so(shown: Watched) -> None:
    shown.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = shown.page.locator(".jp-Ipfs-card").first
    card.get_by_role("button", name="Copy CID").click()
    expect(card.get_by_role("status")).to_have_text("Copied")
    assert shown.page.evaluate("navigator.clipboard.readText()") == CARD["cid"]
    expect(card.get_by_role("status")).to_have_text("")


@pytest.mark.parametrize("theme", THEMES)
def test_cards_are_accessible_in_each_theme(shown: Watched, theme: str) -> None:
    shown.execute("apputils:change-theme", {"theme": theme})
    expect(shown.page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
    assert shown.axe(".jp-Ipfs-card") == []
    shown.execute("apputils:change-theme", {"theme": "JupyterLab Light"})


def test_a_card_fits_a_narrow_window(browser: BrowserContext, lab: JupyterProcess) -> None:
    with watching(browser, lab, width=420) as watched:
        watched.goto(f"doc/tree/{NOTEBOOK}")
        wait_for_cards(watched)
        for card in watched.page.locator(".jp-Ipfs-card").all():
            assert card.evaluate("card => card.scrollWidth <= card.clientWidth")


def test_a_payload_by_an_attacker_stays_text(shown: Watched) -> None:
    cards = shown.page.locator(".jp-Ipfs-output")
    assert shown.page.evaluate("window.hacked") is None
    assert cards.locator("a, img, script, iframe, form, input, [href], [src]").count() == 0
    hostile = cards.filter(has_text="gpj.exe")
    expect(hostile).to_contain_text("<script>window.hacked=1</script>")
    # Both act on the CID as it was read, and on nothing else of the payload.
    expect(hostile.locator("button")).to_have_text(["Copy CID", "Open"])
    expect(hostile.locator(".jp-Ipfs-items code")).to_have_count(0)


def test_without_a_valid_cid_nothing_of_the_payload_is_shown(shown: Watched) -> None:
    invalid = shown.page.locator(".jp-Ipfs-mod-invalid")
    expect(invalid).to_have_count(2)
    for card in invalid.all():
        expect(card).to_have_text(
            "This output says that it is a CID, but holds no valid one. Nothing of it is shown."
        )


def test_a_cell_that_is_run_shows_a_card_and_a_reload_shows_it_again(
    watched: Watched, lab: JupyterProcess
) -> None:
    source = (
        "from IPython.display import display\n"
        f"display({{'application/vnd.jupyter-ipfs.cid+json': {CARD!r}}}, raw=True)"
    )
    write_cells(lab, "run.ipynb", source)
    watched.goto("lab/tree/run.ipynb")
    watched.run_all_cells()
    expect(watched.page.locator(".jp-Ipfs-card")).to_contain_text("fig-3@2")
    watched.execute("docmanager:save", {})
    watched.goto("lab/tree/run.ipynb")
    expect(watched.page.locator(".jp-Ipfs-card")).to_contain_text("fig-3@2")
    assert watched.axe(".jp-Ipfs-card") == []


def test_a_note_is_told_and_a_cid_is_explained_in_our_own_words(shown: Watched) -> None:
    card = shown.page.locator(".jp-Ipfs-card").nth(1)
    expect(card).to_contain_text("The cell's source is not in it.")
    expect(card).to_contain_text("A CID is a fingerprint of the bytes")
    expect(card).not_to_contain_text("whatever the kernel says")


def test_the_magic_s_result_is_shown_as_a_card(watched: Watched, lab: JupyterProcess) -> None:
    write_cells(lab, "magic.ipynb", "%load_ext jupyter_ipfs", "%%ipfs put --name answer\n6 * 7")
    watched.goto("lab/tree/magic.ipynb")
    watched.run_all_cells()
    card = watched.page.locator(".jp-Ipfs-card")
    expect(card).to_contain_text("answer@1")
    expect(card).to_contain_text("Where: only on this computer")
    expect(watched.page.locator(".jp-OutputArea-output", has_text="42").first).to_be_visible()
    assert watched.axe(".jp-Ipfs-card") == []


def test_notebook_7_shows_the_same_card(watched: Watched) -> None:
    watched.goto(f"notebooks/{NOTEBOOK}")
    wait_for_cards(watched)
    expect(watched.page.locator(".jp-Ipfs-card").first).to_contain_text("fig-3@2")
    assert watched.axe(".jp-Ipfs-card") == []
