"""Amounts of money as they are typed, and as they are shown."""

from __future__ import annotations

import pytest

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.ocean import price


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("5", 5 * 10**18),
        ("0.25", 10**18 // 4),
        (".5", 10**18 // 2),
        (" 1.50 ", 15 * 10**17),
        ("0.000000000000000001", 1),
        ("1.0000000000000000010000", 10**18 + 1),
        ("1000000000000", 10**30),
        ("0", 0),
        ("007", 7 * 10**18),
    ],
)
def test_an_amount_is_counted_exactly(text: str, units: int) -> None:
    assert price.to_units(text) == units


def test_a_token_of_6_decimals_counts_in_millionths() -> None:
    assert price.to_units("2.5", 6) == 2_500_000
    with pytest.raises(ConfigError, match="at most 6 decimals; these are 7"):
        price.to_units("0.1234567", 6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("5,00", "no comma"),
        ("1,000.5", "no comma"),
        ("-1", "negative"),
        ("-0", "negative"),
        ("0.0000000000000000001", "at most 18 decimals; these are 19"),
        ("1e30", "no amount"),
        ("1E3", "no amount"),
        ("1000000000000.1", "million million"),
        ("1" + "0" * 30, "million million"),
        ("9" * 5000, "no amount"),
        ("nan", "no amount"),
        ("inf", "no amount"),
        ("Infinity", "no amount"),
        ("", "no amount"),
        (".", "no amount"),
        ("5.", "no amount"),
        ("0x10", "no amount"),
        ("1_000", "no amount"),
        ("\u0665", "no amount"),  # an Arabic five
        ("5 OCEAN", "no amount"),
        ("5\n6", "no amount"),
        ("<script>", "no amount"),
        ("+5", "no amount"),
    ],
)
def test_what_is_no_amount_is_refused_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        price.to_units(text)
    assert says in caught.value.message
    assert caught.value.message.endswith(".")
    assert len(caught.value.message) < 120
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(("text", "says"), [("0", "price of 0"), ("0.00", "price of 0"),
                                            ("0.000000001", "less than 0.00000001")])  # fmt: skip
def test_a_price_is_more_than_nothing(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        price.to_rate(text)


def test_a_price_is_a_rate_of_18_decimals_whatever_the_token_has() -> None:
    assert price.to_rate("2.5") == 25 * 10**17


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [
        (5 * 10**18, 18, "5"),
        (1, 18, "0.000000000000000001"),
        (2_500_000, 6, "2.5"),
        (0, 18, "0"),
        (7, 0, "7"),
        (-15 * 10**17, 18, "-1.5"),
        (100 * 10**18, 18, "100"),
    ],
)
def test_an_amount_is_shown_exactly(units: int, decimals: int, text: str) -> None:
    assert price.to_text(units, decimals) == text
