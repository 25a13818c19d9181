"""The outputs of a cell, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.compare import diffs, error, output, read, rules, sizes, text
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, ORDER, SAME, OutputVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

Output = dict[str, object]
_STREAMS = ("stdout", "stderr")
_MAX_SHOWN = 2000  # characters of an output that is only on one side


def compare(
    expected: Sequence[Output], actual: Sequence[Output], relative: float
) -> tuple[OutputVerdict, ...]:
    """Compare two lists of outputs.

    How a kernel cuts a stream into messages, and how the two streams and the displays are
    interleaved, depends on timing: the texts of each stream are joined. Displays, results and
    errors keep their order.
    """
    verdicts = [
        found
        for name in _STREAMS
        if (found := _stream(name, _joined(expected, name), _joined(actual, name), relative))
    ]
    old, new = _others(expected), _others(actual)
    for one, other in zip(old, new, strict=False):
        verdicts.append(_pair(one, other, relative))
    verdicts += [_alone(one, "missing now") for one in old[len(new) :]]
    verdicts += [_alone(one, "new; it was not there before") for one in new[len(old) :]]
    return tuple(verdicts)


def _stream(name: str, expected: str, actual: str, relative: float) -> OutputVerdict | None:
    mime = f"{name} (text/plain)"
    if not expected and not actual:
        return None
    found = output.by_bytes(expected, actual, mime) or text.compare(
        expected, actual, relative, mime
    )
    if found.verdict == DIFFERS and not (expected and actual):
        detail = f"nothing on {name} {'now' if expected else 'before'}"
        return OutputVerdict(DIFFERS, mime, found.rule, detail, found.diff)
    return found


def _joined(outputs: Sequence[Output], name: str) -> str:
    return "".join(
        read.text(one.get("text"))
        for one in outputs
        if one.get("output_type") == "stream" and _name(one) == name
    )


def _name(stream: Output) -> str:
    name = stream.get("name")
    return name if isinstance(name, str) and name in _STREAMS else _STREAMS[0]


def _others(outputs: Sequence[Output]) -> list[Output]:
    return [one for one in outputs if one.get("output_type") != "stream"]


def _pair(expected: Output, actual: Output, relative: float) -> OutputVerdict:
    kinds = (expected.get("output_type"), actual.get("output_type"))
    if kinds == ("error", "error"):
        return error.compare(expected, actual, relative)
    if "error" in kinds:
        raised = "before, and not now" if kinds[0] == "error" else "now, and not before"
        which = expected if kinds[0] == "error" else actual
        return OutputVerdict(
            DIFFERS, error.MIME_TYPE, error.RULE, f"raised {error.sentence(which)} {raised}"
        )
    return output.compare(expected, actual, relative)


def _alone(one: Output, how: str) -> OutputVerdict:
    """Tell of an output that has no partner."""
    if one.get("output_type") == "error":
        detail = f"raised {error.sentence(one)}: {how}"
        return OutputVerdict(DIFFERS, error.MIME_TYPE, error.RULE, detail)
    shown = read.data(one)
    mime = output.richest(shown) or "no data"
    what = read.text(shown.get("text/plain")) if sizes.weight(shown) <= sizes.MAX_OUTPUT else ""
    is_missing = how.startswith("missing")
    what = rules.plain(what[:_MAX_SHOWN]).text
    diff = diffs.unified(what if is_missing else "", "" if is_missing else what)
    return OutputVerdict(DIFFERS, mime, "as many outputs as before", f"{mime} is {how}", diff)


def worst(verdicts: Sequence[OutputVerdict]) -> str:
    """Return the worst verdict of a cell's outputs; *same* where there are none."""
    return max((found.verdict for found in verdicts), key=ORDER.index, default=SAME)
