"""``session.bundles``: sharing a notebook, and what a receiver does with a share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.plan import Plan
from jupyter_ipfs.bundles.planning import Wishes

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.copying import CopiedBundle
    from jupyter_ipfs.bundles.opening import Integrity, Opened
    from jupyter_ipfs.bundles.run_record import Run
    from jupyter_ipfs.bundles.sharing import Shared
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
        from jupyter_ipfs.bundles import planning  # noqa: PLC0415  (when needed)

        wishes = Wishes(
            None if top is None else Path(top), tuple(include), tuple(exclude), where,
            license or "", title or "", tuple(authors), description, name or "",
        )  # fmt: skip
        return planning.make(self._content, Path(notebook), wishes, run=run, kernel=kernel)

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
            progress: Told bytes and files.

        Raises:
            BundleError: The notebook or an input has changed meanwhile; nothing was stored.
            DiskFullError: It does not fit; nothing was stored.
            ConfigError: ``name`` cannot be a name.
        """
        from jupyter_ipfs.bundles import sharing  # noqa: PLC0415  (when needed)

        if isinstance(notebook, Plan):
            plan = notebook
        else:
            plan = self.plan(
                notebook, top=top, run=run, kernel=kernel,
                include=include, exclude=exclude, where=where,
                license=license, title=title, authors=authors, description=description, name=name,
            )  # fmt: skip
        return sharing.share(self._content, plan, progress=progress)

    # — receiving —

    def open(self, path: str | CID) -> Opened:
        """Open a share (or a payload) by its path: only its small files are read.

        Raises:
            NotABundleError: It is something else, or is not what it says that it is.
        """
        from jupyter_ipfs.bundles import opening  # noqa: PLC0415  (when needed)

        return opening.open_bundle(self._content, path)

    def check(self, path: str | CID, *, progress: ProgressCallback | None = None) -> Integrity:
        """Read every byte of a share, and name what is missing or not what it has to be.

        Raises:
            NotABundleError: It is something else.
        """
        from jupyter_ipfs.bundles import checking  # noqa: PLC0415  (when needed)

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
        from jupyter_ipfs.bundles import copying  # noqa: PLC0415  (when needed)

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
        from jupyter_ipfs.bundles import zipped  # noqa: PLC0415  (when needed)

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
        from jupyter_ipfs.bundles import receiving  # noqa: PLC0415  (when needed)

        return receiving.open_file(self._content, Path(file), progress=progress)
