"""Reports that this repo holds, found by the bundle that they are about.

A report is content like any other, kept by a pin. What is written here is only which roots are
reports, so that nothing has to be searched: ``<repo>/bundles/reports/<payload>/<root>``.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import MANIFEST, PAYLOAD
from jupyter_ipfs.bundles.opening import small_file
from jupyter_ipfs.bundles.reports import report_json, report_page
from jupyter_ipfs.errors import JupyterIPFSError, NotABundleError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.replay.machine import Machine
    from jupyter_ipfs.bundles.reports.report import Report
    from jupyter_ipfs.bundles.signing.signatures import Vouched

REPORT, PAGE = "report.json", "index.html"
MADE_HERE, RECEIVED = "made here", "received"
_MAX_LISTED = 1000  # reports of one bundle
_MAX_NOTE = 64  # bytes of a note


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A report that is here.

    Attributes:
        report: Its CID, with whatever signatures it has.
        at: When it was run.
        machine: Where.
        counts: Cells by verdict.
        claimed: Verdicts that rest on a tag of the author's.
        signatures: Who vouches for it.
        by_author: Somebody who signed it signed the bundle as its author: it is no second opinion.
        made_here: It was made in this repo, not received.
    """

    report: CID
    at: str
    machine: Machine
    counts: dict[str, int]
    claimed: int
    signatures: tuple[Vouched, ...]
    by_author: bool
    made_here: bool

    def as_json(self, own: Collection[str] = ()) -> dict[str, Any]:
        """Return it as the server tells it; ``own`` are the addresses of whoever asks."""
        mine = {address.lower() for address in own}
        signatures = [
            {
                "address": each.address,
                "role": each.role,
                "valid": each.valid,
                "problem": each.problem,
                "known": each.known,
                "own": each.valid and each.address.lower() in mine,
            }
            for each in self.signatures
        ]
        return {
            "report": str(self.report),
            "at": self.at,
            "machine": asdict(self.machine),
            "counts": self.counts,
            "claimed": self.claimed,
            "signatures": signatures,
            "by_author": self.by_author,
            "own": self.made_here or any(each["own"] for each in signatures),
        }


def files(report: Report) -> dict[str, bytes]:
    """Return a report's files: shaped as a share, so that it can be signed as one."""
    return {
        f"{PAYLOAD}/{REPORT}": report_json.dumps(report),
        f"{PAYLOAD}/{PAGE}": report_page.page(report),
    }


def store(content: Content, report: Report) -> CID:
    """Store and note a report that was made here; return its CID."""
    root = content.store_files(files(report)).root
    note(content, root, made_here=True)
    return root


def note(content: Content, path: str | CID, *, made_here: bool = False) -> Report:
    """Note that a root is a report, so that it is listed with its bundle; it has to be kept.

    Raises:
        NotABundleError: It is none.
    """
    root = content.resolve(path).cid
    report = read(content, root)
    folder = _folder(content, report.payload)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Its name says all but this; a note is never rewritten, and none is half there.
    file = folder / str(root)
    if not file.exists():
        draft = folder / f".{root}-{os.getpid()}"
        draft.write_text(MADE_HERE if made_here else RECEIVED, encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(file)
    return report


def is_report(content: Content, path: str | CID) -> bool:
    """Tell whether a path is a report rather than a bundle, without reading it."""
    try:
        node = _payload(content, path)
        return reader.lookup(content.backend, node, REPORT.encode()) is not None
    except JupyterIPFSError:
        return False


def read(content: Content, path: str | CID) -> Report:
    """Read a report, its signatures aside. Its page is never shown: it is made anew from this.

    Raises:
        NotABundleError: It is none.
    """
    blocks = content.backend
    node = _payload(content, path)
    cid = reader.lookup(blocks, node, REPORT.encode())
    if cid is None:
        raise NotABundleError(f"{path} is no report: there is no {REPORT}")
    file = reader.get(blocks, cid)
    return report_json.loads(small_file.read(blocks, file, REPORT, report_json.MAX_SIZE))


def entries(
    content: Content,
    payload: str | CID,
    *,
    vouched: Callable[[CID], Sequence[Vouched]],
    authors: Collection[str] = (),
) -> list[ReportEntry]:
    """Return the reports on a bundle that are here, newest first, those of the author's last.

    What cannot be read any more, or is about another bundle, is left out.

    Args:
        content: The session.
        payload: The bundle's CID.
        vouched: Gives the signatures of a root.
        authors: The addresses that validly signed the bundle as its author.
    """
    folder = _folder(content, str(payload))
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
    found = []
    for name in [name for name in names if not name.startswith(".")][:_MAX_LISTED]:
        try:
            root = CID.parse(name)
            report = read(content, root)
            signatures = tuple(vouched(root))
        except JupyterIPFSError:
            continue
        if report.payload == str(payload):
            found.append(_entry(root, report, signatures, authors, _made_here(folder / name)))
    found.sort(key=lambda entry: (entry.at, str(entry.report)), reverse=True)
    return sorted(found, key=lambda entry: entry.by_author)


def forget(content: Content, payload: str | CID, report: CID) -> None:
    """List a report no more; its content stays until it is unpinned."""
    (_folder(content, str(payload)) / str(report)).unlink(missing_ok=True)


def _entry(
    root: CID,
    report: Report,
    signatures: tuple[Vouched, ...],
    authors: Collection[str],
    made_here: bool,  # noqa: FBT001  (private)
) -> ReportEntry:
    theirs = {address.lower() for address in authors}
    by_author = any(each.valid and each.address.lower() in theirs for each in signatures)
    return ReportEntry(
        report=root,
        at=report.at,
        machine=report.machine,
        counts=report.counts,
        claimed=report.claimed,
        signatures=signatures,
        by_author=by_author,
        made_here=made_here,
    )


def _payload(content: Content, path: str | CID) -> reader.Node:
    """Return the report's own directory: below ``payload`` in a share, else itself."""
    node = content.resolve(path)
    if node.kind != reader.DIRECTORY:
        raise NotABundleError(f"{path} is no report: it is a {node.kind}")
    cid = reader.lookup(content.backend, node, PAYLOAD.encode())
    found = node if cid is None else reader.get(content.backend, cid)
    # Who vouches has to know for what: a share with a report among its files is a share.
    if reader.lookup(content.backend, found, MANIFEST.encode()) is not None:
        raise NotABundleError(f"{path} is no report: it is a share")
    return found


def _folder(content: Content, payload: str) -> Path:
    return content.repo.path / "bundles" / "reports" / str(CID.parse(payload))


def _made_here(file: Path) -> bool:
    try:
        with file.open("rb") as note_file:
            return note_file.read(_MAX_NOTE) == MADE_HERE.encode()
    except OSError:
        return False
