"""scikit-learn estimators ↔ ``model.skops``.

skops rebuilds only types that it knows to be safe or that the user has agreed to. Its
archive carries memory addresses, random names and the clock; `canonical` takes them out.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs.adapters.array import decode
from jupyter_ipfs.adapters.libraries import is_a, need
from jupyter_ipfs.adapters.limits import check_zip, parsing, size_of
from jupyter_ipfs.adapters.skops_canonical import canonical
from jupyter_ipfs.errors import UnsupportedTypeError, UntrustedTypesError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "model"

_FILE = "model.skops"
_TYPE_NAME = re.compile(r"[\w.]+")


def matches(obj: object) -> bool:
    """Take scikit-learn's estimators, and others' that inherit from its base."""
    return is_a(obj, "sklearn.base", "BaseEstimator")


def dump(obj: Any) -> dict[str, bytes]:  # noqa: ANN401
    """Return ``model.skops``."""
    skops = need("skops.io", "storing a scikit-learn model")
    try:
        content = skops.dumps(obj)
    except Exception as error:  # noqa: BLE001  (skops raises what the model's parts raise)
        kind = type(obj)
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        save = "its own format, such as model.save_model('model.json'), then put Path('model.json')"
        raise UnsupportedTypeError(
            f"skops cannot store this {kind.__module__}.{kind.__qualname__}: {reason}",
            f"store it in {save}; lambdas and local functions in it must go",
        ) from None
    return {_FILE: canonical(content)}


def recognises(names: Collection[str]) -> bool:
    """Read one ``.skops``."""
    return len(names) == 1 and next(iter(names)).lower().endswith(".skops")


def load(files: Mapping[str, Callable[[], BinaryIO]], *, trusted: Sequence[str] = ()) -> object:
    """Return the model, if every type in it is known to be safe or trusted."""
    ((label, opener),) = files.items()
    with opener() as file, parsing(label):
        size = size_of(file)
        with zipfile.ZipFile(file) as archive:
            check_zip(archive, size, label)
            for member in archive.namelist():
                if member.endswith(".npy"):
                    decode(io.BytesIO(archive.read(member)), f"{label}/{member}")
        file.seek(0)
        content = file.read()
    skops = need("skops.io", f"reading {label}")
    with parsing(label):
        needed = set(skops.get_untrusted_types(data=content))
        missing = sorted(needed - set(trusted))
        if missing:
            raise _untrusted(label, missing)
        with warnings.catch_warnings():
            # A model of another scikit-learn is the reader's to know: shown, never fatal.
            warnings.simplefilter("default")
            # Never more than it needs: a name too many could be all that an attack lacks.
            return skops.loads(content, trusted=sorted(needed))


def _untrusted(label: str, missing: list[str]) -> UntrustedTypesError:
    if not all(_TYPE_NAME.fullmatch(kind) for kind in missing):
        message = f"{label} names types that cannot be Python's: refused"
        return UntrustedTypesError(message)
    listed = ", ".join(missing)
    return UntrustedTypesError(
        f"{label} needs types that nobody has agreed to: {listed}",
        f"if you know them and trust its author: %ipfs load NAME --trust {','.join(missing)}",
    )
