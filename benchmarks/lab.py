"""The front end: long lists to the first painted line, an idle Lab, its size, the server's start.

In a real JupyterLab and a real Chromium, with the parts that the browser tests use. Their imports
are inside the functions: a child's figure begins with the size of the process that started it.
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measure import repeat, script
from benchmarks.row import Row
from benchmarks.setting import CHECKOUT, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

_MANY = 10_000
_IDLE_S = 90
# From a click to the frame that shows the line: the callback of a frame runs before it is painted,
# a message sent in there is handled behind it.
_PAINTED = """
([button, line]) => { window.painted = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(`after a minute no ${line}`)), 60_000);
  document.querySelector(button).addEventListener('click', event => {
    const look = () => {
      if (document.querySelector(line) === null) { requestAnimationFrame(look); return; }
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - event.timeStamp);
      channel.port2.postMessage(null);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
}); }
"""
_TAB = ".jp-SideBar .lm-TabBar-tab[data-id='jupyter-ipfs-panel']"
_OPEN = ".jp-Ipfs-openForm button"
# A line that is not there yet is drawn as "Loading…", without an icon.
_ITEM = ".jp-Ipfs-holdings .jp-Ipfs-row .jp-Ipfs-itemIcon"
_ENTRY = ".jp-Ipfs-content:not(.lm-mod-hidden) .jp-Ipfs-tree .jp-Ipfs-row .jp-Ipfs-itemIcon"
_START = """
import json, time
from jupyter_server.serverapp import ServerApp
app = ServerApp()
app.initialize(argv=["--ServerApp.port=0", "--allow-root"], find_extensions=False)
begin, cpu = time.perf_counter(), time.process_time()
import jupyter_ipfs
jupyter_ipfs._load_jupyter_server_extension(app)
print(json.dumps({"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}))
"""


def lab(setting: Setting) -> list[Row]:
    """Measure what somebody waits for who has never looked at the panel, or looks at it daily."""
    entries = Row(f"click to the first painted line: a directory of {_MANY:,} entries is opened")
    items = Row(f"… the panel is shown, with {_MANY:,} names")
    idle = Row("what an idle JupyterLab sends for us, the panel hidden")
    with _page(setting) as (watched, jupyter):
        many = _store(setting, jupyter.home / "jupyter-data" / "ipfs")
        idle.ours.note = _asked_while_idle(watched, 5 if setting.repetitions == 1 else _IDLE_S)

        def show() -> None:
            watched.goto("lab")
            watched.page.locator(".jp-Launcher").wait_for()
            watched.execute("application:toggle-left-area", {"side": "left"})
            items.ours.take(_painted(watched.page, _TAB, _ITEM))

        def open_directory() -> None:
            watched.page.locator(".jp-Ipfs-openBox").get_by_role("textbox").fill(many)
            entries.ours.take(_painted(watched.page, _OPEN, _ENTRY))
            watched.execute("application:close", {})

        repeat(setting.repetitions, show, open_directory)
    for row in (items, entries):
        row.ours.note = f"slowest {max(row.ours.seconds) * 1000:.0f} ms"
    return [entries, items, idle, _built(), _start(setting)]


def _painted(page: Page, button: str, line: str) -> float:
    """Click, and return how many seconds later the line was on the screen."""
    page.evaluate(_PAINTED, [button, line])
    page.locator(button).click()
    milliseconds: float = page.evaluate("window.painted")
    return milliseconds / 1000


def _asked_while_idle(watched: Watched, seconds: int) -> str:
    """Leave a Lab that was just opened alone, and count."""
    asked: list[str] = []
    watched.goto("lab")
    watched.page.locator("#jupyter-ipfs-status").get_by_text("on this computer").wait_for()
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.page.on("websocket", lambda socket: asked.append(socket.url))
    watched.page.wait_for_timeout(seconds * 1000)
    ours = [url for url in asked if "/jupyter-ipfs/" in url]
    return f"{len(ours)} requests in {seconds} s (JupyterLab itself: {len(asked) - len(ours)})"


def _built() -> Row:
    """The JavaScript that a browser may load, as it is shipped."""
    row = Row("the built labextension")
    files = list((CHECKOUT / "jupyter_ipfs" / "labextension" / "static").glob("*.js"))
    size = sum(file.stat().st_size for file in files)
    row.ours.note = f"{size / 1000:.0f} kB of JavaScript in {len(files)} files"
    return row


def _start(setting: Setting) -> Row:
    """What the extension adds to a server's start: its import and `load`."""
    row = Row("the extension's part of the Jupyter server's start")
    # One of each that is thrown away: nobody pays for compiling.
    script(_START, setting.our_env(setting.fresh("ours")))
    cpu = []
    for _ in range(setting.repetitions):
        said, done = script(_START, setting.our_env(setting.fresh("ours")))
        row.ours.take(said["seconds"], done.peak)
        cpu.append(said["cpu"])
    row.ours.note = f"{median(cpu) * 1000:.0f} ms of a CPU"
    return row


def _store(setting: Setting, repo: Path) -> str:
    """Fill a repo: one wide directory, and as many names. Gives the directory's CID."""
    from jupyter_ipfs.ipld.block import Block  # noqa: PLC0415
    from jupyter_ipfs.session import connect  # noqa: PLC0415
    from jupyter_ipfs.store import names  # noqa: PLC0415

    rng = random.Random(4)
    blocks = [Block.build(rng.randbytes(40)) for _ in range(_MANY)]
    with connect("embedded", repo) as session:
        root = session.add(setting.wide)
        with session.repo.batch() as batch:
            for block in blocks:
                batch.put(block)
            batch.commit(blocks[0].cid)
        with session.repo.changing() as connection:
            for number, block in enumerate(blocks):
                names.put(connection, f"result-{number:05}", block.cid, pin=True)
    return str(root)


@contextmanager
def _page(setting: Setting) -> Iterator[tuple[Watched, JupyterProcess]]:
    """A page of a JupyterLab of its own, nothing loaded yet."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from tests.browser.conftest import CHROMIUM_FLAGS, running_lab, watching  # noqa: PLC0415
    from tests.browser.pictures import found_chromium  # noqa: PLC0415

    place = setting.fresh("lab")
    place.mkdir()
    with sync_playwright() as playwright, running_lab(place) as jupyter:
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=CHROMIUM_FLAGS)
        with watching(browser, jupyter, expected=("",)) as watched:
            yield watched, jupyter
        browser.close()
