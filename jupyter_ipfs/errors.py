"""Every error that this package raises on purpose.

Each carries a ``message`` that says what happened and, where there is one, a
``hint`` that says what to do next. Leaves also inherit the builtin that fits,
so ``except FileNotFoundError`` works as people expect::

    JupyterIPFSError
    ├── IPFSError
    │   ├── CIDError (ValueError)                  text or bytes that are no CID
    │   ├── CodecError (ValueError)                a malformed block, CAR or UnixFS node
    │   ├── VerificationError (ValueError)         bytes that do not match their CID
    │   ├── LimitError (ValueError)                well-formed, but past a safety limit
    │   ├── UnsafeContentError (ValueError)        refused before it could touch the disk
    │   ├── BlockNotFoundError (LookupError)       no place that was asked has the block
    │   │   ├── ForgottenError                     … and it was forgotten here, on purpose
    │   │   └── FetchError (ConnectionError)       … and these are the places that were asked
    │   ├── PathNotFoundError (FileNotFoundError)
    │   ├── PathExistsError (FileExistsError)      something stands there already
    │   ├── InvalidPathError (ValueError)          a path that cannot be used like that
    │   ├── NotAFileError (IsADirectoryError)
    │   ├── NotADirectoryPathError (NotADirectoryError)
    │   └── ReadOnlyError (io.UnsupportedOperation) content cannot change under its CID
    ├── ConfigError (ValueError)                   a setting or argument that cannot be used
    │   └── SettingLockedError (PermissionError)   … since the server's administrator decides it
    ├── RepoError
    │   ├── RepoBusyError (TimeoutError)           another process holds the lock
    │   ├── RepoVersionError                       written by a newer version
    │   ├── RepoUnusableError (OSError)            read-only, no locks, foreign owner
    │   ├── DiskFullError (OSError)
    │   │   └── QuotaExceededError                 the disk has room, the quota has not
    │   └── NameNotFoundError (LookupError)
    ├── BackendError
    │   ├── BackendUnavailableError (ConnectionError)
    │   └── ConsentRequiredError (PermissionError) it would become public; nobody has agreed
    ├── RequestError (ValueError)                  asked of the server in a way it does not take
    │   ├── ConflictError                          … at this moment: try again, or go on elsewhere
    │   └── GoneError (LookupError)                … no longer: the job or upload is over
    └── AdapterError
        ├── UnsupportedTypeError (TypeError)       no adapter takes this object
        ├── MissingLibraryError (ImportError)      the adapter's library is not installed
        └── UntrustedTypesError (PermissionError)  a model names types nobody has agreed to
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class JupyterIPFSError(Exception):
    """Root of the tree.

    Args:
        message: What happened, in one line.
        hint: What to do next, in one line, or ``None``.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The message alone (``KeyError`` would quote it); edges add the hint."""
        return self.message


class IPFSError(JupyterIPFSError):
    """Content could not be addressed, read or checked."""


class CIDError(IPFSError, ValueError):
    """Text or bytes that are no CID."""


class CodecError(IPFSError, ValueError):
    """A malformed block, CAR or UnixFS node."""


class VerificationError(IPFSError, ValueError):
    """Bytes that do not match the CID they were asked by."""


class LimitError(IPFSError, ValueError):
    """Well-formed content that is past a safety limit."""


class UnsafeContentError(IPFSError, ValueError):
    """Content refused before it could touch the disk."""


class BlockNotFoundError(IPFSError, LookupError):
    """No place that was asked has the block."""


class ForgottenError(BlockNotFoundError):
    """It was here and was forgotten, while a name still points at it.

    Args:
        message: What was forgotten, and when.
        hint: What to do next.
        at: When, in seconds since the epoch.
    """

    def __init__(self, message: str, hint: str | None = None, at: float = 0.0) -> None:
        super().__init__(message, hint)
        self.at = at


class FetchError(BlockNotFoundError, ConnectionError):
    """Nothing that was asked could serve the content.

    Args:
        message: What could not be fetched.
        hint: What to do next.
        tried: One line for each source: its label and what it answered.
    """

    def __init__(self, message: str, hint: str | None = None, tried: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.tried = tuple(tried)


class PathNotFoundError(IPFSError, FileNotFoundError):
    """A path names nothing in its DAG."""


class PathExistsError(IPFSError, FileExistsError):
    """Something stands already where something was to be made."""


class InvalidPathError(IPFSError, ValueError):
    """A path of the mutable files that is none, or cannot be used like that."""


class NotAFileError(IPFSError, IsADirectoryError):
    """A directory stands where a file was needed."""


class NotADirectoryPathError(IPFSError, NotADirectoryError):
    """A file stands where a directory was needed."""


class ReadOnlyError(IPFSError, io.UnsupportedOperation):
    """Something tried to change content under its CID."""


class ConfigError(JupyterIPFSError, ValueError):
    """A setting or an argument that cannot be used."""


class SettingLockedError(ConfigError, PermissionError):
    """A setting that is not the user's to change: a server's administrator has decided it."""


class RepoError(JupyterIPFSError):
    """The local repo cannot do what was asked."""


class RepoBusyError(RepoError, TimeoutError):
    """Another process has held the repo's lock for too long."""


class RepoVersionError(RepoError):
    """The repo was written by a newer version of this package."""


class RepoUnusableError(RepoError, OSError):
    """The repo's place is read-only, has no locks or belongs to someone else."""


class DiskFullError(RepoError, OSError):
    """There is not enough free space; nothing was kept of the attempt."""


class QuotaExceededError(DiskFullError):
    """More would lie in the repo than its quota allows; nothing was kept of the attempt."""


class NameNotFoundError(RepoError, LookupError):
    """No such name, or no such version of it, in this repo."""


class BackendError(JupyterIPFSError):
    """The place where blocks are kept refused or failed."""


class BackendUnavailableError(BackendError, ConnectionError):
    """The backend does not answer."""


class ConsentRequiredError(BackendError, PermissionError):
    """The step would make something public, or ask a public service, and nobody has agreed."""


class RequestError(JupyterIPFSError, ValueError):
    """The server was asked for something in a way that it does not take."""


class ConflictError(RequestError):
    """What was asked cannot be done in the present state; another try may succeed."""


class GoneError(RequestError, LookupError):
    """A job or an upload that is not there, or not any more."""


class AdapterError(JupyterIPFSError):
    """An object could not be turned into bytes, or bytes into an object."""


class UnsupportedTypeError(AdapterError, TypeError):
    """No adapter takes this object."""


class MissingLibraryError(AdapterError, ImportError):
    """The library behind an adapter is not installed."""


class UntrustedTypesError(AdapterError, PermissionError):
    """A stored model names types that nobody has agreed to load."""
