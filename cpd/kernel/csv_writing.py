"""The one writer of CSV files: text that a spreadsheet program would run stays text."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

_STARTS_FORMULA = re.compile(r"['\s]*[=+\-@＝＋－＠]|'*[\t\r\n]")
"""What makes a spreadsheet program read a text as a formula, full-width signs included.

Apostrophes before it count as well, so that `restore_formula` finds exactly those that were added.
"""


def write_csv(rows: Iterable[Sequence[str | int | Decimal | None]]) -> str:
    """Return the rows as CSV (RFC 4180), with every formula in a text neutralized."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerows([_format_value(value) for value in row] for row in rows)
    return target.getvalue()


def neutralize_formula(text: str) -> str:
    """Return the text, with an apostrophe before it if a spreadsheet program would run it."""
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


def restore_formula(text: str) -> str:
    """Return a text as it was before `neutralize_formula`."""
    is_neutralized = text.startswith("'") and _STARTS_FORMULA.match(text[1:])
    return text[1:] if is_neutralized else text


def _format_value(value: str | int | Decimal | None) -> str:
    if isinstance(value, str):
        return neutralize_formula(value)
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
