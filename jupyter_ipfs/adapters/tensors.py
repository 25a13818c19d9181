"""torch tensors ↔ ``tensor.safetensors``, a state_dict ↔ ``tensors.safetensors``.

A ``.safetensors`` file is read without torch too, as numpy arrays. ``.pt`` files are
pickles and are never loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs.adapters.libraries import find, imported, is_a, need
from jupyter_ipfs.adapters.limits import check_memory, parsing, size_of
from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "tensors"

_ONE = "tensor.safetensors"
_MANY = "tensors.safetensors"


def matches(obj: object) -> bool:
    """Take a tensor, and a dict of tensors."""
    if imported("torch") is None:
        return False
    if isinstance(obj, dict):
        return bool(obj) and all(is_a(value, "torch", "Tensor") for value in obj.values())
    return is_a(obj, "torch", "Tensor")


def dump(obj: Any) -> dict[str, bytes]:  # noqa: ANN401
    """Return one safetensors file."""
    writer = need("safetensors.torch", "storing tensors")
    tensors = obj if isinstance(obj, dict) else {"tensor": obj}
    if not all(type(key) is str for key in tensors):
        raise UnsupportedTypeError("a dict of tensors needs text as keys")
    ready = {key: tensors[key].detach().cpu().contiguous() for key in sorted(tensors)}
    try:
        content = writer.save(ready)
    except (RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        hint = "put {name: tensor.clone() for name, tensor in model.state_dict().items()}"
        raise UnsupportedTypeError(f"safetensors cannot hold it: {reason}", hint) from None
    return {_MANY if isinstance(obj, dict) else _ONE: content}


def recognises(names: Collection[str]) -> bool:
    """Read one ``.safetensors``."""
    return len(names) == 1 and next(iter(names)).lower().endswith(".safetensors")


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> object:
    """Return the tensor or the dict of tensors; numpy arrays where torch is not installed."""
    ((label, opener),) = files.items()
    with opener() as file:
        check_memory(size_of(file), label)
        content = file.read()
    reader = need("safetensors.torch" if find("torch") else "safetensors.numpy", f"reading {label}")
    with parsing(label):
        tensors = reader.load(content)
        if label != _ONE:
            return tensors
        if set(tensors) != {"tensor"}:
            raise AdapterError(f"{label} does not hold one tensor")
        return tensors["tensor"]
