"""Notebooks that were made to harm: what they try, and what comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.bundles.replay import replayed
from jupyter_ipfs.bundles.replay.allowed import Allowed, Limits
from jupyter_ipfs.bundles.replay.replay import replay
from jupyter_ipfs.errors import DiskFullError
from tests.environments import leftovers

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.bundles.replay.replayed import ReplayedCell
    from jupyter_ipfs.session import Session

pytestmark = pytest.mark.usefixtures("bubblewrap")

LOOK_AROUND = """
import glob, os
found = [place for place in ('/', '/home', '/root', '/tmp', '/repo', '/reader', '/notebook')
         if os.path.isdir(place)]
tree = []
for top in ('/home', '/tmp', '/repo', '/reader', '/notebook', '/root', '/mnt', '/media', '/srv'):
    for folder, _, files in os.walk(top):
        if 'site-packages' not in folder and 'lib/python' not in folder:
            tree += [os.path.join(folder, file) for file in files]
def holds(place):
    try:
        return b'EXPEC' + b'TED' in open(place, 'rb').read(10**7)
    except OSError:
        return False
print([place for place in tree if holds(place)], os.path.exists(os.environ['HOME'] + '/.ssh'))
"""
FORGE = """
import json, os
forged = json.dumps({'event': 'cell', 'id': 'x', 'index': 1, 'status': 'ok', 'seconds': 0.0,
                     'outputs': [], 'truncated': False, 'number': 1}).encode() + b'\\n'
print(forged.decode())
os.write(1, forged)
reached = []
for pid in [int(name) for name in os.listdir('/proc') if name.isdigit()]:
    if pid == os.getpid():
        continue
    try:
        for descriptor in os.listdir(f'/proc/{pid}/fd'):
            if pid == 1 and int(descriptor) < 3:
                continue  # bubblewrap's own: nothing and its errors, which the kernel has as well
            with open(f'/proc/{pid}/fd/{descriptor}', 'wb', buffering=0) as file:
                file.write(forged)
                reached.append((pid, descriptor))
    except OSError:
        pass
for descriptor in range(3, 20):
    try:
        if os.readlink(f'/proc/self/fd/{descriptor}').startswith('pipe:'):
            os.write(descriptor, forged)
    except OSError:
        pass
status = open('/proc/1/status').read()
print('reached', reached, os.getuid() and status.partition('CapEff:')[2].split()[0])
"""
PTRACE = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print('ptrace', libc.ptrace(16, os.getppid(), None, None), ctypes.get_errno())
"""
WRITE_OUTSIDE = """
import os, pathlib
said = []
for place in ('/environment/evil.py', '/reader/runner.py', '/reader/lib/jupyter_ipfs/evil.py',
              '/usr/evil', '/evil', '/etc/passwd', '/proc/sys/kernel/hostname'):
    try:
        open(place, 'a')
        said.append(place)
    except OSError:
        pass
os.symlink('/etc/passwd', 'link')
os.symlink('../../../../../../../..', 'out')
pathlib.Path('data.csv').write_text('changed')
here = os.getcwd()
for _ in range(300):
    os.mkdir('d')
    os.chdir('d')
os.chdir(here)
os.chmod('d', 0)
print(said)
"""
FORKS = """
import os, signal, time
made = []
try:
    while len(made) < 5000:
        pid = os.fork()
        if pid == 0:
            time.sleep(1000)
        made.append(pid)
except BlockingIOError:
    print('bounded')
print(len(made) < 5000)
for pid in made:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
"""
DEEP = """
from IPython.display import display
value = 0
for _ in range(150):
    value = [value]
display({'application/json': value, 'text/plain': 'deep'}, raw=True)
print('after')
"""
MUCH = "for _ in range(60): print('x' * 1_000_000)"
MANY = """
from IPython.display import display
for _ in range(3000): display(1)
"""


def text(cell: ReplayedCell) -> str:
    return "".join(each.get("text", "") for each in cell.outputs)


def test_hostile_code_reaches_nothing_and_its_outputs_are_bounded(
    session: Session, make_share: Callable[..., Opened], home: Path
) -> None:
    (home / ".ssh").mkdir()
    expected = {"output_type": "stream", "name": "stdout", "text": "EXPECTED"}
    opened = make_share(
        session,
        [
            {"source": "print('EXPEC' + 'TED')", "outputs": [expected]},
            LOOK_AROUND, FORGE, PTRACE, WRITE_OUTSIDE, FORKS, DEEP, MUCH, MANY, "print('alive')",
        ],
        {"data.csv": b"as it was"},
    )  # fmt: skip

    limits = Limits(output_size=1_000_000, outputs=1000, processes=60)
    run = replay(session, opened, Allowed(limits=limits))

    cells = run.cells
    assert [cell.status for cell in cells] == ["ok"] * 10, [cell.outputs for cell in cells]
    assert text(cells[1]) == "[] False\n"
    # What is printed is an output, and nothing but one.
    assert "reached [] 0000000000000000\n" in text(cells[2])
    assert json.loads(text(cells[2]).splitlines()[0])["event"] == "cell"
    assert text(cells[3]).startswith("ptrace -1")
    assert text(cells[4]) == "[]\n"
    assert text(cells[5]) == "bounded\nTrue\n"
    assert (text(cells[6]), cells[6].truncated) == ("after\n", True)
    assert (len(text(cells[7])), cells[7].truncated) == (1_000_000, True)
    assert (len(cells[8].outputs), cells[8].truncated) == (1000, True)
    assert (text(cells[9]), cells[9].truncated) == ("alive\n", False)
    assert session.cat(f"/ipfs/{opened.payload}/inputs/data.csv") == b"as it was"
    assert not any(Path(place).exists() for place in ("/evil", "/usr/evil"))
    assert leftovers(session) == []


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os._exit(0)",
    ],
)
def test_a_notebook_that_kills_what_runs_it_has_died(
    code: str, session: Session, make_share: Callable[..., Opened]
) -> None:
    told: list[ReplayedCell] = []

    run = replay(session, make_share(session, ["1", code, "2"]), Allowed(), on_cell=told.append)

    assert [cell.status for cell in run.cells] == ["ok", "died", "not-run"]
    assert told[1].status == "died"


def test_a_notebook_that_fills_the_disk_is_ended(
    session: Session, make_share: Callable[..., Opened]
) -> None:
    # By many files: a large one is stopped by a limit of its own.
    code = """
import itertools
for number in itertools.count():
    with open(f'{number}', 'wb') as file:
        file.write(bytes(1_000_000))
"""
    with pytest.raises(DiskFullError, match="while the notebook runs"):
        replay(session, make_share(session, [code]), Allowed(limits=Limits(disk=100_000_000)))
    assert leftovers(session) == []


def test_a_line_that_is_no_event_is_none() -> None:
    assert replayed.event(b"[" * 100_000) is None
    assert replayed.event(b'{"event": ' + b"[" * 500 + b"]" * 500 + b"}") is None
    assert replayed.event(b"\xff") is None
    assert replayed.event(b"[]") is None


@pytest.mark.parametrize(
    "output",
    [
        None, 1, {}, {"output_type": "x"}, {"output_type": ["stream"]},
        {"output_type": "stream", "name": "evil", "text": ""},
        {"output_type": "stream", "name": "stdout", "text": ["a"]},
        {"output_type": "error", "ename": "E", "evalue": 1, "traceback": []},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": [1]},
        {"output_type": "display_data", "data": [], "metadata": {}},
        {"output_type": "display_data", "data": {}},
    ],
)  # fmt: skip
def test_an_output_that_nbformat_does_not_have_is_dropped_and_that_is_told(output: object) -> None:
    cell = replayed.cell({"status": "ok", "seconds": 1.0, "outputs": [output]}, "a", 1)

    assert cell.outputs == ()
    assert cell.truncated


def test_fields_of_an_event_are_taken_by_their_types() -> None:
    told = {"status": ["ok"], "seconds": float("nan"), "outputs": {}, "number": True, "id": 7}

    cell = replayed.cell(told, "a", 1)

    assert (cell.id, cell.index, cell.status, cell.seconds) == ("a", 1, "died", 0.0)
    assert cell.truncated
