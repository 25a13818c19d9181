"""Which HTTP status each error has: the one table."""

from __future__ import annotations

from http import HTTPStatus

from jupyter_ipfs import errors

# The first row whose class fits decides, so leaves come before their parents.
STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.PathNotFoundError, HTTPStatus.NOT_FOUND),
    (errors.NameNotFoundError, HTTPStatus.NOT_FOUND),
    (errors.ReadOnlyError, HTTPStatus.METHOD_NOT_ALLOWED),
    (errors.PathExistsError, HTTPStatus.CONFLICT),
    (errors.InvalidPathError, HTTPStatus.BAD_REQUEST),
    (errors.NotAFileError, HTTPStatus.CONFLICT),
    (errors.NotADirectoryPathError, HTTPStatus.CONFLICT),
    (errors.FetchError, HTTPStatus.BAD_GATEWAY),
    (errors.BlockNotFoundError, HTTPStatus.NOT_FOUND),
    (errors.VerificationError, HTTPStatus.BAD_GATEWAY),
    (errors.LimitError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (errors.UnsafeContentError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.CIDError, HTTPStatus.BAD_REQUEST),
    (errors.CodecError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.SettingLockedError, HTTPStatus.FORBIDDEN),
    (errors.ConfigError, HTTPStatus.INTERNAL_SERVER_ERROR),  # the server's, not the request's
    (errors.RepoBusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.QuotaExceededError, HTTPStatus.INSUFFICIENT_STORAGE),
    (errors.DiskFullError, HTTPStatus.INSUFFICIENT_STORAGE),
    (errors.BackendUnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.ConsentRequiredError, HTTPStatus.FORBIDDEN),
    (errors.ConflictError, HTTPStatus.CONFLICT),
    (errors.GoneError, HTTPStatus.NOT_FOUND),
    (errors.RequestError, HTTPStatus.BAD_REQUEST),
    (errors.SignatureError, HTTPStatus.FORBIDDEN),
    (errors.NotSignedInError, HTTPStatus.FORBIDDEN),
    (errors.KeystoreError, HTTPStatus.BAD_REQUEST),
    (errors.WalletError, HTTPStatus.CONFLICT),
    (errors.ChainError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.TransactionPendingError, HTTPStatus.GATEWAY_TIMEOUT),
    (errors.TransactionError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.OceanNodeError, HTTPStatus.BAD_GATEWAY),
    (errors.UnreachableContentError, HTTPStatus.CONFLICT),
    (errors.DDOError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.AssetNotFoundError, HTTPStatus.NOT_FOUND),
    (errors.AccessDeniedError, HTTPStatus.FORBIDDEN),
    (errors.SandboxError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.NotABundleError, HTTPStatus.NOT_FOUND),
    (errors.SecretsFoundError, HTTPStatus.CONFLICT),
    (errors.IsolationError, HTTPStatus.CONFLICT),
    (errors.BundleError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.MissingLibraryError, HTTPStatus.NOT_IMPLEMENTED),
    (errors.UntrustedTypesError, HTTPStatus.FORBIDDEN),
    (errors.AdapterError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.JupyterIPFSError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: Exception) -> HTTPStatus:
    """Return the status that tells of ``error``."""
    return next(
        (status for kind, status in STATUS if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def told(error: errors.JupyterIPFSError) -> dict[str, str | None]:
    """Return what a browser is told; of a failed fetch also what was tried, and so on."""
    message = error.message
    if isinstance(error, errors.FetchError) and error.tried:
        message += " (tried " + "; ".join(error.tried) + ")"
    if isinstance(error, errors.DDOError) and error.problems:
        message += ": " + " ".join(f"{name}: {each}" for name, each in error.problems.items())
    return {"code": type(error).__name__, "message": message, "hint": error.hint}
