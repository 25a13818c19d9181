"""`Report` ↔ ``report.json``: canonical out, strict in. A report comes from anybody."""

from __future__ import annotations

import json
import re

from jupyter_ipfs.bundles.compare.diffs import MAX_DIFF
from jupyter_ipfs.bundles.compare.verdict import ORDER, CellVerdict, OutputVerdict
from jupyter_ipfs.bundles.format.json_fields import Fields
from jupyter_ipfs.bundles.replay.isolation import BUBBLEWRAP, NONE
from jupyter_ipfs.bundles.replay.machine import Machine, PackageDifference
from jupyter_ipfs.bundles.reports.report import Report
from jupyter_ipfs.errors import NotABundleError

FORMAT, VERSION = "jupyter-ipfs-report", 1
MAX_SIZE = 16 * 1024 * 1024  # bytes of a report.json

_MAX_CELLS, _MAX_OUTPUTS = 100_000, 10_000
_MAX_EXPLANATIONS, _MAX_PACKAGES = 1000, 10_000
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
    fields = Fields.parse(data, "report.json", _wrong)
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
    if fields.get("counts") != report.counts or fields.get("claimed") != report.claimed:
        raise _wrong("its counts are not those of its cells")
    return report


def _machine(fields: Fields) -> Machine:
    return Machine(
        python=fields.text("python"),
        python_wanted=fields.text("python_wanted"),
        implementation=fields.text("implementation"),
        platform=fields.text("platform"),
        machine=fields.text("machine"),
        cpu=fields.text("cpu"),
        cores=fields.number("cores", _MAX_INDEX),
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


def _cell(fields: Fields) -> CellVerdict:
    return CellVerdict(
        id=fields.text("id"),
        index=fields.number("index", _MAX_INDEX),
        verdict=fields.one_of("verdict", ORDER),
        reason=fields.text("reason"),
        claimed=fields.truth("claimed"),
        outputs=tuple(map(_output, fields.each("outputs", _MAX_OUTPUTS))),
    )


def _output(fields: Fields) -> OutputVerdict:
    return OutputVerdict(
        verdict=fields.one_of("verdict", ORDER),
        mime_type=fields.text("mime_type"),
        rule=fields.text("rule"),
        detail=fields.text("detail"),
        diff=fields.text("diff", MAX_DIFF),
    )


def _wrong(reason: str) -> NotABundleError:
    return NotABundleError(f"this is no report that can be read: {reason}")
