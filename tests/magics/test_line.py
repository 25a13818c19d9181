"""How a line becomes words."""

from __future__ import annotations

import pytest

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.magics.line import split


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("put df --name a", ["put", "df", "--name", "a"]),
        ('put df[["a", "b"]] -Q', ["put", 'df[["a", "b"]]', "-Q"]),
        ("put f(x, 'y z')", ["put", "f(x, 'y z')"]),
        ("put {'a': 1, 'b': [2, 3]}", ["put", "{'a': 1, 'b': [2, 3]}"]),
        ('put "my data/a b.csv"', ["put", "my data/a b.csv"]),
        (r"put my\ data", ["put", "my data"]),
        (r"put C:\data\a.csv", ["put", r"C:\data\a.csv"]),
        ("put it's.txt", ["put", "it's.txt"]),
        ('put x --name="fig 3"', ["put", "x", "--name=fig 3"]),
        ("put b'bytes here'", ["put", "b'bytes here'"]),
        ("put ''", ["put", ""]),
        ("  ", []),
    ],
)
def test_a_line_is_split_at_blanks_outside_quotes_and_brackets(line: str, words: list[str]) -> None:
    assert split(line) == words


def test_a_word_knows_whether_it_stood_in_quotes() -> None:
    plain, quoted, escaped, mixed = split(r"""df "df" my\ df df["a"]""")
    assert [plain.quoted, quoted.quoted, escaped.quoted, mixed.quoted] == [False, True, True, False]


@pytest.mark.parametrize("line", ["put 'open", 'put "a', "put f(x", "put [1, {2"])
def test_what_is_not_closed_is_told(line: str) -> None:
    with pytest.raises(ConfigError, match="not closed"):
        split(line)
