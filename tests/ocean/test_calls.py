"""The closed set of calls: their calldata, their words, and what is never signed."""

from __future__ import annotations

import pytest

from jupyter_ipfs.errors import TransactionError
from jupyter_ipfs.ocean import abi, calls, chains
from jupyter_ipfs.sandbox import deploy
from jupyter_ipfs.wallet.intents import Argument, ContractCall

CHAIN = chains.by_name("sandbox").with_contracts(deploy.addresses())
A = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
B = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
NOBODY = "0x" + "0" * 40
ONE = 10**18
OCEAN = CHAIN.contracts["Ocean"]
FRE = CHAIN.contracts["FixedPrice"]
DISPENSER = CHAIN.contracts["Dispenser"]

NFT = ("Birds", "BIRDS", 1, "", True, A)
ERC = (2, ("Access", "ACC"), (A, NOBODY, NOBODY, NOBODY), (10**26, 0), ())
FEE = (A, OCEAN, 0, 27, b"\1" * 32, b"\2" * 32, 0, b"{}")
MARKET = (NOBODY, NOBODY, 0)
ORDER = (B, 0, FEE, MARKET)
ID = b"\7" * 32

ARGUMENTS: dict[str, tuple[Argument, ...]] = {
    "createNftWithErc20": (NFT, ERC),
    "createNftWithErc20WithDispenser": (NFT, ERC, (DISPENSER, ONE, ONE, True, NOBODY)),
    "createNftWithErc20WithFixedRate": (
        NFT, ERC, (FRE, (OCEAN, A, NOBODY, NOBODY), (18, 18, 5 * ONE // 2, 0, 1)),
    ),
    "createERC20": (2, ("Access", "ACC"), (NOBODY, NOBODY, NOBODY, NOBODY), (10**26, 0), ()),
    "setMetaData": (0, "http://127.0.0.1:8001", "", b"\2", b"abc", ID, ()),
    "setMetaDataState": (3,),
    "setTokenURI": (1, "data:,x"),
    "safeTransferFrom": (A, B, 1),
    "setRate": (ID, 3 * ONE),
    "collectBT": (ID, 5 * ONE),
    "approve": (FRE, 5 * ONE),
    "buyDT": (ID, ONE, 6 * ONE, NOBODY, 0),
    "dispense": (B, ONE, A),
    "startOrder": ORDER,
    "reuseOrder": (ID, FEE),
    "buyFromDispenserAndOrder": (ORDER, DISPENSER),
    "buyFromFreAndOrder": (ORDER, (FRE, ID, 6 * ONE, 0, NOBODY)),
    "deployAccessListContract": ("Friends", "FR", False, A, (B,), ("",)),
    "mint": (B, ""),
    "burn": (2,),
}  # fmt: skip
ALL = sorted(calls.ALLOWED)


def make(contract: str, function: str, *arguments: Argument, to: str | None = None) -> ContractCall:
    key = {"FixedRateExchange": "FixedPrice"}.get(contract, contract)
    place = to or CHAIN.contracts.get(key, B)
    return ContractCall(CHAIN.chain_id, contract, place, function, arguments or ARGUMENTS[function])


@pytest.mark.parametrize(("contract", "function"), ALL)
def test_web3_encodes_every_call_in_the_same_way(contract: str, function: str) -> None:
    from web3 import Web3  # noqa: PLC0415  (only here)

    from jupyter_ipfs.ocean import artifacts  # noqa: PLC0415

    call = make(contract, function)
    theirs = Web3().eth.contract(address=call.to, abi=artifacts.abi(contract))  # type: ignore[call-overload]
    assert "0x" + calls.encode(call).hex() == theirs.encode_abi(function, list(call.arguments))


@pytest.mark.parametrize(("contract", "function"), ALL)
def test_every_call_has_words_with_the_contract_and_no_warning_if_it_is_as_usual(
    contract: str, function: str
) -> None:
    words = calls.words(make(contract, function), CHAIN)
    assert words.title
    assert words.lines[-1][0] == "Contract"
    assert all(value for _, value in words.lines)
    if function != "safeTransferFrom":
        assert words.warning is None


def test_the_words_of_a_priced_publication_have_its_price_owner_and_names() -> None:
    words = calls.words(make("ERC721Factory", "createNftWithErc20WithFixedRate"), CHAIN)
    assert dict(words.lines) == {
        "Data NFT": "Birds (BIRDS)",
        "Owner": A,
        "Datatoken": "Access (ACC)",
        "Payments go to": "the owner of the data NFT",
        "Price": "2.5 OCEAN (play money)",
        "Contract": f"Ocean's ERC721Factory ({CHAIN.contracts['ERC721Factory']})",
    }


def test_a_token_of_6_decimals_is_shown_with_its_own_decimals() -> None:
    call = make("MockERC20", "approve", FRE, 2_500_000, to=B)
    words = calls.words(call, CHAIN, {B: ("USDC", 6)})
    assert words.title == f"Allow 2.5 USDC ({B}) (play money) to be taken"
    priced = make(
        "ERC721Factory",
        "createNftWithErc20WithFixedRate",
        NFT,
        ERC,
        (FRE, (B, A, NOBODY, NOBODY), (6, 18, 5 * ONE // 2, 0, 1)),
    )
    assert ("Price", f"2.5 USDC ({B}) (play money)") in calls.words(
        priced, CHAIN, {B: ("USDC", 6)}
    ).lines


def test_a_token_that_is_not_known_is_shown_in_its_smallest_units() -> None:
    words = calls.words(make("MockERC20", "approve", FRE, 7, to=B), CHAIN)
    assert words.title == f"Allow 7 of the smallest units of {B} to be taken"


def test_a_token_that_calls_itself_ocean_is_shown_with_its_address() -> None:
    fake = {B: ("OCEAN", 18), OCEAN: ("FREE", 0)}
    words = calls.words(make("MockERC20", "approve", FRE, ONE, to=B), CHAIN, fake)
    assert words.title == f"Allow 1 OCEAN ({B}) (play money) to be taken"
    words = calls.words(make("MockERC20", "approve", FRE, ONE, to=OCEAN), CHAIN, fake)
    assert words.title == "Allow 1 OCEAN (play money) to be taken"


def test_money_of_a_test_network_is_called_so() -> None:
    sepolia = chains.by_name("sepolia")
    call = ContractCall(
        sepolia.chain_id, "MockERC20", sepolia.contracts["Ocean"], "approve",
        (sepolia.address("FixedRateExchange"), ONE),
    )  # fmt: skip
    assert calls.words(call, sepolia).title == "Allow 1 OCEAN (test money) to be taken"


def test_money_of_a_real_chain_is_not_called_play_money() -> None:
    polygon = chains.by_name("polygon")
    call = ContractCall(
        137, "MockERC20", polygon.contracts["Ocean"], "approve",
        (polygon.address("FixedRateExchange"), ONE),
    )  # fmt: skip
    words = calls.words(call, polygon)
    assert words.title == "Allow 1 OCEAN to be taken"
    assert words.warning is None


def test_an_approval_for_anything_but_the_exchange_says_so() -> None:
    warning = calls.words(make("MockERC20", "approve", A, ONE), CHAIN).warning
    # Anybody may have asked for it: nothing is claimed of what is not known.
    assert warning is not None
    assert warning.startswith(f"{A} is not Ocean's own exchange, and can take this at any time")


@pytest.mark.parametrize("amount", [2**256 - 1, 2**255, 2**96 - 1 << 64, 10**30])
def test_an_approval_without_a_limit_is_refused(amount: int) -> None:
    call = make("MockERC20", "approve", FRE, amount)
    for refuse in (lambda: calls.encode(call), lambda: calls.words(call, CHAIN)):
        with pytest.raises(TransactionError, match="without a limit"):
            refuse()


@pytest.mark.parametrize(
    ("contract", "function", "arguments"),
    [
        ("MockERC20", "transfer", (A, 1)),
        ("MockERC20", "increaseAllowance", (A, 1)),
        ("ERC20Template", "permit", (A, B, 1, 1, 27, b"\1" * 32, b"\1" * 32)),
        ("ERC20Template", "setPaymentCollector", (A,)),
        ("ERC721Template", "setApprovalForAll", (A, True)),
        ("ERC721Template", "executeCall", (0, A, 0, b"")),
        ("ERC721Template", "approve", (A, 1)),
        ("ERC20Template4", "mint", (A, 1)),
        ("AccessList", "transferOwnership", (A,)),
        ("FactoryRouter", "changeRouterOwner", (A,)),
        ("Nothing", "approve", (A, 1)),
        ("../../etc/passwd", "approve", (A, 1)),
    ],
)
def test_what_is_not_in_the_closed_set_is_refused(
    contract: str, function: str, arguments: tuple[Argument, ...]
) -> None:
    call = ContractCall(CHAIN.chain_id, contract, B, function, arguments)
    with pytest.raises(TransactionError):
        calls.encode(call)


@pytest.mark.parametrize(
    "arguments",
    [
        (A,),
        (A, "5"),
        (A, -1),
        (A, True, 1),
        ("0x12", 5),
        ("vitalik.eth", 5),
        (A.lower()[:-1] + "g", 5),
        ((A,), 5),
        (b"\1" * 20, b"5"),
        (),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments: tuple[Argument, ...]) -> None:
    with pytest.raises(TransactionError):
        calls.encode(ContractCall(CHAIN.chain_id, "MockERC20", OCEAN, "approve", arguments))


@pytest.mark.parametrize("to", ["", "0x12", A.lower(), A.upper(), f"{A}\n", "ocean.eth"])
def test_a_contract_is_named_by_an_address_with_its_checksum(to: str) -> None:
    call = ContractCall(CHAIN.chain_id, "MockERC20", to, "approve", (FRE, 1))
    with pytest.raises(TransactionError):
        calls.encode(call)


def test_addresses_are_shown_with_their_checksums_however_they_were_given() -> None:
    call = make("ERC721Template", "safeTransferFrom", A.lower(), B.lower(), 1)
    lines = dict(calls.words(call, CHAIN).lines)
    assert (lines["From"], lines["New owner"]) == (A, B)
    approve = make("MockERC20", "approve", FRE.lower(), ONE, to=OCEAN)
    assert calls.words(approve, CHAIN).warning is None


def test_no_money_is_sent_along() -> None:
    call = ContractCall(CHAIN.chain_id, "ERC721Template", B, "setMetaDataState", (0,), 1)
    with pytest.raises(TransactionError, match="no money"):
        calls.encode(call)


@pytest.mark.parametrize("contract", ["ERC721Factory", "Dispenser", "AccessListFactory"])
def test_a_contract_that_is_not_oceans_own_is_warned_of(contract: str) -> None:
    function = next(name for each, name in ALL if each == contract)
    words = calls.words(make(contract, function, to=B), CHAIN)
    assert "not Ocean's own" in (words.warning or "")


def test_who_else_could_take_from_an_asset_is_warned_of() -> None:
    greedy = (2, ("Access", "ACC"), (B, B, B, OCEAN), (10**26, ONE), ())
    call = make("ERC721Factory", "createNftWithErc20", NFT, greedy)
    words = calls.words(call, CHAIN)
    assert f"{B} could make datatokens" in (words.warning or "")
    assert f"Each order pays a fee of 1 OCEAN (play money) to {B}." in (words.warning or "")
    assert ("Payments go to", B) in words.lines


def test_a_foreign_seller_is_warned_of() -> None:
    call = make(
        "ERC721Factory", "createNftWithErc20WithDispenser", NFT, ERC, (B, ONE, ONE, True, NOBODY)
    )
    assert B in (calls.words(call, CHAIN).warning or "")
    buy = make("ERC20Template4", "buyFromFreAndOrder", ORDER, (B, ID, ONE, 0, NOBODY))
    assert B in (calls.words(buy, CHAIN).warning or "")
    get = make("ERC20Template4", "buyFromDispenserAndOrder", ORDER, B)
    assert B in (calls.words(get, CHAIN).warning or "")


def test_fees_of_an_order_are_shown_with_their_amounts() -> None:
    fee = (A, OCEAN, ONE // 10, 27, b"\1" * 32, b"\2" * 32, 0, b"{}")
    order = (B, 0, fee, (A, OCEAN, ONE // 4))
    lines = dict(calls.words(make("ERC20Template", "startOrder", *order), CHAIN).lines)
    assert lines["Fee of the Ocean Node"] == f"0.1 OCEAN (play money) to {A}"
    assert lines["Fee of the market"] == f"0.25 OCEAN (play money) to {A}"


def test_names_that_would_forge_a_line_are_one_line_of_what_can_be_printed() -> None:
    nft = ("a\nPrice: free\u202egpj", "<script>", 1, "", True, A)
    words = calls.words(make("ERC721Factory", "createNftWithErc20", nft, ERC), CHAIN)
    assert words.lines[0] == ("Data NFT", "a Price: free gpj (<script>)")


def test_a_reason_of_a_contract_is_decoded_and_kept_short() -> None:
    from eth_abi.abi import encode  # noqa: PLC0415

    text = "ERC20: no\n" + "x" * 500
    data = bytes.fromhex("08c379a0") + encode(["string"], [text])
    reason = abi.reason(data)
    assert reason is not None
    assert reason.startswith("ERC20: no xxx")
    assert len(reason) == 200
    panic = bytes.fromhex("4e487b71") + encode(["uint256"], [0x11])
    assert abi.reason(panic) == "a number became too large or negative"
    assert abi.reason(b"") is None
    assert abi.reason(bytes.fromhex("08c379a0") + b"\xff" * 64) is None


@pytest.mark.parametrize("decimals", [256, 10**9, 2**256 - 1])
def test_a_price_with_decimals_beyond_reason_has_no_words_and_keeps_nobody_busy(
    decimals: int,
) -> None:
    rate = (FRE, (OCEAN, A, NOBODY, NOBODY), (decimals, 18, 5 * ONE, 0, 1))
    call = make("ERC721Factory", "createNftWithErc20WithFixedRate", NFT, ERC, rate)
    with pytest.raises(TransactionError, match="such numbers"):
        calls.words(call, CHAIN)
