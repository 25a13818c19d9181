"""What lives as long as the server: its jobs and wallets, who watches, and what is activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.server import elsewhere
from jupyter_ipfs.server.jobs.activity import Activity
from jupyter_ipfs.server.jobs.pool import Jobs
from jupyter_ipfs.server.jobs.resource import ACTIVITY, JOBS
from jupyter_ipfs.server.wallet.wallets import WALLETS, Wallets
from jupyter_ipfs.server.watch import WATCH, Watch

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerWebApplication

    from jupyter_ipfs.server.jobs.job import Job


def add_running(web_app: ServerWebApplication) -> None:
    """Put them into the settings, where the handlers find them."""
    jobs = Jobs()
    jobs.listen(_job_changed)
    web_app.settings[JOBS] = jobs
    web_app.settings[ACTIVITY] = Activity(jobs, web_app.settings)
    wallets = Wallets()
    web_app.settings[WALLETS] = wallets
    web_app.settings[WATCH] = Watch(jobs, wallets)


def _job_changed(job: Job) -> None:
    if job.is_over:
        elsewhere.ask_again()
