"""From what a cell has shown to the files of its directory. Pure: no shell, no clock.

Layout::

    cell.py              the source, without the magic's line
    outputs.json         which file is which output; no times, counts or addresses
    output-1/figure.png  one directory an output, one file a mime type
    output-1/text.txt
    stdout.txt           what was printed
    stderr.txt
    result/…             the last value, as its adapter writes it

The same source and outputs give the same files in another process.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.magics.results import CARD_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_ipfs.magics.capture import Captured, Shown

SOURCE, INDEX, RESULT = "cell.py", "outputs.json", "result"

# The `mimetypes` module would ask the system, and every system answers differently.
_FILES = {
    "text/plain": "text.txt",
    "text/html": "page.html",
    "text/markdown": "text.md",
    "text/latex": "formula.tex",
    "text/csv": "table.csv",
    "image/png": "figure.png",
    "image/jpeg": "figure.jpg",
    "image/gif": "figure.gif",
    "image/webp": "figure.webp",
    "image/svg+xml": "figure.svg",
    "application/pdf": "figure.pdf",
    "application/json": "data.json",
    "application/geo+json": "map.geojson",
    "application/javascript": "script.js",
    "text/javascript": "script.js",
    "audio/mpeg": "sound.mp3",
    "audio/wav": "sound.wav",
    "audio/x-wav": "sound.wav",
    "video/mp4": "video.mp4",
    "video/webm": "video.webm",
}
# A view is a number in a kernel's memory: worthless outside it, and different each time.
_TRANSIENT = {"application/vnd.jupyter.widget-view+json"}
_BINARY = re.compile(r"(image/(?!svg\+xml)|audio/|video/|application/pdf$|application/octet)")
_UNSAFE_IN_NAME = re.compile(r"[^a-z0-9._-]+")

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_STYLER = re.compile(r'(?:id="T_|#T_)([0-9a-f]{5})\b')
_SKLEARN = re.compile(r"sk-container-id-\d+")
_SKLEARN_PART = re.compile(r"\bsk-estimator-id-\d+")
_SVG_DATE = re.compile(r"<dc:date>[^<]*</dc:date>")
_SVG_ID = re.compile(r'\bid="([A-Za-z]+[0-9a-f]{10})"')


def files(
    source: str,
    captured: Captured,
    result: Mapping[str, bytes | Path] | None,
    failure: BaseException | None = None,
) -> dict[str, bytes | Path]:
    """Return the directory's files by name.

    Args:
        source: The cell without the magic's line.
        captured: What it has shown.
        result: Its last value as files, if an adapter took it.
        failure: What ended it, if it failed.
    """
    found: dict[str, bytes | Path] = {SOURCE: source.encode(errors="surrogatepass")}
    index: list[dict[str, Any]] = []
    for name, parts in (("stdout", captured.stdout), ("stderr", captured.stderr)):
        if text := as_seen("".join(parts)):
            found[f"{name}.txt"] = text.encode(errors="replace")
            index.append({"output_type": "stream", "name": name, "file": f"{name}.txt"})
    number = 0
    for shown in captured.outputs:
        bundle = _bundle(shown)
        if not bundle:
            continue
        number += 1
        entry: dict[str, Any] = {"output_type": shown.kind, "files": {}}
        for mime, (file, content) in bundle.items():
            found[f"output-{number}/{file}"] = content
            entry["files"][mime] = f"output-{number}/{file}"
        if metadata := _metadata(shown):
            entry["metadata"] = metadata
        index.append(entry)
    document: dict[str, Any] = {"version": 1, "source": SOURCE, "outputs": index}
    if result:
        found |= {f"{RESULT}/{name}": content for name, content in result.items()}
        document["result"] = RESULT
    if failure is not None:
        document["error"] = {"ename": type(failure).__name__, "evalue": _stable(str(failure))}
    found[INDEX] = _json(document)
    return found


def as_seen(text: str) -> str:
    r"""Return printed text as it stands in the end: what ``\r`` overwrote is gone."""
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def _bundle(shown: Shown) -> dict[str, tuple[str, bytes]]:
    """Return file name and content for each mime type; nothing for our own cards."""
    if CARD_TYPE in shown.data:
        return {}
    found: dict[str, tuple[str, bytes]] = {}
    taken: set[str] = set()
    for mime, data in sorted(shown.data.items()):
        if mime in _TRANSIENT or data is None:
            continue
        name = _file_name(mime, data)
        while name in taken:
            name = f"other-{name}"
        taken.add(name)
        found[mime] = (name, _content(mime, data))
    return found


def _file_name(mime: str, data: object) -> str:
    known = _FILES.get(mime)
    if known is not None:
        return known
    subtype = mime.split("/", 1)[-1].lower()
    stem = _UNSAFE_IN_NAME.sub("-", subtype.removesuffix("+json").removeprefix("vnd."))
    stem = stem.strip(".-") or "data"
    if mime.endswith("+json") or isinstance(data, dict | list):
        return f"{stem}.json"
    return f"{stem}.bin" if isinstance(data, bytes) or _BINARY.match(mime) else f"{stem}.txt"


def _content(mime: str, data: object) -> bytes:
    if isinstance(data, bytes):
        return data
    if not isinstance(data, str):
        return _json(data)
    if _BINARY.match(mime):  # in a message, bytes travel as base64
        try:
            return base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError):
            return data.encode(errors="replace")
    if mime == "text/html":
        data = _stable_page(data)
    elif mime == "image/svg+xml":
        data = _stable_svg(data)
    return _stable(data).encode(errors="replace")


def _stable(text: str) -> str:
    """Take memory addresses out of a repr: ``<object at 0x7f…>``."""
    return _ADDRESS.sub("at 0x…", text)


def _stable_page(text: str) -> str:
    """Number what pandas' Styler draws by lot, and what scikit-learn counts per process."""
    for at, token in enumerate(dict.fromkeys(_STYLER.findall(text))):
        text = text.replace(f"T_{token}", f"T_{at:05x}")
    for pattern, stem in ((_SKLEARN, "sk-container-id-"), (_SKLEARN_PART, "sk-estimator-id-")):
        numbers = {token: at for at, token in enumerate(dict.fromkeys(pattern.findall(text)), 1)}
        text = pattern.sub(lambda m, n=numbers, s=stem: f"{s}{n[m.group()]}", text)  # type: ignore[misc]
    return text


def _stable_svg(text: str) -> str:
    """Take the date out of matplotlib's SVG, and number the ids that it draws by lot."""
    if "matplotlib" not in text:
        return text
    text = _SVG_DATE.sub("<dc:date></dc:date>", text)
    for at, token in enumerate(dict.fromkeys(_SVG_ID.findall(text))):
        text = text.replace(token, f"{token[:-10]}{at:010x}")
    return text


def _metadata(shown: Shown) -> dict[str, Any]:
    kept = {key: value for key, value in shown.metadata.items() if value not in ({}, None)}
    try:
        json.dumps(kept)
    except (TypeError, ValueError):
        return {}
    return kept


def _json(value: object) -> bytes:
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, default=_unknown)
    return text.encode(errors="replace") + b"\n"


def _unknown(value: object) -> str:
    return _stable(repr(value))
