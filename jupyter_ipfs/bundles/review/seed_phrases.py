"""Seed phrases of wallets (BIP-39): 12 to 24 words of one list, with a checksum."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# 3 to 8 lower-case letters; between them a space, a comma, quotes, a line break or a number.
_WORD = re.compile(r"(?<![A-Za-z])[a-z]{3,8}(?![A-Za-z])")
_GAP = re.compile(r"[\s\"',;.)0-9\[\]\\n-]{1,12}")
_LENGTHS = (24, 21, 18, 15, 12)
_SHORTEST = 12
_LONGEST_RUN = 400  # words: what goes on for longer is a list of words
_BITS = 11
# The development chains' own, in all their documentation: nobody's.
_KNOWN = frozenset({("test",) * 11 + ("junk",), ("abandon",) * 11 + ("about",)})


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield where seed phrases stand in a text: start and end.

    A run of a dozen words of the list is rare in prose (it has no `the`, `of`, `and`), and one in
    sixteen of those has the right checksum by chance.
    """
    words = _words()
    run: list[re.Match[str]] = []
    end = 0
    for match in _WORD.finditer(text):
        if match[0] not in words:
            yield from _phrases(run, words)
            run = []
            continue
        if run and not _GAP.fullmatch(text, end, match.start()):
            yield from _phrases(run, words)
            run = []
        if len(run) <= _LONGEST_RUN:  # one more tells that it is too long
            run.append(match)
        end = match.end()
    yield from _phrases(run, words)


def _phrases(run: list[re.Match[str]], words: dict[str, int]) -> Iterator[tuple[int, int]]:
    at = 0
    if len(run) > _LONGEST_RUN:
        return
    while len(run) - at >= _SHORTEST:
        for length in _LENGTHS:
            part = run[at : at + length]
            phrase = tuple(match[0] for match in part)
            if len(part) == length and phrase not in _KNOWN and _is_valid(phrase, words):
                yield part[0].start(), part[-1].end()
                at += length
                break
        else:
            at += 1


def _is_valid(phrase: tuple[str, ...], words: dict[str, int]) -> bool:
    """Check the checksum: the first bits of the SHA-256 of the entropy (BIP-39)."""
    if len(set(phrase)) < len(phrase) // 2:  # a list of labels, not a phrase
        return False
    number = 0
    for word in phrase:
        number = number << _BITS | words[word]
    check_bits = len(phrase) * _BITS // 33
    entropy = (number >> check_bits).to_bytes((len(phrase) * _BITS - check_bits) // 8)
    digest = hashlib.sha256(entropy).digest()[0]
    return digest >> (8 - check_bits) == number & ((1 << check_bits) - 1)


@cache
def _words() -> dict[str, int]:
    """Return the English list, from the package that makes our keys, without importing it."""
    spec = find_spec("eth_account")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "hdaccount" / "wordlist" / "english.txt"
        if path.is_file():
            return {word: n for n, word in enumerate(path.read_text("utf-8").split())}
    return {}
