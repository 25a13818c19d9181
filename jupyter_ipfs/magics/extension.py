"""What ``%load_ext jupyter_ipfs`` puts into a shell, and takes out again."""

from __future__ import annotations

import atexit
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython.core.magic import needs_local_scope, no_var_expand

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.magics import arguments, completion, failure, line, values
from jupyter_ipfs.magics.call import Call
from jupyter_ipfs.magics.cell import Cells, without_magic
from jupyter_ipfs.magics.recording import Recording
from jupyter_ipfs.magics.sessions import Sessions
from jupyter_ipfs.widgets import notebook

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping

    from IPython.core.interactiveshell import InteractiveShell

# Kind and name. The last is how IPython reads `%%ipfs` in a line that is not the first.
_MAGICS = (
    ("line", "ipfs"),
    ("cell", "ipfs"),
    ("line", "%ipfs"),
    ("line", "wallet"),
    ("line", "ocean"),
)
_loaded: weakref.WeakKeyDictionary[InteractiveShell, Extension] = weakref.WeakKeyDictionary()


def load(shell: InteractiveShell) -> None:
    """Define ``%ipfs`` and ``%%ipfs``; a second time changes nothing."""
    if shell not in _loaded:
        extension = _loaded[shell] = Extension(shell)
        extension.load()


def unload(shell: InteractiveShell) -> None:
    """Leave the shell as it was before `load`."""
    extension = _loaded.pop(shell, None)
    if extension is not None:
        extension.unload()


class Extension:
    """The magics of one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._sessions = Sessions()
        self._cells = Cells(shell, self._sessions)
        self._recording = Recording(shell)
        self._complete = completion.matcher(shell, self._sessions)
        self._replaced: dict[tuple[str, str], Any] = {}

    def load(self) -> None:
        """Put everything in."""
        magics = self._shell.magics_manager.magics
        self._replaced = {key: magics[key[0]].get(key[1]) for key in _MAGICS}
        functions: list[Callable[..., object]] = [
            self.ipfs, self.ipfs_cell, self.misplaced, self.wallet, self.ocean,
        ]  # fmt: skip
        for (kind, name), function in zip(_MAGICS, functions, strict=True):
            _define(self._shell, function, kind, name)
        # Last: indents and prompts are off, and IPython looks for a cell's magic after these.
        self._shell.input_transformer_manager.cleanup_transforms.append(without_magic)
        self._shell.events.register("pre_run_cell", self._cells.before)
        self._shell.events.register("post_run_cell", self._cells.after)
        # Innermost: what storing a cell opens is not the cell's.
        self._shell.events.register("pre_run_cell", self._recording.before)
        self._shell.events.callbacks["post_run_cell"].insert(0, self._recording.after)
        self._recording.on()
        if self._shell.Completer is not None:
            self._shell.Completer.custom_matchers.append(self._complete)
        notebook.offer(self._sessions.get)
        atexit.register(self._sessions.close)
        atexit.register(self._recording.off)

    def unload(self) -> None:
        """Take everything out."""
        atexit.unregister(self._recording.off)
        atexit.unregister(self._sessions.close)
        notebook.withdraw(self._sessions.get)
        if self._shell.Completer is not None:
            self._shell.Completer.custom_matchers.remove(self._complete)
        self._recording.off()
        self._shell.events.unregister("pre_run_cell", self._recording.before)
        self._shell.events.unregister("post_run_cell", self._recording.after)
        self._shell.events.unregister("pre_run_cell", self._cells.before)
        self._shell.events.unregister("post_run_cell", self._cells.after)
        self._shell.input_transformer_manager.cleanup_transforms.remove(without_magic)
        manager = self._shell.magics_manager
        for (kind, name), before in self._replaced.items():
            if before is None:
                manager.magics[kind].pop(name, None)
            else:
                manager.magics[kind][name] = before
            vars(manager.user_magics).pop(name, None)
        self._cells.stop()
        self._sessions.close()

    @no_var_expand
    @needs_local_scope
    def ipfs(self, text: str, local_ns: Mapping[str, object] | None = None) -> object:
        """Store work under its CID, list it, read it, hand it over.

        | %ipfs put df --name survey     a variable, an expression, a file or a directory
        | %%ipfs put --name fig-3        as first line of a cell: its outputs, value and source
        | %ipfs load survey              the object back, equal; runs no code from content
        | %ipfs ls survey      %ipfs cat survey/a.csv      %ipfs get survey out/
        | %ipfs stat survey    %ipfs verify survey out/    %ipfs names    %ipfs log fig-3
        | %ipfs pins           %ipfs pin bafy…             %ipfs unpin fig-3
        | %ipfs export survey survey.car    %ipfs push survey /shared/lab
        | %ipfs import survey.car           %ipfs gc    %ipfs forget survey
        | %ipfs id             %ipfs config gateways https://…
        | %ipfs record off     what cells read is noted for sharing, on this computer only
        | %ipfs share          this notebook, with what it read, as one CID
        | %ipfs open survey.zip    %ipfs reproduce survey    %ipfs diff survey@1 survey@2
        | %ipfs reports survey     %ipfs provenance survey

        `%ipfs put --help` tells about one of them. A variable goes before a file of the same
        name; what stands in quotes is a path. `$variable` and `{expression}` are filled in.
        """
        return self._run(text, local_ns, _parse_or_help, commands)

    @no_var_expand
    @needs_local_scope
    def ocean(self, text: str, local_ns: Mapping[str, object] | None = None) -> object:
        """Publish work as an asset, find others', buy, download and check.

        | %ocean publish survey --title "…" --description "…" --author "…" --license MIT --free
        | %ocean publish model --title "…" … --kind model --price 5
        | %ocean search wine --kind dataset --free      %ocean show did:op:…
        | %ocean buy did:op:…      %ocean download did:op:… out/
        | %ocean edit did:op:… --price 7      %ocean state did:op:… revoked
        | %ocean mine      %ocean status      %ocean pending

        `%ocean publish --help` tells about one of them. A variable with an asset stands for its
        DID. With the sandbox, which is what is set at first, all of it is practice: only on this
        computer, play money. `%wallet practice` signs in there.
        """
        from jupyter_ipfs.magics import ocean, ocean_arguments  # noqa: PLC0415  (loading counts)

        return self._run(text, local_ns, ocean_arguments.parse, lambda: ocean.COMMANDS)

    @no_var_expand
    @needs_local_scope
    def wallet(self, text: str, local_ns: Mapping[str, object] | None = None) -> object:
        """Sign in, and tell who signs.

        | %wallet                        who is signed in, and for which chain
        | %wallet login                  a wallet in your browser, by way of the JupyterLab page
        | %wallet open key.json          an encrypted keystore; asks for its password
        | %wallet practice               play money, only on this computer; nothing to install
        | %wallet practice --as buyer    the same as somebody else
        | %wallet logout

        Private keys stay where they are: in the browser's wallet, or in this kernel's memory.
        """
        from jupyter_ipfs.magics import wallet, wallet_arguments  # noqa: PLC0415  (loading counts)

        return self._run(text, local_ns, wallet_arguments.parse, lambda: wallet.COMMANDS)

    def _run(
        self,
        text: str,
        local_ns: Mapping[str, object] | None,
        parse: Callable[[list[str]], Namespace],
        commands: Callable[[], Mapping[str, Any]],
    ) -> object:
        """Read a line, and do what it says; help is printed by whoever reads it."""
        namespace = {**self._shell.user_ns, **(local_ns or {})}
        with _softened():
            try:
                args = parse([values.expand(word, namespace) for word in line.split(text)])
            except arguments.HelpShown:
                return None
            call = Call(args, text.strip(), self._shell, self._sessions, namespace, self._recording)
            return commands()[args.command](call)

    def misplaced(self, text: str) -> None:  # noqa: ARG002  (IPython's protocol)
        """Say where ``%%ipfs`` belongs: below the first line IPython takes it for a line magic."""
        with _softened():
            hint = "move it up, above imports and comments; another cell magic may follow it"
            raise ConfigError("%%ipfs goes into the first line of a cell", hint)

    def ipfs_cell(self, text: str, body: str) -> None:  # noqa: ARG002  (IPython's protocol)
        """Run the cell as usual, then store its outputs, its last value and its source.

        | %%ipfs put --name fig-3
        | %%ipfs put --on-error keep     keep what there is when the cell fails

        Only as the first line of a cell, which the input transform then takes off. So this
        runs for what it left: help, and lines that make no sense.
        """
        with _softened():
            try:
                arguments.parse_cell(line.split(text))
            except arguments.HelpShown:
                return
            hint = "another cell magic may stand in the second line"
            raise ConfigError("%%ipfs goes into the first line of a cell, once", hint)


def _parse_or_help(words: list[str]) -> Namespace:
    return arguments.parse(words or ["--help"])


@contextmanager
def _softened() -> Iterator[None]:
    """Let errors that say all there is appear without a traceback."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        if failure.is_plain(error):
            failure.soften(error)
        raise


def _define(shell: Any, function: Callable[..., object], kind: str, name: str) -> None:  # noqa: ANN401
    """Register a magic; IPython's annotation has the shell itself as first argument."""
    shell.register_magic_function(function, kind, name)


def commands() -> Mapping[str, Any]:
    """Return what runs each command; imported when the first one does."""
    from jupyter_ipfs.magics import (  # noqa: PLC0415  (loading counts)
        keeping,
        reading,
        recording,
        sharing,
        storing,
    )

    return {
        "put": storing.put,
        "load": reading.load,
        "ls": reading.ls,
        "cat": reading.cat,
        "get": reading.get,
        "stat": reading.stat,
        "verify": reading.verify,
        "names": reading.names,
        "log": reading.log,
        "id": reading.identify,
        "pins": keeping.pins,
        "pin": keeping.pin,
        "unpin": keeping.unpin,
        "export": keeping.export,
        "import": keeping.import_,
        "push": keeping.push,
        "share": sharing.share,
        "open": sharing.open_,
        "reproduce": sharing.reproduce,
        "reports": sharing.reports,
        "diff": sharing.diff,
        "provenance": sharing.provenance,
        "record": recording.record,
        "gc": keeping.gc,
        "forget": keeping.forget,
        "config": keeping.config,
    }
