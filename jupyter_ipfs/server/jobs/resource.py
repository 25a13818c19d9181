"""``/jobs``: start long operations, follow them, stop them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import SettingLockedError
from jupyter_ipfs.server import actions, arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.jobs.desk import Desk
from jupyter_ipfs.server.settings import SETTINGS
from jupyter_ipfs.server.threads import in_thread
from jupyter_ipfs.server.wallet.wallets import WALLETS
from jupyter_ipfs.server.workspace import Workspace

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Task
    from jupyter_ipfs.server.jobs.activity import Activity
    from jupyter_ipfs.server.jobs.job import Job
    from jupyter_ipfs.server.jobs.pool import Jobs
    from jupyter_ipfs.server.settings import JupyterIPFS

# Where they are in the server's settings.
JOBS = "jupyter_ipfs_jobs"
ACTIVITY = "jupyter_ipfs_activity"


class JobsHandler(IPFSHandler):
    """All jobs."""

    @authenticated
    @authorized
    def get(self) -> None:
        """Answer with all jobs, newest first."""
        self._track_activity = False  # the front end asks by itself
        jobs: Jobs = self.settings[JOBS]
        self.finish(json.dumps({"jobs": [job.snapshot() for job in jobs.all()]}))

    @authenticated
    @authorized
    async def post(self) -> None:
        """Start the action that the body names."""
        body = arguments.body(self)
        workspace = Workspace.of(self.contents_manager)
        action, given = body.get("action"), body.get("arguments", {})
        task = await in_thread(lambda: actions.prepare(action, given, workspace))
        traits: JupyterIPFS = self.settings[SETTINGS]
        if task.runs_code and not traits.reproduce:
            raise SettingLockedError(
                "notebooks of others are not run again on this server",
                "c.JupyterIPFS.reproduce = True in its configuration allows it",
            )
        if not task.signs:
            start(self, task)
            return
        user, wallets = self.current_user.username, self.settings[WALLETS]
        desk = await in_thread(lambda: Desk.of(user, wallets))
        start_signing(self, task, desk)


class JobHandler(IPFSHandler):
    """One job."""

    @authenticated
    @authorized
    def get(self, job_id: str) -> None:
        """Answer with the job."""
        self._track_activity = False
        jobs: Jobs = self.settings[JOBS]
        self.finish(json.dumps(jobs.get(job_id).snapshot()))

    @authenticated
    @authorized
    def delete(self, job_id: str) -> None:
        """Cancel it; forget it if it has ended."""
        jobs: Jobs = self.settings[JOBS]
        jobs.remove(job_id)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


def start(handler: IPFSHandler, task: Task, desk: Desk | None = None) -> None:
    """Start a task and answer with its job."""
    jobs: Jobs = handler.settings[JOBS]
    job = jobs.start(task, desk)
    activity: Activity = handler.settings[ACTIVITY]
    activity.begin()
    answer(handler, job)


def start_signing(handler: IPFSHandler, task: Task, desk: Desk) -> None:
    """Start a task that its user signs for; one that is under way already is not begun twice."""
    jobs: Jobs = handler.settings[JOBS]
    same = jobs.newest(task.action, task.key) if task.key else None
    if same is not None and not same.is_over and same.desk and same.desk.user == desk.user:
        answer(handler, same)
    else:
        start(handler, task, desk)


def answer(handler: IPFSHandler, job: Job) -> None:
    """Answer a request with the job that does what was asked."""
    handler.set_status(HTTPStatus.ACCEPTED)
    handler.finish(json.dumps(job.snapshot()))
