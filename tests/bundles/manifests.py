"""Manifests to make files of: a plain one, one with nothing in it, and a hostile one."""

from __future__ import annotations

from dataclasses import replace

from jupyter_ipfs.bundles.format.manifest import (
    Cell,
    Environment,
    Input,
    Manifest,
    Output,
    Rule,
    Unlocked,
)

CSV = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
FOLDER = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
TABLE = "bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq"
NASTY = "\"]\n--- <script>alert(1)</script> \u202egpj.exe & {x} `rm -rf ~` $(id) '; \U0001f40d"

ENVIRONMENT = Environment(
    "3.11.7", "cpython", "linux", "x86_64", 31, (Unlocked("wells", "0.1", "editable"),)
)
SURVEY = Manifest(
    title="Survey of wells",
    name="survey.ipynb",
    authors=("Ada Lovelace", "Grace Hopper"),
    license="CC-BY-4.0",
    description="Depths of three wells.",
    created_at="2026-11-23T20:15:00Z",
    folder="work",
    recorded=True,
    inputs=(
        Input("data/all wells.csv", 1200, CSV, "seen"),
        Input("data/big.parquet", 10_000_000_000, None, "seen", "ask Ada"),
        Input(f"ipfs/{FOLDER}", 10, FOLDER, "content"),
    ),
    hosts=("api.example.org:443",),
    cells=(
        Cell("one", 1, 1, "", ("data/all wells.csv",), ("clean.csv",)),
        Cell("two", 2, 2, "", ("data/big.parquet", f"ipfs/{FOLDER}"), (), (
            Output("stream", TABLE, ("text/plain",)),
            Output("execute_result", FOLDER, ("image/png", "text/plain")),
        )),
        Cell("three", 3, None, "", ("work/clean.csv",), (), (
            Output("error", CSV, ("text/plain",)),
        ), Rule(skip=True)),
    ),
    environment=ENVIRONMENT,
)  # fmt: skip
EMPTY = Manifest(
    title="",
    name="a.ipynb",
    authors=(),
    license="",
    description="",
    created_at="",
    folder="",
    recorded=False,
    inputs=(),
    hosts=(),
    cells=(),
    environment=Environment("", "", "", "", 0),
)
HOSTILE = replace(
    SURVEY,
    title=NASTY,
    authors=(NASTY, "- not: a list"),
    description=NASTY,
    license="<b>",
    folder="a; rm -rf b",
    name="$(touch x).ipynb",
    inputs=(Input("<img src=x onerror=alert(1)>.csv", 1, CSV, "seen", NASTY),),
    hosts=("<script>",),
    cells=(Cell("x", 0, 1, "", ("<img src=x onerror=alert(1)>.csv",), ("</svg><script>",)),),
)
ALL = (SURVEY, EMPTY, HOSTILE)
