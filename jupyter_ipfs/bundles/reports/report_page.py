"""A report as one page: no script, nothing from elsewhere, all that is foreign as text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.compare.verdict import (
    DIFFERS,
    FAILED,
    ORDER,
    SAME,
    SKIPPED,
    TOLERANCE,
    WORDS,
)
from jupyter_ipfs.bundles.replay.isolation import NONE
from jupyter_ipfs.words.figures import counted
from jupyter_ipfs.words.foreign import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.bundles.compare.verdict import CellVerdict, OutputVerdict
    from jupyter_ipfs.bundles.replay.machine import Machine
    from jupyter_ipfs.bundles.reports.report import Report

_SIGNS = {SAME: "=", TOLERANCE: "≈", SKIPPED: "-", DIFFERS: "≠", FAILED: "!"}
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
td:nth-child(2){min-width:9rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid GrayText}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;font-size:.85rem}
code{overflow-wrap:anywhere}
:root{color-scheme:light dark}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(report: Report) -> bytes:
    """Return the page."""
    title = _line(f"Report on {report.title or report.payload}")
    body = "\n".join(_body(report, title))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    ).encode("utf-8", "replace")


def _body(report: Report, title: str) -> Iterator[str]:
    yield f"<h1>{title}</h1>"
    counts = [f"{count} {WORDS[verdict]}" for verdict, count in report.counts.items() if count]
    by_tags = f"{counted(report.claimed, 'verdict')} by tags of the author, counted apart"
    claimed = f"; {by_tags}" if report.claimed else ""
    yield f"<p><strong>{_line(', '.join(counts) or 'no cells')}</strong>{claimed}.</p>"
    yield (
        "<p>One run on one computer. It says what came of it there, and nothing of who made it: "
        "look at its signatures for that.</p>"
    )
    yield "<h2>What was run, where</h2>\n<table>"
    yield from (f"<tr><th scope=row>{name}<td>{value}" for name, value in _facts(report))
    yield "</table>"
    if report.explanations:
        yield "<h2>What may explain differences</h2>\n<ul>"
        yield from (f"<li>{_line(sentence)}" for sentence in report.explanations)
        yield "</ul>"
    yield "<h2>Cells</h2>\n<table>\n<tr><th>Cell<th>Verdict<th>Why"
    for cell in sorted(report.verdicts, key=lambda cell: (cell.index, ORDER.index(cell.verdict))):
        yield from _cell(cell)
    yield "</table>"


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    machine = report.machine
    yield "Bundle", f"<code>{_line(report.payload)}</code>"
    if report.share:
        yield "Share", f"<code>{_line(report.share)}</code>"
    yield "Run at", _line(report.at)
    yield "Python", _line(f"{machine.python} ({machine.implementation})")
    yield (
        "Computer",
        _line(
            f"{machine.platform}, {machine.machine}, {machine.cpu} "
            f"({counted(machine.cores, 'core')})"
        ),
    )
    yield (
        "Environment",
        ("of whoever ran it" if machine.own_environment else "of the bundle, by its lock"),
    )
    none = "none: the code could read the files of whoever ran it"
    yield "Isolation", none if machine.isolation == NONE else _line(machine.isolation)
    yield "Network", "granted" if machine.network else "none"
    yield "Other packages", _packages(machine)
    yield "Compared by", _line(f"jupyter_ipfs {report.reader_version}")


def _packages(machine: Machine) -> str:
    told = [
        _line(f"{each.name}: {each.wanted or 'none'} → {each.used or 'none'}")
        for each in machine.packages
    ]
    return "<br>".join(told) or "none"


def _cell(cell: CellVerdict) -> Iterator[str]:
    claim = " (by a tag of the author)" if cell.claimed else ""
    yield f"<tr><td>{cell.index + 1}<td>{_SIGNS[cell.verdict]} {WORDS[cell.verdict]}{claim}<td>"
    yield _line(cell.reason)
    yield from (_output(output) for output in cell.outputs)


def _output(output: OutputVerdict) -> str:
    detail = f": {_line(output.detail)}" if output.detail else ""
    diff = f"<pre>{escape(plain(output.diff))}</pre>" if output.diff else ""
    what = f"<code>{_line(output.mime_type)}</code> {WORDS[output.verdict]}"
    return f"<div>{what}{detail} <small>[{_line(output.rule)}]</small></div>{diff}"


def _line(text: str) -> str:
    return escape(one_line(text))
