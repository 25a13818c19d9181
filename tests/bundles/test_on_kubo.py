"""A share on a real Kubo: what its gateway shows in a real Chromium, to people without us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.session import Session
    from tests.bundles.conftest import Project
    from tests.conftest import Kubo

pytestmark = pytest.mark.usefixtures("unlocked")


def test_a_kubo_s_gateway_shows_a_share_that_was_sent_there(
    session: Session, project: Project, kubo_daemon: Kubo, chromium: Path
) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only here)

    shared = session.bundles.share(project.notebook, run=project.run)
    session.push(shared.root, kubo_daemon.api_url)
    below = f"{kubo_daemon.gateway_url}/ipfs/{shared.root}/payload/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        answers: list[tuple[str, int]] = []
        page.on("response", lambda answer: answers.append((answer.url, answer.status)))
        page.goto(below)
        assert page.title() == "A survey"
        assert "one\ntwo" in page.locator("body").inner_text()
        asked = page.get_by_role("link", name="data/a.csv").first.get_attribute("href")
        browser.close()
    assert (f"{below}outputs/read/1/image.png", 200) in answers
    assert [each for each in answers if each[1] != 200] == []
    assert httpx.get(f"{below}{asked}").content == b"a,b\n1,2\n"
