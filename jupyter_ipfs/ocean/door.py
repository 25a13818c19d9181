"""``session.ocean``: assets, from publishing to download."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import AssetNotFoundError, ConfigError, JupyterIPFSError
from jupyter_ipfs.ocean import chains
from jupyter_ipfs.ocean.draft import Draft
from jupyter_ipfs.ocean.journal import Journal
from jupyter_ipfs.ocean.showing import Shown, bundle
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.ocean.check import Check
    from jupyter_ipfs.ocean.connection import ChainConnection
    from jupyter_ipfs.ocean.content import Content
    from jupyter_ipfs.ocean.download import Downloaded
    from jupyter_ipfs.ocean.history import Happened
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.ocean.mine import Mine
    from jupyter_ipfs.ocean.node_client import OceanNode
    from jupyter_ipfs.ocean.orders import Order
    from jupyter_ipfs.ocean.search import Found
    from jupyter_ipfs.ocean.steps import StepsCallback
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.wallet.door import Wallet


@dataclass(frozen=True, slots=True)
class Pending:
    """A publication that was begun and is not done.

    Attributes:
        key: What `Ocean.forget_pending` takes.
        title: Of the asset.
        draft: The form, as it was.
        started_at: Seconds since the epoch.
        step: How far it came, as far as is noted here.
    """

    key: str
    title: str
    draft: dict[str, Any]
    started_at: float
    step: str

    def as_json(self) -> dict[str, Any]:
        """Return what the server tells the page."""
        return {
            "key": self.key,
            "title": self.title,
            "draft": self.draft,
            "started_at": self.started_at,
            "step": self.step,
        }


@dataclass(frozen=True, slots=True, repr=False)
class MarketStatus(Shown):
    """What a person is told of the market.

    Attributes:
        chain: The chain; ``None``: the one that is set is not known here.
        address: Who is signed in, or ``None``.
        missing: What is still needed before anything can be published, a sentence each.
        node_url: The Ocean Node, or ``None``.
    """

    chain: Chain | None
    address: str | None
    missing: tuple[str, ...]
    node_url: str | None

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    def shown(self) -> dict[str, str]:
        """Return the words."""
        is_practice = self.chain is not None and self.chain.is_sandbox
        lines = [PRACTICE] if is_practice else []
        lines.append(f"signed in: {self.address or 'nobody'}")
        if self.node_url and not is_practice:
            lines.append(f"Ocean Node: {self.node_url}")
        lines += [f"missing: {each}" for each in self.missing]
        return bundle(f"Ocean on {self.chain.title if self.chain else 'no chain'}", lines)


class Ocean:
    """The market of one session, by the settings of this moment.

    Args:
        content: The session.
        wallet: Who signs.
        config: Gives the settings.
    """

    def __init__(self, content: Content, wallet: Wallet, config: Callable[[], Any]) -> None:
        self._content = content
        self._wallet = wallet
        self._config = config
        self._journal = Journal(content.repo.path)
        self._opening = threading.Lock()
        self._open: tuple[tuple[str, str], ChainConnection, OceanNode] | None = None

    # — publishing —

    def publish(
        self,
        path: str | CID,
        *,
        title: str,
        description: str,
        author: str,
        license: str,  # noqa: A002  (the field's word)
        tags: Sequence[str] = (),
        kind: str = "dataset",
        price: str | None = None,
        free: bool = False,
        timeout_s: int = 0,
        template: int = 1,
        allow: Sequence[str] = (),
        sample: str | None = None,
        url: str | None = None,
        agree_public_cid: bool = False,
        key: str | None = None,
        progress: ProgressCallback | None = None,
        steps: StepsCallback | None = None,
    ) -> Asset:
        """Publish content as an asset: data NFT, datatoken, description, in two transactions.

        Doing the same again goes on where it broke off, or gives the asset that is there.

        Args:
            path: What: a CID, a name, a path below one.
            title: For people.
            description: What it is, 10 characters at least.
            author: Who made it.
            license: Under what it may be used, such as ``CC-BY-4.0``.
            tags: Words to find it by.
            kind: ``dataset``, ``model``, ``algorithm`` or ``notebook``.
            price: What an order costs, as a decimal text.
            free: Instead of a price: it costs nothing.
            timeout_s: How long an order allows downloads; 0: for ever.
            template: 1, 2 (enterprise) or 4 (with an access list).
            allow: The addresses that may order it; none: everybody.
            sample: The address of a sample.
            url: Where the same bytes can be fetched, for an Ocean Node without a gateway to them.
            agree_public_cid: It may be sold although its CID is known to others.
            key: Tells publications of the same content apart.
            progress: Told bytes.
            steps: Told each step.

        Raises:
            DDOError: A field is not right; nothing was sent.
            UnreachableContentError: The Ocean Node cannot fetch the bytes; nothing was sent.
            ConsentRequiredError: Others can have its content free already; nothing was sent.
            NotSignedInError: Nobody is signed in.
        """
        if (price is None) != free:
            raise ConfigError(
                "an asset has a price or is free", "--price 5, or --free (price='5' or free=True)"
            )
        draft = Draft(
            str(path), title, description, author, license, tuple(tags), kind,
            None if price is None else str(price), timeout_s, template, tuple(allow), sample, url,
            agree_public_cid, key,
        )  # fmt: skip
        return self.publish_draft(draft, progress=progress, steps=steps)

    def publish_draft(
        self,
        draft: Draft,
        *,
        progress: ProgressCallback | None = None,
        steps: StepsCallback | None = None,
    ) -> Asset:
        """Publish what a form holds; see `publish`."""
        from jupyter_ipfs.ocean import publish, search  # noqa: PLC0415  (when needed)

        signer = self._wallet.signer
        market = self._market()
        did = publish.publish(market, draft, signer, progress=progress, steps=steps)
        return search.show(market, did).seen_by(signer.address, frozenset())

    def check(self, draft: Draft, *, progress: ProgressCallback | None = None) -> Check:
        """Tell what is wrong with a draft, what it costs and whether it is reached."""
        from jupyter_ipfs.ocean import check  # noqa: PLC0415  (when needed)

        return check.check(self._market(), draft, self._wallet.address, progress=progress)

    def pending(self) -> list[Pending]:
        """Return the publications that broke off, the newest first."""
        return [
            Pending(row.terms, row.title, row.draft, row.started_at, _step(row))
            for row in self._journal.unfinished(self._chain().chain_id)
        ]

    def forget_pending(self, key: str) -> None:
        """Forget a publication that broke off; what is on the chain stays there.

        Raises:
            AssetNotFoundError: There is none of that key.
        """
        found = [row for row in self.pending() if key and row.key.startswith(key)]
        if len(found) != 1:
            raise AssetNotFoundError(f"no publication {key[:80]!a} has broken off")
        self._journal.forget(found[0].key)

    # — finding —

    def search(
        self,
        text: str = "",
        *,
        kind: str | None = None,
        price: str | None = None,
        tag: str | None = None,
        author: str | None = None,
        sort: str = "relevance",
        offset: int = 0,
        limit: int = 50,
    ) -> Found:
        """Search what the Ocean Node lists.

        Args:
            text: Words of title, description, author and tags.
            kind: ``dataset``, ``model``, ``algorithm`` or ``notebook``.
            price: ``free`` or ``paid``.
            tag: One tag.
            author: The author's name.
            sort: ``relevance``, ``newest``, ``price`` or ``orders``.
            offset: How many are left out.
            limit: How many are given at the most.
        """
        from jupyter_ipfs.ocean import search  # noqa: PLC0415  (when needed)

        wanted = search.Wanted(text, kind, price, tag, author, None, sort, offset, limit)
        found = search.search(self._market(), wanted)
        seen = tuple(asset.seen_by(self._wallet.address, frozenset()) for asset in found)
        return search.Found(seen, found.total, found.is_practice)

    def show(self, did: str | Asset) -> Asset:
        """Return an asset, compared with what is on the chain.

        Raises:
            AssetNotFoundError: The Ocean Node does not list it.
            DDOError: What it lists is not what was published.
        """
        from jupyter_ipfs.ocean import orders, search  # noqa: PLC0415  (when needed)

        market, address = self._market(), self._wallet.address
        asset = search.show(market, _did(did))
        bought = address is not None and orders.find(market, asset, address) is not None
        return asset.seen_by(address, frozenset({asset.did} if bought else ()))

    def history(self, did: str | Asset) -> list[Happened]:
        """Return what happened to an asset, from the chain's own logs, the newest first."""
        from jupyter_ipfs.ocean import history  # noqa: PLC0415  (when needed)

        return history.history(self._market(), self._shown(did))

    # — buying —

    def buy(
        self, did: str | Asset, *, at_most: str | None = None, steps: StepsCallback | None = None
    ) -> Order:
        """Order an asset, free or paid; an order that still holds is used again.

        Args:
            did: Which.
            at_most: The most that may be paid; by default what it is listed for, with fees.
            steps: Told each step.

        Raises:
            TransactionError: It costs more, or was refused.
            InsufficientFundsError: The address has too little.
            AccessDeniedError: It cannot be ordered, or not by this address.
        """
        from jupyter_ipfs.ocean import orders  # noqa: PLC0415  (when needed)

        signer, market = self._wallet.signer, self._market()
        return orders.order(market, self._shown(did), signer, at_most=at_most, steps=steps)

    def download(
        self,
        did: str | Asset,
        to: str | Path | None = None,
        *,
        buy: bool | None = None,
        progress: ProgressCallback | None = None,
        steps: StepsCallback | None = None,
    ) -> Downloaded:
        """Download an asset into a fresh place, and check its bytes against what was published.

        Args:
            did: Which.
            to: A directory that exists, or a path where nothing is; by default here.
            buy: Whether to order it if need be; by default if that is free.
            progress: Told bytes.
            steps: Told the steps of an order.

        Raises:
            VerificationError: The Ocean Node sent something else; nothing of it is kept.
            AccessDeniedError: It was not ordered.
            PathExistsError: Something is there already.
        """
        from jupyter_ipfs.ocean import download  # noqa: PLC0415  (when needed)

        signer, market = self._wallet.signer, self._market()
        asset = self._shown(did)
        return download.download(market, asset, signer, to, buy=buy, progress=progress, steps=steps)

    # — owning —

    def edit(
        self,
        did: str | Asset,
        *,
        title: str | None = None,
        description: str | None = None,
        author: str | None = None,
        license: str | None = None,  # noqa: A002  (the field's word)
        tags: Sequence[str] | None = None,
        sample: str | None = None,
        timeout_s: int | None = None,
        price: str | None = None,
        steps: StepsCallback | None = None,
    ) -> Asset:
        """Change an asset; what is ``None`` stays as it is.

        Raises:
            AccessDeniedError: It belongs to another address.
            DDOError: A field is not right; nothing was sent.
        """
        from jupyter_ipfs.ocean import edit, publish, search  # noqa: PLC0415  (when needed)

        signer, market, asset = self._wallet.signer, self._market(), self._shown(did)
        texts = {"title": title, "description": description, "author": author, "license": license}
        tx_hash = edit.edit(
            market, asset, signer, texts=texts, tags=tags, sample=sample,
            timeout_s=timeout_s, price=None if price is None else str(price), steps=steps,
        )  # fmt: skip
        publish.wait_until_seen(market, asset.did, tx_hash)
        return search.show(market, asset.did).seen_by(signer.address, frozenset())

    def set_state(self, did: str | Asset, state: str, *, steps: StepsCallback | None = None) -> str:
        """Set an asset's state (``active``, ``revoked`` …); return the transaction."""
        from jupyter_ipfs.ocean import edit  # noqa: PLC0415  (when needed)

        market, data_nft = self._market(), self._data_nft(did)
        return edit.set_state(market, data_nft, self._wallet.signer, state, steps=steps)

    def transfer(self, did: str | Asset, to: str, *, steps: StepsCallback | None = None) -> str:
        """Give an asset, with the right to change it, to another address."""
        from jupyter_ipfs.ocean import edit  # noqa: PLC0415  (when needed)

        market, data_nft = self._market(), self._data_nft(did)
        return edit.transfer(market, data_nft, self._wallet.signer, to, steps=steps)

    def collect(self, did: str | Asset, *, steps: StepsCallback | None = None) -> str:
        """Take out of the exchange what an asset has earned; return the transaction."""
        from jupyter_ipfs.ocean import mine  # noqa: PLC0415  (when needed)

        return mine.collect(self._market(), self._shown(did), self._wallet.signer, steps=steps)

    def mine(self, address: str | None = None) -> Mine:
        """Return what somebody has published, bought and earned; by default who is signed in."""
        from jupyter_ipfs.ocean import mine  # noqa: PLC0415  (when needed)

        return mine.mine(self._market(), address or self._wallet.signer.address)

    def status(self) -> MarketStatus:
        """Tell how the market is, without raising and without starting anything."""
        chain: Chain | None = None
        try:
            chain = self._chain()
            missing = self._missing(chain)
        except JupyterIPFSError as error:
            missing = [" ".join(filter(None, (f"{error};", error.hint)))]
        address = self._wallet.address
        if address is None:
            missing.append("Nobody is signed in: %wallet login, or %wallet practice.")
        return MarketStatus(chain, address, tuple(missing), self._config().ocean_node or None)

    def close(self) -> None:
        """Let go of connections; idempotent."""
        if self._open is not None:
            self._open[1].close()
            self._open[2].close()
            self._open = None

    # — inside —

    def _chain(self) -> Chain:
        return chains.by_name(self._config().chain)

    def _missing(self, chain: Chain) -> list[str]:
        config = self._config()
        missing: list[str] = []
        if chain.is_sandbox:
            return missing
        if not config.rpc_url:
            missing.append(f"The address of {chain.title}'s JSON-RPC: %ipfs config rpc_url URL.")
        if not config.ocean_node:
            missing.append("An Ocean Node: %ipfs config ocean_node URL.")
        return missing

    def _market(self) -> Market:
        """Return the market; the practice chain is started if it is the one that is set."""
        from jupyter_ipfs.ocean.connection import ChainConnection  # noqa: PLC0415  (loading counts)
        from jupyter_ipfs.ocean.market import Market  # noqa: PLC0415
        from jupyter_ipfs.ocean.node_client import OceanNode  # noqa: PLC0415

        chain, config = self._chain(), self._config()
        if chain.is_sandbox:
            from jupyter_ipfs.ocean import local_sandbox  # noqa: PLC0415

            found = local_sandbox.ensure(self._content.repo.path)
            chain, rpc_url, node_url = found.chain, found.rpc_url, found.node_url
        else:
            missing = self._missing(chain)
            if missing:
                raise ConfigError(f"{chain.title} cannot be used yet", " ".join(missing))
            rpc_url, node_url = config.rpc_url, config.ocean_node
        with self._opening:
            if self._open is None or self._open[0] != (rpc_url, node_url):
                self.close()  # a sandbox that was started anew is elsewhere
                connection = ChainConnection(chain, rpc_url)
                self._open = (rpc_url, node_url), connection, OceanNode.configured(node_url)
            _, connection, node = self._open
        return Market(self._content, chain, connection, node, self._journal)

    def _shown(self, did: str | Asset) -> Asset:
        from jupyter_ipfs.ocean import search  # noqa: PLC0415  (when needed)

        return search.show(self._market(), _did(did))

    def _data_nft(self, did: str | Asset) -> str:
        """Return an asset's data NFT, also of one that is withdrawn and so not shown."""
        found = self._market().node.ddo(_did(did)).get("nftAddress")
        from jupyter_ipfs.ocean import ddo  # noqa: PLC0415  (when needed)

        try:
            matches = ddo.did(str(found), self._chain().chain_id) == _did(did)
        except ValueError:
            matches = False
        if not matches:
            raise AssetNotFoundError("the Ocean Node names another data NFT than the asset's")
        return str(found)


def _did(asset: str | Asset) -> str:
    return asset.strip() if isinstance(asset, str) else asset.did


def _step(row: Any) -> str:  # noqa: ANN401  (a row of the journal)
    if row.describe_tx:
        return "describe"
    return "create" if row.create_tx else "content"
