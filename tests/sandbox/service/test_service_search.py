"""Search, against a plain filter in Python over the same assets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.sandbox.service import assets, query, search
from jupyter_ipfs.sandbox.service.conditions import QueryError
from tests.sandbox.service import seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ipfs.sandbox.service.database import Database
    from tests.sandbox.service.practice_node import PracticeNode

COUNT = 240
ALL = [seeds.document(number) for number in range(COUNT)]
TEXT = "metadata.name,metadata.description,metadata.tags,metadata.author"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = seeds.database(tmp_path_factory.mktemp("index"), COUNT)
    yield made
    made.close()


def found(index: Database, body: dict[str, Any]) -> dict[str, Any]:
    with index.reading() as db:
        return search.search(db, query.parse(body))


def numbers(index: Database, body: dict[str, Any]) -> list[int]:
    page = found(index, body)
    return [int(hit["document"]["id"][7:], 16) for hit in page["hits"]]


def meta(document: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = document["metadata"]
    return described


def price(document: dict[str, Any]) -> float:
    return float(document["indexedMetadata"]["stats"][0]["prices"][0]["price"])


def orders(document: dict[str, Any]) -> int:
    counted: int = document["indexedMetadata"]["stats"][0]["orders"]
    return counted


CASES: list[tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = [
    ({"q": "*", "filter_by": ""}, lambda _: True),
    ({"q": "", "per_page": 250}, lambda _: True),
    ({"q": "*", "filter_by": "chainId:=8996"}, lambda _: True),
    ({"q": "*", "filter_by": "chainId:=[1,137]"}, lambda _: False),
    ({"filter_by": "metadata.type:=algorithm"}, lambda d: meta(d)["type"] == "algorithm"),
    ({"filter_by": "metadata.type:!=algorithm"}, lambda d: meta(d)["type"] != "algorithm"),
    ({"filter_by": "metadata.tags:=coral"}, lambda d: "coral" in meta(d)["tags"]),
    (
        {"filter_by": "metadata.tags:=[coral, `reef`] && metadata.type:=dataset"},
        lambda d: bool({"coral", "reef"} & set(meta(d)["tags"])) and meta(d)["type"] == "dataset",
    ),
    (
        {"filter_by": "(metadata.tags:=coral || metadata.tags:=reef) && metadata.tags:!=sea"},
        lambda d: bool({"coral", "reef"} & set(meta(d)["tags"])) and "sea" not in meta(d)["tags"],
    ),
    ({"filter_by": "metadata.author:=`author-7`"}, lambda d: meta(d)["author"] == "author-7"),
    ({"filter_by": "indexedMetadata.stats.orders:>=50"}, lambda d: orders(d) >= 50),
    ({"filter_by": "indexedMetadata.stats.orders:[10..20]"}, lambda d: 10 <= orders(d) <= 20),
    ({"filter_by": "indexedMetadata.stats.prices.price:=0"}, lambda d: price(d) == 0),
    ({"filter_by": "indexedMetadata.stats.prices.price:>12.5"}, lambda d: price(d) > 12.5),
    (
        {"filter_by": "indexedMetadata.stats.prices.type:=dispenser"},
        lambda d: price(d) == 0,
    ),
    (
        {"filter_by": "metadata.additionalInformation.jupyter_ipfs.kind:=notebook"},
        lambda d: meta(d)["additionalInformation"]["jupyter_ipfs"]["kind"] == "notebook",
    ),
    ({"filter_by": "metadata.additionalInformation.units.height:=m"}, lambda _: True),
    ({"filter_by": "metadata.nothing.there:=1"}, lambda _: False),
    ({"filter_by": "services.type:=access && services.timeout:=0"}, lambda _: True),
    (
        {"filter_by": f"services.datatokenAddress:={5 + (1 << 150):#042x}"},
        lambda d: int(d["id"][7:], 16) == 5,
    ),
    ({"filter_by": "purgatory.state:=false"}, lambda _: True),
    ({"filter_by": "purgatory.state:=true"}, lambda _: False),
    ({"filter_by": f"nftAddress:=0x{11:040X}"}, lambda d: int(d["id"][7:], 16) == 11),
    ({"q": f"did:op:{3:064x}", "query_by": "id"}, lambda d: int(d["id"][7:], 16) == 3),
    (
        {"q": "coral", "query_by": "metadata.tags"},
        lambda d: "coral" in meta(d)["tags"],
    ),
    (
        {"q": "har reef", "query_by": "metadata.name,metadata.tags"},
        lambda d: (
            "harbour" in f"{meta(d)['name']} {meta(d)['tags']}"
            and "reef" in f"{meta(d)['name']} {meta(d)['tags']}"
        ),
    ),
    ({"q": "Author-7", "query_by": "metadata.author", "filter_by": "metadata.author:=author-7"},
     lambda d: meta(d)["author"] == "author-7"),
    ({"q": "nothingatall", "query_by": TEXT}, lambda _: False),
    ({"q": "coral", "query_by": "services.files"}, lambda _: False),
    ({"query": {"match_all": {}}}, lambda _: True),
    (
        {"query": {"bool": {"filter": [{"term": {"metadata.type.keyword": "dataset"}}, False, None],
                            "must_not": [{"terms": {"metadata.tags": ["sea", "tide"]}}]}}},
        lambda d: meta(d)["type"] == "dataset" and not {"sea", "tide"} & set(meta(d)["tags"]),
    ),
    (
        {"query": {"bool": {"should": [{"term": {"metadata.tags": "coral"}},
                                       {"match": {"metadata.author": "author-3"}}]}}},
        lambda d: (
            "coral" in meta(d)["tags"] or meta(d)["author"].startswith("author-3")
        ),
    ),
    (
        {"query": {"bool": {
            "must": [{"bool": {"should": [
                {"query_string": {"query": "coral~ OR (coral*)", "fields": ["metadata.tags^10"]}},
                {"multi_match": {"query": "island", "fields": ["metadata.tags"]}},
            ]}}],
            "filter": [{"range": {"indexedMetadata.stats.orders": {"gte": 5, "lt": 90}}}],
        }}},
        lambda d: bool({"coral", "island"} & set(meta(d)["tags"])) and 5 <= orders(d) < 90,
    ),
    ({"query": {"exists": {"field": "metadata.tags"}}}, lambda _: True),
    ({"query": {"bool": {"must_not": {"exists": {"field": "metadata.algorithm.language"}}}}},
     lambda _: True),
    ({"query": {"ids": {"values": [f"did:op:{1:064x}"]}}}, lambda d: int(d["id"][7:], 16) == 1),
]  # fmt: skip


@pytest.mark.parametrize(("body", "fits"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_search_finds_what_a_filter_in_python_finds(
    index: Database, body: dict[str, Any], fits: Callable[[dict[str, Any]], bool]
) -> None:
    expected = {number for number, document in enumerate(ALL) if fits(document)}
    page = found(index, body)
    assert page["found"] == len(expected)
    assert page["out_of"] == COUNT
    assert set(numbers(index, body)) == expected


def test_results_are_sorted_and_come_in_pages(index: Database) -> None:
    by_price = {"sort_by": "indexedMetadata.stats.prices.price:asc,indexedMetadata.event.block:asc"}
    expected = sorted(range(COUNT), key=lambda number: (price(ALL[number]), number))
    assert numbers(index, by_price) == expected
    assert numbers(index, {**by_price, "per_page": 10, "page": 3}) == expected[20:30]
    assert numbers(index, {**by_price, "limit": 7, "offset": 230}) == expected[230:237]
    elastic: dict[str, Any] = {
        "sort": {"indexedMetadata.event.block": "desc"},
        "from": 5,
        "size": 3,
    }
    assert numbers(index, {"query": {"match_all": {}}, **elastic}) == [234, 233, 232]
    elastic["sort"] = [{"indexedMetadata.event.block": {"order": "asc"}}]
    assert numbers(index, {"query": {"match_all": {}}, **elastic}) == [5, 6, 7]
    assert len(numbers(index, {"q": "*", "per_page": 100_000})) == COUNT
    assert numbers(index, {"q": "*", "per_page": 0}) == []


def test_a_name_counts_more_than_a_description(index: Database) -> None:
    first = numbers(index, {"q": "coral", "query_by": TEXT})[:5]
    assert len(first) == 5
    assert all("coral" in meta(ALL[number])["name"] for number in first)


def test_accents_and_case_do_not_hide_anything(index: Database) -> None:
    with index.writing() as db:
        assets.save(db, seeds.document(COUNT, name="Größenänderung der Café-Flächen 潮汐表"))
    try:
        for words in ("größenänderung", "GROSSE", "cafe", "flachen café", "潮汐"):
            hits = numbers(index, {"q": words, "query_by": "metadata.name"})
            assert hits == ([] if words == "GROSSE" else [COUNT]), words
    finally:
        with index.writing() as db:
            db.execute("DELETE FROM words WHERE rowid = (SELECT max(id) FROM assets)")
            db.execute("DELETE FROM tags WHERE asset = (SELECT max(id) FROM assets)")
            db.execute("DELETE FROM assets WHERE id = (SELECT max(id) FROM assets)")


@pytest.mark.parametrize(
    "words",
    ['"', "* OR 1", "name:coral", "NEAR(a b)", "') OR 1=1 --", "{", "^", "-", "a" * 10_000, "\0",
     "AND", "NOT", "\u202e", "%", "_"],
)  # fmt: skip
def test_hostile_words_are_words(index: Database, words: str) -> None:
    assert found(index, {"q": words, "query_by": TEXT})["found"] in range(COUNT + 1)
    quoted = {"query_string": {"query": words, "fields": ["metadata.name"]}}
    assert found(index, {"query": quoted})["found"] in range(COUNT + 1)


@pytest.mark.parametrize(
    "body",
    [
        {"filter_by": "x"}, {"filter_by": "a:=1 &&"}, {"filter_by": "(a:=1"}, {"filter_by": ")"},
        {"filter_by": "a:=1) || (1:=1"}, {"filter_by": "("  * 100}, {"filter_by": 5},
        {"filter_by": "metadata.na'me:=1"}, {"filter_by": "a..b:=1"}, {"filter_by": "a:=[1"},
        {"filter_by": " || ".join(["metadata.name:=a"] * 500)},
        {"q": ["a"]}, {"q": "a", "query_by": 1}, {"per_page": "10"}, {"per_page": -1},
        {"page": 2**40}, {"size": True}, {"from": 1.5},
        {"sort_by": "document:asc"}, {"sort_by": "1; DROP TABLE assets"}, {"sort": {"x": "asc"}},
        {"query": []}, {"query": {"script": {"source": "1"}}}, {"query": {"bool": []}},
        {"query": {"term": {"metadata.name": {"value": {}}}}}, {"query": {"term": "x"}},
        {"query": {"range": {"metadata.name": {"near": 1}}}},
        {"query": {"terms": {"metadata.name": ["a"] * 1001}}},
        {"query": {"term": {"a'b": 1}}}, {"query": {"exists": {"field": 'a" b'}}},
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused(index: Database, body: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        found(index, body)


def test_deep_queries_are_refused() -> None:
    deep: dict[str, Any] = {"match_all": {}}
    for _ in range(50):
        deep = {"bool": {"must": [deep]}}
    with pytest.raises(QueryError):
        query.parse({"query": deep})


def test_a_query_is_answered_as_typesense_answers(node: PracticeNode) -> None:
    asset = node.publish(name="Xylophone of the sea")
    path = "/api/aquarius/assets/metadata/query"
    body = {"q": "xylophone", "query_by": "metadata.name", "filter_by": "chainId:=8996"}
    (collection,) = node.http.post(path, json=body).json()
    assert collection["found"] == 1
    assert [hit["document"]["id"] for hit in collection["hits"]] == [asset.did]
    assert collection["hits"][0]["document"] == node.ddo(asset.did)
    assert node.http.post(path, json={"filter_by": "("}).status_code == 400
    huge = {"filter_by": f"indexedMetadata.stats.orders:={10**17}"}
    assert node.http.post(path, json=huge).json()[0]["found"] == 0
    beyond = {"query": {"term": {"indexedMetadata.stats.orders": 10**30}}}
    assert node.http.post(path, json=beyond).status_code == 400
