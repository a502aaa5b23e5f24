"""Public ids: long enough not to be guessed, plain enough to be typed."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.kernel import ids


def test_an_id_names_its_thing_and_carries_at_least_128_bits() -> None:
    prefix, _, rest = ids.new_public_id("att").partition("_")
    assert prefix == "att"
    assert len(rest) * 5 >= 128
    assert len(f"abc_{rest}") <= 40, "the columns hold 40 characters"


def test_no_two_are_the_same() -> None:
    assert len({ids.new_public_id("att") for _ in range(1000)}) == 1000


def test_the_alphabet_has_no_look_alikes() -> None:
    assert len(set(ids.ALPHABET)) == len(ids.ALPHABET) == 32
    assert set("ilou").isdisjoint(ids.ALPHABET)
    assert ids.ALPHABET.islower()


@given(st.integers(1, 400))
def test_text_carries_the_bits_asked_for_and_not_five_more(bits: int) -> None:
    text = ids.generate_base32_text(bits)
    assert bits <= len(text) * 5 < bits + 5
    assert set(text) <= set(ids.ALPHABET)


def test_every_character_comes_from_the_machines_safe_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = b"\x00\x1f\x20\xff"
    monkeypatch.setattr(secrets, "token_bytes", lambda count: drawn[:count])
    assert ids.generate_base32_text(20) == "0z0z"
