"""What is answered instead: a status and a text, in Ocean Node's words where it has some."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  (an answer rather than an error)
    """The request is not done.

    Args:
        status: The HTTP status.
        text: The body; never anything of encrypted files.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
