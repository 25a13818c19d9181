"""The workspace: the files that Jupyter's file browser shows, as local paths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import PathNotFoundError, RequestError

if TYPE_CHECKING:
    from jupyter_server.services.contents.manager import ContentsManager

_LONGEST = 4096  # characters


@dataclass(frozen=True, slots=True)
class Workspace:
    """Jupyter's root directory, and what of it may be seen.

    Attributes:
        root: The directory, with symlinks resolved; ``None`` where files are elsewhere.
        allow_hidden: Whether names that begin with a dot may be used.
    """

    root: Path | None
    allow_hidden: bool = False

    @classmethod
    def of(cls, contents_manager: ContentsManager) -> Workspace:
        """Return the workspace that a contents manager serves."""
        root = getattr(contents_manager, "root_dir", None)
        return cls(
            Path(root).resolve() if root else None,
            allow_hidden=bool(contents_manager.allow_hidden),
        )

    def directory(self) -> Path:
        """Return the root directory.

        Raises:
            RequestError: This server's files are not in a directory.
        """
        if self.root is None:
            raise RequestError(
                "this server's files are not in a directory",
                "store them from a notebook: %ipfs put",
            )
        return self.root

    def existing(self, path: object) -> Path:
        """Return where a file or directory of the workspace lies.

        Args:
            path: As the file browser has it: relative, with slashes.

        Raises:
            RequestError: It is no such path, is hidden, or leads out of the workspace.
            PathNotFoundError: There is nothing.
        """
        place = self.place(path)
        try:
            place.lstat()
        except OSError:  # a name that is too long for any file included
            raise PathNotFoundError(f"there is no {path!r} in the workspace") from None
        return place

    def place(self, path: object) -> Path:
        """Return where a path of the workspace would lie, be there something or not.

        Symlinks are followed, but not to what lies outside.

        Raises:
            RequestError: It is no such path, is hidden, or leads out of the workspace.
        """
        root = self.directory()
        if not isinstance(path, str) or "\0" in path or len(path) > _LONGEST:
            raise RequestError(f"{str(path)[:80]!r} is no path in the workspace")
        parts = [part for part in path.split("/") if part]
        if ".." in parts or "." in parts:
            raise RequestError(f"{path!r} is no path in the workspace", "leave out . and ..")
        try:
            resolved = root.joinpath(*parts).resolve()
            inside = resolved.relative_to(root)
        except (OSError, RuntimeError, ValueError):
            raise RequestError(
                f"{path!r} leads out of the workspace", "move or copy it there first"
            ) from None
        # A link's own name counts, and so does the name of what it leads to.
        if not self.allow_hidden and any(part.startswith(".") for part in (*parts, *inside.parts)):
            raise RequestError(
                f"{path!r} is hidden, and this server does not show hidden files",
                "c.ContentsManager.allow_hidden = True shows them",
            )
        return resolved

    def relative(self, place: Path) -> str:
        """Return a local path as the file browser has it."""
        return place.relative_to(self.directory()).as_posix()
