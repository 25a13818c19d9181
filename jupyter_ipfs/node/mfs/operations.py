"""What can be done to the files: each verb on a tree, with Kubo's rules of what is refused.

Where Kubo would lose something it is refused here: moving a directory into itself takes it
out of Kubo's tree, and moving between two directories of the same name copies there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    InvalidPathError,
    NotADirectoryPathError,
    NotAFileError,
    PathExistsError,
    PathNotFoundError,
)
from jupyter_ipfs.node.mfs.paths import FilePath
from jupyter_ipfs.node.mfs.tree import Folder

if TYPE_CHECKING:
    from jupyter_ipfs.node.mfs.tree import Tree
    from jupyter_ipfs.unixfs.importer import Ref


def mkdir(tree: Tree, path: FilePath, *, parents: bool = False) -> None:
    """Make a directory; with ``parents`` those above it too, and it may be there already.

    Raises:
        PathExistsError, PathNotFoundError, NotADirectoryPathError: As a shell would say.
    """
    if not path.segments:
        if not parents:
            raise PathExistsError("'/' is there already")
        return
    at = tree.top
    for depth, name in enumerate(path.segments):
        found = at.get(name)
        upto = FilePath(path.segments[: depth + 1])
        is_last = depth == len(path.segments) - 1
        if found is None:
            if not (parents or is_last):
                raise PathNotFoundError(f"there is no {str(upto)!r} in the files", "use --parents")
            at = at.make(name)
        elif is_last and not (parents and isinstance(found, Folder)):
            raise PathExistsError(f"{str(path)!r} is there already")
        elif not isinstance(found, Folder):
            raise NotADirectoryPathError(f"{str(upto)!r} is not a directory")
        else:
            at = found


def file_at(tree: Tree, path: FilePath, *, create: bool, parents: bool) -> Ref | None:
    """Return the file that a write would change; ``None`` if it would make one.

    Raises:
        NotAFileError: A directory stands there.
        PathNotFoundError: It may not be made, or where it would stand there is nothing.
    """
    if path.is_directory or not path.segments:
        raise NotAFileError(f"{str(path)!r} is the path of a directory")
    try:
        found = tree.find(path)
    except PathNotFoundError:
        if not create:
            raise PathNotFoundError(
                f"there is no {str(path)!r} in the files", "use --create"
            ) from None
        if not parents:
            tree.folder(path.parent)
        return None
    if isinstance(found, Folder):
        raise NotAFileError(f"{str(path)!r} is a directory")
    return found


def put(tree: Tree, path: FilePath, ref: Ref, *, parents: bool) -> None:
    """Let a path stand for a file, whatever stood there."""
    _directory(tree, path, parents=parents).put(path.name, ref)


def cp(
    tree: Tree,
    source: FilePath | Ref,
    target: FilePath,
    *,
    name: bytes,
    parents: bool = False,
    force: bool = False,
) -> None:
    """Let ``target`` stand for the same content as a path of the files, or for other content.

    Args:
        tree: The files.
        source: What to copy.
        target: Where to; with a slash at the end: into that directory.
        name: What the source is called, for such a directory.
        parents: Make the directories above the target.
        force: Replace a file that stands there.

    Raises:
        PathExistsError: Something stands there.
        InvalidPathError: It would stand in itself.
    """
    target = target.child(name) if target.is_directory else target
    if isinstance(source, FilePath):
        if source.holds(target) and source.segments != target.segments:
            raise InvalidPathError(f"{str(source)!r} cannot be copied into itself")
        source = tree.ref(tree.find(source))
    if not target.segments:
        raise PathExistsError("'/' is there already")
    folder = _directory(tree, target, parents=parents)
    if folder.has(target.name):
        if not force:
            raise PathExistsError(f"{str(target)!r} is there already", "use --force")
        if isinstance(folder.get(target.name), Folder):
            raise PathExistsError(f"{str(target)!r} is a directory, which no copy replaces")
    folder.put(target.name, source)


def mv(tree: Tree, source: FilePath, target: FilePath) -> None:
    """Move; into ``target`` if that is a directory, else in its place.

    Raises:
        PathExistsError: In the target directory something has that name.
        InvalidPathError: It would stand in itself.
    """
    if not source.segments:
        raise InvalidPathError("'/' cannot be moved")
    target = target.child(source.name) if target.is_directory else target
    found = tree.find(source)
    if source.segments == target.segments and not isinstance(found, Folder):
        return
    if source.holds(target):
        raise InvalidPathError(f"{str(source)!r} cannot be moved into itself")
    place = tree.folder(target.parent) if target.segments else tree.top
    there = place.get(target.name) if target.segments else tree.top
    if isinstance(there, Folder):
        place, target = there, target.child(source.name)
        if place.has(target.name):
            raise PathExistsError(f"{str(target)!r} is there already")
    place.put(target.name, tree.ref(found))
    tree.folder(source.parent).remove(source.name)


def rm(tree: Tree, path: FilePath, *, recursive: bool = False, force: bool = False) -> None:
    """Take away a file, or with ``recursive`` a directory.

    Args:
        tree: The files.
        path: What.
        recursive: Directories too.
        force: Whatever it is, also what cannot be read; and it need not be there.

    Raises:
        NotAFileError: It is a directory.
        PathNotFoundError: There is nothing.
        InvalidPathError: It is the root.
    """
    if not path.segments:
        raise InvalidPathError("'/' cannot be removed", "remove what is in it")
    try:
        folder = tree.folder(path.parent)
    except PathNotFoundError:
        if force:
            return
        raise
    if not force:
        found = folder.get(path.name)
        if found is None:
            raise PathNotFoundError(f"there is no {str(path)!r} in the files")
        if isinstance(found, Folder) and not recursive:
            raise NotAFileError(f"{str(path)!r} is a directory", "use --recursive")
    folder.remove(path.name)


def _directory(tree: Tree, path: FilePath, *, parents: bool) -> Folder:
    if parents:
        mkdir(tree, path.parent, parents=True)
    return tree.folder(path.parent)
