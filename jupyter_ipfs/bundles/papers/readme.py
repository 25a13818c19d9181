"""``README.md`` of a bundle: three lines for whoever finds the folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.format.manifest import Manifest


def readme(manifest: Manifest) -> bytes:
    """Return the text."""
    title = _plain(manifest.title or manifest.name)
    return (
        f"# {title}\n\n"
        "A notebook with what it read and what came of it: open `index.html` in a browser.\n"
        "To check it, copy it or run it again: `pip install jupyter_ipfs`, then "
        "`jupyter ipfs open` with the link or the file that you were given.\n"
        "To run it elsewhere: `binder/` is for repo2docker, `environment/pylock.toml` for uv.\n"
    ).encode(errors="replace")


def _plain(text: str) -> str:
    """Make text harmless in Markdown: nothing in it is markup."""
    return re.sub(r"([\\`*_{}\[\]<>#!|~&])", r"\\\1", one_line(text))
