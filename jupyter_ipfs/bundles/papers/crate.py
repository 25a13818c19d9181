"""``ro-crate-metadata.json``: the bundle as an RO-Crate 1.2 and a Process Run Crate 0.5.

https://www.researchobject.org/ro-crate/specification/1.2/ and https://w3id.org/ro/wfrun/process/0.5
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyter_ipfs.bundles.format.manifest import DETAILS, INPUTS, LOCK, MANIFEST, NOTEBOOK, OUTPUTS
from jupyter_ipfs.bundles.papers import licenses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_ipfs.bundles.format.manifest import Cell, Input, Manifest

NAME = "ro-crate-metadata.json"
_CONTEXT = "https://w3id.org/ro/crate/1.2/context"
# Process Run Crate 0.5 is made for RO-Crate 1.1, and a crate may conform to both.
_SPECIFICATIONS = ("https://w3id.org/ro/crate/1.2", "https://w3id.org/ro/crate/1.1")
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_FORMAT = "https://www.nationalarchives.gov.uk/PRONOM/fmt/817"  # JSON
# RO-Crate demands a date. Without a recorded run nobody knows it, and today's would change the CID.
_UNKNOWN_DATE = "1970-01-01"
_KERNEL, _PYTHON, _RUN, _NO_LICENCE = "#kernel", "#python", "#run", "#no-licence"

_TYPES = {
    "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain",
    "md": "text/markdown", "py": "text/x-python", "json": "application/json",
    "jsonl": "application/jsonl", "yaml": "application/yaml", "yml": "application/yaml",
    "toml": "application/toml", "xml": "application/xml", "html": "text/html",
    "parquet": "application/vnd.apache.parquet", "arrow": "application/vnd.apache.arrow.file",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "tif": "image/tiff",
    "tiff": "image/tiff", "svg": "image/svg+xml", "pdf": "application/pdf",
    "zip": "application/zip", "gz": "application/gzip", "h5": "application/x-hdf5",
    "hdf5": "application/x-hdf5", "nc": "application/netcdf", "npy": "application/x-npy",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_UNKNOWN_TYPE = "application/octet-stream"

_FILES = (
    (MANIFEST, "What the bundle says of itself", "application/json"),
    ("provenance.json", "Which cell made what from which inputs", "application/json"),
    ("index.html", "The notebook to be read in a browser", "text/html"),
    ("README.md", "What this folder is", "text/markdown"),
    ("CITATION.cff", "How to cite it", "application/yaml"),
    (LOCK, "The environment, with hashes", "application/toml"),
    (DETAILS, "What ran the notebook", "application/json"),
    ("binder/requirements.txt", "The environment for repo2docker", "text/plain"),
    ("binder/runtime.txt", "The Python for repo2docker", "text/plain"),
    ("binder/postBuild", "Puts everything in place for repo2docker", "text/plain"),
)


def crate(manifest: Manifest, sizes: Mapping[str, int] | None = None) -> bytes:
    """Return the metadata, the same for the same manifest.

    Args:
        manifest: Of the bundle.
        sizes: By path, of the files that the payload has besides; by default all that it may have.
    """
    there = None if sizes is None else set(sizes)
    described = [each for each in _FILES if there is None or each[0] in there]
    included = [each for each in manifest.inputs if each.included]
    excluded = [each for each in manifest.inputs if not each.included]
    outputs = [cell for cell in manifest.cells if cell.outputs]
    authors = [f"#author-{n}" for n in range(1, len(manifest.authors) + 1)]
    has_licence = bool(manifest.license) and (there is None or "LICENSE" in there)
    parts = [NOTEBOOK, *(each[0] for each in described), *["LICENSE"] * has_licence]
    parts += [_input_id(each) for each in included if each.how != "content"]
    parts += map(_output_id, outputs)
    contents = [_input_id(each) for each in included if each.how == "content"]
    licence = _licence(manifest)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": manifest.title or manifest.name,
        "description": manifest.description
        or f"The notebook {manifest.name} with what it read and what came of it.",
        "datePublished": manifest.created_at or _UNKNOWN_DATE,
        "license": _ref(licence["@id"]),
        "conformsTo": _ref(_PROFILE),
        "hasPart": _refs(parts),
        "mentions": _refs([_RUN, *contents, *map(_missing_id, excluded)]),
    }
    entities: list[dict[str, Any]] = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": _ref("./"),
            "conformsTo": _refs(_SPECIFICATIONS),
            "encodingFormat": ["application/ld+json", _ref(_FORMAT)],
        },
        _with_authors(root, authors),
        {"@id": _FORMAT, "@type": "WebPage", "name": "JSON"},
        {
            "@id": _PROFILE,
            "@type": ["CreativeWork", "Profile"],
            "name": "Process Run Crate",
            "version": "0.5",
        },
        licence,
        *(
            {"@id": key, "@type": "Person", "name": name}
            for key, name in zip(authors, manifest.authors, strict=True)
        ),
        _notebook(manifest, authors),
        _kernel(manifest),
        {
            "@id": _PYTHON,
            "@type": "ComputerLanguage",
            "name": "Python",
            "version": manifest.environment.python,
            "url": "https://www.python.org/",
        },
        _run(manifest, authors, included, excluded, outputs),
        *(_file(*each, sizes or {}) for each in described),
        *([_file("LICENSE", "The licence", "text/plain", sizes or {})] if has_licence else []),
        *map(_input, included),
        *map(_missing, excluded),
        *(_outputs(cell) for cell in outputs),
    ]
    document = {"@context": _CONTEXT, "@graph": entities}
    return json.dumps(document, indent=1, ensure_ascii=False).encode(errors="replace") + b"\n"


def _notebook(manifest: Manifest, authors: list[str]) -> dict[str, Any]:
    entity = {
        "@id": NOTEBOOK,
        "@type": ["File", "SoftwareSourceCode"],
        "name": manifest.name,
        "description": "The notebook as it was executed, with its outputs",
        "encodingFormat": "application/x-ipynb+json",
        "programmingLanguage": _ref(_PYTHON),
        "softwareRequirements": _ref(_KERNEL),
    }
    return _with_authors(entity, authors)


def _kernel(manifest: Manifest) -> dict[str, Any]:
    python = manifest.environment
    return {
        "@id": _KERNEL,
        "@type": "SoftwareApplication",
        "name": f"Python {python.python} ({python.implementation}) on {python.platform} "
        f"{python.machine}",
        "version": python.python,
        "operatingSystem": python.platform,
        "processorRequirements": python.machine,
        "url": "https://www.python.org/",
    }


def _run(
    manifest: Manifest,
    authors: list[str],
    included: list[Input],
    excluded: list[Input],
    outputs: list[Cell],
) -> dict[str, Any]:
    failed = any(output.kind == "error" for cell in manifest.cells for output in cell.outputs)
    run: dict[str, Any] = {
        "@id": _RUN,
        "@type": "CreateAction",
        "name": f"Running {manifest.name}",
        "description": "The run whose outputs the notebook has"
        + ("" if manifest.recorded else "; it was not recorded, so its inputs are a guess"),
        "instrument": _ref(NOTEBOOK),
        "actionStatus": f"http://schema.org/{'Failed' if failed else 'Completed'}ActionStatus",
    }
    if manifest.created_at:
        run["endTime"] = manifest.created_at.replace("Z", "+00:00")
    if failed:
        run["error"] = "A cell ended in an error"
    if authors:
        run["agent"] = _ref(authors[0])
    if manifest.inputs:
        run["object"] = _refs([*map(_input_id, included), *map(_missing_id, excluded)])
    if outputs:
        run["result"] = _refs(map(_output_id, outputs))
    return run


def _input(each: Input) -> dict[str, Any]:
    content = each.how == "content"  # a file or a directory, elsewhere too
    return {
        "@id": _input_id(each),
        "@type": "CreativeWork" if content else "File",
        "name": each.path,
        "description": "What the notebook read" if each.how != "added" else "Added by the author",
        "encodingFormat": _TYPES.get(each.path.rpartition(".")[2].lower(), _UNKNOWN_TYPE),
        "contentSize": str(each.size),
        "identifier": f"ipfs://{each.cid}",
    }


def _missing(each: Input) -> dict[str, Any]:
    """Tell of an input that is not there: a contextual entity, since it is no part."""
    return {
        "@id": _missing_id(each),
        "@type": "CreativeWork",
        "name": each.path,
        "description": f"Not included ({each.size:,} bytes)"
        + (f". Where to get it: {each.where}" if each.where else ""),
    }


def _outputs(cell: Cell) -> dict[str, Any]:
    contents = [f"ipfs://{output.cid}" for output in cell.outputs]
    return {
        "@id": _output_id(cell),
        "@type": "Dataset",
        "name": f"Outputs of cell {cell.index + 1}",
        "description": ", ".join(
            sorted({mime for output in cell.outputs for mime in output.mime_types})
        ),
        "identifier": contents if len(contents) > 1 else contents[0],
    }


def _licence(manifest: Manifest) -> dict[str, Any]:
    identifier = manifest.license
    if not identifier:
        return {
            "@id": _NO_LICENCE,
            "@type": "CreativeWork",
            "name": "No licence",
            "description": "The author has given none: all rights are reserved.",
        }
    return {
        "@id": licenses.url(identifier) or "#licence",
        "@type": "CreativeWork",
        "name": licenses.NAMES.get(identifier, (identifier, ""))[0],
        "identifier": identifier,
        "description": f"SPDX: {identifier}",
    }


def _file(path: str, about: str, mime_type: str, sizes: Mapping[str, int]) -> dict[str, Any]:
    entity = {
        "@id": path,
        "@type": "File",
        "name": path,
        "description": about,
        "encodingFormat": mime_type,
    }
    return {**entity, "contentSize": str(sizes[path])} if path in sizes else entity


def _with_authors(entity: dict[str, Any], authors: list[str]) -> dict[str, Any]:
    return {**entity, "author": _refs(authors)} if authors else entity


def _input_id(each: Input) -> str:
    return f"ipfs://{each.cid}" if each.how == "content" else f"{INPUTS}/{quote(each.path)}"


def _missing_id(each: Input) -> str:
    return f"#not-included/{quote(each.path)}"


def _output_id(cell: Cell) -> str:
    return f"{OUTPUTS}/{quote(cell.id)}/"


def _ref(key: str) -> dict[str, str]:
    return {"@id": key}


def _refs(keys: Iterable[str]) -> list[dict[str, str]]:
    return [_ref(key) for key in keys]
