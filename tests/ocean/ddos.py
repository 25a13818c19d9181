"""Descriptions of assets, good ones and such as have one thing wrong."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.ocean import ddo

if TYPE_CHECKING:
    from collections.abc import Sequence

NFT = "0x2c0C48E3aA2e1fBf9C6Eb4C8d4e0fB4C5dA09d1F"
TOKEN = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


def good(**metadata: object) -> dict[str, Any]:
    """Return a DDO that is valid, with other metadata where given."""
    from eth_utils.address import to_checksum_address  # noqa: PLC0415

    return ddo.build(
        data_nft=str(to_checksum_address(NFT.lower())),
        chain_id=8996,
        metadata={
            "created": "2026-11-23T16:00:00Z",
            "updated": "2026-11-23T16:00:00Z",
            "type": "dataset",
            "name": "A survey of birds",
            "description": "Counts of birds by place and hour.",
            "author": "Ada",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "tags": ["birds", "survey"],
            **metadata,
        },
        services=[ddo.service(datatoken=TOKEN, files="0x04ab", node_url="http://127.0.0.1:8001")],
    )


def changed(path: str, value: object, base: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a DDO with something else at ``metadata.name`` or ``services.0.files``."""
    made = copy.deepcopy(good() if base is None else base)
    *parents, last = path.split(".")
    place: Any = made
    for key in parents:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = value
    return made


def without(path: str) -> dict[str, Any]:
    """Return a DDO that lacks something."""
    made = good()
    *parents, last = path.split(".")
    place: Any = made
    for key in parents:
        place = place[int(key) if isinstance(place, list) else key]
    del place[last]
    return made


CONTAINER = {"entrypoint": "python $ALGO", "image": "python", "tag": "3.12", "checksum": "sha256:0"}
PARAMETER = {
    "name": "n", "type": "number", "label": "How many", "required": True,
    "description": "How many rows", "default": "5",
}  # fmt: skip
COMPUTE = {"allowRawAlgorithm": False, "allowNetworkAccess": True}
TRUSTED = {"did": "did:op:1", "filesChecksum": "a", "containerSectionChecksum": "b"}


def service(**more: object) -> dict[str, Any]:
    """Return a DDO whose service has more to it."""
    made = good()
    made["services"][0].update(more)
    return made


def algorithm(**more: object) -> dict[str, Any]:
    """Return the DDO of an algorithm."""
    return good(type="algorithm", algorithm={"container": {**CONTAINER}, **more})


def credentials(*allow: dict[str, Any], deny: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return a DDO with rules of access."""
    return {**good(), "credentials": {"allow": list(allow), "deny": list(deny)}}


LIST = {"type": "accessList", "chainId": 8996, "accessList": TOKEN}

# By what is special about each; ddo-js has to agree on every one.
CASES: dict[str, dict[str, Any]] = {
    "good": good(),
    "no tags": good(tags=None),
    "empty tags": good(tags=[]),
    "64 tags": good(tags=[f"tag {n}" for n in range(64)]),
    "65 tags": good(tags=[f"tag {n}" for n in range(65)]),
    "tag of 256": good(tags=["x" * 256]),
    "tag of 257": good(tags=["x" * 257]),
    "tags are numbers": good(tags=[1]),
    "65 links": good(links=[f"https://a.example/{n}" for n in range(65)]),
    "link of 513": good(links=["x" * 513]),
    "65 categories": good(categories=[str(n) + "c" for n in range(65)]),
    "title of 3": good(name="abc"),
    "title of 4": good(name="abcd"),
    "title of 512": good(name="x" * 512),
    "title of 513": good(name="x" * 513),
    "title of two lines": good(name="two\nlines"),
    "title of two emoji": good(name="🐦🐦"),
    "title of 257 emoji": good(name="🐦" * 257),
    "title in Greek": good(name="Πουλιά"),
    "title is a number": good(name=12345),
    "title is missing": without("metadata.name"),
    "description of 9": good(description="x" * 9),
    "description of 10": good(description="x" * 10),
    "description of 7000": good(description="x" * 7000),
    "description of 7001": good(description="x" * 7001),
    "description of two lines": good(description="two lines\nof text"),
    "description with a return": changed("metadata.description", "two lines\r\nof text"),
    "description with U+2028": changed("metadata.description", "two lines\u2028of text"),
    "no author": without("metadata.author"),
    "author of 257": good(author="x" * 257),
    "no licence": without("metadata.license"),
    "licence of 257": good(license="x" * 257),
    "no type": without("metadata.type"),
    "no created": without("metadata.created"),
    "no updated": without("metadata.updated"),
    "language": good(contentLanguage="de"),
    "copyright holder of 513": good(copyrightHolder="x" * 513),
    "additional information": good(additionalInformation={"jupyter_ipfs": {"version": 1}}),
    "additional information with a script": good(
        additionalInformation={"x": "<script>alert(1)</script>", "deep": [[{"a": None}]]}
    ),
    "no metadata": without("metadata"),
    "nft of 41": changed("nftAddress", NFT[:-1]),
    "no nft": without("nftAddress"),
    "no chain": without("chainId"),
    "chain as text": changed("chainId", "8996"),
    "no files": without("services.0.files"),
    "files of 8192": service(files="0x" + "a" * 8190),
    "files of 8193": service(files="0x" + "a" * 8191),
    "datatoken of 41": service(datatokenAddress=TOKEN[:-1]),
    "endpoint of 9": service(serviceEndpoint="http://ab"),
    "endpoint of 2049": service(serviceEndpoint="http://" + "a" * 2042),
    "no timeout": without("services.0.timeout"),
    "timeout of a day": service(timeout=86400),
    "timeout as text": service(timeout="86400"),
    "service's name of 3": service(name="abc"),
    "service's description of 9": service(description="x" * 9),
    "service's id of two lines": service(id="a\nb"),
    "65 services": {**good(), "services": [dict(good()["services"][0]) for _ in range(65)]},
    "algorithm": algorithm(language="py", version="1.0"),
    "algorithm without container": good(algorithm={"language": "py"}),
    "container's checksum of 6": algorithm(container={**CONTAINER, "checksum": "sha256"}),
    "container's entry point of 2": algorithm(container={**CONTAINER, "entrypoint": "py"}),
    "container without tag": algorithm(container={**CONTAINER, "tag": None}),
    "parameter": service(consumerParameters=[PARAMETER]),
    "parameter's default is a number": service(consumerParameters=[{**PARAMETER, "default": 5}]),
    "parameter's required is text": service(consumerParameters=[{**PARAMETER, "required": "yes"}]),
    "compute": service(compute=COMPUTE),
    "compute without network": service(compute={"allowRawAlgorithm": True}),
    "compute as text": service(compute={**COMPUTE, "allowRawAlgorithm": "true"}),
    "trusts all": service(compute={**COMPUTE, "publisherTrustedAlgorithms": "*"}),
    "trusts one": service(compute={**COMPUTE, "publisherTrustedAlgorithms": [TRUSTED]}),
    "trusts half": service(compute={**COMPUTE, "publisherTrustedAlgorithms": [{"did": "x"}]}),
    "allowed addresses": {**good(), "credentials": ddo.allow_addresses([TOKEN])},
    "no addresses allowed": {**good(), "credentials": ddo.allow_addresses([])},
    "allowed list": {**good(), "credentials": ddo.allow_access_list(8996, TOKEN)},
    "allowed list without values": credentials(LIST),
    "empty credentials": credentials(),
    "credential without type": credentials({"values": ["*"]}),
    "denied addresses": credentials(deny=[{"type": "address", "values": [TOKEN]}]),
    "denied without values": credentials(deny=[{"type": "address"}]),
}  # fmt: skip

# Where we refuse more than ddo-js does: by what is special, and the field that is named.
STRICTER: dict[str, tuple[dict[str, Any], str]] = {
    "no services": (without("services"), "services"),
    "empty services": ({**good(), "services": []}, "services"),
    "empty author": (good(author=""), "metadata.author"),
    "blank licence": (good(license="  "), "metadata.license"),
    "negative timeout": (service(timeout=-1), "services[0].timeout"),
    "identifier of another": (changed("id", "did:op:" + "0" * 64), "id"),
    "a keyword of JSON-LD": (
        good(additionalInformation={"@type": "Metadata"}),
        "metadata.additionalInformation.@type",
    ),
    "a number as a name": (
        good(additionalInformation={"7": "x"}),
        "metadata.additionalInformation.7",
    ),
    "a broken number": (
        good(additionalInformation={"share": 0.5}),
        "metadata.additionalInformation.share",
    ),
    "a title in a list": (good(name=["A title"]), "metadata.name"),
    "an older version": ({**good(), "version": "4.1.0"}, "version"),
}
