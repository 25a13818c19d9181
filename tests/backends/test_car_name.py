"""What CAR files are called that hand something over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.backends import car_name
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.session import connect

if TYPE_CHECKING:
    from pathlib import Path

ROOT = CID.of(b"handed over")
END = str(ROOT)[-8:]


@pytest.mark.parametrize("name", ["survey", "survey 2026.csv", "Umfrage ü", "fig-3"])
def test_a_name_stands_in_the_file_name_and_is_read_from_it(name: str) -> None:
    file_name = car_name.of(ROOT, name)
    assert file_name == f"{name}-{END}.car"
    assert car_name.is_of(file_name, ROOT)
    assert not car_name.is_of(file_name, CID.of(b"other"))
    assert car_name.name_in(file_name, ROOT) == name


@pytest.mark.parametrize(
    "name", [None, ".hidden", "-rf", "a/b", "a\\b", "C:x", "what?", "<script>", "x" * 181, "ü" * 91]
)
def test_a_name_that_is_no_safe_file_name_stays_at_home(name: str | None) -> None:
    assert car_name.of(ROOT, name) == f"{ROOT}.car"


@pytest.mark.parametrize("name", [str(ROOT), f"{END}\n", "a\u202eb", ""])
def test_a_file_name_that_can_be_no_name_gives_none(name: str) -> None:
    assert car_name.name_in(f"{name}-{END}.car", ROOT) is None


def test_a_pushed_name_is_offered_to_who_looks_there(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    with connect("embedded", tmp_path / "ada") as ada:
        root = ada.add(b"a survey", name="survey")
        place = ada.push(root, lab)
    (lab / f"forged-{str(root)[-8:]}.car").write_bytes(b"no CAR")
    (lab / f"a-lie-{str(root)[-8:]}.car").symlink_to("/dev/null")
    assert car_name.offered(root, [str(tmp_path / "away"), str(lab)]) == "survey"
    assert car_name.offered(root, [place]) == "survey"
    assert car_name.offered(ROOT, [str(lab)]) is None
    with connect("embedded", tmp_path / "ben") as ben:
        assert car_name.free_name(ben.repo, place, root) == "survey"
        ben.add(b"his own survey", name="survey")
        assert car_name.free_name(ben.repo, place, root) is None, "his name stays his"
