"""Each of our errors has its HTTP status."""

from __future__ import annotations

import inspect

import pytest

from jupyter_ipfs import errors
from jupyter_ipfs.server.errors import STATUS, status_of

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
