"""The process that reads one uploaded picture, writes it anew as WebP, and ends.

It gets the upload on standard input and writes `ok` and the new file, or the name of a refusal, to
standard output. Only pixels pass through: no metadata, no color profile, nothing after the end of
the picture. It has no settings and no secrets, and it is killed when it takes too long.
"""

import io
import re
import resource
import sys
import warnings

from PIL import Image, ImageOps

from cpd.kernel.raster import MAX_SIDE
from cpd.media.refusals import MAX_PIXELS, OK, PictureRefusedError, Refusal

MEMORY_BYTES = 1024 * 1024 * 1024
SECONDS = 15
_QUALITY = 82
_MOST_EXACT_BYTES = 300_000
"""A drawing stays exact to the pixel up to this size; above it, it is a photo in fact."""
_FORMATS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP"}
_DRAWING = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype svg|!--|svg)", re.IGNORECASE)
_FOREIGN = re.compile(rb"PK\x05\x06|%PDF-|<(?:script|html|svg|\?php)", re.IGNORECASE)
"""What makes the bytes after a picture a file of their own. Phones put harmless data there."""
_END_OF_PNG = b"IEND\xae\x42\x60\x82"
_END_OF_JPEG = b"\xff\xd9"


def encode_picture(upload: bytes) -> bytes:
    """Return an upload as WebP, in this process and without limits; raises PictureRefusedError."""
    form = _find_format_or_refuse(upload)
    _refuse_anything_behind(upload, form)
    try:
        with Image.open(io.BytesIO(upload), formats=[form]) as image:
            _refuse_by_head(image, form)
            return _write_webp(image, is_drawn=form == "PNG")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise PictureRefusedError(Refusal.BROKEN) from None


def _find_format_or_refuse(upload: bytes) -> str:
    if _DRAWING.match(upload):
        raise PictureRefusedError(Refusal.SVG)
    for head, form in _FORMATS.items():
        if upload.startswith(head) and (form != "WEBP" or upload[8:12] == b"WEBP"):
            return form
    raise PictureRefusedError(Refusal.OTHER_FORMAT)


def _refuse_anything_behind(upload: bytes, form: str) -> None:
    """Refuse a file that is also something else."""
    if form == "WEBP":
        rest = upload[int.from_bytes(upload[4:8], "little") + 8 :]
    else:
        end = _END_OF_PNG if form == "PNG" else _END_OF_JPEG
        rest = upload.rpartition(end)[2] if end in upload else b""
    if _FOREIGN.search(rest):
        raise PictureRefusedError(Refusal.TWO_FILES)


def _refuse_by_head(image: Image.Image, form: str) -> None:
    """Refuse by what the head of the file says, before any pixel is read."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureRefusedError(Refusal.TOO_MANY_PIXELS)
    if form != "JPEG" and getattr(image, "n_frames", 1) > 1:  # of a JPEG, the others are previews
        raise PictureRefusedError(Refusal.ANIMATED)


def _write_webp(image: Image.Image, *, is_drawn: bool) -> bytes:
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
    turned = ImageOps.exif_transpose(image)
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    plain = turned.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((MAX_SIDE, MAX_SIDE))
    pixels = Image.frombytes(plain.mode, plain.size, plain.tobytes())  # without what it knew
    exact = _save_webp(pixels, lossless=True) if is_drawn else b""
    return exact if 0 < len(exact) <= _MOST_EXACT_BYTES else _save_webp(pixels, lossless=False)


def _save_webp(pixels: Image.Image, *, lossless: bool) -> bytes:
    written = io.BytesIO()
    pixels.save(written, "WEBP", lossless=lossless, quality=_QUALITY, method=4)
    return written.getvalue()


def limit_process() -> None:
    """Let the system end this process before it uses up the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> None:
    """Read an upload from standard input and write the answer."""
    limit_process()
    warnings.simplefilter("ignore")  # our own limits decide
    try:
        answer = OK + encode_picture(sys.stdin.buffer.read())
    except PictureRefusedError as refused:
        answer = refused.reason.encode()
    except MemoryError:
        answer = Refusal.TOO_MANY_PIXELS.encode()
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":  # runs in the process of its own
    main()
