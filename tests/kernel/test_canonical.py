"""One byte form for one value: a hash made today is made again in six years."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.kernel import canonical

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


class Colour(StrEnum):
    AMBER = "amber"


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ({"b": 1, "a": [True, None, "x"]}, b'{"a":[true,null,"x"],"b":1}'),
        ({"name": "Zoë Οδυσσέας"}, '{"name":"Zoë Οδυσσέας"}'.encode()),
        ((1, (2,)), b"[1,[2]]"),
        (Colour.AMBER, b'"amber"'),
        (2**70, b"1180591620717411303424"),
        ('"\\\n', b'"\\"\\\\\\n"'),
        ({}, b"{}"),
    ],
)
def test_the_bytes_are_these(value: Any, encoded: bytes) -> None:
    assert canonical.encode_json(value) == encoded


def test_a_digest_is_kept_for_ever() -> None:
    """Stored hashes rest on this one: it may never change."""
    value = {"title": "Massage in hot weather", "marks": ["1", "1/2"], "number": 3}
    assert canonical.hash_json(value) == (
        "ce7520f7310d80d68e82a08e9acf4746f8a1348cece49c53fa47bdfc73e0c7d7"
    )
    assert canonical.hash_json(value) == hashlib.sha256(canonical.encode_json(value)).hexdigest()


@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical.hash_json(turned) == canonical.hash_json(value)


@given(JSON, JSON)
def test_values_that_differ_have_bytes_that_differ(one: Any, other: Any) -> None:
    if canonical.encode_json(one) == canonical.encode_json(other):
        assert one == other


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), ("1", 1), (None, "null")])
def test_look_alikes_of_another_type_differ(one: Any, other: Any) -> None:
    assert canonical.encode_json(one) != canonical.encode_json(other)


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        {"deep": [{"x": 1.0}]},
        Decimal("0.5"),
        Fraction(1, 2),
        datetime(2026, 11, 1, tzinfo=UTC),
        b"bytes",
        {1, 2},
        {1: "a key that is no text"},
        {"x": {None: 1}},
        pytest.param(object(), id="an object"),
    ],
    ids=repr,
)
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        canonical.encode_json(value)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical.encode_json("\ud800")
