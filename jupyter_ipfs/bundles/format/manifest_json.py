"""`Manifest` ↔ ``bundle.json``: one canonical form out, and nothing taken on trust in.

Canonical is UTF-8 with sorted keys, an indent of one, a final newline, and no numbers but whole
ones, so that the same manifest has the same CID everywhere. What is read comes from whoever made
the bundle: every field's type and size is checked, and every path has to stay below ``inputs/``.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import asdict, fields, replace

from jupyter_ipfs.bundles.format.json_fields import Fields
from jupyter_ipfs.bundles.format.manifest import (
    FORMAT,
    VERSION,
    Cell,
    Environment,
    Input,
    Manifest,
    Output,
    Rule,
    Unlocked,
)
from jupyter_ipfs.errors import NotABundleError

MAX_SIZE = 16 * 1024 * 1024  # bytes of a bundle.json
_MAX_DESCRIPTION, _MAX_PATH = 200_000, 4_096
_MAX_PARTS = 128  # of a path: comparing paths takes the square of that
_MAX_DIGITS = 64
_HOWS = frozenset({"seen", "guessed", "added", "content"})
_KINDS = frozenset({"stream", "display_data", "execute_result", "error"})
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|")
_DECIMAL = re.compile(r"\d{1,20}(\.\d{1,20})?(e-?\d{1,3})?")


def dumps(manifest: Manifest) -> bytes:
    """Return the canonical JSON."""
    value = asdict(replace(manifest, inputs=()))
    # There may be many, and they are flat.
    names = [each.name for each in fields(Input)]
    value["inputs"] = [
        {name: getattr(each, name) for name in names}
        for each in sorted(manifest.inputs, key=lambda each: each.path)
    ]
    for cell in value["cells"]:
        relative = cell["rule"]["relative"]
        cell["rule"]["relative"] = None if relative is None else decimal(relative)
    value |= {"format": FORMAT, "version": VERSION}
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def loads(data: bytes) -> Manifest:
    """Read a ``bundle.json``.

    Raises:
        NotABundleError: It is none, or not one that this version can read.
    """
    if len(data) > MAX_SIZE:
        raise _wrong(f"it has {len(data):,} bytes, and {MAX_SIZE:,} are read")
    fields = Fields.parse(data, "bundle.json", _wrong)
    if fields.get("format") != FORMAT:
        raise _wrong(f"it does not say that it is a {FORMAT}")
    version = fields.get("version")
    if version != VERSION or isinstance(version, bool):
        raise NotABundleError(
            f"the bundle is of format version {str(version)[:20]!a}, and this package reads 1",
            "upgrade jupyter_ipfs: pip install -U jupyter_ipfs",
        )
    return _manifest(fields)


def decimal(number: float) -> str:
    """Return a tolerance as the shortest decimal text that means it."""
    return format(number, "r") if isinstance(number, int) else repr(float(number))


def relative_of(text: str) -> float | None:
    """Return the number that a decimal text means; ``None`` if it is none from 0 to 1."""
    if not _DECIMAL.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) and 0 <= number <= 1 else None


def check_path(path: str) -> str:
    """Return a path that stays below ``inputs/`` on every system.

    Raises:
        NotABundleError: It is absolute, leads out, or has characters that hide what it is.
    """
    if not is_path(path):
        raise NotABundleError(f"{path[:80]!a} is no path that a bundle can have")
    return path


def is_path(path: str) -> bool:
    """Tell whether a path stays below ``inputs/`` on every system; see `check_path`."""
    parts = path.split("/")
    return not (
        not path
        or len(path.encode(errors="surrogatepass")) > _MAX_PATH
        or len(parts) > _MAX_PARTS
        or "\\" in path
        or any(part in {"", ".", ".."} for part in parts)
        or (len(parts[0]) == 2 and parts[0][1] == ":")  # noqa: PLR2004  (a drive of Windows)
        # Most paths are plain ASCII, which need not be asked letter by letter.
        or (
            not (path.isascii() and path.isprintable())
            and any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in path)
        )
    )


def _manifest(fields: Fields) -> Manifest:
    inputs = tuple(map(_input, fields.each("inputs")))
    _check_distinct(inputs)
    folder = fields.text("folder", _MAX_PATH)
    name = check_path(fields.text("name"))
    if "/" in name:
        raise _wrong("the notebook's name is a path")
    cells = tuple(map(_cell, fields.each("cells")))
    if len({cell.id for cell in cells}) < len(cells):
        raise _wrong("two cells have the same id")
    return Manifest(
        title=fields.text("title"),
        name=name,
        authors=fields.texts("authors"),
        license=fields.text("license"),
        description=fields.text("description", _MAX_DESCRIPTION),
        created_at=fields.matching("created_at", _TIME),
        folder=check_path(folder) if folder else "",
        recorded=fields.truth("recorded"),
        inputs=inputs,
        hosts=fields.texts("hosts"),
        cells=cells,
        environment=_environment(fields.fields("environment")),
    )


def _input(fields: Fields) -> Input:
    return Input(
        path=check_path(fields.text("path", _MAX_PATH)),
        size=fields.number("size"),
        cid=None if fields.is_null("cid") else fields.cid("cid"),
        how=fields.one_of("how", _HOWS),
        where=fields.text("where"),
    )


def _check_distinct(inputs: tuple[Input, ...]) -> None:
    """Refuse what could not stand side by side on a file system that folds case."""
    seen: dict[str, str] = {}
    for each in inputs:
        folded = fold(each.path)
        if folded in seen:
            raise _wrong(f"two inputs have the path {each.path[:80]!a}")
        seen[folded] = each.path
    for folded, path in seen.items():
        parts = folded.split("/")
        for depth in range(1, len(parts)):
            if "/".join(parts[:depth]) in seen:
                raise _wrong(f"{path[:80]!a} lies below another input")


def fold(path: str) -> str:
    """Return what two paths have in common that some file system takes for one."""
    folded = unicodedata.normalize("NFC", path).casefold()
    return "/".join(part.rstrip(". ") or part for part in folded.split("/"))


def _cell(fields: Fields) -> Cell:
    rule = fields.fields("rule")
    relative = None
    if not rule.is_null("relative"):
        relative = relative_of(rule.text("relative", _MAX_DIGITS))
        if relative is None:
            raise _wrong("a cell's tolerance is no number from 0 to 1")
    return Cell(
        id=fields.matching("id", _CELL_ID),
        index=fields.number("index"),
        number=None if fields.is_null("number") else fields.number("number"),
        source_sha256=fields.matching("source_sha256", _SHA256),
        reads=tuple(map(check_path, fields.texts("reads"))),
        writes=tuple(map(check_path, fields.texts("writes"))),
        outputs=tuple(
            Output(each.one_of("kind", _KINDS), each.cid("cid"), each.texts("mime_types"))
            for each in fields.each("outputs")
        ),
        rule=Rule(rule.truth("skip"), relative, rule.text("reason")),
    )


def _environment(fields: Fields) -> Environment:
    return Environment(
        python=fields.text("python"),
        implementation=fields.text("implementation"),
        platform=fields.text("platform"),
        machine=fields.text("machine"),
        packages=fields.number("packages"),
        unlocked=tuple(
            Unlocked(each.text("name"), each.text("version"), each.text("why"))
            for each in fields.each("unlocked")
        ),
    )


def _wrong(reason: str) -> NotABundleError:
    return NotABundleError(f"its bundle.json cannot be read: {reason}")
