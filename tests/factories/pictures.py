"""Pictures as people upload them, and as they are stored."""

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Flask
from PIL import Image

from cpd.db import unit_of_work
from cpd.kernel import clock, raster
from cpd.media import actions as media


@cache
def upload(form: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    """Return a picture in a format."""
    return save(Image.linear_gradient("L").resize(size).convert(mode), form)


def save(image: Image.Image, form: str, **options: Any) -> bytes:
    """Return the file of an image."""
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def store(app: Flask) -> str:
    """Store a picture as it is after its upload, and return its name."""
    content = upload("WEBP")
    with app.app_context(), unit_of_work() as session:
        media.store_media(session, content, raster.TYPE, now=clock.now())
    return raster.build_picture_name(content)


def form_with(picture: bytes, **fields: str) -> Mapping[str, Any]:
    """Return the fields of a form that brings a picture."""
    return {**fields, "picture": (io.BytesIO(picture), "client-jane.jpg")}
