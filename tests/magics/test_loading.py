"""Loading is quick, and unloading leaves nothing behind."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jupyter_ipfs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.magics.conftest import Kernel, Shell

# Everything of a shell that an extension can leave something in.
STATE = """
import sys
def state(shell):
    magics = shell.magics_manager
    return {
        "magics": {kind: dict(found) for kind, found in magics.magics.items()},
        "user_magics": dict(vars(magics.user_magics)),
        "cleanup": list(shell.input_transformer_manager.cleanup_transforms),
        "line": list(shell.input_transformer_manager.line_transforms),
        "token": list(shell.input_transformer_manager.token_transformers),
        "events": {name: list(found) for name, found in shell.events.callbacks.items()},
        "matchers": list(shell.Completer.custom_matchers),
        "display_pub": sorted(vars(shell.display_pub)),
        "displayhook": sorted(vars(shell.displayhook)),
        "hooks": list(getattr(shell.display_pub, "_hooks", [])),
        "stdout": sorted(vars(sys.stdout)),
        "stderr": sorted(vars(sys.stderr)),
    }
"""


def _state(shell: Shell) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(STATE, namespace)  # noqa: S102  (the same text goes to kernels)
    found: dict[str, Any] = namespace["state"](shell)
    return found


def test_unloading_leaves_the_shell_as_it_was(plain_shell: Shell) -> None:
    plain_shell.run_cell("1")
    before = _state(plain_shell)
    jupyter_ipfs.load_ipython_extension(plain_shell)
    jupyter_ipfs.load_ipython_extension(plain_shell)
    assert _state(plain_shell) != before
    plain_shell.run_cell("%%ipfs put\nprint(1)\n2")
    plain_shell.run_cell("%%ipfs put\n1/0")
    jupyter_ipfs.unload_ipython_extension(plain_shell)
    jupyter_ipfs.unload_ipython_extension(plain_shell)
    assert _state(plain_shell) == before


def test_unloading_in_a_kernel_leaves_nothing_even_from_a_cell_that_is_being_recorded(
    kernel: Kernel,
) -> None:
    kernel.run("%unload_ext jupyter_ipfs")
    kernel.run(STATE)
    kernel.run("before = state(get_ipython())")
    kernel.run("%load_ext jupyter_ipfs")
    kernel.run("%%ipfs put\nprint(1)\n%unload_ext jupyter_ipfs")
    after = "after = state(get_ipython()); [k for k in before if before[k] != after[k]]"
    assert kernel.run(after).data("text/plain") == ["[]"]
    assert not kernel.run("%ipfs id").of("execute_result")


def test_a_magic_of_the_same_name_comes_back(plain_shell: Shell) -> None:
    def own(line: str) -> str:
        return f"own {line}"

    shell: Shell = plain_shell
    shell.register_magic_function(own, "line", "ipfs")
    jupyter_ipfs.load_ipython_extension(plain_shell)
    jupyter_ipfs.unload_ipython_extension(plain_shell)
    assert plain_shell.run_line_magic("ipfs", "x") == "own x"


def test_loading_imports_nothing_heavy(repo: Path) -> None:
    del repo
    code = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
sys.modules["ipfsspec"] = None  # beside it, our file system has to be registered by hand
start, before = time.process_time(), set(sys.modules)
shell.run_line_magic("load_ext", "jupyter_ipfs")
print(json.dumps([time.process_time() - start, sorted(set(sys.modules) - before)]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    took_s, modules = json.loads(done.stdout)
    roots = {name.partition(".")[0] for name in modules}
    heavy = {"httpx", "pyarrow", "numpy", "pandas", "matplotlib", "sqlite3", "web3"}
    assert roots & heavy == set()
    assert "jupyter_ipfs.session" not in modules
    assert took_s < 0.15


def test_the_magics_follow_a_switched_repo(
    shell: Shell, run: Callable[[str], Any], tmp_path: Path
) -> None:
    del shell
    run("%ipfs put [1] --name here")
    run(f"%env JUPYTER_IPFS_REPO={tmp_path / 'other'}")
    assert run("%ipfs names") == []
    run(f"%env JUPYTER_IPFS_REPO={tmp_path / 'repo'}")
    assert [found.name for found in run("%ipfs ls")] == ["here"]
