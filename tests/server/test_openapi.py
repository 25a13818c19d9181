"""The description and the handlers say the same."""

from __future__ import annotations

import yaml

from jupyter_ipfs.server.actions import ACTIONS
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.openapi import DESCRIPTION
from jupyter_ipfs.server.routes import ROUTES
from tests.server.test_auth import VERBS


def test_each_verb_is_described_and_each_description_has_its_verb() -> None:
    described = yaml.safe_load(DESCRIPTION.read_text())["paths"]
    served = {
        path: {v for v in VERBS if getattr(handler, v) is not getattr(IPFSHandler, v)}
        for path, handler in ROUTES
    }
    assert {path: set(verbs) & set(VERBS) for path, verbs in described.items()} == served


def test_each_action_is_described_with_its_arguments() -> None:
    task = yaml.safe_load(DESCRIPTION.read_text())["components"]["schemas"]["Task"]
    assert task["properties"]["action"]["enum"] == sorted(ACTIONS)
    assert [each["properties"]["action"]["const"] for each in task["oneOf"]] == sorted(ACTIONS)
