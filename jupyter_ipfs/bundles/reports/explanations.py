"""What may explain that a cell gave something else: of the machine, and of its own source.

They are pointers for a person, found by words in the source: they excuse nothing, and no verdict
depends on them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.compare.verdict import DIFFERS, FAILED
from jupyter_ipfs.words.figures import counted
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyter_ipfs.bundles.compare.verdict import CellVerdict
    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.bundles.replay.machine import Machine

_MAX_SOURCE = 200_000  # characters of a cell that are looked at
_SHOWN = 10  # of a list
_MAX_SENTENCE = 500

_RANDOM = re.compile(
    r"\brandom\.|\brng\b|default_rng\(\)|\bshuffle\b|\brand(?:n|int)?\(|\.sample\("
    r"|\btrain_test_split\(|\bKFold\(|RandomForest|\bMLP(?:Classifier|Regressor)\(|\btorch\.|\buuid\b"
    r"|\bsecrets\."
)
_SEEDED = re.compile(
    r"\bseed\b|\bmanual_seed\(|random_state\s{0,8}+=\s{0,8}+[0-9]|default_rng\(\s{0,8}+[0-9]"
    r"|RandomState\(\s{0,8}+[0-9]"
)
_CLOCK = re.compile(
    r"\bnow\(|\btoday\(|\butcnow\(|\btime\.(?:time|perf_counter|monotonic|ctime|strftime)"
    r"|\bperf_counter\(|\btimeit\b|%time"
)
_NETWORK = re.compile(
    r"\brequests\.|\burllib\b|\bhttpx\.|\baiohttp\b|https?://|\burlretrieve\b|\bfetch_[a-z]{2,30}\("
)
_SURROUNDINGS = re.compile(
    r"\bos\.(?:environ|getcwd|getenv|uname|cpu_count)|\bplatform\.|\bsys\.(?:version|platform|path)"
    r"|\bgetpass\b|\bsocket\.gethostname|\bPath\.(?:cwd|home)\(|\bpsutil\b"
)
_UNORDERED = re.compile(r"\bset\(|\bfrozenset\(|\blistdir\(|\bglob\(|\biterdir\(|\bhash\(")
_PARALLEL = re.compile(r"\bn_jobs\b|\bThreadPool|\bProcessPool|\bmultiprocessing\b|\bthreading\b")
_KINDS = (
    (_CLOCK, "reads the clock"),
    (_NETWORK, "asks other computers"),
    (_SURROUNDINGS, "asks about the computer that it runs on"),
    (_UNORDERED, "uses what has no order of its own (a set, a folder's files, hashes)"),
    (_PARALLEL, "runs things at the same time"),
)


def explain(
    manifest: Manifest,
    sources: Mapping[str, str],
    machine: Machine,
    verdicts: Sequence[CellVerdict],
) -> tuple[str, ...]:
    """Return what may explain differences, a sentence each; nothing if nothing differs.

    Args:
        manifest: What the bundle says of itself.
        sources: Of its code cells, by id.
        machine: Where it was run again.
        verdicts: What came of it.
    """
    odd = [cell for cell in verdicts if cell.verdict in {DIFFERS, FAILED}]
    if not odd:
        return ()
    told = [*_machine(manifest, machine), *_bundle(manifest, machine), *_cells(sources, odd)]
    return tuple(one_line(sentence)[:_MAX_SENTENCE] for sentence in told)


def _machine(manifest: Manifest, machine: Machine) -> Iterator[str]:
    then = manifest.environment
    for what, old, new in (
        ("Python", then.python, machine.python),
        ("implementation of Python", then.implementation, machine.implementation),
        ("system", then.platform, machine.platform),
        ("processor", then.machine, machine.machine),
    ):
        if old != new:
            yield f"Another {what}: {old or 'not told'} then, {new} now."
    if machine.own_environment:
        yield "It ran in the environment of whoever ran it, not in that of the lock."
    packages = [
        f"{each.name} ({each.wanted or 'none'} then, {each.used or 'none'} now)"
        for each in machine.packages
    ]
    if packages:
        yield f"{counted(len(packages), 'other package')}: {_listed(packages)}."


def _bundle(manifest: Manifest, machine: Machine) -> Iterator[str]:
    unlocked = [f"{each.name} {each.version}" for each in manifest.environment.unlocked]
    if unlocked:
        yield f"The lock does not have {_listed(unlocked)}."
    absent = [each.path for each in manifest.inputs if not each.included]
    if absent:
        yield f"Not in the bundle: {_listed(absent)}."
    if manifest.hosts:
        now = (
            "they could be asked, and may answer something else"
            if machine.network
            else ("there was no network now")
        )
        yield f"It talked to {_listed(list(manifest.hosts))}; {now}."
    if not manifest.recorded:
        yield "No run of the author's was recorded, so what it read is guessed."
    numbers = [cell.number for cell in manifest.cells if cell.number is not None]
    if numbers != sorted(set(numbers)):
        yield "The author ran the cells in another order than that in which they stand."


def _cells(sources: Mapping[str, str], odd: Sequence[CellVerdict]) -> Iterator[str]:
    failed = next((cell for cell in odd if cell.verdict == FAILED), None)
    if failed is not None and failed is not odd[-1]:
        yield f"Cell {failed.index + 1} failed; what differs after it may follow from that."
    is_seeded = any(_SEEDED.search(source[:_MAX_SOURCE]) for source in sources.values())
    for cell in odd:
        source = sources.get(cell.id, "")[:_MAX_SOURCE]
        if _RANDOM.search(source) and not is_seeded:
            yield f"Cell {cell.index + 1} draws at random, and no seed is set."
        elif _RANDOM.search(source) and not _SEEDED.search(source):
            yield f"Cell {cell.index + 1} draws at random; the seed is set elsewhere."
        for pattern, what in _KINDS:
            if pattern.search(source):
                yield f"Cell {cell.index + 1} {what}."


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more
