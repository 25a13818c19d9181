"""What a DDO 4.7.0 has to be: the limits of Ocean's SHACL file as a table, with sentences. Pure.

Source: ``schemas/4.7.0.ttl`` of ddo-js 0.2.0; tests compare the verdicts. Lengths are counted as
JavaScript does, in units of UTF-16. Stricter than the source is what it forgets: an asset needs a
service, an author, a type and a licence that are not empty, and lasts no negative time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_ANY = ""
_ONE_LINE = "\n\r\u2028\u2029"
_LINES = "\r\u2028\u2029"

_DID = re.compile(r"did:op:[0-9a-f]{64}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one field has to be.

    Attributes:
        name: The field.
        label: What people call it.
        kind: Its type; the name of a shape where it is an object.
        least: Characters at least.
        most: Characters at most.
        required: Whether it must be there.
        without: Characters that it must not have.
        count: How many values it can have; 0 for one that is no list.
        only: What the whole text must be.
    """

    name: str
    label: str
    kind: Literal["text", "whole", "truth", "object"] | str = "text"  # noqa: PYI051
    least: int = 0
    most: int = 0
    required: bool = False
    without: str = _ONE_LINE
    count: int = 0
    only: re.Pattern[str] | None = None


_UNLIMITED = 1 << 30

SHAPES: Mapping[str, tuple[Rule, ...]] = {
    "ddo": (
        Rule("id", "identifier", most=71, required=True, only=_DID),
        Rule("version", "version", most=16, required=True),
        Rule("chainId", "chain's number", "whole", least=1, required=True),
        Rule("nftAddress", "data NFT's address", required=True, only=_ADDRESS),
        Rule("metadata", "description", "metadata", required=True),
        Rule("services", "list of services", "service", required=True, count=64),
        Rule("credentials", "access rules", "credentials"),
    ),
    "metadata": (
        Rule("created", "date of creation", least=1, required=True, without=_ANY),
        Rule("updated", "date of change", least=1, required=True, without=_ANY),
        Rule("type", "type", least=1, most=256, required=True, without=_ANY),
        Rule("name", "title", least=4, most=512, required=True, without=_ANY),
        Rule("description", "description", least=10, most=7000, required=True, without=_LINES),
        Rule("author", "author", least=1, most=256, required=True, without=_ANY),
        Rule("license", "licence", least=1, most=256, required=True, without=_ANY),
        Rule("copyrightHolder", "copyright holder", most=512, without=_ANY),
        Rule("links", "links", most=512, without=_ANY, count=64),
        Rule("tags", "tags", most=256, without=_ANY, count=64),
        Rule("categories", "categories", most=256, without=_ANY, count=64),
        Rule("contentLanguage", "language", most=256, without=_ANY),
        Rule("algorithm", "algorithm", "algorithm"),
    ),
    "algorithm": (
        Rule("version", "version", most=256),
        Rule("language", "programming language", most=256),
        Rule("container", "container", "container", required=True),
        Rule("consumerParameters", "parameters", "parameter", count=64),
    ),
    "container": (
        Rule("entrypoint", "container's entry point", least=3, most=256, required=True),
        Rule("image", "container's image", least=1, most=256, required=True),
        Rule("tag", "container's tag", least=1, most=256, required=True),
        Rule("checksum", "container's checksum", least=7, most=512, required=True),
    ),
    "parameter": (
        Rule("name", "parameter's name", most=256, required=True),
        Rule("type", "parameter's type", most=256, required=True),
        Rule("label", "parameter's label", most=256, required=True),
        Rule("required", "parameter's mark whether it is required", "truth", required=True),
        Rule("description", "parameter's description", most=7000, required=True, without=_LINES),
        Rule("default", "parameter's default", most=256, required=True),
        Rule("options", "parameter's options", most=256),
    ),
    "service": (
        Rule("id", "service's identifier", most=256, required=True),
        Rule("type", "service's type", most=256, required=True),
        Rule("name", "service's name", least=4, most=256),
        Rule("description", "service's description", least=10, most=7000, without=_LINES),
        Rule("datatokenAddress", "datatoken's address", required=True, only=_ADDRESS),
        Rule("serviceEndpoint", "Ocean Node's address", least=10, most=2048, required=True),
        Rule("files", "encrypted list of files", most=8192, required=True),
        Rule("timeout", "time that an order lasts", "whole", required=True),
        Rule("compute", "compute rules", "compute"),
        Rule("credentials", "access rules", "credentials"),
        Rule("consumerParameters", "parameters", "parameter", count=_UNLIMITED),
    ),
    "compute": (
        Rule("allowRawAlgorithm", "permission of raw algorithms", "truth", required=True),
        Rule("allowNetworkAccess", "permission of network access", "truth", required=True),
        Rule(
            "publisherTrustedAlgorithmPublishers", "trusted publishers", most=256,
            count=_UNLIMITED,
        ),
        Rule("publisherTrustedAlgorithms", "trusted algorithms", "trusted", count=_UNLIMITED),
    ),
    "trusted": (
        Rule("did", "trusted algorithm's identifier", most=256, required=True),
        Rule("serviceId", "trusted algorithm's service", most=1024),
        Rule("filesChecksum", "trusted algorithm's checksum of files", most=1024, required=True),
        Rule(
            "containerSectionChecksum", "trusted algorithm's checksum of the container",
            most=1024, required=True,
        ),
    ),
    "credentials": (
        Rule("allow", "list of who may order", "credential", count=_UNLIMITED),
        Rule("deny", "list of who may not order", "credential", count=_UNLIMITED),
    ),
    "credential": (
        Rule("type", "access rule's type", most=256, required=True),
        # Of an access list too: without it the asset is accepted and never indexed.
        Rule("values", "access rule's list of values", most=1024, required=True, count=_UNLIMITED),
    ),
}  # fmt: skip


def problems(document: object) -> dict[str, str]:
    """Return a sentence for each field that is wrong, by its path (``services[0].timeout``)."""
    if not isinstance(document, Mapping):
        return {"": "The description is no object."}
    found = _of_shape("ddo", document, "")
    if "services" not in found and not document["services"]:
        found["services"] = "The list of services needs one at least."
    if document.get("version") != "4.7.0" and "version" not in found:
        found["version"] = "The version must be 4.7.0."
    found.update(_keywords(document, ""))
    return found


def _of_shape(shape: str, value: Mapping[str, object], path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for rule in SHAPES[shape]:
        inner = f"{path}.{rule.name}" if path else rule.name
        found.update(_of_field(rule, value.get(rule.name), inner))
    return found


def _of_field(rule: Rule, value: object, path: str) -> dict[str, str]:
    if value is None or (rule.count and value == [] and rule.name == "values"):
        return {path: f"The {rule.label} is missing."} if rule.required else {}
    if not rule.count:
        return _of_value(rule, value, path)
    if rule.kind == "trusted" and value == "*":
        return {}
    if isinstance(value, str) and rule.name in {"options", "publisherTrustedAlgorithmPublishers"}:
        value = [value]
    if not isinstance(value, list | tuple):
        return {path: f"The {rule.label} must be a list."}
    if len(value) > rule.count:
        return {path: f"The {rule.label} can be {rule.count} at most; these are {len(value)}."}
    found: dict[str, str] = {}
    for index, each in enumerate(value):
        found.update(_of_value(rule, each, f"{path}[{index}]"))
    return found


def _of_value(rule: Rule, value: object, path: str) -> dict[str, str]:
    if rule.kind in SHAPES:
        if not isinstance(value, Mapping):
            return {path: f"The {rule.label} must be an object."}
        return _of_shape(rule.kind, value, path)
    if rule.kind == "truth":
        return {} if isinstance(value, bool) else {path: f"The {rule.label} must be true or false."}
    if rule.kind == "whole":
        if not isinstance(value, int) or isinstance(value, bool) or value < rule.least:
            return {path: f"The {rule.label} must be a whole number, {rule.least} or more."}
        return {}
    sentence = _of_text(rule, value)
    return {path: sentence} if sentence else {}


def _of_text(rule: Rule, value: object) -> str | None:
    if not isinstance(value, str):
        return f"The {rule.label} must be text."
    if rule.least == 1 and not value.strip():
        return f"The {rule.label} is missing."
    if any(char in rule.without for char in value):
        kind = "be one line" if rule.without == _ONE_LINE else "have \\n as its only line break"
        return f"The {rule.label} must {kind}."
    if rule.only is not None and not rule.only.fullmatch(value):
        return f"The {rule.label} is not one."
    return _of_length(rule, len(value.encode("utf-16-le", "surrogatepass")) // 2)


def _of_length(rule: Rule, length: int) -> str | None:
    if length < rule.least:
        return f"The {rule.label} needs at least {rule.least} characters; these are {length}."
    if rule.most and length > rule.most:
        return f"The {rule.label} can have {rule.most} characters at most; these are {length}."
    return None


def _keywords(value: object, path: str) -> dict[str, str]:
    """Refuse JSON-LD's keywords below the root: there they would change what is validated."""
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        for key, each in value.items():
            inner = f"{path}.{key}" if path else str(key)
            if str(key).startswith("@") and inner != "@context":
                found[inner] = "A name in it must not begin with @."
            elif inner != "@context":
                found.update(_keywords(each, inner))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            found.update(_keywords(each, f"{path}[{index}]"))
    return found
