"""QR codes as pictures; drawn by segno, which is an optional dependency."""

from base64 import b64encode
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any


def draw_qr_code_as_data_uri(text: str) -> str:
    """Return an SVG picture of a text as a data URI; empty where segno is not installed."""
    if find_spec("segno") is None:
        return ""
    picture = BytesIO()
    code = _import_segno().make(text, error="m")
    code.save(picture, kind="svg", scale=4, border=4, light="white")
    return f"data:image/svg+xml;base64,{b64encode(picture.getvalue()).decode()}"


def _import_segno() -> Any:
    """Load segno when the first picture is drawn, so that servers that draw none do without it."""
    return import_module("segno")
