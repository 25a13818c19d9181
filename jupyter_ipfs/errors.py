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
    ├── WalletError
    │   ├── SignatureError (ValueError)            not signed by that key, or not that message
    │   ├── NotSignedInError (PermissionError)     nobody is signed in, or no longer
    │   ├── KeystoreError (ValueError)             no keystore, or another password
    │   └── SigningError                           a signature was asked for, and none came
    │       ├── RejectedError (PermissionError)    … the owner of the wallet said no
    │       ├── NobodyWatchingError (ConnectionError) … no page is open that could show it
    │       └── SigningTimeoutError (TimeoutError) … nobody answered in time
    ├── OceanError
    │   ├── ChainError (ConnectionError)           the chain does not answer, or is another one
    │   ├── TransactionError                       refused or reverted, with the reason
    │   │   ├── InsufficientFundsError             … for want of money
    │   │   └── TransactionPendingError (TimeoutError) … not known yet: sent, and not mined
    │   ├── OceanNodeError (ConnectionError)       the Ocean Node does not answer, or refuses
    │   ├── UnreachableContentError (ConnectionError) the Ocean Node cannot fetch the bytes
    │   ├── DDOError (ValueError)                  an asset's description that is not valid
    │   ├── AssetNotFoundError (LookupError)
    │   ├── AccessDeniedError (PermissionError)    this address may not order or download it
    │   └── SandboxError                           the practice chain cannot be started or reached
    ├── BundleError
    │   ├── NotABundleError (ValueError)           no share, or not one this version can read
    │   ├── EnvironmentLockError (ValueError)      a lock that will not be installed as it stands
    │   ├── IsolationError                         code of others cannot be run apart from you
    │   └── ReplayError                            the environment or the run could not be had
    └── AdapterError
        ├── UnsupportedTypeError (TypeError)       no adapter takes this object
        ├── MissingLibraryError (ImportError)      the adapter's library is not installed
        └── UntrustedTypesError (PermissionError)  a model names types nobody has agreed to
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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


class WalletError(JupyterIPFSError):
    """Something about a wallet, a signature or a login."""


class SignatureError(WalletError, ValueError):
    """Signed by another key, another message, or at another time than it says."""


class NotSignedInError(WalletError, PermissionError):
    """Nobody is signed in, or no longer."""


class KeystoreError(WalletError, ValueError):
    """A keystore that cannot be read, or not with this password."""


class SigningError(WalletError):
    """A signature was asked for, and none came."""


class RejectedError(SigningError, PermissionError):
    """The owner of the wallet said no."""


class NobodyWatchingError(SigningError, ConnectionError):
    """No page is open that could show what is to be signed."""


class SigningTimeoutError(SigningError, TimeoutError):
    """Nobody answered in time."""


class OceanError(JupyterIPFSError):
    """Something about a chain, an Ocean Node or an asset."""


class ChainError(OceanError, ConnectionError):
    """The chain does not answer, or it is another one."""


class TransactionError(OceanError):
    """A transaction was refused or reverted.

    Args:
        message: Which, and the reason that the contract gave.
        hint: What to do next.
        tx_hash: Its hash, where it got one.
    """

    def __init__(self, message: str, hint: str | None = None, tx_hash: str | None = None) -> None:
        super().__init__(message, hint)
        self.tx_hash = tx_hash


class InsufficientFundsError(TransactionError):
    """The address has too little of a currency or token."""


class TransactionPendingError(TransactionError, TimeoutError):
    """Sent, and not mined in the time that was waited."""


class OceanNodeError(OceanError, ConnectionError):
    """The Ocean Node does not answer, or refuses.

    Args:
        message: What it said.
        hint: What to do next.
        status: Its HTTP status, where it answered.
    """

    def __init__(self, message: str, hint: str | None = None, status: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status


class UnreachableContentError(OceanError, ConnectionError):
    """The Ocean Node cannot fetch the bytes that are to be published, or fetches others."""


class DDOError(OceanError, ValueError):
    """An asset's description that is not valid.

    Args:
        message: In one line.
        hint: What to do next.
        problems: A sentence for each field, by its path (``metadata.name``).
    """

    def __init__(
        self, message: str, hint: str | None = None, problems: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, hint)
        self.problems = dict(problems or {})


class AssetNotFoundError(OceanError, LookupError):
    """No such asset is known to the Ocean Node."""


class AccessDeniedError(OceanError, PermissionError):
    """This address may not order or download the asset."""


class SandboxError(OceanError):
    """The practice chain cannot be started or reached."""


class BundleError(JupyterIPFSError):
    """A notebook could not be shared, opened or reproduced."""


class NotABundleError(BundleError, ValueError):
    """No share, or not one that this version can read."""


class SecretsFoundError(BundleError, PermissionError):
    """What is to be shared has a key or a password in it, and nobody has agreed to that."""


class EnvironmentLockError(BundleError, ValueError):
    """A lock that will not be installed as it stands; the message names the entry."""


class IsolationError(BundleError):
    """Code of others cannot be run apart from what is yours."""


class ReplayError(BundleError):
    """The environment could not be built, or the notebook not be run."""


class AdapterError(JupyterIPFSError):
    """An object could not be turned into bytes, or bytes into an object."""


class UnsupportedTypeError(AdapterError, TypeError):
    """No adapter takes this object."""


class MissingLibraryError(AdapterError, ImportError):
    """The library behind an adapter is not installed."""


class UntrustedTypesError(AdapterError, PermissionError):
    """A stored model names types that nobody has agreed to load."""
