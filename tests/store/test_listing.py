"""What a person is shown of a repo: pages, searches and orders, made by the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.store import forgotten, listing, undo
from jupyter_ipfs.store.repo import Repo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A, B, C, D = (CID.of(text) for text in (b"a", b"b", b"c", b"d"))


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Repo]:
    """A repo with two versions of a name, a pin, and a root that a recovery found."""
    with Repo.open(tmp_path / "repo") as repo, repo.changing() as connection:
        connection.executemany(
            "INSERT INTO names VALUES (?, ?, ?, ?, ?, 0)",
            [
                ("Fig-3", 1, bytes(A), 10.0, 0),
                ("Fig-3", 2, bytes(B), 30.0, 1),
                ("also", 1, bytes(B), 20.0, 1),
                ("recovered/x", 1, bytes(D), 5.0, 1),
            ],
        )
        connection.execute("INSERT INTO pins VALUES (?, 15.0)", (bytes(C),))
    with Repo.open(tmp_path / "repo") as repo:
        yield repo


def page(
    repo: Repo,
    kind: listing.Kind,
    query: str = "",
    *,
    offset: int = 0,
    limit: int = 200,
    elsewhere: dict[CID, float] | None = None,
) -> tuple[list[CID], int]:
    found, total = repo.database.read(
        lambda connection: listing.page(
            connection, kind, query, offset=offset, limit=limit, elsewhere=elsewhere
        )
    )
    return [holding.root for holding in found], total


def test_all_has_the_newest_versions_and_what_has_no_name(repo: Repo) -> None:
    assert page(repo, "all") == ([B, C, D], 3)
    assert page(repo, "all", offset=1, limit=1) == ([C], 3)
    assert page(repo, "all", offset=7) == ([], 3)


def test_names_are_by_name_and_recent_has_every_version(repo: Repo) -> None:
    assert page(repo, "names") == ([B], 1)
    assert page(repo, "recent") == ([B, C, A, D], 4)


def test_what_is_kept_elsewhere_is_listed_once(repo: Repo) -> None:
    other = CID.of(b"on a Kubo")
    assert page(repo, "all", elsewhere={other: 0.0, B: 0.0}) == ([B, C, D, other], 4)
    assert page(repo, "all") == ([B, C, D], 3), "and not remembered"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fig", [B]),
        ("FIG-3@2", [B]),
        ("als", [B]),
        (str(C)[10:30], [C]),
        (f"/ipfs/{C}/sub", [C]),
        (C.encode("base58btc"), [C]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE names; --", []),
        ("\0", []),
        ("fig\nalso", []),
    ],
)
def test_a_search_is_for_a_part_of_a_name_or_of_a_cid(
    repo: Repo, query: str, found: list[CID]
) -> None:
    assert page(repo, "all", query)[0] == found


def test_what_was_deleted_for_good_is_listed_only_where_a_copy_is_known(repo: Repo) -> None:
    with repo.changing() as connection:
        forgotten.record(connection, B)
    assert page(repo, "all") == ([C, D], 2)
    assert page(repo, "names") == ([], 0)
    assert page(repo, "recent") == ([C, A, D], 3)
    repo.record_copy(B, "/shared/lab/b.car")
    assert page(repo, "all") == ([B, C, D], 3)
    assert page(repo, "recent")[0] == [B, C, A, D]


def test_a_holding_says_what_keeps_it_and_where_it_went(repo: Repo) -> None:
    repo.record_copy(B, "/lab/b.car")
    held = repo.database.read(lambda connection: listing.one(connection, B))
    assert held.pinned
    assert held.labels == (listing.Label("Fig-3", 2, 2), listing.Label("also", 1, 1))
    assert [copy.place for copy in held.copies] == ["/lab/b.car"]
    old = repo.database.read(lambda connection: listing.one(connection, A))
    assert (old.pinned, old.created_at) == (False, 10.0)
    unknown = repo.database.read(lambda connection: listing.one(connection, CID.of(b"?")))
    assert (unknown.pinned, unknown.labels, unknown.created_at) == (False, (), 0.0)


def test_undoing_sets_exactly_what_was_taken_off(repo: Repo) -> None:
    def state() -> list[tuple[object, ...]]:
        rows = repo.database.rows("SELECT * FROM names ORDER BY name, version")
        return rows + repo.database.rows("SELECT * FROM pins ORDER BY root")

    before = state()
    for root in (A, B, C):
        with repo.changing() as connection:
            unpinned = undo.unpin(connection, root)
        assert bool(unpinned) is (root != A), "A was not kept"
        assert root not in [pin.root for pin in repo.pins()]
        with repo.changing() as connection:
            undo.restore(connection, unpinned)
        assert state() == before
