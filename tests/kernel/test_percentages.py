from fractions import Fraction

import pytest
from babel import Locale

from cpd.kernel.percentages import format_percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(0), "0%"),
        (Fraction(2, 3), "66%"),
        (Fraction(749, 1000), "74%"),
        (Fraction(29, 100), "29%"),
        (Fraction(1), "100%"),
    ],
)
def test_a_share_is_a_whole_percentage_rounded_down(share: Fraction, text: str) -> None:
    assert format_percent(share) == text


def test_every_language_keeps_its_own_way_to_write_it() -> None:
    assert format_percent(Fraction(3, 4), Locale("de")) == "75\N{NO-BREAK SPACE}%"
