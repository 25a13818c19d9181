"""What a publication or an order is made of, step by step, as people are shown it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WAITING, SIGNING, SENT, DONE, FAILED = "waiting", "signing", "sent", "done", "failed"

StepsCallback: TypeAlias = "Callable[[tuple[Step, ...]], object]"


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        key: What it is, for programs.
        title: … and for people.
        state: ``waiting``, ``signing``, ``sent``, ``done`` or ``failed``.
        tx_hash: Its transaction, where it is one and was sent.
        error: Why it failed, in a sentence.
    """

    key: str
    title: str
    state: str = WAITING
    tx_hash: str | None = None
    error: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return what the server tells the page."""
        return {
            "key": self.key,
            "title": self.title,
            "state": self.state,
            "tx_hash": self.tx_hash,
            "error": self.error,
        }


class Steps:
    """The steps of one operation; each change is told, all of them each time.

    Args:
        steps: Key and title of each, in order.
        callback: Whom to tell.
    """

    def __init__(
        self, steps: Sequence[tuple[str, str]], callback: StepsCallback | None = None
    ) -> None:
        self._steps = {key: Step(key, title) for key, title in steps}
        self._callback = callback

    @property
    def all(self) -> tuple[Step, ...]:
        """The steps, in order."""
        return tuple(self._steps.values())

    @contextmanager
    def doing(self, key: str) -> Iterator[None]:
        """Be at a step: done when the body is left, failed when it raises."""
        self.set(key, SIGNING)
        try:
            yield
        except BaseException as error:
            self.set(key, FAILED, error=str(error) or type(error).__name__)
            raise
        self.set(key, DONE)

    def set(
        self, key: str, state: str, tx_hash: str | None = None, error: str | None = None
    ) -> None:
        """Note where a step is; a hash that it has stays."""
        before = self._steps[key]
        self._steps[key] = replace(
            before, state=state, tx_hash=tx_hash or before.tx_hash, error=error
        )
        if self._callback is not None:
            self._callback(self.all)
