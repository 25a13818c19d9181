"""What has to be said before code of others runs: nothing of it is implied by anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_ipfs.bundles.environment.lock import RefusedPackage
from jupyter_ipfs.bundles.replay import preconditions
from jupyter_ipfs.bundles.replay.allowed import Allowed
from jupyter_ipfs.bundles.replay.readiness import Readiness
from jupyter_ipfs.errors import EnvironmentLockError, IsolationError, ReplayError

READY = Readiness(
    why_not_isolated=None,
    python_wanted="3.11.7",
    python_found="3.11.9",
    packages=3,
    refused=(),
    locked=True,
    environment_ready=False,
    installer=True,
)
REFUSED = replace(READY, refused=(RefusedPackage("evil", "a directory"),))


def test_what_is_isolated_and_locked_may_run() -> None:
    preconditions.check(READY, Allowed())


def test_without_bubblewrap_nothing_runs_unless_that_is_said() -> None:
    bare = replace(READY, why_not_isolated="there is no bwrap")
    with pytest.raises(IsolationError, match="there is no bwrap") as caught:
        preconditions.check(bare, Allowed(network=True, own_environment=True))
    assert "--no-isolation" in (caught.value.hint or "")
    preconditions.check(bare, Allowed(isolation=False))


def test_a_refused_entry_is_named_and_left_out_by_name_only() -> None:
    with pytest.raises(EnvironmentLockError, match="evil: a directory") as caught:
        preconditions.check(REFUSED, Allowed(left_out=("other",)))
    assert caught.value.hint == "to go on without them: --leave-out evil"
    preconditions.check(REFUSED, Allowed(left_out=("evil",)))


def test_what_was_not_locked_runs_in_one_s_own_environment_only() -> None:
    unlocked = replace(READY, locked=False)
    with pytest.raises(ReplayError, match="not locked"):
        preconditions.check(unlocked, Allowed())
    preconditions.check(unlocked, Allowed(own_environment=True))
