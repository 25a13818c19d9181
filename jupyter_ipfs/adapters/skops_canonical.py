"""The same skops archive for the same model, in any process.

skops writes ``id()`` of every object (it restores from them which parts are one object),
names files by them or by random numbers, keeps the order of sets and the clock. Here the
numbers become 1, 2, … in the order of the schema, for what can be shared at all; files
follow; sets are sorted; the zip has one date and no compression (zlibs differ).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from jupyter_ipfs.adapters.array import decode, encode

# Values without identity: whether two of them were one object is an accident of the process.
_VALUES = frozenset({"JsonNode", "TypeNode", "FunctionNode", "BytesNode", "OperatorFuncNode"})
_SCHEMA = "schema.json"
# Attributes of scikit-learn that hold an id() as a number: a cache, rightly stale after loading.
_ADDRESSES = ("_stop_words_id",)


def canonical(content: bytes) -> bytes:
    """Return the archive without the traces of the process that wrote it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(_SCHEMA))
        files = {
            member: _clean(member, archive.read(member))
            for member in archive.namelist()
            if member != _SCHEMA
        }
    schema.pop("_skops_version", None)  # reading goes by "protocol"
    digests = {member: hashlib.sha256(data).hexdigest() for member, data in files.items()}
    _sort_sets(schema, digests)
    names: dict[str, str] = {}
    _renumber(schema, {}, names)
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return _zip({_SCHEMA: text.encode(), **{names[old]: files[old] for old in names}})


def _clean(member: str, data: bytes) -> bytes:
    if member.endswith(".npy"):
        # The padding in a tree's nodes is whatever was in memory.
        return encode(decode(io.BytesIO(data), member), keep_layout=True)
    if member.endswith(".npz"):  # a sparse matrix
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _zip({inner: archive.read(inner) for inner in sorted(archive.namelist())})
    return data


def _sort_sets(node: Any, digests: dict[str, str]) -> None:  # noqa: ANN401
    for child in _children(node):
        _sort_sets(child, digests)
    if isinstance(node, dict) and node.get("__loader__") == "SetNode":
        node["content"].sort(key=lambda item: _signature(item, digests))


def _signature(node: Any, digests: dict[str, str]) -> str:  # noqa: ANN401
    """Return a text that equal values have in any process."""

    def strip(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            return [strip(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {key: strip(item) for key, item in value.items() if key != "__id__"}
        if isinstance(found.get("file"), str):
            found["file"] = digests.get(found["file"], "")
        return found

    return json.dumps(strip(node), sort_keys=True)


def _renumber(node: Any, ids: dict[int, int], names: dict[str, str]) -> None:  # noqa: ANN401
    if isinstance(node, dict) and isinstance(node.get("__loader__"), str):
        if node["__loader__"] in _VALUES:
            node.pop("__id__", None)
        elif isinstance(node.get("__id__"), int):
            node["__id__"] = ids.setdefault(node["__id__"], len(ids) + 1)
        file = node.get("file")
        if isinstance(file, str):
            extension = file[file.rindex(".") :]
            node["file"] = names.setdefault(file, f"{len(names) + 1}{extension}")
        if node["__loader__"] == "DictNode":
            for attribute in _ADDRESSES:
                if attribute in node["content"]:
                    node["content"][attribute]["content"] = "0"
    for child in _children(node):
        _renumber(child, ids, names)


def _children(node: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _zip(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for label, data in files.items():
            member = zipfile.ZipInfo(label)  # 1980-01-01
            member.create_system = 3  # the same on Windows
            archive.writestr(member, data)
    return file.getvalue()
