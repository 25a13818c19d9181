"""`Report` ↔ ``report.json``: canonical out, strict in. A report comes from anybody."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from jupyter_ipfs.bundles.compare.diffs import MAX_DIFF
from jupyter_ipfs.bundles.compare.verdict import ORDER, CellVerdict, OutputVerdict
from jupyter_ipfs.bundles.replay.isolation import BUBBLEWRAP, NONE
from jupyter_ipfs.bundles.replay.machine import Machine, PackageDifference
from jupyter_ipfs.bundles.reports.report import Report
from jupyter_ipfs.errors import CIDError, NotABundleError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net import json_depth

FORMAT, VERSION = "jupyter-ipfs-report", 1
MAX_SIZE = 16 * 1024 * 1024  # bytes of a report.json

_MAX_TEXT = 2000
_MAX_CELLS, _MAX_OUTPUTS = 100_000, 10_000
_MAX_EXPLANATIONS, _MAX_PACKAGES = 1000, 10_000
_MAX_DEPTH = 16  # a report has six levels
_MAX_INDEX = 10**9
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def dumps(report: Report) -> bytes:
    """Return the canonical JSON: sorted keys, an indent of one, a final newline."""
    value = report.as_json() | {"format": FORMAT, "version": VERSION}
    told = json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return told.encode("utf-8", "replace") + b"\n"


def loads(data: bytes) -> Report:
    """Read a report.

    Raises:
        NotABundleError: It is none, or not one that this version can read.
    """
    if len(data) > MAX_SIZE:
        raise _wrong(f"it has {len(data):,} bytes")
    try:
        json_depth.check(data, _MAX_DEPTH)
        value = json.loads(data.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise _wrong("it is no JSON") from None
    fields = _Fields(value, "it")
    if fields.text("format") != FORMAT:
        raise _wrong(f"its format is not {FORMAT}")
    version = fields.number("version")
    if version != VERSION:
        raise NotABundleError(
            f"the report has version {version} of its format, and {VERSION} is what is known here",
            "upgrade jupyter_ipfs: pip install -U jupyter_ipfs",
        )
    report = Report(
        payload=fields.cid("payload"),
        share=None if fields.is_null("share") else fields.cid("share"),
        title=fields.text("title"),
        at=fields.matching("at", _TIME),
        reader_version=fields.text("reader_version"),
        machine=_machine(fields.fields("machine")),
        verdicts=tuple(map(_cell, fields.each("cells", _MAX_CELLS))),
        explanations=fields.texts("explanations", _MAX_EXPLANATIONS),
    )
    if len({cell.id for cell in report.verdicts}) < len(report.verdicts):
        raise _wrong("it has two verdicts on one cell")
    # What others would read in it must be what is read here.
    if value.get("counts") != report.counts or value.get("claimed") != report.claimed:
        raise _wrong("its counts are not those of its cells")
    return report


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that two readers could read in two ways."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


class _Fields:
    """A JSON object that is asked for its fields, each by its type."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(f"{where} is no object")
        self._value = cast("dict[str, Any]", value)
        self._where = where

    def is_null(self, key: str) -> bool:
        return self._value.get(key, "") is None

    def text(self, key: str, limit: int = _MAX_TEXT) -> str:
        return self._checked(self._value.get(key), key, limit)

    def text_or_null(self, key: str) -> str | None:
        return None if self.is_null(key) else self.text(key)

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise self._bad(key)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self._bad(key)
        return value

    def number(self, key: str) -> int:
        value = self._value.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_INDEX:
            raise self._bad(key)
        return value

    def truth(self, key: str) -> bool:
        value = self._value.get(key)
        if not isinstance(value, bool):
            raise self._bad(key)
        return value

    def cid(self, key: str) -> str:
        try:
            return str(CID.parse(self.text(key)))
        except CIDError:
            raise self._bad(key) from None

    def fields(self, key: str) -> _Fields:
        return _Fields(self._value.get(key), key)

    def each(self, key: str, limit: int) -> list[_Fields]:
        return [_Fields(item, f"an entry of {key}") for item in self._list(key, limit)]

    def texts(self, key: str, limit: int) -> tuple[str, ...]:
        return tuple(self._checked(item, key, _MAX_TEXT) for item in self._list(key, limit))

    def _list(self, key: str, limit: int) -> list[object]:
        value = self._value.get(key)
        if not isinstance(value, list) or len(value) > limit:
            raise self._bad(key)
        return value

    def _checked(self, value: object, key: str, limit: int) -> str:
        if not isinstance(value, str) or len(value) > limit:
            raise self._bad(key)
        try:
            value.encode()
        except UnicodeEncodeError:  # a lone surrogate
            raise self._bad(key) from None
        return value

    def _bad(self, key: str) -> NotABundleError:
        return _wrong(f"the {key} of {self._where} is not what it should be")


def _machine(fields: _Fields) -> Machine:
    return Machine(
        python=fields.text("python"),
        python_wanted=fields.text("python_wanted"),
        implementation=fields.text("implementation"),
        platform=fields.text("platform"),
        machine=fields.text("machine"),
        cpu=fields.text("cpu"),
        cores=fields.number("cores"),
        isolation=fields.one_of("isolation", (BUBBLEWRAP, NONE)),
        network=fields.truth("network"),
        own_environment=fields.truth("own_environment"),
        packages=tuple(
            PackageDifference(
                each.text("name"), each.text_or_null("wanted"), each.text_or_null("used")
            )
            for each in fields.each("packages", _MAX_PACKAGES)
        ),
    )


def _cell(fields: _Fields) -> CellVerdict:
    return CellVerdict(
        id=fields.text("id"),
        index=fields.number("index"),
        verdict=fields.one_of("verdict", ORDER),
        reason=fields.text("reason"),
        claimed=fields.truth("claimed"),
        outputs=tuple(map(_output, fields.each("outputs", _MAX_OUTPUTS))),
    )


def _output(fields: _Fields) -> OutputVerdict:
    return OutputVerdict(
        verdict=fields.one_of("verdict", ORDER),
        mime_type=fields.text("mime_type"),
        rule=fields.text("rule"),
        detail=fields.text("detail"),
        diff=fields.text("diff", MAX_DIFF),
    )


def _wrong(reason: str) -> NotABundleError:
    return NotABundleError(f"this is no report that can be read: {reason}")
