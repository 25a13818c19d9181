"""What is wrong with a notebook that is to be shared, before anybody else has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from jupyter_ipfs.bundles.review import order, private
from jupyter_ipfs.bundles.review.finding import NOTE, SECRET, WARNING, Finding
from jupyter_ipfs.words.figures import counted
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.bundles.recording.run_record import Run

_LEVELS = {SECRET: 0, WARNING: 1, NOTE: 2}


class ReadInput(Protocol):
    """An input, as far as findings know it (`plan.PlannedInput`)."""

    @property
    def path(self) -> str:
        """Below ``inputs/``."""

    @property
    def local_path(self) -> Path | None:
        """Where it is on this computer."""

    @property
    def selected(self) -> bool:
        """It is to be included."""

    @property
    def why_not(self) -> str:
        """Why it is not selected, or empty."""

    @property
    def changed(self) -> bool:
        """It is not the same any more as when the notebook read it."""


def findings(
    notebook: Mapping[str, Any],
    manifest: Manifest,
    run: Run | None,
    inputs: Sequence[ReadInput] = (),
) -> list[Finding]:
    """Look at a notebook, its recorded run and its inputs.

    Args:
        notebook: As nbformat 4 has it.
        manifest: What its bundle would say.
        run: Its recorded run, if there is one.
        inputs: What it read. Those that are selected are looked into, each up to 2 MiB.

    Returns:
        Secrets first, then warnings, then notes; within them in the order of the notebook.
    """
    found = [
        *private.notebook(notebook, manifest, run),
        *private.inputs(inputs),
        *order.cells(notebook, manifest, run),
        *_inputs(inputs),
        *_whole(manifest),
    ]
    return sorted(dict.fromkeys(found), key=lambda each: _LEVELS[each.level])


def _inputs(inputs: Sequence[ReadInput]) -> Iterator[Finding]:
    for read in inputs:
        name = one_line(read.path)
        if read.changed:
            yield Finding(
                WARNING,
                "input-changed",
                f"{name} has changed since the notebook read it",
                where=name,
                hint="Run the notebook again: its outputs are from the old file.",
                path=read.path,
            )
        if read.why_not == "outside":
            yield Finding(
                WARNING,
                "input-outside",
                f"{name} lies outside of what can be shared",
                where=name,
                hint="Move it below the notebook's folder, or store it and read it by ipfs://.",
                path=read.path,
            )
        elif read.why_not == "missing":
            yield Finding(
                WARNING,
                "input-missing",
                f"{name} is not there any more",
                where=name,
                hint="Put it back, or run the notebook again without it.",
                path=read.path,
            )


def _whole(manifest: Manifest) -> Iterator[Finding]:
    if not manifest.license:
        yield Finding(
            WARNING,
            "no-licence",
            "No licence: nobody may use or change it",
            hint="Choose one, such as CC-BY-4.0 for text and data or BSD-3-Clause for code.",
        )
    if not manifest.recorded:
        yield Finding(
            WARNING,
            "not-recorded",
            "No run was recorded: what the notebook read is guessed from its source",
            hint="Run it from top to bottom with `%load_ext jupyter_ipfs` in its first cell.",
        )
    if manifest.hosts:
        hosts = ", ".join(one_line(host) for host in manifest.hosts[:5])
        more = f" and {len(manifest.hosts) - 5} more" if manifest.hosts[5:] else ""
        yield Finding(
            WARNING,
            "network",
            f"It talked to {hosts}{more}: what came from there is not in the bundle",
            hint="Save what it fetched to a file and read that, so that others get the same.",
        )
    for package in manifest.environment.unlocked:
        yield Finding(
            WARNING,
            "not-on-an-index",
            f"{one_line(package.name)} {one_line(package.version)} cannot be installed by others: "
            f"{one_line(package.why)}",
            hint="Install it from an index, or put its code into the notebook's folder.",
        )
    excluded = [each for each in manifest.inputs if not each.included]
    if excluded:
        yield Finding(
            NOTE,
            "not-included",
            f"{counted(len(excluded), 'input')} will not be included",
            hint="Say where others can get what is left out.",
        )
