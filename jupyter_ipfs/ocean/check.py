"""What a form shows before anything is signed: what is wrong, what it costs, who reaches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import (
    ConfigError,
    InsufficientFundsError,
    JupyterIPFSError,
    OceanNodeError,
)
from jupyter_ipfs.ocean import content as contents
from jupyter_ipfs.ocean import creation, publish, reach
from jupyter_ipfs.ocean import price as prices
from jupyter_ipfs.ocean.published import Published
from jupyter_ipfs.ocean.reach import Reach
from jupyter_ipfs.ocean.showing import PASSED_ON, Shown, bundle
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from jupyter_ipfs.ocean.content import Served
    from jupyter_ipfs.ocean.draft import Draft
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.protocols import ProgressCallback

_CREATE_GAS = 1_450_000  # where it cannot be estimated: nobody is signed in
_LIST_GAS = 450_000
_DESCRIBE_GAS = 300_000  # of a description of some kB


@dataclass(frozen=True, slots=True)
class Cost:
    """What publishing costs.

    Attributes:
        transactions: How many there are to sign.
        gas: In the chain's money, as a decimal text.
        symbol: That money.
        words: All of it in a sentence.
    """

    transactions: int
    gas: str
    symbol: str
    words: str


@dataclass(frozen=True, slots=True, repr=False)
class Check(Shown):
    """What was found of a draft.

    Attributes:
        draft: The draft.
        problems: What is wrong, a sentence for each field.
        warnings: What its author should know.
        reach: Whether the Ocean Node has the bytes; ``None``: that was not asked, for the draft
            is wrong already.
        cost: What it costs, where that is known.
        served: What is to be served, where the content could be read.
        owner: Who would publish it, or ``None``.
        is_practice: Whether it is play money.
    """

    draft: Draft
    problems: dict[str, str]
    warnings: tuple[str, ...]
    reach: Reach | None
    cost: Cost | None
    served: Served | None
    owner: str | None
    is_practice: bool

    @property
    def ok(self) -> bool:
        """Whether it can be published."""
        return not self.problems and self.reach is not None and bool(self.reach.is_reachable)

    def as_json(self) -> dict[str, Any]:
        """Return what the server tells the page."""
        served, reach_, cost = self.served, self.reach, self.cost
        return {
            "problems": self.problems,
            "warnings": list(self.warnings),
            "cost": cost
            and {
                "transactions": cost.transactions,
                "gas": cost.gas,
                "symbol": cost.symbol,
                "words": cost.words,
            },
            "reach": reach_
            and {
                "reachable": reach_.is_reachable,
                "words": reach_.words,
                "hint": reach_.hint,
                "size": served.size if served else None,
                "sha256": served.sha256 if served else None,
            },
            "root": str(served.root) if served else None,
            "size": served.size if served else None,
            "form": served.form if served else None,
            "preview": self._preview(),
        }

    def shown(self) -> dict[str, str]:
        """Return the words."""
        lines = [PRACTICE] if self.is_practice else []
        lines += [f"{field}: {sentence}" for field, sentence in self.problems.items()]
        lines += self.warnings
        if self.reach:
            lines += filter(None, (self.reach.words, self.reach.hint))
        if self.cost:
            lines.append(self.cost.words)
        head = "can be published" if self.ok else "cannot be published yet"
        return bundle(f"{self.draft.title or 'This'} {head}", lines)

    def _preview(self) -> dict[str, Any]:
        draft = self.draft
        is_free = draft.price is None
        told = Published.of(self.served, kind=draft.kind, is_free=is_free) if self.served else None
        return {
            "did": "",
            "title": draft.title,
            "description": draft.description,
            "author": draft.author,
            "kind": draft.kind,
            "tags": list(draft.tags),
            "license": draft.license,
            "price": None if is_free else {"amount": draft.price, "symbol": "OCEAN"},
            "free": is_free,
            "orders": 0,
            "created_at": "",
            "updated_at": "",
            "state": "active",
            "owner": self.owner or "",
            "data_nft": "",
            "datatoken": "",
            "service_id": "",
            "root": told.root if told else None,
            "size": told.size if told else None,
            "form": told.form if told else None,
            "practice": self.is_practice,
            "mine": True,
            "bought": False,
        }


def check(
    market: Market,
    draft: Draft,
    owner: str | None,
    *,
    progress: ProgressCallback | None = None,
) -> Check:
    """Find out all that can be known before signing; nothing is sent."""
    problems = draft.problems()
    warnings: list[str] = []
    served: Served | None = None
    found: Reach | None = None
    if "path" not in problems:
        try:
            served = contents.prepared(
                market.content, draft.path,
                priced=draft.price is not None, progress=progress,
            )  # fmt: skip
        except JupyterIPFSError as error:
            problems["path"] = " ".join(filter(None, (f"{error}.", error.hint)))
    if served is not None:
        try:
            problems = publish.trial_problems(market, draft, served) | problems
            found = reach.ask(market, draft, served) if "url" not in problems else None
        except OceanNodeError as error:
            found = Reach(is_reachable=None, words=f"{error}.", hint=error.hint)
        _warn_of_copies(market, draft, served, problems, warnings)
    cost = _known_cost(market, draft, owner, problems, warnings)
    return Check(
        draft, problems, tuple(warnings), found, cost, served, owner, market.chain.is_sandbox
    )


def _warn_of_copies(
    market: Market,
    draft: Draft,
    served: Served,
    problems: dict[str, str],
    warnings: list[str],
) -> None:
    if draft.price is None:
        return
    warnings.append(PASSED_ON)
    public = reach.known_public(market, served)
    if public:
        warnings.append(f"{reach.PUBLIC} {' '.join(public)}")
        if not draft.agree_public_cid:
            problems["agree_public_cid"] = f"{reach.PUBLIC} Agree to that, or do not sell."


def _known_cost(
    market: Market,
    draft: Draft,
    owner: str | None,
    problems: dict[str, str],
    warnings: list[str],
) -> Cost | None:
    if problems.keys() & {"price", "template", "allow", "title"}:
        return None
    try:
        return _cost(market, draft, owner)
    except InsufficientFundsError as error:
        warnings.append(" ".join(filter(None, (f"{error}.", error.hint))))
    except JupyterIPFSError as error:
        warnings.append(f"What it costs cannot be told: {error}")
    return None


def _cost(market: Market, draft: Draft, owner: str | None) -> Cost:
    needs_list = draft.template == creation.WITH_LISTS and bool(draft.allow)
    gas = _CREATE_GAS
    if owner is not None and not needs_list:
        call = creation.create(market, draft, owner, "0" * 64)
        filled = market.connection.fill(call, owner)
        found = filled.get("gas")
        if not isinstance(found, int):
            raise ConfigError("the chain does not say what it takes")
        gas = found
    transactions = 3 if needs_list else 2
    wei = (gas + _DESCRIBE_GAS + (_LIST_GAS if needs_list else 0)) * market.connection.gas_price()
    amount, symbol = _rounded(prices.to_text(wei)), market.chain.currency
    money = f"about {amount} {symbol}"
    words = f"{transactions} transactions to sign, {money} for the chain"
    if market.chain.is_sandbox:
        words += " (play money)"
    return Cost(transactions, amount, symbol, words + ".")


def _rounded(text: str, digits: int = 2) -> str:
    """Keep two digits that say something: an estimate promises no more."""
    whole, _, fraction = text.partition(".")
    leading = len(fraction) - len(fraction.lstrip("0"))
    kept = fraction[: (leading if whole == "0" else 0) + digits].rstrip("0")
    return f"{whole}.{kept}" if kept else whole
