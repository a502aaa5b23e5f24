"""The XML of a cell: a number is a number and a text is a text, which no program runs."""

from collections.abc import Mapping
from decimal import Decimal
from html import escape

from cpd.schools.files.rules.sheets import format_number
from cpd.schools.files.rules.xml_reading import escape_text, unescape_text


def render_cell(
    value: Decimal | int | str, attributes: Mapping[str, str], *, tag: str = "c"
) -> str:
    """Return a cell with its place, its style and a value; the tag has the sheet's prefix."""
    prefix = tag.removesuffix("c")
    kept = {name: text for name, text in attributes.items() if name != "t"}
    if not isinstance(value, str):
        content = f"<{prefix}v>{Decimal(value):f}</{prefix}v>"
    else:
        kept["t"] = "inlineStr"
        text = escape(escape_text(value), quote=False)
        content = f'<{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is>'
    listed = "".join(f' {name}="{escape(text)}"' for name, text in kept.items())
    return f"<{tag}{listed}>{content}</{tag}>"


def show_value(value: Decimal | int | str) -> str:
    """Return what a table shows that is read from the cell."""
    if isinstance(value, str):
        return unescape_text(escape_text(value))
    return format_number(f"{Decimal(value):f}")
