"""What a DDO says of its bytes: ``metadata.additionalInformation.jupyter_ipfs``.

With it a buyer checks what came: the digest of what is served, and the content's CID. A priced
asset says only the digest of its CID's text: who knows a CID could ask for it anywhere.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from jupyter_ipfs.errors import CIDError, ConfigError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.unixfs import profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.ocean.content import Served

KEY = "jupyter_ipfs"
VERSION = 1
_FORMS = frozenset({"file", "car"})
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MAX_NAME = 255


@dataclass(frozen=True, slots=True)
class Published:
    """What is said of an asset's bytes.

    Attributes:
        form: ``file``: the content itself; ``car``: a CAR of it.
        profile: The import profile that gives the CID again.
        size: Bytes that are served.
        sha256: Their digest, in hex.
        root: The content's CID; ``None`` if the asset is priced.
        root_sha256: The digest of that CID's text, in hex.
        kind: ``dataset``, ``model``, ``algorithm`` or ``notebook``.
        name: What to call it on the disk, or empty.
    """

    form: str
    profile: str
    size: int
    sha256: str
    root: str | None
    root_sha256: str
    kind: str
    name: str

    @classmethod
    def of(cls, served: Served, *, kind: str, is_free: bool) -> Self:
        """Return what is said of what is served."""
        text = str(served.root)
        digest = hashlib.sha256(text.encode()).hexdigest()
        root = text if is_free else None
        return cls(
            served.form, served.profile, served.size, served.sha256, root, digest, kind, served.name
        )

    @classmethod
    def read(cls, metadata: Mapping[str, Any]) -> Self | None:  # noqa: PLR0911  (one for each flaw)
        """Return what a DDO says; ``None`` if it says nothing, or what cannot be checked."""
        information = metadata.get("additionalInformation")
        told = information.get(KEY) if isinstance(information, dict) else None
        if not isinstance(told, dict) or told.get("version") != VERSION:
            return None
        size, root = told.get("size"), told.get("root")
        digest = told.get("root_sha256")
        texts = {name: told.get(name) for name in ("form", "profile", "sha256", "kind", "name")}
        if not all(isinstance(value, str) for value in texts.values()):
            return None
        if type(size) is not int or size < 0 or texts["form"] not in _FORMS:
            return None
        if not _DIGEST.fullmatch(str(texts["sha256"])) or len(str(texts["name"])) > _MAX_NAME:
            return None
        if root is not None:
            try:
                root = str(CID.parse(str(root)))
            except CIDError:
                return None
            digest = hashlib.sha256(root.encode()).hexdigest()
        try:
            profiles.by_name(str(texts["profile"]))
        except ConfigError:
            return None
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            return None
        return cls(
            size=size, root=root, root_sha256=digest, **{k: str(v) for k, v in texts.items()}
        )

    def as_json(self) -> dict[str, Any]:
        """Return what goes into the DDO."""
        root = {"root": self.root} if self.root else {"root_sha256": self.root_sha256}
        return {
            "version": VERSION,
            "form": self.form,
            "profile": self.profile,
            "size": self.size,
            "sha256": self.sha256,
            **root,
            "kind": self.kind,
            "name": self.name,
        }

    def is_root(self, root: CID) -> bool:
        """Tell whether this is the CID that was published."""
        return hashlib.sha256(str(root).encode()).hexdigest() == self.root_sha256
