"""Orders and downloads: what is paid, what is used again, what is refused, what is checked."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import (
    AccessDeniedError,
    AssetNotFoundError,
    DDOError,
    InsufficientFundsError,
    OceanNodeError,
    PathExistsError,
    TransactionError,
    VerificationError,
)
from jupyter_ipfs.ocean import orders
from jupyter_ipfs.ocean import price as prices
from jupyter_ipfs.ocean.node_client import OceanNode
from jupyter_ipfs.session import connect
from tests.ocean.market import ABOUT, chain, fresh, height, published, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.session import Session
    from tests.sandboxes import Sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with connect(repo=sandbox.repo) as session:
        session.wallet.practice("buyer")
        yield session


def ocean_of(sandbox: Sandbox, label: str) -> int:
    with chain(sandbox) as connection:
        token = sandbox.info.chain.payment_token
        assert token is not None
        return connection.token_balance(token, sandbox.address(label))


def allowances(sandbox: Sandbox, owner: str, *spenders: str) -> list[int]:
    with chain(sandbox) as connection:
        token = sandbox.info.chain.payment_token
        assert token is not None
        return [
            connection.call("MockERC20", token, "allowance", (owner, spender))
            for spender in spenders
        ]


@pytest.mark.parametrize(("template", "sent"), [(1, 3), (2, 2), (4, 2)])
def test_a_paid_order_draws_exactly_what_the_exchange_asks_and_is_used_again(
    session: Session, sandbox: Sandbox, tmp_path: Path, template: int, sent: int
) -> None:
    root = session.add(tree(tmp_path / "d"))
    asset = published(session, root, price="5", template=template)
    had, before = ocean_of(sandbox, "buyer"), height(sandbox)
    order = session.ocean.buy(asset)
    assert height(sandbox) == before + sent
    # Ocean's own fee is a thousandth (FactoryRouter.swapOceanFee).
    assert had - ocean_of(sandbox, "buyer") == prices.to_units("5.005")
    assert order.paid == "5.005 OCEAN"
    assert (order.is_reused, order.valid_until) == (False, None)
    exchange = sandbox.info.chain.address("FixedRateExchange")
    me = sandbox.address("buyer")
    assert allowances(sandbox, me, exchange, asset.datatoken) == [0, 0]
    again = session.ocean.buy(asset.did)
    assert (again.tx_hash, again.is_reused, again.paid) == (order.tx_hash, True, None)
    assert height(sandbox) == before + sent
    got = session.ocean.download(asset, tmp_path / "got")
    assert got.root == root
    assert (tmp_path / "got" / "sub" / "b.bin").read_bytes() == (
        tmp_path / "d" / "sub" / "b.bin"
    ).read_bytes()
    assert "each matches its CID" in got.checked
    assert "2 files" in got.checked


@pytest.mark.parametrize(("template", "sent"), [(1, 2), (2, 1), (4, 1)])
def test_a_free_asset_is_ordered_and_downloaded_in_one_go(
    session: Session, sandbox: Sandbox, tmp_path: Path, template: int, sent: int
) -> None:
    data = fresh()
    root = session.add(data)
    asset = published(session, root, template=template)
    had, before = ocean_of(sandbox, "buyer"), height(sandbox)
    seen: list[int] = []
    got = session.ocean.download(asset, tmp_path, progress=lambda told: seen.append(told.size))
    assert height(sandbox) == before + sent
    assert ocean_of(sandbox, "buyer") == had
    assert got.path.parent == tmp_path
    assert got.path.read_bytes() == data
    assert [place.name for place in tmp_path.iterdir()] == [got.path.name]
    assert str(root) in got.checked
    assert "unixfs-v1-2025" in got.checked
    assert len(data) in seen


def test_a_paid_asset_is_not_bought_by_downloading_it_unless_that_is_said(
    session: Session, sandbox: Sandbox, tmp_path: Path
) -> None:
    data = fresh()
    asset = published(session, session.add(data), price="1")
    before = height(sandbox)
    with pytest.raises(AccessDeniedError, match="has not ordered"):
        session.ocean.download(asset, tmp_path)
    assert height(sandbox) == before
    got = session.ocean.download(asset, tmp_path, buy=True)
    assert got.path.read_bytes() == data
    assert got.paid == "1.001 OCEAN"
    assert "paid 1.001 OCEAN" in repr(got)
    again = session.ocean.download(asset, tmp_path / "again", buy=True)
    assert (again.paid, again.order_tx) == (None, got.order_tx)


def test_a_datatoken_that_is_there_is_spent_and_none_bought(
    session: Session, sandbox: Sandbox
) -> None:
    asset = published(session, session.add(fresh()), price="1")
    signer = session.wallet.signer
    market = session.ocean._market()
    fee = market.node.initialize(asset.did, asset.service_id, signer.address).provider_fee
    plan = orders._Plan(market, asset, signer.address, fee)
    plan.buy(None)
    for _, _, call in plan.calls[:-1]:  # it broke off before the order
        market.connection.transact(signer, call)
    had = ocean_of(sandbox, "buyer")
    assert session.ocean.buy(asset).paid is None
    assert ocean_of(sandbox, "buyer") == had


def test_an_order_without_this_ocean_nodes_fee_is_renewed_and_not_paid_again(
    session: Session, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = session.add(fresh())
    asset = published(session, root, price="1")
    first = session.ocean.buy(asset)
    monkeypatch.setattr(orders, "_is_paid_to", lambda *_: False)  # it was another node's
    had = ocean_of(sandbox, "buyer")
    renewed = session.ocean.buy(asset)
    monkeypatch.undo()
    assert renewed.tx_hash != first.tx_hash
    assert ocean_of(sandbox, "buyer") == had
    market = session.ocean._market()
    with market.node.download(
        asset.did, asset.service_id, renewed.tx_hash, session.wallet.signer
    ) as answer:
        assert asset.size == sum(map(len, answer.chunks()))


def test_an_order_that_is_over_is_not_used_again(session: Session) -> None:
    asset = published(session, session.add(fresh()), timeout_s=30)
    first = session.ocean.buy(asset)
    assert first.valid_until == first.ordered_at + 30
    # It has less than a minute left, which is no time for a download.
    assert session.ocean.buy(asset).tx_hash != first.tx_hash


def test_an_order_is_found_by_the_chain_alone(session: Session, sandbox: Sandbox) -> None:
    import sqlite3  # noqa: PLC0415

    asset = published(session, session.add(fresh()))
    order = session.ocean.buy(asset)
    with contextlib.closing(sqlite3.connect(sandbox.repo / "ocean" / "journal.sqlite")) as journal:
        journal.execute("DELETE FROM orders")
        # What another process notes is looked up, and not believed.
        journal.execute(
            "INSERT INTO orders VALUES (8996, ?, ?, ?, ?, 0)",
            (sandbox.address("buyer"), asset.did, asset.datatoken, "0x" + "ab" * 32),
        )
        journal.commit()
    assert session.ocean.buy(asset).tx_hash == order.tx_hash


def test_who_has_too_little_is_told_before_anything_is_sent(
    session: Session, sandbox: Sandbox
) -> None:
    asset = published(session, session.add(fresh()), price="999999999")
    before = height(sandbox)
    with pytest.raises(InsufficientFundsError, match=r"this costs 1000999998\.999 OCEAN"):
        session.ocean.buy(asset)
    assert height(sandbox) == before


def test_more_than_was_agreed_to_is_not_paid(session: Session, sandbox: Sandbox) -> None:
    asset = published(session, session.add(fresh()), price="2")
    before = height(sandbox)
    with pytest.raises(TransactionError, match=r"it costs 2\.002 OCEAN now, and it was 2 OCEAN"):
        session.ocean.buy(asset, at_most="2")
    assert height(sandbox) == before
    assert session.ocean.buy(asset, at_most="2.002").paid == "2.002 OCEAN"


def test_an_ocean_node_that_lists_a_lower_price_gets_nobody_to_pay_more(
    session: Session, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = published(session, session.add(fresh()), price="7")
    real = OceanNode.ddo

    def lying(self: OceanNode, did: str) -> dict[str, Any]:
        document = real(self, did)
        document["indexedMetadata"]["stats"][0]["prices"][0]["price"] = "1.0"
        return document

    monkeypatch.setattr(OceanNode, "ddo", lying)
    before = height(sandbox)
    with pytest.raises(TransactionError, match="listed for 1 OCEAN: nothing was paid"):
        session.ocean.buy(asset)
    assert height(sandbox) == before


def asked_for(market: Market, amount: int) -> Any:  # noqa: ANN401  (what an Ocean Node answers)
    """Return an `OceanNode.initialize` that asks a fee, signed as the datatoken wants it."""
    from eth_keys.datatypes import PrivateKey  # noqa: PLC0415
    from eth_utils.crypto import keccak  # noqa: PLC0415

    key, token = PrivateKey(b"\x07" * 32), market.chain.payment_token
    assert token is not None
    to = key.public_key.to_checksum_address()
    words = bytes.fromhex(to[2:]) + bytes.fromhex(token[2:]) + amount.to_bytes(32) + bytes(32)
    signed = key.sign_msg_hash(keccak(b"\x19Ethereum Signed Message:\n32" + keccak(words)))
    r, s = (number.to_bytes(32) for number in (signed.r, signed.s))
    fee = (to, token, amount, signed.v + 27, r, s, 0, b"")
    real = OceanNode.initialize

    def initialize(*args: Any, **options: Any) -> Any:  # noqa: ANN401
        return replace(real(*args, **options), provider_fee=fee)

    return initialize


@pytest.mark.parametrize("price", [None, "1"])
def test_an_ocean_node_gets_no_fee_that_nobody_has_agreed_to(
    session: Session,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    price: str | None,
) -> None:
    asset = published(session, session.add(fresh()), **({"price": price} if price else {}))
    fee = asked_for(session.ocean._market(), prices.to_units("3"))
    monkeypatch.setattr(OceanNode, "initialize", fee)
    before, had = height(sandbox), ocean_of(sandbox, "buyer")
    for most in (None, "2.5"):
        with pytest.raises(TransactionError, match="nothing was paid"):
            session.ocean.buy(asset, at_most=most)
    with pytest.raises(TransactionError, match="nothing was paid"):
        session.ocean.download(asset, tmp_path, buy=True)
    assert (height(sandbox), ocean_of(sandbox, "buyer")) == (before, had)
    session.ocean.buy(asset, at_most="4.5")
    assert had - ocean_of(sandbox, "buyer") == prices.to_units("4.001" if price else "3")
    # Nor for an order that holds, or for a datatoken that is there already.
    monkeypatch.setattr(orders, "_is_paid_to", lambda *_: False)
    before = height(sandbox)
    with pytest.raises(TransactionError, match="nothing was paid"):
        session.ocean.buy(asset)
    assert height(sandbox) == before


def test_an_amount_of_one_token_is_no_agreement_to_pay_another(
    session: Session, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = published(session, session.add(fresh()), price="7")
    real = OceanNode.ddo

    def lying(self: OceanNode, did: str) -> dict[str, Any]:
        document = real(self, did)
        document["indexedMetadata"]["stats"][0]["prices"][0]["token"] = "0x" + "5e" * 20
        return document

    monkeypatch.setattr(OceanNode, "ddo", lying)
    before = height(sandbox)
    with pytest.raises(TransactionError, match="another token"):
        session.ocean.buy(asset, at_most="8")
    assert height(sandbox) == before


def test_a_ddo_that_was_tampered_with_is_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = published(session, session.add(fresh()))
    other = published(session, session.add(fresh()))
    real = OceanNode.ddo

    def changed(change: Any) -> Any:  # noqa: ANN401
        def ddo(self: OceanNode, did: str) -> dict[str, Any]:
            document = real(self, did)
            change(document)
            return document

        return ddo

    def title(document: dict[str, Any]) -> None:
        document["metadata"]["name"] = "Another title"

    def token(document: dict[str, Any]) -> None:
        document["services"][0]["datatokenAddress"] = other.datatoken

    def nft(document: dict[str, Any]) -> None:
        document["nftAddress"] = other.data_nft

    def event(document: dict[str, Any]) -> None:
        document["indexedMetadata"]["event"] = other.ddo["indexedMetadata"]["event"]

    for change in (title, token, nft, event):
        monkeypatch.setattr(OceanNode, "ddo", changed(change))
        with pytest.raises(DDOError):
            session.ocean.buy(asset)
        monkeypatch.setattr(OceanNode, "ddo", real)


def test_who_is_not_allowed_is_told_so_and_pays_nothing(session: Session, sandbox: Sandbox) -> None:
    root = session.add(fresh())
    for template in (1, 4):
        only = [sandbox.address("author")]
        asset = published(session, root, allow=only, template=template, title=f"Closed {template}")
        before = height(sandbox)
        with pytest.raises(AccessDeniedError, match="not among those"):
            session.ocean.buy(asset)
        assert height(sandbox) == before
        session.wallet.practice("author")
        assert session.ocean.buy(asset).tx_hash
        session.wallet.practice("buyer")


def test_a_withdrawn_asset_can_be_neither_found_nor_ordered_until_it_is_back(
    session: Session,
) -> None:
    asset = published(session, session.add(fresh()), title="Withdrawn once")
    session.wallet.practice("author")
    session.ocean.set_state(asset, "revoked")
    session.wallet.practice("buyer")
    with pytest.raises(AssetNotFoundError, match="withdrawn"):
        session.ocean.buy(asset)
    assert asset.did not in {each.did for each in session.ocean.search("Withdrawn")}
    session.wallet.practice("author")
    session.ocean.set_state(asset.did, "ordering-disabled")
    session.wallet.practice("buyer")
    with pytest.raises((AccessDeniedError, OceanNodeError)):
        session.ocean.buy(asset)
    session.wallet.practice("author")
    session.ocean.set_state(asset.did, "active")
    session.wallet.practice("buyer")
    assert session.ocean.buy(asset).tx_hash


class _Answer:
    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    def chunks(self) -> Iterator[bytes]:
        yield from self._chunks


@pytest.mark.parametrize("form", ["file", "car"])
def test_other_bytes_than_were_published_are_refused_and_nothing_is_left(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    data = fresh()
    root = session.add(data if form == "file" else tree(tmp_path / "d"))
    asset = published(session, root)
    assert asset.published is not None
    assert asset.published.form == form
    size = asset.published.size
    target = tmp_path / "out"
    target.mkdir()
    real = OceanNode.download

    for chunks in (
        [b"x" * size],  # as many, but others
        [b"x" * (size - 1)],
        [b"x" * size, b"more"],
        [b"x" * 1000] * 10_000_000,  # without end
        [],
    ):

        @contextlib.contextmanager
        def lying(*_: Any, chunks: list[bytes] = chunks, **__: Any) -> Iterator[_Answer]:  # noqa: ANN401
            yield _Answer(*chunks)

        monkeypatch.setattr(OceanNode, "download", lying)
        with pytest.raises(VerificationError):
            session.ocean.download(asset, target / "got")
        assert list(target.iterdir()) == []
    monkeypatch.setattr(OceanNode, "download", real)
    assert session.ocean.download(asset, target / "got").root == root


def test_a_car_with_the_right_digest_and_another_root_is_refused(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publisher who lies: the DDO's root is not that of the CAR."""
    from jupyter_ipfs.ocean.published import Published  # noqa: PLC0415

    real = Published.of

    def lying(*args: Any, **options: Any) -> Published:  # noqa: ANN401
        return replace(real(*args, **options), root_sha256="ab" * 32)

    monkeypatch.setattr(Published, "of", lying)
    asset = published(session, session.add(tree(tmp_path / "d")), price="1")
    monkeypatch.undo()
    with pytest.raises(VerificationError, match="another CID"):
        session.ocean.download(asset, tmp_path / "got", buy=True)
    assert not (tmp_path / "got").exists()


def test_nothing_is_ever_overwritten(session: Session, sandbox: Sandbox, tmp_path: Path) -> None:
    asset = published(session, session.add(fresh()), title="Taken")
    before = height(sandbox)
    (tmp_path / "Taken").write_text("mine")
    for place in (tmp_path, tmp_path / "Taken"):
        with pytest.raises(PathExistsError):
            session.ocean.download(asset, place)
    assert (tmp_path / "Taken").read_text() == "mine"
    assert height(sandbox) == before


def test_a_hostile_name_leads_nowhere(session: Session, tmp_path: Path) -> None:
    asset = published(session, session.add(fresh()), title="../../\u202eexe.evil")
    (tmp_path / "in").mkdir()
    got = session.ocean.download(asset, tmp_path / "in")
    assert got.path.parent == tmp_path / "in"
    assert "/" not in got.path.name
    assert "\u202e" not in got.path.name


def test_what_is_mine_is_published_bought_and_earned(session: Session, sandbox: Sandbox) -> None:
    asset = published(session, session.add(fresh()), price="4")
    order = session.ocean.buy(asset)
    bought = {each.asset.did: each.order_tx for each in session.ocean.mine().bought}
    assert bought[asset.did] == order.tx_hash
    assert session.ocean.show(asset).bought
    session.wallet.practice("author")
    mine = session.ocean.mine()
    assert asset.did in {each.did for each in mine.published}
    earned = {each.symbol: float(each.waiting) for each in mine.earned}
    assert earned["OCEAN"] >= 4
    had = ocean_of(sandbox, "author")
    session.ocean.collect(asset)
    assert ocean_of(sandbox, "author") - had == prices.to_units("4")
    told = [(each.event, each.by) for each in session.ocean.history(asset)]
    assert told == [
        ("ordered", sandbox.address("buyer")), ("published", sandbox.address("author")),
    ]  # fmt: skip


def test_its_owner_alone_changes_an_asset_or_gives_it_away(
    session: Session, sandbox: Sandbox
) -> None:
    root = session.add(fresh())
    asset = published(session, root, price="1", tags=["old"])
    with pytest.raises(AccessDeniedError, match="belongs to"):
        session.ocean.edit(asset, title="Stolen title")
    session.wallet.practice("author")
    for wrong in ("abc", f"Look at {root.to_v1().encode('base36')}"):
        with pytest.raises(DDOError) as caught:
            session.ocean.edit(asset, title=wrong)
        assert "title" in caught.value.problems
    edited = session.ocean.edit(asset, title="New title", tags=["new"], price="2.5", timeout_s=60)
    assert (edited.title, edited.tags, edited.timeout_s) == ("New title", ("new",), 60)
    assert edited.price is not None
    assert edited.price.amount == "2.5"
    assert edited.published == asset.published
    buyer = sandbox.address("buyer")
    session.ocean.transfer(asset, buyer)
    with pytest.raises(AccessDeniedError):
        session.ocean.edit(asset, title="No longer mine")
    session.wallet.practice("buyer")
    assert session.ocean.edit(asset, title="Mine now").title == "Mine now"
    assert ABOUT["author"] == edited.author


def test_search_filters_and_sorts(session: Session) -> None:
    word = "Kumquat"
    made = [
        published(session, session.add(fresh()), title=f"{word} one", kind="model"),
        published(session, session.add(fresh()), title=f"{word} two", price="3", tags=["ripe"]),
        published(session, session.add(fresh()), title=f"{word} three", price="2", author="Eve `x"),
    ]
    search = session.ocean.search

    def dids(**wanted: Any) -> list[str]:  # noqa: ANN401
        return [asset.did for asset in search(word, **wanted)]

    one, two, three = (asset.did for asset in made)
    assert sorted(dids()) == sorted([one, two, three])
    assert search(word).total == 3
    assert dids(kind="model") == [one]
    assert dids(price="free") == [one]
    assert dids(price="paid", sort="price") == [three, two]
    assert dids(tag="ripe") == [two]
    assert dids(author="Ada", sort="newest") == [two, one]
    assert len(dids(limit=1)) == 1
    assert dids(author="` || metadata.name:=`x") == []
