"""``GET openapi.yaml``: what the other routes take and give."""

from __future__ import annotations

from pathlib import Path

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server.handler import IPFSHandler

DESCRIPTION = Path(__file__).with_name("openapi.yaml")


class OpenAPIHandler(IPFSHandler):
    """The description of this API."""

    _track_activity = False

    @authenticated
    @authorized
    def get(self) -> None:
        """Answer with the YAML text."""
        text = DESCRIPTION.read_text(encoding="utf-8")
        self.finish(text, set_content_type="application/yaml")
