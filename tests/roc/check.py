"""Asks roc-validator about an RO-Crate, without a network: run by `make roc`'s own Python.

The contexts that it would fetch are in the `rocrate` package, in one version: 1.3. It is served for
1.2 too: every term that our crates use means the same in 1.1 and in 1.3 (a test lists the terms).
What this cannot tell is whether links lead anywhere.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path

import requests
from rocrate_validator import services
from rocrate_validator.models import Severity
from rocrate_validator.utils.http import HttpRequester

CONTEXTS = ("https://w3id.org/ro/crate/1.2/context", "https://w3id.org/ro/crate/1.3/context")


def answer(_requester: object, url: str, **_options: object) -> requests.Response:
    """Answer a GET of a context with its text, and everything else with 404."""
    response = requests.Response()
    response.url, response.status_code = url, 404
    if url in CONTEXTS:
        response.status_code = 200
        response.headers["Content-Type"] = "application/ld+json"
        response._content = (files("rocrate") / "data/ro-crate.jsonld").read_bytes()
    return response


def check(folder: Path, profile: str) -> list[dict[str, str]]:
    """Return what a profile finds wrong in a crate."""
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier=profile,
        requirement_severity=Severity.RECOMMENDED,
        skip_availability_check=True,
        cache_max_age=0,
    )
    result = services.validate(settings)
    return [
        {
            "severity": issue.severity.name,
            "check": issue.check.identifier,
            "message": str(issue.message),
            "entity": str(issue.violatingEntity),
        }
        for issue in result.get_issues()
    ]


if __name__ == "__main__":
    HttpRequester.get = answer
    found = {profile: check(Path(sys.argv[1]), profile) for profile in sys.argv[2:]}
    json.dump(found, sys.stdout, indent=1)
