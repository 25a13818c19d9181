"""What a word of ``%ipfs put`` means: a variable, a file or an expression."""

from __future__ import annotations

import ast
import difflib
import types
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.magics.line import Word
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

# A name in the notebook that stands for one of these is no data.
_NO_DATA = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Value:
    """What is to be stored.

    Attributes:
        content: A `Path` for a file or directory, else the object itself.
        note: What a person should know about the choice, or ``None``.
    """

    content: object
    note: str | None = None


def find(word: Word, namespace: Mapping[str, object]) -> Value:
    """Decide what a word means.

    A variable goes before a file of the same name, and says so; whatever stands in quotes is
    a path; an existing path goes before an expression.

    Raises:
        ConfigError: There is neither such a variable nor such a file, or the expression fails.
    """
    text = str(word)
    path = Path(text).expanduser()
    exists = _exists(path)
    if word.quoted:
        if not exists:
            raise ConfigError(f"there is no file or directory {one_line(text)!r}")
        return Value(path)
    variable = namespace.get(text, _MISSING) if text.isidentifier() else _MISSING
    if variable is not _MISSING and not (exists and isinstance(variable, _NO_DATA)):
        return Value(variable, _doubt(text, variable, exists=exists))
    if exists:
        return Value(path)
    return _evaluated(text, namespace)


def expand(word: Word, namespace: Mapping[str, object]) -> Word:
    """Fill in ``$variable`` and ``{expression}``, as IPython does; a dict literal stays.

    IPython expands a magic's line before it is split. Done word by word instead, a path with
    blanks stays one word, and a dict is not taken for a format.
    """
    if not ("$" in word or "{" in word) or _is_dict(word):
        return word
    from IPython.utils.text import DollarFormatter  # noqa: PLC0415  (only when it is needed)

    try:
        filled = DollarFormatter().vformat(str(word), [], dict(namespace))
    except Exception:  # noqa: BLE001  (as IPython: what cannot be filled in stays as it is)
        return word
    return Word(filled, quoted=word.quoted or any(map(str.isspace, filled)))


def _exists(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except (OSError, ValueError):  # too long, or with a NUL
        return False


def _doubt(name: str, variable: object, *, exists: bool) -> str | None:
    if exists:
        return f"This is the variable {name}. For the file of that name: %ipfs put './{name}'"
    if isinstance(variable, str) and variable and _exists(Path(variable)):
        return f"This is the text in {name}. For the file it names: %ipfs put {{{name}}}"
    return None


def _is_dict(text: str) -> bool:
    try:
        return isinstance(ast.parse(text.strip(), mode="eval").body, ast.Dict)
    except (SyntaxError, ValueError):
        return False


def _like(text: str) -> str:
    """Name files here that are called much the same."""
    near = difflib.get_close_matches(text, [entry.name for entry in Path.cwd().iterdir()], n=3)
    return f"; did you mean {', '.join(map(ascii, near))}?" if near else ""


def _evaluated(text: str, namespace: Mapping[str, object]) -> Value:
    missing = f"there is no variable and no file {one_line(text)!r}"
    try:
        code = compile(text.strip(), "<%ipfs put>", "eval")
    except (SyntaxError, ValueError):
        raise ConfigError(missing, "an expression with blanks goes into parentheses") from None
    try:
        # The line was typed by the user, in whose process this runs: as good as a cell.
        value = eval(code, dict(namespace))  # noqa: S307
    except NameError:
        raise ConfigError(missing, f"looked in {Path.cwd()}{_like(text)}") from None
    except Exception as error:
        kind = type(error).__name__
        raise ConfigError(f"{one_line(text)} fails: {kind}: {one_line(str(error))}") from error
    return Value(value)
