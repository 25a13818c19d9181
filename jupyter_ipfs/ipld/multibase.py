"""Multibase (https://github.com/multiformats/multibase): bytes as self-describing text."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_ipfs.errors import CIDError

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_BASE58BTC = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58FLICKR = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_BASE64 = _LOWER.upper() + _LOWER + _DIGITS + "+/"
_BASE64URL = _BASE64[:-2] + "-_"


@dataclass(frozen=True, slots=True)
class Base:
    """One row of the multibase table.

    ``bits`` is the number of bits per character (RFC 4648 style), or 0 where the
    text is one big number (base 10, 36 and 58); ``pad`` the characters per group.
    """

    name: str
    prefix: str
    alphabet: str
    bits: int = 0
    pad: int = 0
    ignore_case: bool = False


BASES = (
    Base("base2", "0", "01", 1),
    Base("base8", "7", "01234567", 3),
    Base("base10", "9", _DIGITS),
    Base("base16", "f", "0123456789abcdef", 4, ignore_case=True),
    Base("base16upper", "F", "0123456789ABCDEF", 4, ignore_case=True),
    Base("base32hex", "v", "0123456789abcdefghijklmnopqrstuv", 5, ignore_case=True),
    Base("base32hexupper", "V", "0123456789ABCDEFGHIJKLMNOPQRSTUV", 5, ignore_case=True),
    Base("base32hexpad", "t", "0123456789abcdefghijklmnopqrstuv", 5, 8, ignore_case=True),
    Base(
        "base32hexpadupper",
        "T",
        "0123456789ABCDEFGHIJKLMNOPQRSTUV",
        5,
        8,
        ignore_case=True,
    ),
    Base("base32", "b", _LOWER + "234567", 5, ignore_case=True),
    Base("base32upper", "B", _LOWER.upper() + "234567", 5, ignore_case=True),
    Base("base32pad", "c", _LOWER + "234567", 5, 8, ignore_case=True),
    Base("base32padupper", "C", _LOWER.upper() + "234567", 5, 8, ignore_case=True),
    Base("base32z", "h", "ybndrfg8ejkmcpqxot1uwisza345h769", 5),
    Base("base36", "k", _DIGITS + _LOWER, ignore_case=True),
    Base("base36upper", "K", _DIGITS + _LOWER.upper(), ignore_case=True),
    Base("base58btc", "z", _BASE58BTC),
    Base("base58flickr", "Z", _BASE58FLICKR),
    Base("base64", "m", _BASE64, 6),
    Base("base64pad", "M", _BASE64, 6, 4),
    Base("base64url", "u", _BASE64URL, 6),
    Base("base64urlpad", "U", _BASE64URL, 6, 4),
)
BY_NAME = {base.name: base for base in BASES}
BY_PREFIX = {base.prefix: base for base in BASES}


def encode(data: bytes, base: str = "base32") -> str:
    """Return ``data`` as multibase text, prefix included.

    Raises:
        CIDError: ``base`` is not the name of one of `BASES`.
    """
    row = BY_NAME.get(base)
    if row is None:
        raise CIDError(f"unknown multibase {base!r}", f"choose one of: {', '.join(BY_NAME)}")
    return row.prefix + (_encode_bits(data, row) if row.bits else _encode_number(data, row))


def decode(text: str) -> bytes:
    """Return the bytes that multibase ``text`` stands for.

    Raises:
        CIDError: The prefix is unknown, or a character does not belong there.
    """
    base = BY_PREFIX.get(text[:1])
    if base is None:
        raise CIDError(f"unknown multibase prefix {text[:1]!r}")
    return _decode_bits(text[1:], base) if base.bits else _decode_number(text[1:], base)


def encode_base58(data: bytes) -> str:
    """Return ``data`` in base58btc without a prefix, as CIDv0 is written."""
    return _encode_number(data, BY_NAME["base58btc"])


def decode_base58(text: str) -> bytes:
    """Return the bytes of base58btc ``text`` without a prefix, as CIDv0 is written."""
    return _decode_number(text, BY_NAME["base58btc"])


def _values(text: str, base: Base) -> list[int]:
    if base.ignore_case:
        text = text.upper() if base.alphabet.upper() == base.alphabet else text.lower()
    values = [base.alphabet.find(character) for character in text]
    if -1 in values:
        bad = text[values.index(-1)]
        raise CIDError(f"character {bad!r} does not belong in {base.name}")
    return values


def _encode_bits(data: bytes, base: Base) -> str:
    bits, number = len(data) * 8, int.from_bytes(data, "big")
    count = -(-bits // base.bits)
    number <<= count * base.bits - bits
    mask = (1 << base.bits) - 1
    text = "".join(
        base.alphabet[number >> shift & mask]
        for shift in range((count - 1) * base.bits, -1, -base.bits)
    )
    return text + "=" * (-len(text) % base.pad if base.pad else 0)


def _decode_bits(text: str, base: Base) -> bytes:
    if base.pad:
        if len(text) % base.pad:
            raise CIDError(f"{base.name} text is not padded to groups of {base.pad}")
        text = text.rstrip("=")
    number = 0
    for value in _values(text, base):
        number = number << base.bits | value
    total = len(text) * base.bits
    spare = total % 8
    if spare >= base.bits or number & ((1 << spare) - 1):
        raise CIDError(f"{base.name} text has left-over bits")
    return (number >> spare).to_bytes(total // 8, "big")


def _encode_number(data: bytes, base: Base) -> str:
    zeros = len(data) - len(data.lstrip(b"\0"))
    number, radix, digits = int.from_bytes(data, "big"), len(base.alphabet), []
    while number:
        number, digit = divmod(number, radix)
        digits.append(base.alphabet[digit])
    return base.alphabet[0] * zeros + "".join(reversed(digits))


def _decode_number(text: str, base: Base) -> bytes:
    """Return the bytes of ``text`` read as one number in ``base``, leading zeros kept."""
    values = _values(text, base)
    zeros = next((at for at, value in enumerate(values) if value), len(values))
    number = 0
    for value in values:
        number = number * len(base.alphabet) + value
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
