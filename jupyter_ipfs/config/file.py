"""``config.toml`` on the disk: read, and replaced as a whole, one writer at a time."""

from __future__ import annotations

import contextlib
import os
import secrets
import tomllib
from typing import TYPE_CHECKING, TypeAlias

from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.config.document import Document

FILE_NAME = "config.toml"

Stamp: TypeAlias = tuple[int, int, int]


def read(file: Path) -> tuple[Document, Stamp | None]:
    """Return the document and which state of the file it is; nothing where there is none.

    Raises:
        ConfigError: It cannot be read.
    """
    found = stamp(file)
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return {}, None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from None
    try:
        return tomllib.loads(text), found
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is no valid TOML: {error}") from None


def stamp(file: Path) -> Stamp | None:
    """Return which state the file is in: one ``stat``."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def refuse_shared(file: Path) -> None:
    """A token that others can read is refused, as ssh refuses such a key."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return  # about to be written for the first time
    if os.name == "posix" and mode & 0o077:
        raise ConfigError(
            f"{file} holds a token and other users can read it", f"run: chmod 600 {file}"
        )


def replace(file: Path, text: str) -> None:
    """Write the whole file, atomically and for the owner alone."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def lock(repo: Path) -> Iterator[None]:
    """Two processes that save at once both have their say."""
    try:
        import fcntl  # noqa: PLC0415  (absent on Windows, where the last one wins)
    except ImportError:
        yield
        return
    descriptor = os.open(repo / ".config.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: the last one wins
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
