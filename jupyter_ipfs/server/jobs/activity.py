"""A job that runs is activity: a hub's idle culler must not stop a transfer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jupyter_server._tz import utcnow

if TYPE_CHECKING:
    from jupyter_ipfs.server.jobs.pool import Jobs

# Jupyter takes the newest of all settings whose names end like this.
SETTING = "jupyter_ipfs_jobs_last_activity"
_EVERY_S = 30.0


class Activity:
    """Notes the time in the server's settings for as long as anything runs."""

    def __init__(self, jobs: Jobs, settings: dict[str, Any]) -> None:
        self._jobs = jobs
        self._settings = settings
        self._is_noting = False

    def begin(self) -> None:
        """Note the time now, and again until no job is left; called in the event loop."""
        self._settings[SETTING] = utcnow()
        if not self._is_noting:
            self._is_noting = True
            asyncio.get_running_loop().call_later(_EVERY_S, self._again)

    def _again(self) -> None:
        self._is_noting = False
        if self._jobs.are_running:
            self.begin()
