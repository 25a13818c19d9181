"""Names, versions and pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import ConfigError, NameNotFoundError
from tests.store.conftest import leaves, store

if TYPE_CHECKING:
    from jupyter_ipfs.store.repo import Repo


def test_a_name_moves_and_keeps_its_history(repo: Repo) -> None:
    first = store(repo, leaves(1, seed=1), name="fig-3")
    second = store(repo, leaves(1, seed=2), name="fig-3")
    assert repo.names() == ["fig-3"]
    assert repo.resolve("fig-3") == second.cid
    assert repo.resolve("fig-3@1") == first.cid
    assert [(v.version, v.root) for v in repo.log("fig-3")] == [(2, second.cid), (1, first.cid)]


def test_an_equal_result_adds_no_version(repo: Repo) -> None:
    (block,) = leaves(1)
    for expected in (False, True):
        with repo.batch() as batch:
            batch.put(block)
            stored = batch.commit(block.cid, name="fig-3")
        assert (stored.version, stored.unchanged) == (1, expected)
    assert len(repo.log("fig-3")) == 1


def test_the_newest_twenty_versions_stay_pinned_and_a_shared_one_for_ever(repo: Repo) -> None:
    roots = []
    for number in range(25):
        roots.append(store(repo, leaves(1, seed=number), name="fig-3").cid)
        if number == 2:
            repo.mark_shared("fig-3")
    pinned = [v.version for v in repo.log("fig-3") if v.pinned]
    assert pinned == [*range(25, 5, -1), 3]
    assert {pin.root for pin in repo.pins()} == {roots[2], *roots[5:]}


def test_what_is_shared_and_lies_elsewhere_is_told_and_not_looked_for_here(repo: Repo) -> None:
    (block,) = leaves(1)
    repo.set_name("fig-3", block.cid, pin=False)
    repo.mark_shared("fig-3", pin=False)
    (version,) = repo.log("fig-3")
    assert (version.shared, version.pinned) == (True, False)
    assert repo.pins() == []
    kept = store(repo, leaves(1, seed=1), name="fig-4")
    repo.mark_shared("fig-4", pin=False)  # takes nothing away
    assert [pin.root for pin in repo.pins()] == [kept.cid]


def test_a_wrong_name_is_answered_with_the_close_ones(repo: Repo) -> None:
    store(repo, leaves(1), name="fig-3")
    with pytest.raises(NameNotFoundError) as caught:
        repo.resolve("fig-4")
    assert "'fig-3'" in str(caught.value.hint)
    with pytest.raises(NameNotFoundError, match="no version 7"):
        repo.resolve("fig-3@7")
    with pytest.raises(NameNotFoundError, match="is no version"):
        repo.resolve("fig-3@x")


@pytest.mark.parametrize(
    "name",
    ["", " a", "a/b", "a@1", "..", "a\nb", "a\u202eb", "x" * 129, "recovered/a",
     "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
     "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"],
)  # fmt: skip
def test_what_means_something_else_cannot_be_a_name(repo: Repo, name: str) -> None:
    (block,) = leaves(1)
    with repo.batch() as batch:
        batch.put(block)
        with pytest.raises(ConfigError):
            batch.commit(block.cid, name=name)
    assert not repo.has(block.cid)


def test_composed_and_decomposed_letters_are_one_name(repo: Repo) -> None:
    root = store(repo, leaves(1), name="cafe\u0301")
    assert repo.names() == ["caf\u00e9"]
    assert repo.resolve("cafe\u0301") == root.cid


def test_renaming_moves_the_versions_and_never_onto_another_name(repo: Repo) -> None:
    first = store(repo, leaves(1, seed=1), name="a")
    second = store(repo, leaves(1, seed=2), name="b")
    repo.rename("a", "c")
    assert repo.resolve("c@1") == first.cid
    with pytest.raises(ConfigError, match="already"):
        repo.rename("c", "b")
    assert repo.resolve("b") == second.cid


def test_unpinning_a_root_lets_go_of_its_names_versions_too(repo: Repo) -> None:
    root = store(repo, leaves(1), name="fig-3")
    repo.pin(root.cid)
    assert repo.pins()[0].names == ("fig-3@1",)
    assert repo.unpin(root.cid)
    assert repo.pins() == []
    assert not repo.unpin(root.cid)
    assert repo.resolve("fig-3") == root.cid  # the word stays; what it named may go


def test_a_name_can_point_at_what_is_kept_elsewhere(repo: Repo) -> None:
    (block,) = leaves(1)
    assert repo.set_name("on-kubo", block.cid, pin=False) == (1, False)
    assert repo.resolve("on-kubo") == block.cid
    assert repo.pins() == []


def test_copies_are_remembered(repo: Repo) -> None:
    root = store(repo, leaves(1))
    repo.record_copy(root.cid, "/shared/lab/x.car")
    repo.record_copy(root.cid, "/shared/lab/x.car")
    assert [copy.place for copy in repo.copies(root.cid)] == ["/shared/lab/x.car"]


def test_a_copy_is_checked_only_when_something_was_fetched_from_there(repo: Repo) -> None:
    root = store(repo, leaves(1))
    repo.record_copy(root.cid, "/lab/x.car")
    (copied,) = repo.copies(root.cid)
    assert copied.checked_at is None
    at = repo.record_check(root.cid, "/lab/x.car")
    (checked,) = repo.copies(root.cid)
    assert (checked.created_at, checked.checked_at) == (copied.created_at, at)
    repo.record_copy(root.cid, "/lab/x.car")
    (anew,) = repo.copies(root.cid)
    assert anew.checked_at is None, "what was checked was overwritten"
    repo.record_check(root.cid, "http://127.0.0.1:5001")  # nobody here has copied it there
    assert [copy.place for copy in repo.copies(root.cid)] == ["/lab/x.car", "http://127.0.0.1:5001"]
