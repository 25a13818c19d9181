"""A real JupyterLab in a real Chromium, watched for complaints and foreign requests."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.payloads import PAYLOADS
from tests.conftest import require
from tests.jupyter_process import TOKEN, JupyterProcess, running_jupyter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebSocket
    from playwright.sync_api import Error as PlaywrightError

# As root Chromium needs --no-sandbox; the others keep it from calling home.
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
NOTEBOOK = "cards.ipynb"

# A limit for what must happen, not a wait: the machine may be busy.
expect.set_options(timeout=60_000)


@dataclass
class Watched:
    """A page, and what was seen of it.

    Attributes:
        page: The page.
        jupyter: The server it shows.
        foreign: URLs that were asked for elsewhere than on loopback.
        complaints: Errors and warnings of ours on the console, and our uncaught exceptions.
        expected: Parts of complaints that a test provokes.
    """

    page: Page
    jupyter: JupyterProcess
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def goto(self, path: str) -> None:
        """Open a path below the base URL, with no saved workspace."""
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self.jupyter.url}{path}{mark}token={TOKEN}&reset")
        if path == "lab":
            # It takes the focus once, after the layout is there: from whoever has begun to type.
            expect(self.page.locator(".jp-Launcher")).to_be_focused()

    def execute(self, command: str, args: Mapping[str, object]) -> None:
        """Run one of JupyterLab's commands, which the server exposes for us."""
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate(
            "async ([command, args]) => {"
            " await window.jupyterapp.restored;"
            " await window.jupyterapp.commands.execute(command, args); }",
            [command, args],
        )

    def run_all_cells(self) -> None:
        """Run the notebook that is open, once its kernel is there."""
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.ready")
        self.execute("notebook:run-all-cells", {})

    def axe(self, selector: str) -> list[str]:
        """What axe-core finds wrong below ``selector``."""
        self.page.evaluate(_axe_source())
        found = self.page.evaluate(
            "([selector, tags]) => axe.run(selector, {runOnly: tags})", [selector, TAGS]
        )
        return [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in found["violations"]]

    def note_request(self, request: Request | WebSocket) -> None:
        """Keep the URL if it leads elsewhere."""
        url = urlsplit(request.url)
        if url.scheme.startswith(("http", "ws")) and url.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def note_exception(self, error: PlaywrightError) -> None:
        """Keep an uncaught exception that went through our files; core has some of its own."""
        if "jupyter-ipfs" in (error.stack or "") or "ipfs" in error.message.lower():
            self.complaints.append(f"uncaught: {error.stack}")

    def note_console(self, message: ConsoleMessage) -> None:
        """Keep errors, and warnings that come from our files or name us."""
        place = message.location.get("url", "")
        ours = "jupyter-ipfs" in place or "ipfs" in message.text.lower()
        # Core's stopwatch measures how busy the machine is.
        if any(part in message.text for part in (*self.expected, "ms to activate.")):
            return
        if ours and message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({place})")


def _axe_source() -> str:
    spec = find_spec("axe_playwright_python")
    found = Path(spec.origin).with_name("axe.min.js") if spec and spec.origin else None
    source = require(found, "no axe-core: pip install axe-playwright-python").read_text("utf-8")
    # A page may load it as a module or not at all; evaluated it must end in a plain value.
    return f"() => {{ if (!window.axe) {{ {source} }} }}"


def write_notebook(path: Path) -> None:
    """Write a notebook with one cell for each payload, run and shown."""
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{name}",
            "metadata": {},
            "execution_count": 1,
            "source": f"# {name}",
            "outputs": [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {
                        "application/vnd.jupyter-ipfs.cid+json": payload,
                        "text/plain": "plain text of the card",
                    },
                }
            ],
        }
        for name, payload in PAYLOADS.items()
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook))


@pytest.fixture(scope="package")
def browser(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One Chromium for all tests."""
    with launched(chromium, tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@contextmanager
def launched(chromium: Path, profile: Path) -> Iterator[BrowserContext]:
    """Start a Chromium whose profile keeps what it has fetched and compiled of JupyterLab.

    A page that opens with that takes little more than half the time; `watching` forgets all else.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=CHROMIUM_FLAGS, no_viewport=True
        )
        yield browser
        browser.close()


@contextmanager
def running_lab(place: Path, *flags: str) -> Iterator[JupyterProcess]:
    """JupyterLab in directories of its own below ``place``, with a notebook of cards."""
    config = place / "home" / ".jupyter" / "labconfig"
    config.mkdir(parents=True)
    # Core's prompt to fetch news would cover what is tested; it is no part of ours.
    news = {"@jupyterlab/apputils-extension:announcements": True}
    (config / "page_config.json").write_text(json.dumps({"disabledExtensions": news}))
    (place / "root").mkdir()
    write_notebook(place / "root" / NOTEBOOK)
    with running_jupyter("lab", place, "--LabApp.expose_app_in_browser=True", *flags) as process:
        yield process


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """JupyterLab (and Notebook 7, which it serves too) with our extension."""
    with running_lab(tmp_path_factory.mktemp("lab")) as process:
        yield process


@pytest.fixture(scope="package")
def lab_without_server_part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """JupyterLab with the labextension, its server part switched off."""
    place = tmp_path_factory.mktemp("half")
    with running_lab(place, "--ServerApp.jpserver_extensions=jupyter_ipfs=False") as process:
        yield process


@contextmanager
def watching(
    browser: BrowserContext,
    jupyter: JupyterProcess,
    *,
    width: int = 1400,
    height: int = 900,
    expected: tuple[str, ...] = (),
) -> Iterator[Watched]:
    """Open a page of somebody new, and hold whatever it did against it at the end."""
    browser.set_default_timeout(60_000)
    page = browser.new_page()
    page.set_viewport_size({"width": width, "height": height})
    watched = Watched(page, jupyter, expected=expected)
    page.on("request", watched.note_request)
    page.on("websocket", watched.note_request)
    page.on("console", watched.note_console)
    page.on("pageerror", watched.note_exception)
    try:
        yield watched
    finally:
        _forget(page, jupyter)
        page.close()
    assert watched.foreign == []
    assert watched.complaints == [], watched.complaints


def _forget(page: Page, jupyter: JupyterProcess) -> None:
    """Drop what a page's server and the page have left, but for files that do not change."""
    session = page.context.new_cdp_session(page)
    kinds = "cookies,local_storage,indexeddb,service_workers,cache_storage"
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(jupyter.url))
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
    page.context.clear_permissions()


@pytest.fixture
def watched(browser: BrowserContext, lab: JupyterProcess) -> Iterator[Watched]:
    """A page of the shared JupyterLab."""
    with watching(browser, lab) as page:
        yield page
