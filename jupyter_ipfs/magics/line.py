"""A magic's line, split into words as a shell would, but kind to Python expressions."""

from __future__ import annotations

from typing import Self

from jupyter_ipfs.errors import ConfigError

_OPEN, _CLOSE, _QUOTES = "([{", ")]}", "'\""


class Word(str):
    """One word of a line.

    Attributes:
        quoted: It stood in quotes as a whole, so it is a path or a name and never a variable.
    """

    __slots__ = ("quoted",)
    quoted: bool

    def __new__(cls, text: str, *, quoted: bool = False) -> Self:
        """Make a word."""
        word = super().__new__(cls, text)
        word.quoted = quoted
        return word


def split(line: str) -> list[Word]:
    r"""Split at blanks that stand outside quotes and brackets.

    ``df[["a", "b"]]`` and ``f(x, y)`` are one word each; ``"my data"`` and ``my\ data`` are
    the path ``my data``. Other backslashes stay: they separate folders on Windows.

    Raises:
        ConfigError: A quote or a bracket is not closed.
    """
    words: list[Word] = []
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        end = _end(line, at)
        words.append(_word(line[at:end]))
        at = end
    return words


def begun(line: str) -> tuple[list[Word], str]:
    """Return the words that are complete, and the last one as far as it was typed."""
    words: list[Word] = []
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        try:
            end = _end(line, at)
        except ConfigError:  # a quote or a bracket is open still
            return words, line[at:]
        if end == len(line):
            return words, line[at:]
        words.append(_word(line[at:end]))
        at = end
    return words, ""


def _end(line: str, start: int) -> int:  # noqa: C901  (one step for each kind of character)
    """Return where the word that begins at ``start`` ends."""
    quote, opened, at = "", 0, start
    while at < len(line):
        char = line[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in _QUOTES and _may_open(line, start, at, opened):
            quote = char
        elif char in _OPEN:
            opened += 1
        elif char in _CLOSE:
            opened = max(opened - 1, 0)
        elif char == "\\" and line[at + 1 : at + 2].isspace():
            at += 1
        elif char.isspace() and not opened:
            break
        at += 1
    if quote:
        raise ConfigError(f"the quote {quote} is not closed", "put a whole path into quotes")
    if opened:
        hint = "if it belongs to a file's name, put the name into quotes"
        raise ConfigError("a bracket is not closed", hint)
    return min(at, len(line))


def _may_open(line: str, start: int, at: int, opened: int) -> bool:
    """Tell a quote from an apostrophe, as in ``it's.txt``."""
    if opened or at == start or not (line[at - 1].isalnum() or line[at - 1] in "_."):
        return True
    return line[start:at].lower() in {"r", "b", "f", "u", "br", "rb", "fr", "rf"}


def _word(raw: str) -> Word:
    quote, inner = raw[0], raw[1:-1]
    if quote in _QUOTES and raw[-1] == quote and quote not in inner.replace("\\" + quote, ""):
        return Word(inner.replace("\\" + quote, quote), quoted=True)
    option, equals, value = raw.partition("=")
    if raw.startswith("--") and equals:
        if len(value) > 1 and value[0] in _QUOTES and value[-1] == value[0]:
            value = value[1:-1]
        return Word(f"{option}={value}")
    return Word(raw.replace("\\ ", " "), quoted="\\ " in raw)
