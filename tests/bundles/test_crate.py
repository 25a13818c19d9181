"""`roc-validator` says of our crates that they are RO-Crates 1.2 and Process Run Crates 0.5.

It is asked in another process, since it needs an environment of its own, and without a network:
the context that it would fetch comes with `rocrate`, in version 1.3, and is served for 1.2 and 1.1.
So each term that our crates use has to be one that means the same in 1.1 and in 1.3.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.papers.crate import NAME, crate
from tests.bundles.manifests import ALL, HOSTILE, SURVEY
from tests.conftest import CHECKOUT, require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PEER = CHECKOUT / ".cache" / "roc" / "bin" / "python"
PROFILES = ["ro-crate-1.2", "process-run-crate-0.5"]
ASK = """
import json, sys
from importlib.resources import files
import requests
from rocrate_validator import services
from rocrate_validator.models import Severity
from rocrate_validator.utils.http import HttpRequester

def answer(self, url, **options):
    response = requests.Response()
    response.url, response.status_code = url, 404
    if url.startswith("https://w3id.org/ro/crate/"):
        response.status_code = 200
        response.headers["Content-Type"] = "application/ld+json"
        response._content = (files("rocrate") / "data/ro-crate.jsonld").read_bytes()
    return response

HttpRequester.get = answer
found = {}
for profile in sys.argv[2:]:
    settings = services.ValidationSettings(
        rocrate_uri=sys.argv[1], profile_identifier=profile, skip_availability_check=True,
        requirement_severity=Severity.REQUIRED,
    )
    found[profile] = [str(each.message) for each in services.validate(settings).get_issues()]
json.dump(found, sys.stdout)
"""
# Compared by hand in the contexts of 1.1 and 1.3: each has the same address in both. Only `Profile`
# is not in 1.1's; the validator's own rules for 1.2 demand it, with the address that 1.3 gives.
TERMS = {
    "CreateAction", "CreativeWork", "ComputerLanguage", "Dataset", "File", "Person", "Profile",
    "SoftwareApplication", "SoftwareSourceCode", "WebPage", "about", "actionStatus",
    "agent", "author", "conformsTo", "contentSize", "datePublished", "description",
    "encodingFormat", "endTime", "error", "hasPart", "identifier", "instrument", "license",
    "mentions", "name", "object", "operatingSystem", "processorRequirements",
    "programmingLanguage", "result", "softwareRequirements", "url", "version",
}  # fmt: skip


def graph(data: bytes) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in json.loads(data)["@graph"]}


def terms(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "@type":
                yield from [each] if isinstance(each, str) else each
            elif not key.startswith("@"):
                yield key
                yield from terms(each)
    elif isinstance(value, list):
        for each in value:
            yield from terms(each)


def test_a_crate_is_what_it_claims_to_be(tmp_path: Path) -> None:
    require(PEER.exists(), "no roc-validator: make roc (builds .cache/roc)")
    data = crate(SURVEY)
    for key, entity in graph(data).items():
        if "File" in entity["@type"]:
            place = tmp_path / key.replace("%20", " ")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("x")
        elif entity["@type"] == "Dataset":
            (tmp_path / key).mkdir(parents=True, exist_ok=True)
    (tmp_path / NAME).write_bytes(data)
    done = subprocess.run(
        [PEER, "-c", ASK, tmp_path, *PROFILES],
        capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {profile: [] for profile in PROFILES}


def test_its_terms_mean_the_same_in_each_version_of_the_context() -> None:
    for manifest in ALL:
        used = set(terms(json.loads(crate(manifest))["@graph"]))
        assert used - TERMS == set()


def test_the_run_says_what_went_in_and_what_came_out() -> None:
    found = graph(crate(SURVEY))
    run = found["#run"]
    assert run["instrument"] == {"@id": "notebook.ipynb"}
    assert [each["@id"] for each in run["object"]] == [
        "inputs/data/all%20wells.csv",
        "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "#not-included/data/big.parquet",
    ]
    assert [each["@id"] for each in run["result"]] == ["outputs/two/", "outputs/three/"]
    assert run["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert "ask Ada" in found["#not-included/data/big.parquet"]["description"]
    assert {"@id": "#not-included/data/big.parquet"} not in found["./"]["hasPart"]


def test_only_files_that_are_there_are_named_with_their_sizes() -> None:
    found = graph(crate(SURVEY, {"index.html": 42}))
    assert found["index.html"]["contentSize"] == "42"
    assert "environment/pylock.toml" not in found
    assert "LICENSE" not in found


def test_the_same_manifest_gives_the_same_bytes_and_hostile_words_stay_words() -> None:
    assert [crate(each) for each in ALL] == [crate(each) for each in ALL]
    assert graph(crate(HOSTILE))["./"]["name"] == HOSTILE.title
