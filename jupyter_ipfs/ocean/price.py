"""Amounts of money as people type them, and as contracts count them. Never a float."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext

from jupyter_ipfs.errors import ConfigError

DECIMALS = 18
# FixedRateExchange.MIN_RATE; the ceiling is far above all that there is of any token in use.
MIN_RATE = 10**10
MAX_AMOUNT = 10**12

_AMOUNT = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?|\.[0-9]{1,40}", re.ASCII)


def to_units(text: str, decimals: int = DECIMALS) -> int:
    """Return an amount, typed as ``5`` or ``0.25``, in the token's smallest unit.

    Raises:
        ConfigError: It is no amount; the message says what is wrong, in a sentence.
    """
    cleaned = text.strip()
    if "," in cleaned:
        raise ConfigError(
            "An amount takes a point before its decimals, and no comma.", "as in 5.50"
        )
    if cleaned.startswith("-"):
        raise ConfigError("An amount cannot be negative.")
    if not _AMOUNT.fullmatch(cleaned):
        raise ConfigError(
            f"{cleaned[:40]!a} is no amount.", "it takes digits and a point, as in 5 or 0.25"
        )
    fraction = cleaned.partition(".")[2].rstrip("0")
    if len(fraction) > decimals:
        raise ConfigError(
            f"An amount takes at most {decimals} decimals; these are {len(fraction)}."
        )
    with localcontext() as context:
        context.prec = 100
        amount = Decimal(cleaned)
        if amount > MAX_AMOUNT:
            raise ConfigError("An amount cannot be more than a million million.")
        return int(amount.scaleb(decimals))


def to_rate(text: str) -> int:
    """Return a price as a fixed-rate exchange takes it: 18 decimals, whatever the token has.

    Raises:
        ConfigError: It is no amount, 0, or less than the exchange takes.
    """
    rate = to_units(text)
    if rate == 0:
        raise ConfigError("A price of 0 is none.", "publish it as free instead")
    if rate < MIN_RATE:
        raise ConfigError(f"A price cannot be less than {to_text(MIN_RATE)}.")
    return rate


def to_text(units: int, decimals: int = DECIMALS) -> str:
    """Return an amount as people read it, exactly, without noughts at its end."""
    whole, rest = divmod(abs(units), 10**decimals)
    fraction = str(rest).zfill(decimals).rstrip("0") if decimals else ""
    return f"{'-' if units < 0 else ''}{whole}{'.' + fraction if fraction else ''}"
