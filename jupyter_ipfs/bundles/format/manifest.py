"""``bundle.json``: what a bundle says of itself. Values only; the format is in docs/reference."""

from __future__ import annotations

from dataclasses import dataclass, field

FORMAT = "jupyter-ipfs-bundle"
VERSION = 1

NOTEBOOK, MANIFEST = "notebook.ipynb", "bundle.json"
PAYLOAD, SIGNATURES = "payload", "signatures"  # the two entries of a share
INPUTS, OUTPUTS, ENVIRONMENT = "inputs", "outputs", "environment"
LOCK, DETAILS = f"{ENVIRONMENT}/pylock.toml", f"{ENVIRONMENT}/environment.json"


@dataclass(frozen=True, slots=True)
class Input:
    """Something the notebook read.

    Attributes:
        path: Below ``inputs/``, relative, with ``/``; for content, ``ipfs/<CID>``.
        size: Content bytes.
        cid: Its CID; ``None`` if it is not included (``safety.md`` 18: neither path nor CID of
            what was excluded as secret is told; what was merely left out keeps its path).
        how: ``seen``, ``guessed``, ``added`` (by the author) or ``content`` (``ipfs://``).
        where: Where to get what is not included, in the author's words, or empty.
    """

    path: str
    size: int
    cid: str | None
    how: str
    where: str = ""

    @property
    def included(self) -> bool:
        """Whether the bytes are in the bundle."""
        return self.cid is not None


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a cell.

    Attributes:
        kind: ``stream``, ``display_data``, ``execute_result`` or ``error``, as nbformat has it.
        cid: Of the directory ``outputs/<cell>/<index>`` with one file for each MIME type.
        mime_types: Its MIME types, sorted; for a stream ``text/plain``.
    """

    kind: str
    cid: str
    mime_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a cell is to be compared, by its tags: a claim of the author's (``safety.md`` 17).

    Attributes:
        skip: Not compared (tag ``ipfs-skip`` or ``nondeterministic``).
        relative: Numbers may differ by this part (tag ``ipfs-tolerance=1e-3``), or ``None``.
        reason: What the author says about it, or empty.
    """

    skip: bool = False
    relative: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell and what came of it.

    Attributes:
        id: The notebook's id of it.
        index: Its place among all cells of the notebook, from 0.
        number: The execution count, or ``None`` if it was not run.
        source_sha256: Of its source, in hex.
        reads: Paths of `Input`.
        writes: Paths below the notebook's folder that it wrote.
        outputs: In order.
        rule: How it is to be compared.
    """

    id: str
    index: int
    number: int | None
    source_sha256: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    rule: Rule = field(default_factory=Rule)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A distribution that the lock cannot name, and why: ``editable``, ``not on the index``."""

    name: str
    version: str
    why: str


@dataclass(frozen=True, slots=True)
class Environment:
    """What ran the notebook.

    Attributes:
        python: ``3.11.7``.
        implementation: ``cpython``.
        platform: ``linux``.
        machine: ``x86_64``.
        packages: How many the lock has.
        unlocked: What it does not have.
    """

    python: str
    implementation: str
    platform: str
    machine: str
    packages: int
    unlocked: tuple[Unlocked, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself.

    Attributes:
        title: What to call it.
        authors: Names, in order; may be empty.
        license: An SPDX identifier, or empty.
        description: In the author's words, or empty.
        created_at: When the recorded run ended, ``2026-11-23T20:15:00Z``; empty without a run.
        folder: Where the notebook stands below ``inputs/``, so that ``../data`` works; empty at
            the top.
        name: The notebook's file name.
        recorded: Whether a run was recorded; without one nothing is known of what was read.
        inputs: Sorted by path.
        hosts: Other computers that it talked to: not reproducible.
        cells: Its code cells, in order.
        environment: What ran it.
    """

    title: str
    name: str
    authors: tuple[str, ...]
    license: str
    description: str
    created_at: str
    folder: str
    recorded: bool
    inputs: tuple[Input, ...]
    hosts: tuple[str, ...]
    cells: tuple[Cell, ...]
    environment: Environment
