"""CAR files that come in, and the names that travel with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.session import connect
from tests.server.test_actions import done
from tests.server.uploading import announce, commit, send

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from jupyter_ipfs.session import Session
    from tests.jupyter_process import JupyterProcess


def handed_over(place: Path, name: str, data: bytes) -> tuple[str, Path]:
    """A colleague's CAR file."""
    folder = place / "from-a-colleague"
    folder.mkdir()
    with connect("embedded", place / "colleague") as colleague:
        root = colleague.add(data, name=name)
        colleague.push(root, folder)
    (file,) = folder.iterdir()
    return str(root), file


def test_a_car_from_the_desktop_is_taken_in_under_its_name(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    root, file = handed_over(tmp_path, "sent-survey", b"what was sent")
    files = {file.name: file.read_bytes()}
    upload = announce(client, files)
    send(client, upload, files[file.name])
    result = commit(client, upload["id"], **{"as": "car"})["result"]
    assert (result["root"], result["name"]) == (root, "sent-survey")
    assert [str(each.root) for each in session.log("sent-survey")] == [root]


def test_a_car_with_other_bytes_than_it_says_leaves_nothing(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    _, file = handed_over(tmp_path, "broken", b"what was sent whole")
    data = file.read_bytes().replace(b"whole", b"wrong")
    upload = announce(client, {file.name: data})
    send(client, upload, data)
    job = commit(client, upload["id"], **{"as": "car"})
    assert job["error"]["code"] == "VerificationError"
    assert "broken" not in session.repo.names()


def test_only_one_file_can_be_taken_in_as_a_car(client: httpx.Client) -> None:
    files = {"a.car": b"x", "b.car": b"y"}
    for form in ("car", "zip"):
        upload = announce(client, files)
        send(client, upload, b"xy")
        refused = client.post(f"jupyter-ipfs/uploads/{upload['id']}/commit", json={"as": form})
        assert (refused.status_code, refused.json()["code"]) == (400, "RequestError")
        client.delete(f"jupyter-ipfs/uploads/{upload['id']}")


def test_a_car_of_the_workspace_does_not_take_a_name_that_is_taken(
    client: httpx.Client, session: Session, jupyter: JupyterProcess, tmp_path: Path
) -> None:
    mine = session.add(b"my own", name="taken-already")
    root, file = handed_over(tmp_path, "taken-already", b"somebody else's")
    (jupyter.root_dir / file.name).write_bytes(file.read_bytes())
    result = done(client, "import", path=file.name, by_file_name=True)
    assert (result["root"], result["name"]) == (root, None)
    assert [each.root for each in session.log("taken-already")] == [mine]


def test_what_is_kept_and_copied_has_the_name_that_it_came_under(
    client: httpx.Client, session: Session, tmp_path: Path
) -> None:
    root, file = handed_over(tmp_path, "came-along", b"kept and copied")
    answer = client.put("jupyter-ipfs/config", json={"sources": [str(file.parent)]})
    assert answer.is_success, answer.text
    try:
        assert done(client, "fetch", path=root)["complete"]
        assert done(client, "copy", path=root)["path"] == "came-along"
        assert done(client, "pin", path=root) == {"root": root, "name": "came-along"}
        assert done(client, "pin", path=root, name="other")["name"] == "came-along"
    finally:
        client.put("jupyter-ipfs/config", json={"sources": []})
    assert str(session.log("came-along")[0].root) == root


def test_a_place_that_is_none_is_refused_with_words(client: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "no.car").write_text("text")
    for wrong, words in {
        str(tmp_path / "nowhere"): "there is no folder or file",
        str(tmp_path / "no.car"): "is no CAR file",
        "relative": "starts with / or ~/",
    }.items():
        refused = client.put("jupyter-ipfs/config", json={"sources": [wrong]})
        assert refused.status_code == 400
        assert words in str(refused.json())
    assert client.get("jupyter-ipfs/config").json()["sources"] == []
