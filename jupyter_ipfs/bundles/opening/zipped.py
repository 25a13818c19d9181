"""A share as a ``.zip``: a folder for everybody, which comes back as the same CID.

The archive has one folder with the payload's files, so that ``index.html`` opens from it, the
signatures beside them, and ``CID.txt``: the share's CID, then the CID of every file, so that a
byte that was changed is named. What comes in is read as what it may be, somebody's trap: names,
links, sizes and overlaps are looked at before a byte is unpacked, and nothing is written to disk.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from jupyter_ipfs.bundles.format import manifest_json
from jupyter_ipfs.bundles.format.manifest import INPUTS, SIGNATURES
from jupyter_ipfs.bundles.opening import opening
from jupyter_ipfs.bundles.sharing.sharing import wrap
from jupyter_ipfs.errors import (
    BundleError,
    CIDError,
    ConfigError,
    DiskFullError,
    JupyterIPFSError,
    NotABundleError,
    PathExistsError,
    VerificationError,
)
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import add, open_copy
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.unixfs import profiles, reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.node.add import Sink
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.unixfs.importer import Ref

CIDS = "CID.txt"
DAMAGED = "get the file again; if that does not help, ask who made it for another"
_CONTENT = f"{INPUTS}/ipfs/"
_MAX_FILES = 100_000
_MAX_CIDS = 32 * 1024 * 1024
_MAX_DEPTH = 128
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say; the same share, the same zip
_COMPRESSED = 64 * 1024 * 1024  # larger files are stored as they are: they mostly are packed data
_MODE = (stat.S_IFREG | 0o644) << 16
_LINK_TYPES = {stat.S_IFREG, 0}


def save_zip(
    content: Content,
    opened: Opened,
    file: Path,
    *,
    overwrite: bool = False,
    progress: ProgressCallback | None = None,
) -> int:
    """Write a share as a zip, which appears under its name when it is whole; return its bytes.

    Raises:
        PathExistsError: Something stands there already.
        BundleError: Some of its content cannot come back from files as the same CID.
        DiskFullError: There is no space for it.
    """
    if os.path.lexists(file) and not overwrite:
        raise PathExistsError(f"{str(file)!a} exists", "name another file; nothing is overwritten")
    temporary = file.with_name(f".{file.name[:100]}.{secrets.token_hex(6)}.partial")
    try:
        with temporary.open("xb") as stream:
            _write(content, opened, stream, Meter(progress, "writing"))
            stream.flush()
            os.fsync(stream.fileno())
        with temporary.open("rb") as stream:
            _check_comes_back(stream, opened.root)
        temporary.replace(file)
    except JupyterIPFSError:
        raise
    except OSError as error:
        raise _not_written(error) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return file.stat().st_size


def from_zip(content: Content, file: Path, *, progress: ProgressCallback | None = None) -> CID:
    """Take in a zip that `save_zip` wrote; return the share's CID. Nothing else is kept of it.

    Raises:
        NotABundleError: It is no zip of a share, or one that was made to harm.
        VerificationError: Something of it was changed; the message names the path.
        DiskFullError: It does not fit.
    """
    try:
        with file.open("rb") as stream, _opened(stream) as archive:
            entries = _Entries(archive)
            with content.backend.batch(size_hint=entries.size) as batch:
                root = entries.add(batch, Meter(progress, "storing"))
                batch.commit(root, pin=False)
    except JupyterIPFSError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"cannot read {str(file)!a}: {reason}") from None
    opening.open_bundle(content, root)
    content.backend.pin(root)
    return root


def _not_written(error: OSError) -> JupyterIPFSError:
    reason = error.strerror or type(error).__name__
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(f"the zip was not written: {reason}", "choose another disk")
    return ConfigError(f"the zip was not written: {reason}", "choose another folder")


def _write(content: Content, opened: Opened, stream: BinaryIO, meter: Meter) -> None:
    blocks = content.backend
    folder = open_copy.clean(opened.manifest.name.removesuffix(".ipynb"))
    lines = [str(opened.root)]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for path, node in _files(content, opened):
            if node.kind != reader.FILE:
                raise BundleError(
                    f"{path[:80]!a} is a {node.kind}, which a zip cannot hand over",
                    "save the share as a .car",
                )
            info = _info(f"{folder}/{path}", node.size)
            with archive.open(info, "w", force_zip64=node.size >= 2**31) as out:
                for part in reader.read(blocks, node):
                    out.write(part)
                    meter.advance(len(part))
            meter.file_done()
            lines.append(f"{node.cid}  {path}")
        text = "\n".join(lines) + "\n"
        archive.writestr(_info(f"{folder}/{CIDS}", len(text)), text)
    meter.done()


def _info(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_STORED if size > _COMPRESSED else zipfile.ZIP_DEFLATED
    info.external_attr = _MODE
    info.create_system = 3  # Unix, on every system
    info.file_size = size
    return info


def _files(content: Content, opened: Opened) -> Iterator[tuple[str, reader.Node]]:
    """Yield the payload's files and then the signatures, in the order of their names."""
    blocks = content.backend
    yield from _below(content, reader.get(blocks, opened.payload), "")
    _, signatures = opening.parts(blocks, reader.get(blocks, opened.root))
    for name, cid in sorted(signatures.items()):
        yield f"{SIGNATURES}/{name}", reader.get(blocks, cid)


def _below(content: Content, top: reader.Node, prefix: str) -> Iterator[tuple[str, reader.Node]]:
    stack = [(prefix, top)]
    while stack:
        path, node = stack.pop()
        if node.kind != reader.DIRECTORY:
            yield path, node
            continue
        if path.count("/") > _MAX_DEPTH:
            raise BundleError("its directories are nested too deeply for a zip")
        children = []
        for link in reader.entries(content.backend, node):
            name = manifest_json.check_path((link.name or b"").decode(errors="replace"))
            below = f"{path}/{name}".lstrip("/")
            if below in {CIDS, SIGNATURES} and not path:
                raise NotABundleError(f"the bundle has a file {below!r} of its own")
            children.append((below, reader.get(content.backend, link.cid)))
        if not children:
            raise BundleError(
                f"{path[:80]!a} is an empty directory, which a zip cannot hand over",
                "save the share as a .car",
            )
        stack += sorted(children, key=lambda each: each[0], reverse=True)


def _check_comes_back(stream: BinaryIO, root: CID) -> None:
    """Make sure that the files alone give the same CID: content of a foreign layout may not."""
    with _opened(stream) as archive:
        try:
            found = _Entries(archive).add(add.OnlyHash(), Meter(None, "checking"))
        except VerificationError as error:
            raise BundleError(
                f"a zip of this share would not come back as the same CID: {error.message}",
                "save it as a .car",
            ) from None
    if found != root:
        raise BundleError(
            "a zip of this share would not come back as the same CID", "save it as a .car"
        )


def _opened(stream: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _wrong(str(error)[:80] or "it cannot be read") from None


class _Entries:
    """A zip's entries, looked at before anything is unpacked."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        infos = [each for each in archive.infolist() if not each.is_dir()]
        if len(archive.infolist()) > _MAX_FILES:
            raise _wrong(f"it has more than {_MAX_FILES:,} entries")
        folders = {info.filename.partition("/")[0] for info in infos}
        if len(folders) != 1:
            raise _wrong("it has not one folder")
        folder = folders.pop() + "/"
        self._files: dict[str, zipfile.ZipInfo] = {}
        folded: set[str] = set()
        packed = 0
        for info in infos:
            path = manifest_json.check_path(info.filename).removeprefix(folder)
            self._check(info, path)
            packed += info.compress_size
            if manifest_json.fold(path) in folded:
                raise _wrong(f"it has {path[:80]!a} twice")
            folded.add(manifest_json.fold(path))
            self._files[path] = info
        self.size = sum(info.file_size for info in infos)
        held = cast("BinaryIO", archive.fp)
        if packed > held.seek(0, os.SEEK_END):
            raise _wrong("its entries overlap")  # the trick of every small bomb
        if CIDS not in self._files:
            raise _wrong(f"it has no {CIDS}")

    def add(self, sink: Sink, meter: Meter) -> CID:
        """Store everything; return the root.

        Raises:
            VerificationError: It is not what ``CID.txt`` says.
        """
        root, cids = self._cids()
        files: dict[str, bytes | Ref] = {}
        signatures: dict[str, Ref] = {}
        for path, info in sorted(self._files.items()):
            if path == CIDS:
                continue
            if path not in cids:
                raise _changed(path, f"it is not named in {CIDS}")
            ref = self._file(sink, path, info, cids[path])
            if path.startswith(f"{SIGNATURES}/"):
                signatures[path.removeprefix(f"{SIGNATURES}/")] = ref
            else:
                files[path] = ref
            meter.advance(info.file_size)
            meter.file_done()
        if missing := sorted(set(cids) - set(self._files)):
            raise _changed(missing[0], "it is missing")
        tree = self._with_content(sink, files)
        payload = add.add_files(sink, tree, profiles.DEFAULT)
        for found in (wrap(sink, payload, signatures), payload):
            if found.cid == root:
                meter.done()
                return root
        raise _changed(CIDS, "its files do not add up to the CID in its first line")

    def _with_content(self, sink: Sink, files: dict[str, bytes | Ref]) -> dict[str, bytes | Ref]:
        """Put directories of content together under the CID that they are named by."""
        tree: dict[str, bytes | Ref] = {}
        content: dict[str, dict[str, bytes | Ref]] = {}
        for path, ref in files.items():
            head, _, rest = path.removeprefix(_CONTENT).partition("/")
            if path.startswith(_CONTENT) and rest:
                content.setdefault(head, {})[rest] = ref
            else:
                tree[path] = ref
        for cid, below in content.items():
            for profile in (profiles.UNIXFS_V1_2025, profiles.UNIXFS_V0_2015):
                ref = add.add_files(sink, below, profile)
                if str(ref.cid) == cid:
                    break
            else:
                raise _changed(f"{_CONTENT}{cid}", "its files do not add up to its CID")
            tree[f"{_CONTENT}{cid}"] = ref
        return tree

    def _file(self, sink: Sink, path: str, info: zipfile.ZipInfo, cid: CID) -> Ref:
        # Content may have been stored by another profile than a bundle's own.
        is_content = path.startswith(_CONTENT)
        choices = (profiles.UNIXFS_V1_2025, profiles.UNIXFS_V0_2015)
        for profile in choices if is_content else choices[:1]:
            try:
                with self._archive.open(info) as stream:
                    ref = add.add_stream(sink, cast("BinaryIO", stream), profile)
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
                raise _changed(path, str(error)[:80] or "it cannot be unpacked") from None
            if ref.cid == cid:
                return ref
        raise _changed(path, "its bytes are not those of its CID")

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        if info.file_size > _MAX_CIDS:
            raise _wrong(f"{info.filename[-80:]!a} is too large")
        try:
            return self._archive.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise _changed(info.filename.partition("/")[2], str(error)[:80]) from None

    def _cids(self) -> tuple[CID, dict[str, CID]]:
        found: dict[str, CID] = {}
        try:
            first, *lines = self._read(self._files[CIDS]).decode().splitlines()
            root = CID.parse(first)
            for line in lines:
                cid, _, path = line.partition("  ")
                found[manifest_json.check_path(path)] = CID.parse(cid)
        except (UnicodeDecodeError, CIDError, ValueError):
            raise _changed(CIDS, "it cannot be read") from None
        return root, found

    @staticmethod
    def _check(info: zipfile.ZipInfo, path: str) -> None:
        if not path or info.flag_bits & 1:
            raise _wrong(f"{path[:80]!a} is encrypted or has no name")
        if stat.S_IFMT(info.external_attr >> 16) not in _LINK_TYPES:
            raise _wrong(f"{path[:80]!a} is no file: a link, or a device")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _wrong(f"{path[:80]!a} is packed in a way that no share is")


def _wrong(reason: str) -> NotABundleError:
    return NotABundleError(
        f"the zip is no share: {reason}", "a share is saved as .zip by *Share*, or `share --save`"
    )


def _changed(path: str, problem: str) -> VerificationError:
    return VerificationError(f"{path[:200]!a} in the zip was changed: {problem}", DAMAGED)
