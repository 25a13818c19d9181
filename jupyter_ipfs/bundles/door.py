"""``session.bundles``: sharing a notebook, and what a receiver does with a share."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.review.finding import SECRET
from jupyter_ipfs.bundles.sharing.plan import Plan
from jupyter_ipfs.bundles.sharing.planning import Wishes
from jupyter_ipfs.errors import SecretsFoundError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from jupyter_ipfs.bundles.compare.verdict import CellVerdict
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.difference.difference import Difference
    from jupyter_ipfs.bundles.opening.copying import CopiedBundle
    from jupyter_ipfs.bundles.opening.opening import Integrity, Opened
    from jupyter_ipfs.bundles.provenance.tracing import Traced
    from jupyter_ipfs.bundles.recording.run_record import Run
    from jupyter_ipfs.bundles.replay.allowed import Allowed
    from jupyter_ipfs.bundles.replay.readiness import Readiness
    from jupyter_ipfs.bundles.replay.replayed import ReplayedCell
    from jupyter_ipfs.bundles.reports.report import Report
    from jupyter_ipfs.bundles.reports.report_store import ReportEntry
    from jupyter_ipfs.bundles.sharing.sharing import Shared
    from jupyter_ipfs.bundles.signing.signatures import Vouched
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.wallet.door import Wallet


class Bundles:
    """The shares of one session.

    Args:
        content: The session.
        wallet: Gives the wallet; asked only when something is signed or its owner is needed.
        config: Gives the settings.
    """

    def __init__(
        self, content: Content, wallet: Callable[[], Wallet], config: Callable[[], Any]
    ) -> None:
        self._content = content
        self._wallet = wallet
        self._config = config

    # — sharing —

    def plan(
        self,
        notebook: str | os.PathLike[str],
        *,
        top: str | os.PathLike[str] | None = None,
        run: Run | None = None,
        kernel: str | None = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        where: Mapping[str, str] | None = None,
        license: str | None = None,  # noqa: A002  (the field's word)
        title: str | None = None,
        authors: Sequence[str] = (),
        description: str = "",
        name: str | None = None,
    ) -> Plan:
        """Tell what sharing a notebook would share, and what is wrong with it. Stores nothing.

        Args:
            notebook: The notebook's path on this computer.
            top: The folder above which nothing is taken (Jupyter's root); by default the top of
                the git work tree, else the notebook's own folder.
            run: What was recorded; by default the newest recorded run of the kernel, else of this
                notebook.
            kernel: The id of the kernel that ran it.
            include: Paths to take besides, relative to the notebook's folder or absolute; also
                `PlannedInput.path` of what was not preselected. A folder stands for its files.
            exclude: Paths to leave out, in the same way.
            where: For paths that are left out: where to get them.
            license: An SPDX identifier, such as ``CC-BY-4.0``.
            title: By default the first heading, or the file's name.
            authors: Names.
            description: What it is.
            name: The name of the versions in the repo; by default the file's name, without ending.

        Raises:
            NotABundleError: It is no notebook.
            BundleError: It cannot be read, or something to be included cannot be.
        """
        wishes = Wishes(
            None if top is None else Path(top), tuple(include), tuple(exclude), where,
            license or "", title or "", tuple(authors), description, name or "",
        )  # fmt: skip
        return self._planned(Path(notebook), wishes, run=run, kernel=kernel)

    def share(
        self,
        notebook: str | os.PathLike[str] | Plan,
        *,
        top: str | os.PathLike[str] | None = None,
        run: Run | None = None,
        kernel: str | None = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        where: Mapping[str, str] | None = None,
        license: str | None = None,  # noqa: A002  (the field's word)
        title: str | None = None,
        authors: Sequence[str] = (),
        description: str = "",
        name: str | None = None,
        sign: bool = False,
        secrets: bool = False,
        execute: bool = False,
        progress: ProgressCallback | None = None,
    ) -> Shared:
        """Share a notebook: store it with its inputs, environment and outputs as one CID.

        Args:
            notebook: The notebook's path, or a plan; then only ``name`` counts of what follows.
            top: See `plan`, as for what follows.
            run: See `plan`.
            kernel: See `plan`.
            include: See `plan`.
            exclude: See `plan`.
            where: See `plan`.
            license: See `plan`.
            title: See `plan`.
            authors: See `plan`.
            description: See `plan`.
            name: See `plan`.
            sign: Vouch for it as its author, with the wallet that is signed in.
            secrets: Share it although something in it looks like a key or a password.
            execute: Run a copy of it from the top first, and share that; the file stays as it is.
            progress: Told bytes and files.

        Raises:
            ReplayError: It was to be executed first, and could not be.
            SecretsFoundError: Something looks like a secret; nothing was stored.
            BundleError: The notebook or an input has changed meanwhile; nothing was stored.
            NotSignedInError: It was to be signed, and nobody is signed in; nothing was stored.
            SigningError: It was to be signed, and its owner did not; it was not shared.
            DiskFullError: It does not fit; nothing was stored.
            ConfigError: ``name`` cannot be a name.
        """
        from jupyter_ipfs.bundles.sharing import sharing  # noqa: PLC0415  (when needed)

        if isinstance(notebook, Plan):
            plan = notebook if name is None else replace(notebook, name=name)
        else:
            wishes = Wishes(
                None if top is None else Path(top), tuple(include), tuple(exclude), where,
                license or "", title or "", tuple(authors), description, name or "",
            )  # fmt: skip
            plan = self._planned(
                Path(notebook), wishes, run=run, kernel=kernel, execute=execute, progress=progress
            )
        found = [each for each in plan.findings if each.level == SECRET]
        if found and not secrets:
            raise SecretsFoundError(
                f"there is something that looks like a secret: {found[0].title}"
                + (f" ({found[0].where})" if found[0].where else ""),
                "take it out, or agree to share it: secrets=True",
            )
        signer = self._wallet().signer if sign else None
        return sharing.share(
            self._content, plan, executed=execute, signer=signer, progress=progress
        )

    # — receiving —

    def open(self, path: str | CID) -> Opened:
        """Open a share (or a payload) by its path: only its small files are read.

        Raises:
            NotABundleError: It is something else, or is not what it says that it is.
        """
        from jupyter_ipfs.bundles.opening import opening  # noqa: PLC0415  (when needed)

        return opening.open_bundle(self._content, path)

    def check(self, path: str | CID, *, progress: ProgressCallback | None = None) -> Integrity:
        """Read every byte of a share, and name what is missing or not what it has to be.

        Raises:
            NotABundleError: It is something else.
        """
        from jupyter_ipfs.bundles.opening import checking  # noqa: PLC0415  (when needed)

        return checking.check(self._content, path, progress=progress)

    def copy(
        self,
        path: str | CID,
        folder: str | os.PathLike[str],
        *,
        progress: ProgressCallback | None = None,
    ) -> CopiedBundle:
        """Write a working copy into a fresh folder below ``folder``; nothing is trusted by it.

        Raises:
            NotABundleError: It is no share.
            ConfigError: The folder is not there or cannot be written to.
            DiskFullError: It does not fit.
        """
        from jupyter_ipfs.bundles.opening import copying  # noqa: PLC0415  (when needed)

        return copying.copy(self._content, self.open(path), Path(folder), progress=progress)

    # — handing over —

    def save_zip(
        self,
        path: str | CID,
        file: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        progress: ProgressCallback | None = None,
    ) -> int:
        """Write a share as a ``.zip`` that everybody can read; return its bytes.

        Raises:
            NotABundleError: It is no share.
            PathExistsError: Something stands there already.
            BundleError: Some of its content cannot be handed over as files; a ``.car`` can.
        """
        from jupyter_ipfs.bundles.opening import zipped  # noqa: PLC0415  (when needed)

        target = Path(file).absolute()
        opened = self.open(path)
        size = zipped.save_zip(
            self._content, opened, target, overwrite=overwrite, progress=progress
        )
        self._content.repo.record_copy(opened.root, str(target))
        return size

    def open_file(
        self, file: str | os.PathLike[str], *, progress: ProgressCallback | None = None
    ) -> CID:
        """Take in a share from a ``.car`` or a ``.zip``, and keep it; return its CID.

        Raises:
            NotABundleError: It holds no share.
            VerificationError: A byte of it was changed; the message names the path.
        """
        from jupyter_ipfs.bundles.opening import receiving  # noqa: PLC0415  (when needed)

        return receiving.open_file(self._content, Path(file), progress=progress)

    # — vouching and reproducing —

    def sign(self, path: str | CID, role: str = "author") -> CID:
        """Vouch for a share, or for a report; return the new root, whose payload is the same.

        Args:
            path: Which.
            role: ``author`` or ``reviewer``.

        Raises:
            NotABundleError: It is neither.
            NotSignedInError: Nobody is signed in.
            SigningError: Its owner did not sign.
        """
        from jupyter_ipfs.bundles.reports import report_store  # noqa: PLC0415  (when needed)
        from jupyter_ipfs.bundles.signing import signing  # noqa: PLC0415  (when needed)

        content = self._content
        if not report_store.is_report(content, path):
            title = self.open(path).manifest.title
            return signing.add_signature(content, path, self._wallet().signer, role, title=title)
        report, old = report_store.read(content, path), content.resolve(path).cid
        known = report_store.entries(content, report.payload, vouched=lambda _: ())
        made_here = any(each.report == old and each.made_here for each in known)
        title = f"Report on {report.title}"
        root = signing.add_signature(content, path, self._wallet().signer, role, title=title)
        report_store.note(content, root, made_here=made_here)
        if made_here:  # the same report, now with a signature
            report_store.forget(content, report.payload, old)
        return root

    def readiness(self, path: str | CID) -> Readiness:
        """Tell what reproducing a share means here, before anything of it runs."""
        from jupyter_ipfs.bundles.replay import readiness  # noqa: PLC0415  (when needed)

        return readiness.readiness(self._content, self.open(path))

    def reproduce(
        self,
        path: str | CID,
        *,
        allow: Allowed,
        progress: ProgressCallback | None = None,
        on_cell: Callable[[CellVerdict], None] | None = None,
    ) -> Report:
        """Run a share's notebook again, and compare. This runs somebody else's code.

        Args:
            path: The share.
            allow: What its user has agreed to.
            progress: Told what is being done.
            on_cell: Told the verdict on each cell as it ends; again if a later one changes it.

        Raises:
            IsolationError: It cannot be kept apart here.
            EnvironmentLockError: The lock has entries that will not be installed.
            ReplayError: The environment or the kernel could not be had.
        """
        from jupyter_ipfs.bundles.format import notebook  # noqa: PLC0415  (when needed)
        from jupyter_ipfs.bundles.opening import small_file  # noqa: PLC0415  (when needed)
        from jupyter_ipfs.bundles.replay import replay  # noqa: PLC0415  (when needed)
        from jupyter_ipfs.bundles.reports import judging  # noqa: PLC0415  (when needed)

        opened = self.open(path)
        cells = notebook.code_cells(small_file.read_notebook(self._content, opened.payload))
        by_id = {cell.id: cell for cell in cells}

        def judged(ran: ReplayedCell) -> None:
            if on_cell is not None:
                on_cell(judging.verdict(by_id[ran.id], ran))

        found = replay.replay(self._content, opened, allow, on_cell=judged, progress=progress)
        return judging.report(opened, cells, found.cells, found.machine, reader_version=_version())

    def keep_report(self, report: Report) -> CID:
        """Store a report that was made here, and list it with its share; return its CID."""
        from jupyter_ipfs.bundles.reports import report_store  # noqa: PLC0415  (when needed)

        return report_store.store(self._content, report)

    def report(self, path: str | CID) -> Report:
        """Read a report.

        Raises:
            NotABundleError: It is something else.
        """
        from jupyter_ipfs.bundles.reports import report_store  # noqa: PLC0415  (when needed)

        return report_store.read(self._content, path)

    def report_page(self, path: str | CID) -> bytes:
        """Return a report as a page, made anew: the one that came with it is not shown."""
        from jupyter_ipfs.bundles.reports import report_page  # noqa: PLC0415  (when needed)

        return report_page.page(self.report(path))

    def reports(self, path: str | CID) -> list[ReportEntry]:
        """Return the reports on a share that are here, the newest first, its author's own last.

        A report's own path stands for the share that it is on; it is listed from then on.
        """
        from jupyter_ipfs.bundles.opening import opening  # noqa: PLC0415  (when needed)
        from jupyter_ipfs.bundles.reports import report_store  # noqa: PLC0415  (when needed)

        def vouched(root: CID) -> Sequence[Vouched]:
            payload, files = opening.parts(self._content.backend, self._content.resolve(root))
            return opening.vouched(self._content, files, payload.cid)

        if report_store.is_report(self._content, path):
            report = report_store.note(self._content, path)
            opened = self.open(report.share or report.payload)
            if str(opened.payload) != report.payload:  # it names a share of something else
                opened = self.open(report.payload)
        else:
            opened = self.open(path)
        authors = [
            each.address for each in opened.signatures if each.valid and each.role == "author"
        ]
        return report_store.entries(self._content, opened.payload, vouched=vouched, authors=authors)

    # — looking closer —

    def diff(self, a: str | CID, b: str | CID) -> Difference:
        """Tell what changed between two shares; only what differs is fetched.

        Raises:
            NotABundleError: One of them is something else.
        """
        from jupyter_ipfs.bundles.difference import difference  # noqa: PLC0415  (when needed)

        return difference.diff(self._content, a, b)

    def provenance(self, path: str | CID) -> Traced:
        """Tell where something came from: a share, a path into one, or a CID that one has.

        Raises:
            NotABundleError: No share is known that has it.
        """
        from jupyter_ipfs.bundles.provenance import tracing  # noqa: PLC0415  (when needed)

        return tracing.trace(self._content, path)

    # — inside —

    def _planned(
        self,
        notebook: Path,
        wishes: Wishes,
        *,
        run: Run | None,
        kernel: str | None,
        execute: bool = False,
        progress: ProgressCallback | None = None,
    ) -> Plan:
        from jupyter_ipfs.bundles.sharing import planning  # noqa: PLC0415  (when needed)

        executed = None
        if execute:
            from jupyter_ipfs.bundles.recording import execution  # noqa: PLC0415  (starts a kernel)

            done = execution.execute(notebook, self._content.repo.path, progress=progress)
            executed, run, kernel = done.notebook, done.run, done.kernel
        return planning.make(
            self._content, notebook, wishes, run=run, kernel=kernel, executed=executed
        )


def _version() -> str:
    """Return this package's version; a checkout that is not installed has none."""
    try:
        return importlib.metadata.version("jupyter_ipfs")
    except importlib.metadata.PackageNotFoundError:
        return ""
