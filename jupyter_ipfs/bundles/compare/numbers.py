"""Numbers inside text: whole ones exactly, others within a tolerance."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

# What libraries for the same inputs differ by on other processors is far below (1e-12 for
# doubles, 1e-7 for sums of floats), what a result means is far above.
RELATIVE = 1e-6
# So many digits may end in another last one: 0.1234565 is printed as …56 or …57.
_DIGITS = 6

# A number that stands alone: no part of a name, a version or an address. Possessive, and begun
# only where no digit, letter or point stands before it: linear.
_NUMBER = re.compile(
    r"((?<![\w.])[-+]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]++)?+"
    r"(?!\.[0-9])(?:(?!\w)|(?=(?:j|s|ms|%|[KMGT]i?B)\b)))"
)
_BLANKS = re.compile(r"[ \t]++")
_EDGES = re.compile(r" ?\n ?")
_RULES = re.compile(r"(?<!-)-{3,1000}+|(?<!=)={3,1000}+|(?<!─)─{3,1000}+")


@dataclass(frozen=True, slots=True)
class Closeness:
    """How two texts compare once their numbers are read.

    Attributes:
        within: They are the same but for numbers that are within the tolerance.
        largest: The largest relative difference of two numbers that stand at the same place.
    """

    within: bool
    largest: float


def rule(relative: float) -> str:
    """Return the rule's name."""
    told = f"{relative:g}".replace("e-0", "e-")
    return f"numbers, within {told}"


def compare(expected: str, actual: str, relative: float = RELATIVE) -> Closeness:
    """Compare two texts number by number.

    Width follows from digits, so blanks between numbers and the rules of a table may differ.
    """
    old, new = _parts(expected), _parts(actual)
    if len(old) != len(new):
        return Closeness(within=False, largest=0.0)
    if old[::2] != new[::2]:
        return Closeness(within=False, largest=0.0)
    changed = [(a, b) for a, b in zip(old[1::2], new[1::2], strict=True) if a != b]
    if not changed:  # blanks alone are no matter of numbers
        return Closeness(expected == actual, 0.0)
    distances = [distance(a, b) for a, b in changed]
    within = all(
        apart <= relative or _last_digit(a, b)
        for apart, (a, b) in zip(distances, changed, strict=True)
    )
    return Closeness(within, max(distances))


def distance(a: str, b: str) -> float:
    """Return how far two printed numbers are from each other; whole ones infinitely."""
    old, new = float(a), float(b)
    if _is_whole(a) or _is_whole(b) or math.isinf(old) or math.isinf(new):
        return 0.0 if a == b else math.inf
    return apart(old, new)


def apart(a: float, b: float) -> float:
    """Return the relative difference of two numbers; infinite where there is none."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    # Halves, so that the difference of two huge ones is finite.
    return abs(a / 2 - b / 2) / max(abs(a / 2), abs(b / 2), 5e-324)


def _parts(text: str) -> list[str]:
    """Return what stands between numbers and the numbers, in turn."""
    text = _EDGES.sub("\n", _BLANKS.sub(" ", _RULES.sub("---", text)))
    parts = _NUMBER.split(text)
    parts[::2] = [between.strip(" ") for between in parts[::2]]
    return parts


def _is_whole(number: str) -> bool:
    return number.lstrip("+-").isdigit()


def _last_digit(a: str, b: str) -> bool:
    """Tell whether two numbers of at least six digits differ by one in their last digit."""
    whole = [number.lstrip("+-").partition("e") for number in (a.lower(), b.lower())]
    (old, _, old_power), (new, _, new_power) = whole
    places = [part.partition(".")[2] for part in (old, new)]
    digits = [part.replace(".", "").lstrip("0") for part in (old, new)]
    if a[:1] != b[:1] and "-" in (a[:1], b[:1]):
        return False
    if old_power != new_power or len(places[0]) != len(places[1]) or not places[0]:
        return False
    if not _DIGITS <= min(map(len, digits)) <= max(map(len, digits)) <= 17:  # noqa: PLR2004  (doubles have 17)
        return False
    return abs(int(digits[0]) - int(digits[1])) == 1
