"""What should stay private, wherever it may be in a notebook: secrets, homes, people."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.outputs import as_text
from jupyter_ipfs.bundles.review import file_scan, personal, secrets
from jupyter_ipfs.bundles.review.finding import NOTE, SECRET, WARNING, Finding
from jupyter_ipfs.words.figures import counted, size
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.bundles.recording.run_record import Run
    from jupyter_ipfs.bundles.review.findings import ReadInput

_HOME = re.compile(
    r"(?:/home/|/Users/|\b[A-Za-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/))([A-Za-z0-9._-]{1,64}+)(?=[/\\\s\"':)]|$)"
)
_SHARED_HOMES = frozenset({
    "jovyan", "runner", "user", "username", "you", "me", "shared", "public", "default", "ubuntu",
    "vscode", "docker", "app", "name", "yourname", "linuxbrew", "conda", "jupyter",
})  # fmt: skip
_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_SHORTEST_NAME = 4
_MANY = 5  # people: fewer may be the authors


def notebook(nb: Mapping[str, Any], manifest: Manifest, run: Run | None) -> Iterator[Finding]:
    """Look into every text of a notebook: sources, outputs, metadata, names."""
    users = _users(run)
    for where, cell, name, content, hint in _texts(nb):
        yield from _secrets(content, name, where, hint, cell=cell)
        yield from _homes(content, users, where, cell=cell)
        yield from _people(personal.scan(content), where, cell=cell)
    said = f"{manifest.title}\n{manifest.description}\n{manifest.folder}/{manifest.name}"
    yield from _secrets(said, "", "title or description", "Take it out.")
    wheres = (each.where for each in manifest.inputs)
    beside = "\n".join([*manifest.authors, manifest.license, *manifest.hosts, *wheres])
    yield from _secrets(beside, "", "authors, licence, hosts or sources", "Take it out.")
    paths = [*(each.path for each in manifest.inputs), *_written(manifest)]
    if secrets.scan("", "\n".join(paths)):  # in one look; which of them it is, if there is any
        for path in paths:
            yield from _names(path)


def _written(manifest: Manifest) -> Iterator[str]:
    """Yield the names of files that are only written: they are told as well."""
    read = {each.path for each in manifest.inputs}
    yield from dict.fromkeys(
        path for cell in manifest.cells for path in cell.writes if path not in read
    )


def inputs(read: Sequence[ReadInput]) -> Iterator[Finding]:
    """Look into the inputs that are to be included."""
    cut = []
    for each in read:
        left_out = not each.selected
        if each.local_path is None or (left_out and each.why_not != "secret"):
            continue
        name = one_line(each.path)
        try:
            found = file_scan.scan(each.local_path)
        except OSError:  # what cannot be read is said by whoever stores it
            continue
        for hit in _kinds(found.hits):
            yield Finding(
                NOTE if left_out else SECRET,
                hit.kind,
                f"{name} has what looks like {hit.title}{', and is left out' * left_out}",
                f"{name}, line {hit.line}",
                "Leave the file out, or take it out of the file, and make a new one.",
                path=each.path,
            )
        if not left_out:
            yield from _people(found.people, name, path=each.path)
            cut += [] if found.whole else [name]
    if cut:
        names = f"{cut[0]} and {counted(len(cut) - 1, 'other')}" if cut[1:] else cut[0]
        yield Finding(
            NOTE,
            "not-all-looked-at",
            f"Only the first {size(secrets.LIMIT)} of {names} were looked at for secrets",
        )


def _texts(nb: Mapping[str, Any]) -> Iterator[tuple[str, str | None, str, str, str]]:
    """Yield where, the cell's id, a name, the text and what to do about a secret in it."""
    for index, cell in enumerate(nb.get("cells") or ()):
        cell_id, place = cell.get("id"), f"cell {index + 1}"
        source = as_text(cell.get("source"))
        yield place, cell_id, "", source, _IN_SOURCE
        for output in cell.get("outputs") or ():
            for content in _output(output):
                yield f"output of {place}", cell_id, "", content, _IN_OUTPUT
        for content in _attached(cell.get("attachments")):
            yield f"attachments of {place}", cell_id, "", content, _IN_ATTACHMENTS
        metadata = cell.get("metadata")
        if metadata:
            yield f"metadata of {place}", cell_id, "", _dumped(metadata), _IN_METADATA
    metadata = dict(nb.get("metadata") or {})
    widgets = metadata.pop("widgets", None)
    if widgets:
        yield "state of the widgets", None, "", _dumped(widgets), _IN_WIDGETS
    if metadata:
        yield "metadata of the notebook", None, "", _dumped(metadata), _IN_METADATA


_NEW = " It may be known by now: make a new one where it came from."
_IN_SOURCE = "Read it from the environment or with getpass()." + _NEW
_IN_OUTPUT = "Clear the output, and print no secrets." + _NEW
_IN_ATTACHMENTS = "Take the attachment out of the cell." + _NEW
_IN_METADATA = "Take it out with the property inspector or an editor." + _NEW
_IN_WIDGETS = "Clear the widgets' state (Settings, Save Widget State Automatically)." + _NEW


def _output(output: Mapping[str, Any]) -> Iterator[str]:
    if "text" in output:
        yield as_text(output["text"])
    if "traceback" in output:
        lines = output["traceback"]
        yield _ANSI.sub("", "\n".join(x for x in lines if isinstance(x, str)))
    yield from (output[key] for key in ("ename", "evalue") if isinstance(output.get(key), str))
    yield from _bundle(output.get("data") or {})
    if output.get("metadata"):
        yield _dumped(output["metadata"])


def _attached(attachments: object) -> Iterator[str]:
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        yield name
        if isinstance(bundle, dict):
            yield from _bundle(bundle)
        else:  # no notebook's, and kept all the same
            yield _dumped(bundle)


def _bundle(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of a MIME bundle, its types among them: a type may be anything."""
    yield "\n".join(data)
    for mime_type, content in data.items():
        if mime_type.startswith(("image/", "audio/", "video/")) and mime_type != "image/svg+xml":
            continue  # base64
        lines = content if isinstance(content, list) else [content]
        is_text = all(isinstance(line, str) for line in lines)
        yield as_text(content) if is_text else _dumped(content)


def _dumped(value: object) -> str:
    """Return JSON with a line for each value, so that a line says where something is."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=str)


def _kinds(hits: Sequence[secrets.Hit]) -> list[secrets.Hit]:
    """Return the first hit of each kind."""
    return list({hit.kind: hit for hit in reversed(hits)}.values())[::-1]


def _secrets(
    content: str, name: str, where: str, hint: str, *, cell: str | None = None
) -> Iterator[Finding]:
    for hit in _kinds(secrets.scan(name, content)):
        title = f"{where[0].upper()}{where[1:]} has what looks like {hit.title}"
        yield Finding(SECRET, hit.kind, title, f"{where}, line {hit.line}", hint, cell)


def _names(path: str) -> Iterator[Finding]:
    for hit in _kinds(secrets.scan("", path)):
        title = f"A file's name has what looks like {hit.title}"
        yield Finding(SECRET, hit.kind, title, hint="Rename the file, or leave it out.")


def _users(run: Run | None) -> tuple[str, ...]:
    """Return who ran it, as far as the recorded paths tell."""
    paths = (run.folder, run.executable, run.notebook or "") if run else ()
    names = {match[1] for path in paths for match in _HOME.finditer(path)}
    return tuple(sorted(name for name in names if _is_somebody(name)))


def _is_somebody(name: str) -> bool:
    return name.lower() not in _SHARED_HOMES


def _homes(
    content: str, users: tuple[str, ...], where: str, *, cell: str | None
) -> Iterator[Finding]:
    lowered = where[0].upper() + where[1:]
    may_have = "/home/" in content or "Users" in content
    if may_have and any(_is_somebody(match[1]) for match in _HOME.finditer(content)):
        yield Finding(
            WARNING,
            "home-path",
            f"{lowered} names somebody's home folder",
            where,
            "Use paths relative to the notebook; the name of the folder tells who ran it.",
            cell,
        )
        return
    for name in users:
        if len(name) >= _SHORTEST_NAME and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", content):
            yield Finding(
                WARNING,
                "user-name",
                f"{lowered} has the name of the user who ran it",
                where,
                "Take it out, if others are not to know it.",
                cell,
            )


def _people(
    people: personal.People, where: str, *, cell: str | None = None, path: str | None = None
) -> Iterator[Finding]:
    parts = [
        (people.emails, "e-mail", "e-mail address", "e-mail addresses"),
        (people.phones, "phone", "telephone number", "telephone numbers"),
        (people.ibans, "iban", "bank account number", "bank account numbers"),
        (people.cards, "card", "payment card number", "payment card numbers"),
    ]
    for number, kind, one, many in parts:
        if not number:
            continue
        words = f"1 {one}" if number == 1 else f"{number:,} {many}"
        level = WARNING if number >= _MANY or kind in {"iban", "card"} else NOTE
        yield Finding(
            level,
            kind,
            f"{where[0].upper()}{where[1:]} seems to have {words}",
            where,
            "Share personal data only if you may.",
            cell,
            path,
        )
