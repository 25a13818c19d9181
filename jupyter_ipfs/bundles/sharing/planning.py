"""Making a `Plan`: reads the notebook, its run, and what lies around it; stores nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format import notebook
from jupyter_ipfs.bundles.format.manifest_json import is_path
from jupyter_ipfs.bundles.sharing import git_ignored, plan, surroundings
from jupyter_ipfs.bundles.sharing.input_memory import Identity, InputMemory
from jupyter_ipfs.bundles.sharing.plan import Plan, PlannedInput
from jupyter_ipfs.errors import BundleError, ConfigError, IPFSError, NotABundleError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.store import names
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.recording.run_record import FileRead, Run
    from jupyter_ipfs.bundles.sharing.surroundings import Seen

_MOST_INPUTS = 10_000
_CONTENT = "ipfs/"  # begins the path of what is read by its CID


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the author says about a share.

    Attributes:
        top: The folder above which nothing is taken; by default the work tree's, or the notebook's.
        include: Paths that are taken besides; relative to the notebook's folder, or absolute.
        exclude: Paths that are left out.
        where: By path: where to get what is left out.
        license: An SPDX identifier.
        title: By default the first heading, or the file's name.
        authors: Names.
        description: In words.
        name: The name of the versions; by default the file's name.
    """

    top: Path | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    where: Mapping[str, str] | None = None
    license: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    description: str = ""
    name: str = ""


def make(
    content: Content,
    path: Path,
    wishes: Wishes,
    *,
    run: Run | None = None,
    kernel: str | None = None,
    executed: dict[str, Any] | None = None,
) -> Plan:
    """Return the plan of sharing a notebook.

    Args:
        content: The session.
        path: The notebook.
        wishes: What the author says.
        run: What was recorded; by default the newest run of the kernel, or of this notebook.
        kernel: The id of the kernel that ran it.
        executed: The notebook as it was just executed, instead of what is on the disk.

    Raises:
        NotABundleError: It is no notebook.
        BundleError: It cannot be read.
        ConfigError: The name cannot be one.
    """
    place = Path(os.path.realpath(path))
    raw = read(place)
    nb = notebook.parse(raw, place.name) if executed is None else notebook.normalised(executed)
    if not is_path(place.name):
        raise BundleError(f"a notebook named {place.name[:80]!a} cannot be shared", "rename it")
    cells = tuple(notebook.code_cells(nb))
    run = run or surroundings.newest_run(content, place, kernel)
    seen = surroundings.look(nb, place, run)
    with ThreadPoolExecutor(1) as beside:  # it starts a Python; meanwhile the inputs are read
        asked = beside.submit(surroundings.installed, run, seen.modules)
        inputs, reads = _inputs(content, place, wishes, seen)
        installed = asked.result()
    made = Plan(
        notebook=place,
        data=notebook.canonical(nb),
        digest=hashlib.sha256(raw).hexdigest(),
        cells=cells,
        run=run,
        recorded=seen.recorded,
        title=wishes.title or notebook.title_of(nb) or place.stem,
        name=names.check(wishes.name) if wishes.name else _name(place.stem),
        authors=wishes.authors,
        license=wishes.license,
        description=wishes.description,
        created_at=_time(seen.ended_at),
        inputs=inputs,
        reads=reads,
        writes=seen.writes,
        hosts=seen.hosts,
        environment=surroundings.environment(installed),
        installed=installed,
    )
    return made.with_findings(surroundings.findings(nb, made))


def read(path: Path) -> bytes:
    """Return a notebook's bytes.

    Raises:
        BundleError: It cannot be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(notebook.MAX_SIZE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BundleError(f"cannot read {str(path)!a}: {reason}") from None
    if len(data) > notebook.MAX_SIZE:
        raise NotABundleError(f"{path.name!a} is larger than {notebook.MAX_SIZE:,} bytes")
    return data


def _inputs(
    content: Content, place: Path, wishes: Wishes, seen: Seen
) -> tuple[tuple[PlannedInput, ...], dict[str, tuple[str, ...]]]:
    folder = place.parent
    top = _top(wishes.top, folder)
    files = {Path(each.path): each for each in seen.files}
    reads = {
        cell: [_key(Path(each), folder, top) for each in found]
        for cell, found in seen.reads.items()
    }
    for cell, roots in seen.contents.items():
        reads.setdefault(cell, []).extend(f"ipfs/{root}" for root in roots)
    wanted = [_typed(each, folder) for each in wishes.include if not each.startswith(_CONTENT)]
    unwanted = {_typed(each, folder) for each in wishes.exclude}
    added = [each for each in _expanded(wanted) if each not in files]
    if len(files) + len(added) > _MOST_INPUTS:
        raise BundleError(
            f"{len(files) + len(added):,} inputs are more than the {_MOST_INPUTS:,} that one "
            "notebook can share",
            "put them into one archive, or store them as a folder and read ipfs://",
        )
    ignored = git_ignored.ignored([*files], folder)
    choose = _Choosing(folder, top, wishes, set(_expanded(wanted)), unwanted, ignored)
    planned = [choose.file(each, found) for each, found in files.items()]
    planned += [choose.file(each, None) for each in added]
    roots = sorted(
        {root for found in seen.contents.values() for root in found}
        | {each.removeprefix(_CONTENT) for each in wishes.include if each.startswith(_CONTENT)}
    )
    planned += [_content(content, root, wishes) for root in roots]
    found_all = _as_recorded(content, [each for each in planned if each is not None])
    inputs = tuple(sorted(found_all, key=lambda each: each.path))
    known_paths = {each.path for each in inputs}
    return inputs, {
        cell: tuple(path for path in dict.fromkeys(paths) if path in known_paths)
        for cell, paths in reads.items()
    }


def _as_recorded(content: Content, planned: list[PlannedInput]) -> list[PlannedInput]:
    """Take what was only touched, and is known to have the recorded bytes, for unchanged."""
    touched = [
        (each.local_path, each.identity)
        for each in planned
        if each.changed and each.recorded_cid and each.local_path and each.identity
    ]
    known = InputMemory(content.repo.path).known(touched) if touched else {}
    cids = {path: str(ref.cid) for path, ref in known.items()}
    return [
        replace(each, changed=False)
        if each.recorded_cid is not None
        and each.local_path is not None
        and cids.get(each.local_path) == each.recorded_cid
        else each
        for each in planned
    ]


@dataclass(frozen=True, slots=True)
class _Choosing:
    """Which files are preselected (``safety.md`` 18)."""

    folder: Path
    top: Path
    wishes: Wishes
    wanted: Collection[Path]
    unwanted: Collection[Path]
    ignored: Collection[Path]

    def file(self, path: Path, found: FileRead | None) -> PlannedInput | None:
        key = _key(path, self.folder, self.top)
        where = (self.wishes.where or {}).get(key, "")
        how = found.how if found is not None else "added"
        try:
            status = path.stat()
        except OSError:
            if found is None:
                raise BundleError(f"cannot read {str(path)!a}, which was to be included") from None
            return PlannedInput(
                key, None, found.size, how, selected=False, why_not=plan.MISSING, where=where
            )
        if not stat.S_ISREG(status.st_mode):
            if found is None:
                raise BundleError(f"{str(path)!a} is no file, and was to be included")
            return None
        why_not = self._why_not(path, key)
        is_wanted = path in self.wanted
        if is_wanted and why_not in plan.NEVER:
            raise BundleError(
                f"{str(path)!a} is outside of {str(self.top)!a} and cannot be shared with it",
                "move it below the notebook's folder, or store it and read ipfs://",
            )
        identity = Identity.of(status)
        changed = found is not None and identity != Identity(
            found.size, found.mtime_ns, found.inode
        )
        return PlannedInput(
            path=key,
            local_path=path,
            size=status.st_size,
            how=how,
            selected=(is_wanted or not why_not) and path not in self.unwanted,
            why_not=why_not,
            changed=changed or (found is not None and found.changed),
            where=where,
            identity=identity,
            recorded_cid=found.cid if found is not None else None,
        )

    def _why_not(self, path: Path, key: str) -> str:
        if not path.is_relative_to(self.top) or not is_path(key.replace("../", "")):
            return plan.OUTSIDE
        if any(part.startswith(".") and part != ".." for part in key.split("/")):
            return plan.HIDDEN
        if path in self.ignored:
            return plan.IGNORED
        if key.startswith("../"):
            return plan.ABOVE
        return plan.SECRET if _has_secret(path) else ""


def _has_secret(path: Path) -> bool:
    from jupyter_ipfs.bundles.review import file_scan  # noqa: PLC0415  (many patterns)

    try:
        return bool(file_scan.scan(path).hits)
    except OSError:
        return False


def _content(content: Content, root: str, wishes: Wishes) -> PlannedInput:
    path = f"ipfs/{root}"
    where = (wishes.where or {}).get(path, "")
    try:
        node = content.resolve(CID.parse(root))
    except IPFSError:
        return PlannedInput(
            path, None, 0, "content", selected=False, why_not=plan.MISSING, where=where
        )
    size = node.dag_size if node.kind == reader.DIRECTORY else node.size
    selected = path not in wishes.exclude
    return PlannedInput(path, None, size, "content", selected=selected, where=where)


def _top(wished: Path | None, folder: Path) -> Path:
    """Return the folder above which nothing is taken."""
    if wished is not None:
        top = Path(os.path.realpath(wished))
        return top if folder.is_relative_to(top) else folder
    return git_ignored.top_of(folder) or folder


def _key(path: Path, folder: Path, top: Path) -> str:
    if path.is_relative_to(top):
        return plan.relative(path, folder)
    return str(path).replace(os.sep, "/")


def _typed(text: str, folder: Path) -> Path:
    return Path(os.path.realpath(folder / text))


def _expanded(paths: Sequence[Path]) -> list[Path]:
    """Return the files under folders that are to be included; hidden ones have to be named."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        for directory, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                if not name.startswith(".") and not (Path(directory) / name).is_symlink():
                    found[Path(directory) / name] = None
            if len(found) > _MOST_INPUTS:
                break
    return list(found)


def _name(stem: str) -> str:
    """Return the name of a notebook's versions that its file's name suggests."""
    try:
        return names.check(stem.replace("@", "-").strip()[: names.MAX_NAME])
    except ConfigError:
        return "notebook"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    moment = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
