"""A share, or a report on one, that comes as a file: a ``.car``, or a ``.zip`` of `zipped`."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.opening import opening, zipped
from jupyter_ipfs.bundles.reports import report_store
from jupyter_ipfs.errors import BlockNotFoundError, CodecError, NotABundleError, VerificationError
from jupyter_ipfs.node import archive

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import ProgressCallback


def open_file(content: Content, file: Path, *, progress: ProgressCallback | None = None) -> CID:
    """Take in a share from a file, or a report, and keep it; return its CID.

    Raises:
        NotABundleError: It holds no share, or several roots.
        VerificationError: A byte of it was changed.
        CodecError: It is neither a zip nor a CAR.
    """
    with archive.opened(file) as stream:
        is_zip = zipfile.is_zipfile(stream)
    if is_zip:
        return zipped.from_zip(content, file, progress=progress)
    with archive.opened(file) as stream:
        # Its roots are claims: nothing is kept before it is known to be a share.
        try:
            found = archive.import_car(stream, content.backend, pin=False, progress=progress)
        except VerificationError as error:
            raise VerificationError(
                f"{file.name[:80]!a} was changed or damaged: {error.message}", zipped.DAMAGED
            ) from None
        except CodecError as error:
            problem = "it is no zip" if file.suffix.lower() == ".zip" else error.message
            raise CodecError(
                f"{file.name[:80]!a} holds no whole share: {problem}", zipped.DAMAGED
            ) from None
    if len(found.roots) != 1 or found.incomplete:
        missing = sum(found.incomplete.values())
        problem = f"{missing:,} blocks are missing" if missing else "it has several roots"
        raise NotABundleError(f"{file.name[:80]!a} holds no whole share: {problem}")
    root = found.roots[0]
    try:
        is_report = report_store.is_report(content, root)
        if not is_report:
            opening.open_bundle(content, root)
    except BlockNotFoundError as error:
        raise NotABundleError(f"{file.name[:80]!a} holds no share: {error.message}") from None
    content.backend.pin(root)
    if is_report:
        report_store.note(content, root)
    return root
