"""What Tab offers in our lines: commands, options, names, CIDs, assets, files."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.completer import SimpleCompletion, context_matcher

from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.magics import arguments, ocean_arguments, wallet_arguments
from jupyter_ipfs.magics.line import Word, begun
from jupyter_ipfs.magics.results import Card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ipfs.magics.sessions import Sessions

_LINE = re.compile(
    r"^\s*(?:[\w.,\s]+=\s*)?(?P<magic>%%?)(?P<name>ipfs|wallet|ocean)\s+(?P<rest>.*)$"
)
_MAX = 200

# What a command's words can be, the last kind repeating.
_KINDS: dict[str, tuple[str, ...]] = {
    "put": ("value",),
    "load": ("content",),
    "ls": ("content",),
    "cat": ("content",),
    "get": ("content", "file"),
    "stat": ("content",),
    "verify": ("content", "file"),
    "log": ("name",),
    "pin": ("content",),
    "unpin": ("content",),
    "export": ("content", "file"),
    "import": ("file",),
    "push": ("content", "file"),
    "share": ("file",),
    "open": ("shared",),
    "reproduce": ("shared",),
    "reports": ("shared",),
    "diff": ("content",),
    "provenance": ("content",),
    "forget": ("content",),
    "config": ("key",),
}
_OCEAN_CHOICES = {"--kind": ocean_arguments.KINDS, "--sort": ocean_arguments.SORTS}
# Options that take a value, and its kind.
_VALUES = {
    "--name": "name", "--on-error": "on-error", "--output": "file", "-o": "file",
    "--copy": "file", "--exclude": "file", "--include": "file", "--report": "file",
    "--save": "file", "--send": "file", "--svg": "file",
}  # fmt: skip


def matcher(shell: InteractiveShell, sessions: Sessions) -> Callable[..., Any]:
    """Return the function for ``Completer.custom_matchers``."""
    sources = _Sources(shell, sessions)

    def complete(context: CompletionContext) -> SimpleMatcherResult:
        line = _LINE.match(context.text_until_cursor)
        if line is None or (line["magic"] == "%%" and context.cursor_line != 0):
            return {"completions": []}
        words, word = begun(line["rest"])
        if line["name"] == "ocean":
            found = list(_of_ocean(words, word, sources))
        elif line["name"] == "wallet":
            found = list(_of_wallet(words, word, sources))
        else:
            found = list(_candidates(line["magic"], words, word, sources))
        # IPython replaces its own token, which may begin later than our word.
        skip = len(word) - len(context.token) if word.endswith(context.token) else 0
        completions = [SimpleCompletion(text[skip:], type=kind) for text, kind in found[:_MAX]]
        return {"completions": completions, "suppress": True}

    wrap: Any = context_matcher(identifier="jupyter_ipfs")
    wrapped: Callable[..., Any] = wrap(complete)
    return wrapped


def _candidates(
    magic: str, before: list[Word], word: str, sources: _Sources
) -> Iterator[tuple[str, str]]:
    if not before:
        commands = ["put"] if magic == "%%" else [*arguments.COMMANDS, *arguments.ALIASES]
        yield from ((name, "magic") for name in commands if name.startswith(word))
        return
    command = arguments.ALIASES.get(before[0], before[0])
    if word.startswith("-"):
        for option in _options(magic, command):
            if option.startswith(word):
                yield option, "keyword"
        return
    if before[-1] in _VALUES and not (command == "cat" and before[-1] == "-o"):
        yield from sources.of(_VALUES[before[-1]], word)
        return
    kinds = () if magic == "%%" else _KINDS.get(command, ())
    given = [w for at, w in enumerate(before[1:], 1) if not w.startswith("-") and
             before[at - 1] not in _VALUES]  # fmt: skip
    if kinds:
        yield from sources.of(kinds[min(len(given), len(kinds) - 1)], word)


def _of_ocean(before: list[Word], word: str, sources: _Sources) -> Iterator[tuple[str, str]]:
    if not before:
        yield from ((name, "magic") for name in ocean_arguments.COMMANDS if name.startswith(word))
    elif word.startswith("-"):
        options = _long_options(ocean_arguments.command_parser(before[0]))
        yield from ((option, "keyword") for option in options if option.startswith(word))
    elif before[-1] in _OCEAN_CHOICES:
        choices = _OCEAN_CHOICES[before[-1]]
        yield from ((choice, "keyword") for choice in choices if choice.startswith(word))
    elif len(before) == 1 and before[0] in {"publish", "check"}:
        yield from sources.of("content", word)
    elif len(before) == 1:
        yield from sources.of("asset", word)
    elif before[0] == "download":
        yield from sources.of("file", word)
    elif before[0] == "state":
        states = ocean_arguments.STATES
        yield from ((state, "keyword") for state in states if state.startswith(word))


def _of_wallet(before: list[Word], word: str, sources: _Sources) -> Iterator[tuple[str, str]]:
    if not before:
        yield from ((name, "magic") for name in wallet_arguments.COMMANDS if name.startswith(word))
    elif word.startswith("-"):
        options = _long_options(wallet_arguments.command_parser(before[0]))
        yield from ((option, "keyword") for option in options if option.startswith(word))
    elif before == ["open"]:
        yield from sources.of("file", word)
    elif before == ["practice", "--as"]:
        labels = wallet_arguments.LABELS
        yield from ((label, "keyword") for label in labels if label.startswith(word))


def _options(magic: str, command: str) -> list[str]:
    if magic == "%%":
        return _long_options(arguments.cell_parser())
    return _long_options(arguments.command_parser(command))


def _long_options(parser: Any) -> list[str]:  # noqa: ANN401  (argparse's, or nothing)
    if parser is None:
        return []
    options = [name for action in parser._actions for name in action.option_strings]  # noqa: SLF001
    return sorted(name for name in options if name.startswith("--"))


class _Sources:
    """Where candidates come from; each yields text and kind."""

    def __init__(self, shell: InteractiveShell, sessions: Sessions) -> None:
        self._shell = shell
        self._sessions = sessions

    def of(self, kind: str, word: str) -> Iterator[tuple[str, str]]:
        finders: dict[str, Callable[[str], Iterator[tuple[str, str]]]] = {
            "value": self._values,
            "content": self._content,
            "name": self._names,
            "file": self._files,
            "asset": self._assets,
            "shared": self._shared,
            "key": lambda w: self._fixed(w, arguments.CONFIG_KEYS),
            "on-error": lambda w: self._fixed(w, ("keep", "raise")),
        }
        yield from finders[kind](word)

    def _fixed(self, word: str, choices: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
        yield from ((choice, "keyword") for choice in choices if choice.startswith(word))

    def _values(self, word: str) -> Iterator[tuple[str, str]]:
        hidden = self._shell.user_ns_hidden
        for name, value in self._shell.user_ns.items():
            data = not (name.startswith("_") or name in hidden or callable(value))
            if data and name.startswith(word) and type(value).__name__ != "module":
                yield name, "instance"
        yield from self._files(word)

    def _shared(self, word: str) -> Iterator[tuple[str, str]]:
        yield from self._content(word)
        handed = (".car", ".zip", ".car'", ".zip'", os.sep)
        yield from (found for found in self._files(word) if found[0].endswith(handed))

    def _assets(self, word: str) -> Iterator[tuple[str, str]]:
        for name, value in self._shell.user_ns.items():
            if name.startswith(word) and not name.startswith("_"):
                held = value if isinstance(value, str) else getattr(value, "did", None)
                if isinstance(held, str) and held.startswith("did:op"):
                    yield name, "instance"

    def _files(self, word: str) -> Iterator[tuple[str, str]]:
        quote, start = ("", word) if word[:1] not in {"'", '"'} else (word[0], word[1:])
        start = start.replace("\\ ", " ")
        pattern = glob.escape(os.path.expanduser(start)) + "*"  # noqa: PTH111  (text, as typed)
        home = os.path.expanduser("~")  # noqa: PTH111
        for found in sorted(glob.glob(pattern))[:_MAX]:  # noqa: PTH207  (text, as typed)
            text = "~" + found.removeprefix(home) if start.startswith("~") else found
            text += os.sep if Path(found).is_dir() else ""
            if quote:
                text = quote + text
            elif " " in text:
                text = text.replace(" ", "\\ ")
            yield text, "path"

    def _names(self, word: str) -> Iterator[tuple[str, str]]:
        try:
            names = self._sessions.get().repo.names()
        except JupyterIPFSError:  # Tab is no time for an error
            return
        yield from ((name, "reference") for name in names if name.startswith(word))

    def _content(self, word: str) -> Iterator[tuple[str, str]]:
        if "/" in word:
            yield from self._inside(word)
            return
        yield from self._names(word)
        for name, value in self._shell.user_ns.items():
            if isinstance(value, Card) and name.startswith(word) and not name.startswith("_"):
                yield name, "instance"
        try:
            pins = self._sessions.get().pins() if word else []
        except JupyterIPFSError:
            return
        yield from ((str(pin.root), "reference") for pin in pins if str(pin.root).startswith(word))

    def _inside(self, word: str) -> Iterator[tuple[str, str]]:
        from itertools import islice  # noqa: PLC0415

        parent, _, start = word.rpartition("/")
        session = self._sessions.get()
        try:
            where = session.path(parent)
            if not session.blocks.has(where.root):  # Tab asks nobody else for content
                return
            entries = list(islice(session.iter_ls(parent), 10 * _MAX))
        except (JupyterIPFSError, OSError):
            return
        for entry in entries:
            if entry.name.startswith(start) and entry.name.isprintable():
                slash = "/" if entry.kind == "directory" else ""
                yield f"{parent}/{entry.name}{slash}", "path"
