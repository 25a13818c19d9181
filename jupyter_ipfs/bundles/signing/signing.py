"""Vouching for a share: a signature beside its payload, and so a new share of the same payload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.opening import opening
from jupyter_ipfs.bundles.sharing import sharing
from jupyter_ipfs.bundles.signing import signatures
from jupyter_ipfs.bundles.signing.voucher_memory import VoucherMemory
from jupyter_ipfs.errors import BundleError
from jupyter_ipfs.wallet.intents import Vouch
from jupyter_ipfs.wallet.vouch_text import MAX_TITLE

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.protocols import Signer


def add_signature(
    content: Content,
    share: str | CID | ContentPath,
    signer: Signer,
    role: str,
    *,
    title: str = "",
    name: str | None = None,
) -> CID:
    """Vouch for a share or a payload; return the new share, whose payload is the same.

    Args:
        content: The session.
        share: Its path.
        signer: Who vouches; a signature that they gave it before is replaced.
        role: ``author`` or ``reviewer``.
        title: What it is called; shown to the signer as a claim.
        name: Names the new share; by default, what names the old one.

    Raises:
        NotABundleError: It is none.
        RequestError: It is nothing that can be vouched for.
        SigningError: Nobody signed.
        BlockNotFoundError: Something of it is not here; who vouches keeps all of it.
    """
    blocks = content.backend
    node = content.resolve(share)
    payload, entries = opening.parts(blocks, node)
    file = signatures.file_name(signer.address)
    held = signatures.files(blocks, entries)  # what is missing or no file is left behind
    if len({*held, file}) > signatures.MOST:
        raise BundleError(
            f"the share has {len(held):,} signatures, and no more are looked at",
            "vouch for its payload alone: a share of your own",
        )
    vouch = Vouch(str(payload.cid), role, signer.chain_id, title[:MAX_TITLE])
    held[file] = signatures.dumps(vouch, signer.address, signer.vouch(vouch))
    with blocks.batch() as batch:
        sharing.bring(batch, blocks, payload.cid)
        root = sharing.wrap(batch, sharing.ref_of(blocks, payload.cid), held)
        stored = batch.commit(root.cid, name=name or _name_of(content, node.cid))
    if stored.name is not None:
        is_here = content.repo.has(root.cid)
        content.repo.mark_shared(f"{stored.name}@{stored.version}", pin=is_here)
    VoucherMemory(content.repo.path).introduce(signer.address)
    return root.cid


def _name_of(content: Content, root: CID) -> str | None:
    """Return the name whose newest version a share is."""
    return next((each.name for each in content.names() if each.root == root), None)
