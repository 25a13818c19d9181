"""``CITATION.cff`` of a bundle (Citation File Format 1.2.0).

Its CID is not in it: it cannot be, since the file is part of what the CID is made of. Whoever
reads the bundle has come by that CID, and cites it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from jupyter_ipfs.words.foreign import plain

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.format.manifest import Manifest

_MESSAGE = "Cite it with the CID by which you have it: ipfs://…"
_NO_CHARACTER = re.compile("[\ufffe\uffff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def citation(manifest: Manifest) -> bytes:
    """Return the file: YAML, in which every text is quoted."""
    authors = manifest.authors or (f"The authors of {manifest.name}",)
    lines = [
        "cff-version: 1.2.0",
        f"message: {_quoted(_MESSAGE)}",
        "type: dataset",
        f"title: {_quoted(manifest.title or manifest.name)}",
        "authors:",
        *(f"  - name: {_quoted(author)}" for author in authors),
    ]
    if manifest.description:
        lines.append(f"abstract: {_quoted(manifest.description)}")
    if _DATE.match(manifest.created_at):
        lines.append(f"date-released: {_quoted(manifest.created_at[:10])}")
    if manifest.license:
        lines.append(f"license: {_quoted(manifest.license)}")
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    """Return a text as a double-quoted scalar of YAML 1.2, of which JSON's strings are a part.

    https://yaml.org/spec/1.2.2/#double-quoted-style
    """
    # JSON would write characters beyond the BMP as two escapes, which YAML does not join; and two
    # characters of Unicode are none that YAML may have.
    return json.dumps(_NO_CHARACTER.sub("\ufffd", plain(text)), ensure_ascii=False)
