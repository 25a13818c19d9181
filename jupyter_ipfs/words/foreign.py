"""How foreign text is written for people."""

from __future__ import annotations

import re

# Control characters, and those that turn the direction of writing: `gpj.exe` must not look
# like `exe.jpg`. Lone surrogates stand for bytes that are not UTF-8 (`os.fsdecode`).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
_UNSAFE_IN_TEXT = re.compile(f"(?![\n\t]){_UNSAFE.pattern}")


def one_line(text: str) -> str:
    """Make foreign text harmless in one line of a terminal or a page."""
    return _UNSAFE.sub("\ufffd", text)


def plain(text: str) -> str:
    """Make foreign text of several lines harmless; new lines and tabs stay."""
    return _UNSAFE_IN_TEXT.sub("\ufffd", text)
