"""The page of a bundle: safe whatever the notebook has, the same bytes always, good to read."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.format import notebook
from jupyter_ipfs.bundles.page import markdown, safe_html
from jupyter_ipfs.bundles.page.page import page
from tests.bundles.manifests import ALL, CSV, EMPTY, HOSTILE, NASTY, SURVEY

if TYPE_CHECKING:
    from pathlib import Path

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BODY = "<tbody><tr><td>1</td><td>2|3</td></tr></tbody>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="owned"</script></svg>'
ACTIVE = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<svg onload=alert(1)><script>alert(2)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1)) [y](data:text/html;base64,AAAA) [z](file:///etc/passwd)",
    "![x](https://tracker.example/p.png) <img src='https://tracker.example/q.png'>",
    "<iframe src=https://tracker.example></iframe><form action=//x><input autofocus onfocus=a>",
    "<style>@import 'https://tracker.example/a.css'</style><base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://tracker.example/'><table><td style='x:y'>1",
    '" onmouseover=alert(1) x="',
    "</code></pre></section><script>alert(3)</script>",
    '[![badge](https://tracker.example/b.svg)](https://example.org/a?b="onclick=)',
    '<math><mi//xlink:href="data:x,<script>alert(4)</script>">',
    "<!--><script>alert(5)</script>-->",
]  # fmt: skip


class Nowhere:
    def address(self, href: str) -> str | None:
        return href if href.startswith("https://example.org") else None

    def picture(self, src: str) -> str | None:  # noqa: ARG002  (none is there)
        return None


def cells(*made: dict[str, Any]) -> dict[str, Any]:
    nb = {"cells": list(made), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return notebook.normalised(nb)


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "id": "two", "source": source, "outputs": list(outputs)}


def text(source: str, **more: object) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "t", "source": source, **more}


def display(**data: object) -> dict[str, Any]:
    named = {key.replace("__", "+").replace("_", "/", 1): value for key, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def hostile() -> dict[str, Any]:
    active = "\n\n".join(ACTIVE)
    return cells(
        text(active),
        {"cell_type": "raw", "id": "r", "source": active},
        code(active, {"output_type": "stream", "name": "stdout", "text": active}),
        code("1", display(text_html=active), display(text_markdown=active)),
        code("2", display(text_html=f"<table>{active}</table>", text_plain=active)),
        code("3", display(image_svg__xml=SVG, text_plain='"><script>alert(6)</script>')),
        code("4", {"output_type": "error", "ename": active, "evalue": "", "traceback": [active]}),
        code("5", display(application_javascript=active)),
    )


def tags(made: str) -> list[tuple[str, str]]:
    """The tags of a page and their attributes, as a browser would see them."""
    body = re.sub(r"<style>.*?</style>", "", made, flags=re.DOTALL)
    return re.findall(r"<([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"]|\"[^\"]*\")*)>", body)


@pytest.mark.parametrize("manifest", ALL)
def test_nothing_on_it_is_active_whatever_the_notebook_has(manifest: Any) -> None:  # noqa: ANN401
    made = page(hostile(), manifest).decode()
    for name, attributes in tags(made):
        assert name.lower() not in {
            "script", "iframe", "object", "embed", "form", "input", "base", "link", "foreignobject",
        }, name  # fmt: skip
        unquoted = re.sub(r'"[^"]*"', "", attributes)
        assert not re.search(r"\bon\w+\s*=|style\s*=", unquoted), attributes
        for address in re.findall(r'(?:href|src)="([^"]*)"', attributes):
            assert re.match(r"(?:https?://|#|[a-zA-Z-]+[./])", html.unescape(address)), address
        for source in re.findall(r'\bsrc="([^"]*)"', attributes):
            assert source.startswith("outputs/"), source


def test_its_policy_allows_its_own_style_and_nothing_else() -> None:
    made = page(cells(), EMPTY).decode()
    style = re.search(r"<style>(.*?)</style>", made, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', made)
    assert policy is not None
    assert html.unescape(policy[1]) == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' file: data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_it_says_what_it_is_and_that_nothing_was_checked() -> None:
    made = page(cells(text("# Survey of wells\nText")), SURVEY).decode()
    assert made.count("<h1>Survey of wells</h1>") == 1
    assert "<h2>Survey of wells</h2>" not in made
    for words in (
        "Ada Lovelace, Grace Hopper", "CC-BY-4.0", "Your browser has checked none of it.",
        "1.2 kB", "10 GB", "<strong>not included</strong>: ask Ada", "api.example.org:443",
        "wells 0.1 (editable)", "3.11.7 (cpython)", CSV, "jupyter ipfs open", "someone else's code",
    ):  # fmt: skip
        assert words in made, words
    assert "verified" not in made
    bare = page(cells(), EMPTY).decode()
    assert "Nothing is known of what ran it." in bare
    assert "<svg" not in bare


def test_outputs_are_shown_by_what_is_safest_to_look_at() -> None:
    table = "<style>x</style><table onclick=x><tr><th colspan=2 style=x>a</th></tr></table>"
    picture = base64.b64encode(PIXEL).decode()
    made = page(
        cells(
            code("a", display(text_html=table, text_plain="plain table")),
            {**code("b", display(image_png=picture, text_plain="<Figure>")), "id": "b"},
            {**code("c", display(text_html="<b>bold</b>", text_plain="<IPython.HTML>")), "id": "c"},
            {**code("d", display(**{"application_vnd.plotly.v1+json": {"data": []}})), "id": "d"},
            {**code("e", {"output_type": "stream", "name": "stderr",
                          "text": "10%\r\x1b[32m100%\x1b[0m\n" + "x" * 30_000}), "id": "e"},
        ),
        SURVEY,
    ).decode()  # fmt: skip
    assert '<table><tr><th colspan="2">a</th></tr></table>' in made
    assert '<img class="plot" src="outputs/b/0/image.png" alt="&lt;Figure&gt;"' in made
    assert '<div class="output"><b>bold</b></div>' in made
    assert "Not shown here: application/vnd.plotly.v1+json" in made
    assert "<pre>100%\nxxx" in made
    assert 'and more: <a href="outputs/e/0/text.txt">' in made


def test_pictures_and_links_lead_to_inputs_that_are_there() -> None:
    manifest = replace(
        SURVEY, inputs=(replace(SURVEY.inputs[0], path="figures/map one.png"), SURVEY.inputs[1])
    )
    attached = {"a.png": {"image/png": base64.b64encode(PIXEL).decode()}}
    made = page(
        cells(
            text(
                "![map](../figures/map%20one.png) [data](../data/big.parquet) ![no](x.png) "
                "![up](../../etc/x.png) ![it](attachment:a.png) [web](https://example.org/a_(b))",
                attachments=attached,
            )
        ),
        manifest,
    ).decode()
    assert '<img src="inputs/figures/map%20one.png" alt="map"' in made
    assert '<img src="data:image/png;base64,' in made
    assert '<a href="https://example.org/a_(b)" rel="noopener noreferrer nofollow">web</a>' in made
    assert "data no up" in made


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("a *b* **c** `d<` \\*e\\*",
         "<p>a <em>b</em> <strong>c</strong> <code>d&lt;</code> *e*</p>"),
        ("***x*** ~~y~~ a_b_c 2 * 3 * 4",
         "<p><strong><em>x</em></strong> <s>y</s> a_b_c 2 * 3 * 4</p>"),
        ("# One\n## Two #", "<h2>One</h2>\n<h3>Two</h3>"),
        ("One\n===\ntext", "<h2>One</h2>\n<p>text</p>"),
        ("- a\n- b\n  - c\n\nd", "<ul><li>a</li><li>b\n<ul><li>c</li></ul></li></ul>\n<p>d</p>"),
        ("2. a\n3. b", '<ol start="2"><li>a</li><li>b</li></ol>'),
        ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>"),
        ("```py\na < b\n```", "<pre><code>a &lt; b</code></pre>"),
        ("    x = 1", "<pre><code>x = 1</code></pre>"),
        ("a|b\n-|-\n1|2\\|3",
         f"<table><thead><tr><th>a</th><th>b</th></tr></thead>{BODY}</table>"),
        ("$$\nx<y\n$$", '<pre class="math">$$\nx&lt;y\n$$</pre>'),
        ("a $x_1$ b, 5$ and 6$", '<p>a <span class="math">$x_1$</span> b, 5$ and 6$</p>'),
        ("a  \nb<br>c", "<p>a<br>b<br>c</p>"),
        ("---", "<hr>"),
        ("[*b*](https://example.org)",
         '<p><a href="https://example.org" rel="noopener noreferrer nofollow"><em>b</em></a></p>'),
        ("[a](x.html)", "<p>a</p>"),
        ("<div align=center>\n<b>a</b>\n</div>", "\n\n<b>a</b>\n"),
        ("*a **b", "<p>*a **b</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown_is_what_notebooks_use_of_it(source: str, made: str) -> None:
    assert markdown.html(source, Nowhere()) == made


@pytest.mark.parametrize(
    "unit",
    ["*", "_a", "[", "![", "[a](", "`", "<", "<a", "> ", "- ", "1. ", "|a", "$", "$$\n", "&", "\\",
     "**a*", "[![", "http://", "<!--", "    - a\n", "a\n-\n", "~~~\n", "<div>\n", "<b>",
     "<script>", '<a ">', '<a b=">', "<?", "<!x", "</", "<style>", "<textarea>",
     "((", "#"],
)  # fmt: skip
def test_hostile_markdown_and_html_take_no_longer_when_there_is_more(unit: str) -> None:
    def seconds(size: int) -> float:
        made = unit * (size // len(unit))
        before = time.process_time()
        markdown.html(made, Nowhere())
        safe_html.reduced(f"<table>{made}")
        return time.process_time() - before

    assert seconds(60_000) < 100 * max(seconds(3000), 0.002)


def test_reduced_html_is_well_formed_and_has_no_attributes_of_its_own() -> None:
    made = safe_html.reduced(
        "<table><tr><td>a</tr></b><p><script>x</script><ul><li>&lt;b<details>c"
    )
    assert made == "<table><tr><td>a</td></tr><p><ul><li>&lt;b\nc</li></ul></p></table>"


def test_the_same_notebook_gives_the_same_page() -> None:
    assert page(hostile(), HOSTILE) == page(hostile(), HOSTILE)
    assert NASTY not in page(hostile(), HOSTILE).decode()


def test_a_browser_shows_it_from_the_disk_and_runs_nothing(chromium: Path, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only here)

    picture = base64.b64encode(PIXEL).decode()
    nb = hostile()
    nb["cells"].append({**code("p", display(image_png=picture)), "id": "p"})
    made = page(nb, SURVEY)
    (tmp_path / "index.html").write_bytes(made)
    for name in re.findall(r'src="(outputs/[^"]*)"', made.decode()):
        data = SVG.encode() if name.endswith(".svg") else PIXEL
        place = tmp_path / name
        place.parent.mkdir(parents=True)
        place.write_bytes(data)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(color_scheme="dark", viewport={"width": 360, "height": 800})
        asked: list[str] = []
        said: list[str] = []
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("console", lambda message: said.append(message.text))
        shown.goto((tmp_path / "index.html").as_uri())
        picture_shown = shown.locator('img[src="outputs/p/0/image.png"]')
        picture_shown.scroll_into_view_if_needed()
        # Its own policy also keeps Playwright from polling with a function.
        assert picture_shown.evaluate("i => i.decode().then(() => i.naturalWidth)") == 1
        assert shown.title() == "Survey of wells"
        assert all(url.startswith(tmp_path.as_uri()) for url in asked)
        assert said == []  # its style is allowed, and nothing else was tried
        assert (
            shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
        )
        assert shown.evaluate("document.documentElement.scrollWidth") == 360
        browser.close()
