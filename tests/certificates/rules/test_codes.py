"""Codes: one typing error in a group is always found, and always located."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cpd.certificates.rules.codes import (
    ALPHABET,
    GROUPS,
    LAST_GROUP,
    LENGTH,
    RANDOM,
    SIZE,
    CodeFault,
    FaultKind,
    build_code_from_random_text,
    format_code,
    parse_code,
)
from cpd.kernel.ids import generate_base32_text

CODE = build_code_from_random_text("K7QF2MXR4T9WP1AC3DHZ6NVB8E")

random_parts = st.text(ALPHABET, min_size=RANDOM, max_size=RANDOM)
codes = random_parts.map(build_code_from_random_text)
places = st.integers(0, LENGTH - 1)


def fault(text: str) -> CodeFault:
    found = parse_code(text)
    assert isinstance(found, CodeFault), f"{text} passes as {found}"
    return found


def where(place: int) -> int:
    """Name the group that an error at this place is located in."""
    if place < GROUPS * SIZE:
        return place // SIZE
    return LAST_GROUP if place == RANDOM - 1 else place - RANDOM


def test_what_a_code_looks_like() -> None:
    assert format_code(CODE) == f"K7QF2-MXR4T-9WP1A-C3DHZ-6NVB8-E{CODE[RANDOM:]}"
    assert len(CODE) == LENGTH == 31


def test_a_code_is_made_from_random_characters_of_either_case() -> None:
    assert build_code_from_random_text("k7qf2mxr4t9wp1ac3dhz6nvb8e") == CODE


@pytest.mark.parametrize(
    "text", ["", "K7", "K" * 25, "K" * 27, "U" * 26, "K7QF2-MXR4T9WP1AC3DHZ6NVB8"]
)
def test_a_code_is_made_from_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match="26 characters"):
        build_code_from_random_text(text)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        format_code(CODE),
        format_code(CODE).lower(),
        format_code(CODE).replace("-", " "),
        f"  {format_code(CODE)}\n",
        format_code(CODE).replace("-", "\N{EN DASH}"),
        format_code(CODE).replace("1", "l"),
        format_code(CODE).replace("1", "I"),
        f"https://cpd.example.org/verify/{format_code(CODE)}",
        f"https://cpd.example.org/verify/{format_code(CODE)}/",
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),  # full-width letters
        f"Certificate code: {format_code(CODE)}.",
        f"{format_code(CODE)} (https://cpd.example.org/verify/{format_code(CODE)})",
    ],
)
def test_what_reads_as_the_code(typed: str) -> None:
    assert parse_code(typed) == CODE


def test_the_letter_o_reads_as_zero() -> None:
    code = build_code_from_random_text("0" * RANDOM)
    assert parse_code(code.replace("0", "O")) == code


@given(codes)
def test_every_code_reads_as_itself(code: str) -> None:
    assert (
        parse_code(code)
        == parse_code(format_code(code))
        == parse_code(format_code(code).lower())
        == code
    )


@given(codes, places, st.sampled_from(ALPHABET))
def test_every_wrong_character_is_found_and_located(code: str, place: int, wrong: str) -> None:
    assume(wrong != code[place])
    found = fault(code[:place] + wrong + code[place + 1 :])
    assert found.kind is FaultKind.CHECK
    assert found.groups == (where(place),)


@given(codes, places)
def test_neighbours_that_changed_places_are_found_and_located(code: str, place: int) -> None:
    assume(place + 1 < LENGTH)
    assume(code[place] != code[place + 1])
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    found = fault(typed)
    assert found.kind is FaultKind.CHECK
    if place >= RANDOM - 1:
        assert found.groups == (LAST_GROUP,)
    elif place == RANDOM - 2:  # the last of the fifth group with the 26th
        assert LAST_GROUP in found.groups or where(place) in found.groups
    else:
        assert set(found.groups) == {where(place), where(place + 1)}


def test_the_groups_are_shown_as_they_were_typed() -> None:
    typed = format_code(CODE).replace("9WP1A", "9WPLB").lower()
    assert fault(typed) == CodeFault(FaultKind.CHECK, (2,), ("9WPLB",))


def test_two_wrong_groups_are_both_named() -> None:
    typed = format_code(CODE).replace("K7QF2", "K7QF3").replace("C3DHZ", "C3DHY")
    assert fault(typed) == CodeFault(FaultKind.CHECK, (0, 3), ("K7QF3", "C3DHY"))


def test_two_wrong_neighbours_are_not_taken_for_swapped_checks() -> None:
    typed = format_code(CODE).replace("K7QF2", "K7QF3").replace("MXR4T", "MXR4V")
    assert fault(typed).groups == (0, 1)


@pytest.mark.parametrize(
    ("typed", "kind", "groups", "looks", "count"),
    [
        ("", FaultKind.EMPTY, (), (), 0),
        (" - ", FaultKind.EMPTY, (), (), 0),
        (format_code(CODE).replace("9", "u"), FaultKind.CHARACTER, (2,), ("U",), 0),
        (format_code(CODE).replace("C", "Ç", 1), FaultKind.CHARACTER, (3,), ("Ç",), 0),
        (format_code(CODE)[:-1] + "U", FaultKind.CHARACTER, (LAST_GROUP,), ("U",), 0),
        (format_code(CODE).replace("MXR4T", "MXR4"), FaultKind.GROUP_LENGTH, (1,), ("MXR4",), 30),
        (
            format_code(CODE)[:-1],
            FaultKind.GROUP_LENGTH,
            (LAST_GROUP,),
            (format_code(CODE)[-6:-1],),
            30,
        ),
        (CODE[:-1], FaultKind.LENGTH, (), (), 30),
        (CODE + "0", FaultKind.LENGTH, (), (), 32),
        ("K7QF2", FaultKind.LENGTH, (), (), 5),
    ],
)
def test_what_else_can_be_wrong(
    typed: str, kind: FaultKind, groups: tuple[int, ...], looks: tuple[str, ...], count: int
) -> None:
    assert fault(typed) == CodeFault(kind, groups, looks, count)


def test_control_without_its_own_weights_a_swap_would_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cpd.certificates.rules.codes._WEIGHTS", (1,) * 6)
    code = build_code_from_random_text("K7QF2MXR4T9WP1AC3DHZ6NVB8E")
    assert parse_code("7K" + code[2:]) == "7K" + code[2:]


def test_codes_are_spread_over_the_alphabet() -> None:
    found = Counter(
        "".join(build_code_from_random_text(generate_base32_text(130)) for _ in range(200))
    )
    assert set(found) == set(ALPHABET)
