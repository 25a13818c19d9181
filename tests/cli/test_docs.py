"""The how-to pages are run: what they show is what happens."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import library

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
MARK = "=== the next command ==="


def test_the_shell_page_shows_what_the_commands_print(tmp_path: Path) -> None:
    page = (HOW_TO / "shell.md").read_text()
    blocks = re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    commands: list[tuple[str, list[str]]] = []
    for line in "".join(blocks).splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            commands[-1][1].append(line)
    script = [
        "exec 2>&1",
        f'jupyter() {{ shift; "{sys.executable}" -m jupyter_ipfs.cli.main "$@"; }}',
        *(f"{command}; echo; echo '{MARK}'" for command, _ in commands),
    ]
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "JUPYTER_IPFS_REPO": str(tmp_path / "repo"),
        },
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    parts = done.stdout.split(f"{MARK}\n")[:-1]
    for (command, expected), part in zip(commands, parts, strict=True):
        said = part.strip("\n").split("\n") if part.strip("\n") else []
        assert len(said) == len(expected), (command, said)
        for line, pattern in zip(said, expected, strict=True):
            glob = re.sub(r"[\[\]*?]", lambda m: f"[{m[0]}]", pattern).replace("…", "*")
            assert fnmatch.fnmatchcase(line, glob), (command, line, pattern)


def test_the_page_lists_the_fields_that_the_commands_document() -> None:
    from importlib import import_module  # noqa: PLC0415

    from jupyter_ipfs.cli import names  # noqa: PLC0415
    from jupyter_ipfs.cli.main import COMMANDS, MODULES  # noqa: PLC0415

    page = (HOW_TO / "shell.md").read_text()
    rows = dict(re.findall(r"^\| (`[a-z`, ]+`) \| (.+) \|$", page, re.MULTILINE))
    fields = {name: row for names, row in rows.items() for name in re.findall(r"`(\w+)`", names)}
    for name, _, _ in COMMANDS:
        assert name in fields, name
        module = import_module(f"jupyter_ipfs.cli.{MODULES.get(name, name)}")
        told = (names.record if name in {"names", "log"} else module.run).__doc__ or ""
        listed = [word for words in re.findall("`([^`]+)`", fields[name]) for word in words.split()]
        assert [word for word in listed if not re.search(rf"\b{word}\b", told)] == [], name


def test_the_fsspec_page_runs_as_one_script(tmp_path: Path) -> None:
    for name in ("pandas", "pyarrow", "duckdb"):
        library(name)
    page = (HOW_TO / "fsspec.md").read_text()
    code = "".join(re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    # Here no package is installed that could declare an entry point.
    script = "import jupyter_ipfs.filesystem\n" + code + "\nassert 'jupyter_ipfs' in registered()\n"
    subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "JUPYTER_IPFS_REPO": str(tmp_path / "repo"),
        },
        check=True,
    )
