"""Objects ↔ a few named files in open formats; one module per kind.

An adapter is anything with the shape of `jupyter_ipfs.protocols.Adapter`, found through
the entry-point group ``jupyter_ipfs.adapters``; ours are modules. Nothing here imports
the library that it adapts before an object or a file of it is at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from jupyter_ipfs import plugins
from jupyter_ipfs.errors import AdapterError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from jupyter_ipfs.protocols import Adapter

__all__ = ["GROUP", "dump", "for_files", "for_object", "load", "recognises"]

GROUP = "jupyter_ipfs.adapters"


def for_object(obj: object) -> Adapter:
    """Return the adapter that takes ``obj``.

    Raises:
        UnsupportedTypeError: None does; the hint says what to type instead.
    """
    for adapter in _adapters():
        if adapter.matches(obj):
            return adapter
    from jupyter_ipfs.adapters.refusals import unsupported  # noqa: PLC0415  (rarely needed)

    raise unsupported(obj)


def for_files(names: Collection[str]) -> Adapter:
    """Return the adapter that reads files of these names.

    Raises:
        UnsupportedTypeError: None does.
    """
    for adapter in _adapters():
        if adapter.recognises(names):
            return adapter
    from jupyter_ipfs.adapters.refusals import unreadable  # noqa: PLC0415  (rarely needed)

    raise unreadable(names)


def recognises(names: Collection[str]) -> bool:
    """Tell whether `load` has an adapter for files of these names."""
    return any(adapter.recognises(names) for adapter in _adapters())


def dump(obj: object) -> Mapping[str, bytes | Path]:
    """Return the files that hold ``obj``; equal objects give equal bytes in any process.

    Keep the result until the files are read: it may own a temporary directory.

    Raises:
        UnsupportedTypeError: No adapter takes it, or not without losing something.
        MissingLibraryError: The library that writes it is not installed.
    """
    return for_object(obj).dump(obj)


def load(files: Mapping[str, Callable[[], BinaryIO]], *, trusted: Sequence[str] = ()) -> object:
    """Return the object that ``files`` hold; never runs code from the content.

    Args:
        files: For each name, a function that opens it as a seekable binary file.
        trusted: Fully qualified type names that a stored model may use.

    Raises:
        UnsupportedTypeError: No adapter reads files of these names.
        MissingLibraryError: The library that reads them is not installed.
        UntrustedTypesError: A model needs types that are not in ``trusted``.
        AdapterError: The files are damaged or hostile.
    """
    return for_files(files.keys()).load(files, trusted=trusted)


def _adapters() -> Iterator[Adapter]:
    for name, adapter in plugins.load_all(GROUP):
        # Not isinstance with the protocol: on a module that costs more than asking.
        if not callable(getattr(adapter, "matches", None)):
            raise AdapterError(f"the plug-in {name!r} of {GROUP} is no adapter")
        yield adapter
