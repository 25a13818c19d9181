"""Known noise: what says nothing about a result, and differs each time it is printed.

Each kind has a name that is shown where it made a difference. Clock times and durations are
noise only in the forms below (of ``%time``, loggers, progress bars …): a time that a cell prints
in its own words is a result. The order of a set is never relaxed.

The texts are hostile, so the patterns do not backtrack: every repetition is possessive, and
either bounded or begun at most once for each stretch of text (a test reads their parse trees).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TIME_UNITS = "(?:ns|µs|μs|us|ms|s|min|h)"

# ECMA-48: control sequences, and operating system commands (hyperlinks, titles).
_ANSI = re.compile(
    "\x1b(?:\\[[0-9;:?<=>]{0,64}+[ -/]{0,8}+[@-~]|\\][^\x07\x1b]{0,2000}+(?:\x07|\x1b\\\\)?)"
)
_ADDRESS = re.compile(r"\b(at|object|instance)( 0x)[0-9a-fA-F]{5,16}+\b")
_FRAME = re.compile(
    r"<ipython-input-[0-9]{1,9}+-[0-9a-f]{1,32}+>|\bIn ?\[[0-9 ]{1,9}+\]|\bipykernel_[0-9]{1,9}+"
)
# A path is tried once: from where it begins to where it ends.
_PATH = re.compile(r"(?<![^\s\"'<>(=\[`])(?:[A-Za-z]:)?[/\\][^\s\"'<>()`]{1,2000}+")
_TQDM = re.compile(
    r"\[[0-9:]{2,12}+(?:<[0-9:?]{1,12}+)?, {0,8}+[0-9.?]{1,16}+ ?[^\s\d\],/]{0,20}+/[^\s\],]{1,20}+"
)
_BAR = re.compile(r"\|[ #0-9▏▎▍▌▋▊▉█]{1,500}+\|(?= {0,4}+[0-9.?]{1,16}+)|[━╸╺─█▏▎▍▌▋▊▉]{4,500}+")
_KERAS = re.compile(rf"\b[0-9]{{1,9}}+{_TIME_UNITS} [0-9]{{1,9}}+{_TIME_UNITS}/(?:step|epoch)\b")
# As the logging module and its kin write it; a time that is printed by itself is a result.
_LOG_TIME = re.compile(
    r"(?m)^(\[?(?:[IWEDC] )?)[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:,[0-9]{3}|(?<=[0-9])\.[0-9]{3}(?= [A-Za-z]))(?![0-9])"
)
# Said to be the hour of the run: `run at 2026-11-23 20:40:18`, `Started: 20:40:18`.
_RUN_AT = re.compile(
    r"(?i)\b((?:run|ran|executed|generated|started|finished|completed|now|current time)"
    r"(?: at| on| is)?:?) {1,4}+(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]|, ))?"
    r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9}+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?(?![0-9A-Za-z])"
)
_ELAPSED = re.compile(
    rf"\b((?:elapsed|total time|Elapsed time)[:=]) {{0,12}}+[0-9.]{{1,16}}+ ?{_TIME_UNITS}\b"
)
# statsmodels' summaries, as text and as HTML.
_SUMMARY = re.compile(
    r"\b(Date:|Time:)(\s{0,80}+(?:</th>\s{0,80}+<td[^<>]{0,80}+>\s{0,80}+)?)"
    r"(?:[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4}|[0-9]{2}:[0-9]{2}:[0-9]{2})(?![0-9])"
)
_MEMORY = re.compile(
    r"\b(memory usage: |peak memory: |increment: )-?[0-9.]{1,16}+\+? ?(?:bytes|[KMGT]i?B)"
)
# What libraries name at random: pandas' Styler, plotly, vega, folium, bokeh; matplotlib's SVG.
_IDENTIFIER = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?:[a-z_]{1,40}+_)?[0-9a-f]{32}(?![0-9a-f])"
    r"|T_[0-9a-f]{5}"
    r"|sk-(?:container-id|estimator-id|dropdown-id)-[0-9]{1,6}+"
    r"|p[0-9]{4,6}+(?=[\"'])"
    r"|(?:[mph]|C[0-9a-f]{1,4}_[0-9a-f]{1,4}_)[0-9a-f]{10}(?![0-9A-Za-z])"
    r")"
)

# Beginnings of lines.
_PIP = (
    "[notice] ",
    "WARNING: Running pip as ",
    "WARNING: You are using pip version ",
    "You should consider upgrading via ",
    "Note: you may need to restart the kernel",
    "Requirement already satisfied: ",
    "Looking in indexes: ",
    "Collecting ",
    "  Downloading ",
    "  Using cached ",
    "Using cached ",
    "Downloading ",
    "Installing collected packages: ",
    "Successfully installed ",
)
_MACHINE = (
    "Matplotlib is building the font cache",
    "Matplotlib created a temporary cache directory",
    "Fontconfig warning: ",
    "Fontconfig error: ",
    "0.00s - ",
    "findfont: ",
)
_TIMINGS = ("CPU times: ", "Wall time: ", "Compiler ", "The slowest run took ")
_PER_LOOP = " per loop"


@dataclass(frozen=True, slots=True)
class Noise:
    """One kind of it.

    Attributes:
        name: What it is called where it made a difference: ``addresses``.
        apply: Takes a text; gives it without the noise, and what was taken out.
    """

    name: str
    apply: Callable[[str], tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without known noise.

    Attributes:
        text: What is left.
        taken: What was taken out, for each kind of noise.
    """

    text: str
    taken: dict[str, list[str]]


def plain(text: str) -> Plain:
    """Take the known noise out of a text."""
    taken: dict[str, list[str]] = {}
    for noise in NOISE:
        text, found = noise.apply(text)
        if found:
            taken[noise.name] = found
    return Plain(text, taken)


def used(expected: Plain, actual: Plain) -> list[str]:
    """Return the names of the noise in which two texts differ."""
    return [
        noise.name
        for noise in NOISE
        if expected.taken.get(noise.name) != actual.taken.get(noise.name)
    ]


def _written(
    pattern: re.Pattern[str], put: str, *words: str
) -> Callable[[str], tuple[str, list[str]]]:
    """Return what writes ``put`` for each match, where one of ``words`` is in the text at all."""

    def apply(text: str) -> tuple[str, list[str]]:
        if words and not any(word in text for word in words):
            return text, []
        found = [match[0] for match in pattern.finditer(text)]
        return (pattern.sub(put, text) if found else text), found

    return apply


def _identifiers(text: str) -> tuple[str, list[str]]:
    """Number them in the order in which they come: what belongs together stays together."""
    names: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"(id {len(names) + 1})")

    return _IDENTIFIER.sub(replace, text), list(names)


def _overwritten(text: str) -> tuple[str, list[str]]:
    """Keep of each line what a terminal shows in the end: a progress bar draws over itself."""
    if "\r" not in text:
        return text, []
    kept, gone = [], []
    for line in text.split("\n"):
        *before, last = [part for part in line.split("\r") if part] or [""]
        kept.append(last.rstrip() if before else last)
        gone.extend(before)
    return "\n".join(kept), gone


def _without_lines(words: tuple[str, ...]) -> Callable[[str], tuple[str, list[str]]]:
    """Return what drops the lines that begin with one of ``words``."""

    def apply(text: str) -> tuple[str, list[str]]:
        if not any(word in text for word in words):
            return text, []
        lines = text.split("\n")
        gone = [line for line in lines if line.startswith(words)]
        return "\n".join(line for line in lines if not line.startswith(words)), gone

    return apply


def _timed(text: str) -> tuple[str, list[str]]:
    """Write the lines of ``%time`` and ``%timeit`` without their figures."""
    found: list[str] = []
    if not any(word in text for word in (*_TIMINGS, _PER_LOOP)):
        return text, found

    def written(line: str) -> str:
        if line.startswith(_TIMINGS):
            found.append(line)
            begin = next(word for word in _TIMINGS if line.startswith(word))
            return f"{begin}(time)"
        if _PER_LOOP in line and line[:1].isdigit():
            found.append(line)
            return f"(time){_PER_LOOP}"
        return line

    return "\n".join(map(written, text.split("\n"))), found


def _progress(text: str) -> tuple[str, list[str]]:
    """Keep of a progress bar what it counts: no width, no speed."""
    text, speeds = _speeds(text)
    text, bars = _bars(text)
    return text, [*speeds, *bars]


def _paths(text: str) -> tuple[str, list[str]]:
    """Shorten paths of installed files, of temporary folders and of the kernel's own cells."""
    found: list[str] = []

    def replace(match: re.Match[str]) -> str:
        path = match[0].replace("\\", "/")
        short = _short(path)
        if short is None:
            return match[0]
        found.append(match[0])
        return short

    return _PATH.sub(replace, text), found


def _short(path: str) -> str | None:
    """Return what is the same on each computer of a path, or ``None`` for a path of no kind."""
    for folder in ("/site-packages/", "/dist-packages/"):
        if folder in path:
            return f"(installed)/{path.rpartition(folder)[2]}"
    if "/lib/python3" in path:
        return f"(installed)/{path.rpartition('/lib/python3')[2].partition('/')[2]}"
    parts = path.split("/")
    for at, part in enumerate(parts):
        if part.startswith("ipykernel_"):  # /tmp/ipykernel_123/456.py:3: a line of a cell
            _, _, line = parts[-1].partition(".py")
            return f"(cell){line}"
        if part.startswith("tmp") and len(part) == len("tmp") + 8 and at:  # tempfile's names
            return "/".join(["(temporary)", *parts[at + 1 :]])
    return None


_speeds = _written(_TQDM, "[(time)", "[")
_bars = _written(_BAR, "|", "|", "━", "─", "█")

# Applied in this order. Lines come first: what is dropped as a whole needs no second look.
NOISE = (
    Noise("colours", _written(_ANSI, "", "\x1b")),
    Noise("overwritten lines", _overwritten),
    Noise("messages of pip", _without_lines(_PIP)),
    Noise("notices about the machine", _without_lines(_MACHINE)),
    Noise("timings", _timed),
    Noise("progress bars", _progress),
    Noise("times per step", _written(_KERAS, "(time)", "/step", "/epoch")),
    Noise("times of a log", _written(_LOG_TIME, r"\1(time)", "-")),
    Noise("the hour of a run", _written(_RUN_AT, r"\1 (time)", ":")),
    Noise("elapsed times", _written(_ELAPSED, r"\1(time)", "elapsed", "time")),
    Noise("date and time of a summary", _written(_SUMMARY, r"\1\2(time)", "Date:", "Time:")),
    Noise("memory sizes", _written(_MEMORY, r"\1(size)", "memory", "increment")),
    Noise("addresses in memory", _written(_ADDRESS, r"\1\2…", "0x")),
    Noise("paths of this computer", _paths),
    Noise("numbers of cells", _written(_FRAME, "(cell)", "ipython-input", "In", "ipykernel_")),
    Noise("random identifiers", _identifiers),
)
