"""Codes from emails and apps: found however they are written, and never guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.accounts.rules.typed_codes import parse_app_or_recovery_code, parse_six_digits

RECOVERY = "ABCD-EFGH-JK23-4567"


@pytest.mark.parametrize(
    "typed",
    [
        "631191",
        " 631 191\n",
        "631-191",
        "631 191.",
        "Your code: 631 191",
        "6 3 1 1 9 1",
        "631\N{NO-BREAK SPACE}191",
        "631\N{NON-BREAKING HYPHEN}191",
        "６３１１９１",  # full width
        "٦٣١ ١٩١",  # Arabic-Indic
        "The code 631 191 works for 60 minutes, until 14:05.",
        "631 191, I repeat: 631191",
    ],
)
def test_what_reads_as_the_code(typed: str) -> None:
    assert parse_six_digits(typed) == "631191"


@pytest.mark.parametrize(
    "typed",
    ["", "63119", "6311910", "the code", "63l 191", "631 191 or 631 192", "CD23-4567-AB", "²" * 5],
)
def test_what_is_no_code(typed: str) -> None:
    assert parse_six_digits(typed) is None


WORDS = st.text(st.characters(categories=("L", "M", "Z", "P")), max_size=30)
GAPS = st.sampled_from(["", " ", "-", "\N{NO-BREAK SPACE}", "\N{EN DASH}", "\t"])
DIGITS = st.lists(st.integers(0, 9), min_size=6, max_size=6)
ZEROS = st.sampled_from("0٠०０")


@given(DIGITS, GAPS, WORDS, WORDS, ZEROS)
def test_a_code_is_found_in_any_sentence_and_script(
    digits: list[int], gap: str, before: str, after: str, zero: str
) -> None:
    written = [chr(ord(zero) + digit) for digit in digits]
    typed = f"{before} {''.join(written[:3])}{gap}{''.join(written[3:])} {after}"
    assert parse_six_digits(typed) == "".join(map(str, digits))


@given(st.text(max_size=60))
def test_what_is_found_is_six_digits_or_nothing(typed: str) -> None:
    found = parse_six_digits(typed)
    assert found is None or (len(found) == 6 and found.isascii() and found.isdecimal())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (RECOVERY, "ABCDEFGHJK234567"),
        (RECOVERY.lower().replace("-", " "), "ABCDEFGHJK234567"),
        ("ＡＢＣＤＥＦＧＨＪＫ２３４５６７", "ABCDEFGHJK234567"),
        (f"Recovery code: {RECOVERY}.", "ABCDEFGHJK234567"),
        ("631 191", "631191"),
        (f"{RECOVERY} {RECOVERY[::-1]}", None),
        (RECOVERY[:-1], None),
        (RECOVERY.replace("2", "0"), None),
        ("", None),
    ],
)
def test_either_kind_of_code(typed: str, found: str | None) -> None:
    assert parse_app_or_recovery_code(typed) == found
