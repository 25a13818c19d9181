"""``%ocean``: publish, find, buy and check, from a cell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from jupyter_ipfs.errors import ConfigError, ConsentRequiredError, DDOError
from jupyter_ipfs.magics import asking, progress
from jupyter_ipfs.magics.results import Report, Table
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ipfs.magics.call import Call
    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.check import Check
    from jupyter_ipfs.ocean.door import MarketStatus, Pending
    from jupyter_ipfs.ocean.download import Downloaded
    from jupyter_ipfs.ocean.draft import Draft
    from jupyter_ipfs.ocean.history import Happened
    from jupyter_ipfs.ocean.mine import Mine
    from jupyter_ipfs.ocean.orders import Order
    from jupyter_ipfs.ocean.search import Found
    from jupyter_ipfs.ocean.steps import Step

_SAYS = {"signing": "…", "sent": "sent, not mined yet"}
_SHOWN_AFTER_S = 0.7


def publish(call: Call) -> Asset:
    """Publish; ask before something is sold that others can have free."""
    from dataclasses import replace  # noqa: PLC0415  (rarely needed)

    draft = _draft(call)

    def do(draft: Draft) -> Asset:
        with _StepsLine(call) as line, call.meter() as meter:
            return call.session.ocean.publish_draft(draft, progress=meter, steps=line)

    try:
        return do(draft)
    except DDOError as error:
        raise _told(error) from None
    except ConsentRequiredError as error:
        if draft.price is None:
            return asking.with_consent(call.session, lambda: do(draft))
        try:
            yes = asking.agreed(str(error))
        except ConfigError:
            raise error from None
        if not yes:
            raise
        return do(replace(draft, agree_public_cid=True))


def check(call: Call) -> Check:
    """Tell what publishing would cost, and what is missing."""
    with call.meter() as meter:
        return call.session.ocean.check(_draft(call), progress=meter)


def search(call: Call) -> Found:
    """Find assets."""
    args = call.args
    return call.session.ocean.search(
        " ".join(args.text),
        kind=args.kind,
        price=args.price,
        tag=args.tag,
        author=args.author,
        sort=args.sort,
        offset=args.offset,
        limit=args.limit,
    )


def show(call: Call) -> Asset:
    """Show an asset."""
    return call.session.ocean.show(_did(call))


def history(call: Call) -> Table[Happened]:
    """Tell what happened to an asset."""
    return Table(
        call.session.ocean.history(_did(call)),
        ("When", "What", "By", "Transaction"),
        lambda each: (
            figures.moment(each.at),
            f"{each.event} {each.detail}".strip(),
            each.by,
            each.tx_hash,
        ),
        empty="Nothing has happened to it yet, as far as the chain was looked through.",
    )


def buy(call: Call) -> Order:
    """Order an asset."""
    with _StepsLine(call) as line:
        return call.session.ocean.buy(_did(call), at_most=call.args.at_most, steps=line)


def download(call: Call) -> Downloaded:
    """Download an asset and check it."""
    args = call.args
    with _StepsLine(call) as line, call.meter() as meter:
        return call.session.ocean.download(
            _did(call), args.target, buy=args.buy, progress=meter, steps=line
        )


def edit(call: Call) -> Asset:
    """Change an asset."""
    args = call.args
    try:
        with _StepsLine(call) as line:
            return call.session.ocean.edit(
                _did(call),
                title=args.title,
                description=args.description,
                author=args.author,
                license=args.license,
                tags=args.tags,
                sample=args.sample,
                timeout_s=args.timeout_s,
                price=args.price,
                steps=line,
            )
    except DDOError as error:
        raise _told(error) from None


def state(call: Call) -> Report[str]:
    """Set an asset's state."""
    with _StepsLine(call) as line:
        tx_hash = call.session.ocean.set_state(_did(call), call.args.state, steps=line)
    return Report(f"It is now {call.args.state} (transaction {tx_hash}).", tx_hash)


def transfer(call: Call) -> Report[str | None]:
    """Give an asset away."""
    did, to = _did(call), call.args.to
    if not call.args.yes:
        try:
            yes = asking.agreed(f"{did} belongs to {to} afterwards, and only they can change that.")
        except ConfigError as error:
            error.hint = f"to do it: %ocean {call.line} --yes"
            raise
        if not yes:
            return Report("Nothing was done.", None, ok=False)
    with _StepsLine(call) as line:
        tx_hash = call.session.ocean.transfer(did, to, steps=line)
    return Report(f"It belongs to {to} now (transaction {tx_hash}).", tx_hash)


def collect(call: Call) -> Report[str]:
    """Take out what was earned."""
    with _StepsLine(call) as line:
        tx_hash = call.session.ocean.collect(_did(call), steps=line)
    return Report(f"What it has earned is yours (transaction {tx_hash}).", tx_hash)


def mine(call: Call) -> Mine:
    """Tell what is one's own."""
    return call.session.ocean.mine()


def pending(call: Call) -> Table[Pending]:
    """List what broke off."""
    return Table(
        call.session.ocean.pending(),
        ("Begun", "Title", "Came to", "Key"),
        lambda each: (figures.moment(each.started_at), each.title, each.step, each.key[:12]),
        empty="No publication has broken off.",
    )


def forget(call: Call) -> Report[None]:
    """Forget what broke off."""
    call.session.ocean.forget_pending(call.args.key)
    return Report("Forgotten here; what is on the chain stays there.", None)


def status(call: Call) -> MarketStatus:
    """Tell how the market is."""
    return call.session.ocean.status()


COMMANDS: Mapping[str, Callable[[Call], object]] = {
    "publish": publish,
    "check": check,
    "search": search,
    "show": show,
    "history": history,
    "buy": buy,
    "download": download,
    "edit": edit,
    "state": state,
    "transfer": transfer,
    "collect": collect,
    "mine": mine,
    "pending": pending,
    "forget": forget,
    "status": status,
}


def _draft(call: Call) -> Draft:
    from jupyter_ipfs.ocean.draft import Draft  # noqa: PLC0415  (loading counts)

    args = call.args
    return Draft(
        path=str(call.path(args.path)),
        title=args.title,
        description=args.description,
        author=args.author,
        license=args.license,
        tags=tuple(args.tags),
        kind=args.kind,
        price=args.price,
        timeout_s=args.timeout_s,
        template=args.template,
        allow=tuple(args.allow),
        sample=args.sample,
        url=args.url,
        agree_public_cid=args.agree_public_cid,
        key=args.key,
    )


def _did(call: Call) -> str:
    """Return the asset that a word stands for: a DID, or a variable with an asset or a DID."""
    text: str = call.args.did
    held: Any = call.namespace.get(text) if text.isidentifier() else None
    found = held if isinstance(held, str) else getattr(held, "did", None)
    did = found if isinstance(found, str) else text
    if not did.startswith(("did:op:", "did:ope:")):
        hint = "a DID starts with did:op:, as %ocean search and %ocean mine list them"
        raise ConfigError(f"{did[:80]!a} is no asset", hint)
    return did


def _told(error: DDOError) -> DDOError:
    """Let the hint name every field, as it is typed."""
    fields = "; ".join(
        f"--{name.replace('tags', 'tag').replace('_s', '')}: {sentence}"
        for name, sentence in error.problems.items()
    )
    return DDOError("the asset cannot be published like that", fields or error.hint, error.problems)


class _StepsLine:
    """Where the steps of a transaction are shown: what is waited for, and for whom."""

    def __init__(self, call: Call) -> None:
        self._line = progress.line_for(call.shell)
        self._drawn = False
        # Who has to look at another place is told at once; else a quick thing shows nothing.
        waits = call.session.wallet.address and call.session.wallet.signer.kind == "browser"
        self._from = time.monotonic() + (0.0 if waits else _SHOWN_AFTER_S)

    def __call__(self, steps: tuple[Step, ...]) -> None:
        """Show the step that is being done."""
        now = [step for step in steps if step.state in _SAYS]
        if self._line is None or not now or time.monotonic() < self._from:
            return
        step = now[-1]
        done = sum(each.state == "done" for each in steps)
        text = f"{step.title} {_SAYS[step.state]}" + (f" {step.tx_hash}" if step.tx_hash else "")
        self._line.draw(text, done / len(steps))
        self._drawn = True

    def __enter__(self) -> Self:
        """Return itself: the callback."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away."""
        if self._line is not None and self._drawn:
            self._line.clear()
