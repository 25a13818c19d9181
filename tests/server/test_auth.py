"""Nobody gets in who may not: every verb of every handler."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import TYPE_CHECKING

import pytest
from jupyter_server.auth.decorator import authorized
from tornado.web import RequestHandler, authenticated

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.routes import ROUTES
from tests.jupyter_process import JupyterProcess, running_jupyter

if TYPE_CHECKING:
    from collections.abc import Iterator

VERBS = [verb.lower() for verb in RequestHandler.SUPPORTED_METHODS]
REQUESTS = [
    (verb, path)
    for path, handler in ROUTES
    for verb in VERBS
    if getattr(handler, verb) is not getattr(IPFSHandler, verb)
]


def unguarded(handler: type) -> list[str]:
    """The verbs that ``handler`` defines without both decorators, in the order that works."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(handler))).body
    assert isinstance(tree, ast.ClassDef)
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name in VERBS
        # `authenticated` must be the outer one: `authorized` needs to know the user.
        and [ast.unparse(d) for d in node.decorator_list]
        not in (["authenticated", "authorized"], ["ws_authenticated", "authorized"])
    ]


class Unguarded(IPFSHandler):
    """What the check below must find."""

    def get(self) -> None:
        """Lack both."""

    @authenticated
    def post(self) -> None:
        """Lack one."""

    @authorized
    @authenticated
    def put(self) -> None:
        """Have them in an order that leaves a stranger's request unauthenticated first."""

    @authenticated
    @authorized
    def delete(self) -> None:
        """Be as it should."""


def test_the_check_finds_a_verb_without_its_guards() -> None:
    assert unguarded(Unguarded) == ["get", "post", "put"]


@pytest.mark.parametrize("handler", [handler for _path, handler in ROUTES])
def test_every_verb_of_every_handler_has_both_guards(handler: type[IPFSHandler]) -> None:
    assert unguarded(handler) == []
    assert issubclass(handler, IPFSHandler)
    assert handler.auth_resource == "ipfs"


@pytest.mark.parametrize(("verb", "path"), REQUESTS)
def test_a_stranger_is_turned_away(jupyter: JupyterProcess, verb: str, path: str) -> None:
    with jupyter.client(token=None) as stranger:
        response = stranger.request(verb.upper(), f"jupyter-ipfs{path}")
    assert response.status_code == 403


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server whose users may do anything but what needs the resource ``ipfs``."""
    place = tmp_path_factory.mktemp("locked")
    config = place / "config.py"
    config.write_text(
        "from jupyter_server.auth import Authorizer\n"
        "class NoIPFS(Authorizer):\n"
        "    def is_authorized(self, handler, user, action, resource):\n"
        "        return resource != 'ipfs'\n"
        "c.ServerApp.authorizer_class = NoIPFS\n"
    )
    with running_jupyter("server", place, f"--config={config}") as process:
        yield process


@pytest.mark.parametrize(("verb", "path"), REQUESTS)
def test_a_user_without_the_resource_is_turned_away(
    locked: JupyterProcess, verb: str, path: str
) -> None:
    with locked.client() as user:
        assert user.get("api/contents").status_code == 200
        assert user.request(verb.upper(), f"jupyter-ipfs{path}").status_code == 403


def test_a_page_elsewhere_cannot_post_with_the_browser_s_cookie(jupyter: JupyterProcess) -> None:
    with jupyter.client(token=None) as browser:
        browser.post("login", data={"password": "a-token-for-tests"})
        browser.get("login", params={"token": "a-token-for-tests"})
        assert browser.get("jupyter-ipfs/openapi.yaml").status_code == 200, "the cookie logs in"
        close = {"Connection": "close"}  # a refused upload ends its connection anyhow
        for verb, path in REQUESTS:
            if verb not in {"get", "head"}:
                forged = browser.request(verb.upper(), f"jupyter-ipfs{path}", headers=close)
                assert forged.status_code == 403, (verb, path)
                assert "_xsrf" in forged.text


def test_a_wrong_token_is_no_token(jupyter: JupyterProcess) -> None:
    for verb, path in REQUESTS:
        with jupyter.client(token="another-token") as stranger:
            assert stranger.request(verb.upper(), f"jupyter-ipfs{path}").status_code == 403
