"""``GET health`` and the actions ``check`` and ``repair``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest

from jupyter_ipfs import config
from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.node import health
from jupyter_ipfs.server.actions import check, repair
from jupyter_ipfs.server.health import told
from jupyter_ipfs.session import connect
from tests.cli.test_repair import spoil
from tests.server.test_routes import schema

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from jupyter_ipfs.protocols import Progress


def test_the_health_is_told_without_looking(client: httpx.Client) -> None:
    response = client.get("jupyter-ipfs/health")
    assert response.status_code == 200, response.text
    jsonschema.validate(response.json(), schema("Health"))


def test_check_and_repair_answer_as_the_resource_does(tmp_path: Path) -> None:
    heard: list[Progress] = []
    with connect(repo=tmp_path / "repo") as session:
        root = session.add(b"hello", name="a")
        session.export_car(root, tmp_path / "a.car")
        spoil(tmp_path / "repo")
        found = check.run(session, {}, heard.append)
        jsonschema.validate(found, schema("Health"))
        assert found["damaged"][0] == "a@1 lacks 1 block"
        assert found == told(health.known(session.repo))
        config.save(tmp_path / "repo", sources=[str(tmp_path / "a.car")])
        mended = repair.run(session, {"recovered": "keep"}, heard.append)
        jsonschema.validate(mended, schema("Health"))
        assert (mended["damaged"], mended["fetched"]) == ([], 1)
        assert session.cat("a") == b"hello"
    assert heard


def test_recovered_roots_wait_and_a_repair_confirms_them(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    with connect(repo=repo) as session:
        session.add(b"hello", name="a")
    for name in ("repo.sqlite", "state.backup"):
        (repo / name).unlink()
    with connect(repo=repo) as session:
        found = told(health.known(session.repo))
        jsonschema.validate(found, schema("Health"))
        assert len(found["recovery"]["names"]) == 1
        mended = repair.run(session, {"recovered": "keep"}, lambda _: None)
        assert mended["recovery"] is None
        session.gc()
        assert len(session.pins()) == 1


@pytest.mark.parametrize("recovered", ["perhaps", 3, None, ["keep"]])
def test_recovered_is_kept_or_dropped(recovered: object) -> None:
    with pytest.raises(RequestError, match="keep"):
        repair.prepare({"recovered": recovered}, None)  # type: ignore[arg-type]  # not looked at
