"""Errors: their kind and their message."""

from __future__ import annotations

from dataclasses import replace

from jupyter_ipfs.bundles.compare import diffs, output, read, rules, text
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, OutputVerdict
from jupyter_ipfs.words.foreign import one_line

MIME_TYPE = "error"
RULE = "kind and message of the error"
_MAX_TOLD = 200
_MAX_TRACEBACK = 100_000


def compare(
    expected: dict[str, object], actual: dict[str, object], relative: float
) -> OutputVerdict:
    """Compare two errors; the lines of libraries that a traceback goes through may differ."""
    told = _told(expected), _told(actual)
    found = output.by_bytes(*told, MIME_TYPE) or text.compare(*told, relative, MIME_TYPE)
    rule = RULE if found.rule == text.EXACT else f"{RULE}: {found.rule}"
    if found.verdict != DIFFERS:
        return replace(found, rule=rule)
    detail = f"raised {sentence(expected)} before, and {sentence(actual)} now"
    old, new = (rules.plain(_traceback(error)).text for error in (expected, actual))
    return replace(found, rule=rule, detail=detail, diff=diffs.unified(old, new) or found.diff)


def sentence(error: dict[str, object]) -> str:
    """Return kind and first line of an error, harmless in one line."""
    told = one_line(_told(error).partition("\n")[0])
    return told if len(told) <= _MAX_TOLD else f"{told[:_MAX_TOLD]}…"


def _told(error: dict[str, object]) -> str:
    return f"{read.text(error.get('ename'))}: {read.text(error.get('evalue'))}"


def _traceback(error: dict[str, object]) -> str:
    """Return the end of a traceback: what happened stands there."""
    lines = error.get("traceback")
    told = "\n".join(map(read.text, lines)) if isinstance(lines, list) else read.text(lines)
    return told[-_MAX_TRACEBACK:]
