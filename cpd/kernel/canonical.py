"""One byte form for each value, so that hashes and signatures can be reproduced."""

import hashlib
import json
from fractions import Fraction
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object."""


def _refuse_value(value: object) -> Any:
    msg = f"{type(value).__name__} has no canonical form; turn it into text or an integer first"
    raise TypeError(msg)


def _refuse_inner_values(value: Any) -> None:
    if isinstance(value, float):
        _refuse_value(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                _refuse_value(key)
            _refuse_inner_values(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_inner_values(inner)


def encode_json(value: Any) -> bytes:
    """Return JSON with sorted keys, no spaces, UTF-8; raises TypeError for floats and the like."""
    _refuse_inner_values(value)
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse_value
    ).encode()


def hash_json(value: Any) -> str:
    """Return the SHA-256 of the canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(encode_json(value)).hexdigest()


def format_fraction(value: Fraction) -> str:
    """Return "numerator/denominator", even for whole numbers, so that equal values look alike."""
    return f"{value.numerator}/{value.denominator}"
