"""Personal data at a glance: how many addresses and numbers of people a text seems to have."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Found by their fixed sign, then looked at around it: linear on any text.
_DOMAIN = re.compile(r"@(?:[A-Za-z0-9-]{1,63}+\.){1,4}[A-Za-z]{2,18}(?![\w-])")
_LOCAL = re.compile(r"[A-Za-z0-9._%+-]{1,64}\Z")
_PHONE = re.compile(r"\+[1-9][0-9]{0,2}[ (/-]{1,2}[0-9][0-9 ()/-]{6,18}[0-9](?![\w.])")
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"
)
_CARD = re.compile(r"(?<![\w.+-])[3-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{3,4}(?![\w.])")
_NOBODY = re.compile(
    r"@(?:[\w.-]+\.)?(?:example\.(?:com|org|net|edu)|test|invalid|localhost|domain\.com"
    r"|email\.com|noreply\.github\.com|users\.noreply\.github\.com)$|^(?:git|noreply|no-reply)@",
    re.IGNORECASE,
)
_DIGITS = (8, 15)  # of a telephone number (ITU-T E.164)


@dataclass(frozen=True, slots=True)
class People:
    """How many different ones of each a text has."""

    emails: int = 0
    phones: int = 0
    ibans: int = 0
    cards: int = 0

    def __bool__(self) -> bool:
        return bool(self.emails or self.phones or self.ibans or self.cards)


def scan(text: str) -> People:
    """Count what looks like personal data in a text."""
    return People(
        emails=len({m.lower() for m in _emails(text)}) if "@" in text else 0,
        phones=len({m[0] for m in _PHONE.finditer(text) if _is_phone(text, m)})
        if "+" in text
        else 0,
        ibans=len({m[0] for m in _IBAN.finditer(text) if _is_iban(m[0])}),
        cards=_cards(text),
    )


def _emails(text: str) -> list[str]:
    found = []
    for match in _DOMAIN.finditer(text):
        local = _LOCAL.search(text, max(0, match.start() - 64), match.start())
        if local and not _NOBODY.search(local[0] + match[0]):
            found.append(local[0] + match[0])
    return found


def _is_phone(text: str, match: re.Match[str]) -> bool:
    before = text[match.start() - 1 : match.start()]
    alone = not before.isalnum() and before not in {".", "+", "-", ")"}
    return alone and _DIGITS[0] <= sum(c.isdigit() for c in match[0]) <= _DIGITS[1]


def _is_iban(found: str) -> bool:
    """Check the checksum (ISO 13616: modulo 97)."""
    plain = found.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def _cards(text: str) -> int:
    """Count numbers of cards (ISO 7812: Luhn's checksum).

    One in ten of any numbers passes: where most do not, it is another kind of number.
    """
    candidates = {re.sub("[ -]", "", m[0]) for m in _CARD.finditer(text)}
    passed = sum(_luhn(each) for each in candidates)
    return passed if passed * 2 > len(candidates) else 0


def _luhn(digits: str) -> bool:
    total = 0
    for n, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + n % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  (the sum of its digits)
    return total % 10 == 0 and len(set(digits)) > 1  # a filler is no card
