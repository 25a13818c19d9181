"""Types of arguments that several commands take."""

from __future__ import annotations

import argparse


def byte_count(text: str) -> int:
    """A number of bytes, not negative."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of bytes")
    return value


def switch(
    parser: argparse._ActionsContainer, *names: str, text: str, default: object = None
) -> None:
    """Add a switch that is also understood as ``--no-name`` and, as in Kubo, ``--name=false``."""
    parser.add_argument(*names, action=argparse.BooleanOptionalAction, default=default, help=text)
