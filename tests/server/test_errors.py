"""Each of our errors has its HTTP status."""

from __future__ import annotations

import inspect
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_ipfs import errors
from jupyter_ipfs.server.errors import STATUS, status_of
from jupyter_ipfs.server.handler import IPFSHandler

LEAVES = [
    error
    for _name, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.JupyterIPFSError)
]


def test_no_row_is_hidden_by_one_above_it() -> None:
    kinds = [kind for kind, _status in STATUS]
    for index, kind in enumerate(kinds):
        assert not any(issubclass(kind, above) for above in kinds[:index]), kind


@pytest.mark.parametrize("kind", LEAVES)
def test_every_error_has_a_status_of_an_error(kind: type[errors.JupyterIPFSError]) -> None:
    assert status_of(kind("what happened")) >= 400


def test_what_is_not_there_is_told_from_what_is_wrong() -> None:
    assert status_of(errors.PathNotFoundError("no such path")) == 404
    assert status_of(errors.CIDError("no CID")) == 400
    assert status_of(errors.FetchError("nobody has it")) == 502
    assert status_of(errors.DiskFullError("full")) == 507
    assert status_of(ZeroDivisionError()) == 500


def test_what_nobody_foresaw_is_logged_by_its_type_alone(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("what-nobody-foresaw")
    handler: Any = SimpleNamespace(log=log, request=SimpleNamespace(method="GET", uri="/secret"))
    error = KeyError("secret")
    for level in (logging.INFO, logging.DEBUG):
        with caplog.at_level(level, log.name):
            IPFSHandler.log_exception(handler, KeyError, error, None)
        assert "GET failed with KeyError" in caplog.text
        assert ("secret" in caplog.text) == (level == logging.DEBUG)
