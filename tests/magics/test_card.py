"""The card holds against what names contain, and needs nothing but the page."""

from __future__ import annotations

import html.parser
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import ConfigError, ConsentRequiredError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.magics import card
from jupyter_ipfs.magics.asking import with_consent
from jupyter_ipfs.magics.results import Card, Item, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    import jupyter_ipfs
    from tests.conftest import Kubo

ROOT = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
EVIL = '"><img src=x onerror="hacked=1"><script>hacked=1</script>&\x1b[2J\u202egpj.exe'

HOSTILE = Card(
    cid=CID.parse(ROOT),
    kind="directory",
    where=EVIL,
    name=EVIL,
    name_version=1,
    size=5,
    files=1,
    items=(Item(EVIL, 5, ROOT),),
    notes=(EVIL,),
    explained=True,
)


class Tags(html.parser.HTMLParser):
    """Notes every tag and attribute that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_card_without_a_name_has_the_file_s_and_no_more_of_it_than_text() -> None:
    unnamed = Card(CID.parse(ROOT), "file", "here", label="answers.csv")
    assert unnamed.payload()["label"] == "answers.csv"
    assert "answers.csv" in unnamed._repr_html_()
    evil = Card(CID.parse(ROOT), "file", "here", label=EVIL)
    assert "<script" not in evil._repr_html_()
    assert "\x1b" not in evil.payload()["label"]


def test_what_names_contain_is_text_and_nothing_else() -> None:
    tags = Tags()
    tags.feed(HOSTILE._repr_html_() + card.table(("A",), [(EVIL,)], cids=[]))
    assert tags.tags == {"div", "code", "details", "summary", "table", "thead", "tbody", "tr",
                         "th", "td"}  # fmt: skip
    assert tags.attributes == {"style", "scope"}
    text = repr(HOSTILE)
    assert "\x1b" not in text
    assert "\u202e" not in text
    listing = Table([EVIL], ("Name",), lambda name: (name,), empty="")
    assert "\x1b" not in repr(listing)
    assert "<script" not in listing._repr_html_()


def test_the_page_loads_nothing_and_takes_its_colours_from_the_theme() -> None:
    page = HOSTILE._repr_html_()
    assert not re.search(r"url\(|https?:|#[0-9a-fA-F]{3,6}\b", page.replace(card.escape(EVIL), ""))
    for colour in re.findall(r"color: ([^;\"]+)", page):
        assert re.match(r"var\(--jp-[\w-]+, inherit\)|inherit", colour)


def test_the_payload_is_json_that_our_renderer_reads() -> None:
    payload = json.loads(json.dumps(HOSTILE.payload()))
    assert payload["version"] == 1
    assert payload["items"] == [{"name": payload["items"][0]["name"], "size": 5, "cid": ROOT}]


def test_a_large_directory_is_shown_in_part_and_counted_whole(
    run: Callable[[str], Any],
) -> None:
    Path("many").mkdir()
    for number in range(120):
        Path(f"many/{number:03}").touch()
    stored = run("%ipfs put many")
    assert len(stored.items) + stored.left_out == 120
    assert stored.left_out > 0
    assert "more" in repr(stored)


def test_on_a_kubo_the_card_says_so(
    run: Callable[[str], Any], kubo_daemon: Kubo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_BACKEND", "kubo")
    monkeypatch.setenv("JUPYTER_IPFS_KUBO_URL", kubo_daemon.api_url)
    stored = run("%ipfs put {'on': 'kubo'} --name there")
    assert kubo_daemon.api_url in stored.where
    assert "only on this computer" not in stored.where
    assert f"{stored}" in kubo_daemon.out("pin", "ls", "--type=recursive")
    assert run("%ipfs load there") == {"on": "kubo"}


def test_publishing_is_asked_for_once_and_never_assumed(
    session: jupyter_ipfs.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://127.0.0.1:5001"

    def publish() -> str:
        if not any(url in agreed for agreed in session.config.announce):
            raise ConsentRequiredError("it would be public")
        return "done"

    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(ConsentRequiredError) as caught:
        with_consent(session, publish, url)
    assert not isinstance(caught.value, ConfigError)
    assert f"%ipfs config announce {url}" in str(caught.value.hint)
    monkeypatch.setattr("builtins.input", lambda _: "")
    with pytest.raises(ConsentRequiredError):
        with_consent(session, publish, url)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert with_consent(session, publish, url) == "done"
    monkeypatch.setattr("builtins.input", nobody)
    assert with_consent(session, publish, url) == "done"
