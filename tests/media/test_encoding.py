"""Uploaded pictures: written anew in a process of their own, or refused with a reason."""

import io
import zipfile

import pytest
from flask_babel import LazyString
from PIL import Image

from cpd.kernel import raster
from cpd.media import encoding, encoding_process
from cpd.media.labels import REFUSALS
from cpd.media.refusals import MAX_PIXELS, MAX_UPLOAD, PictureRefusedError, Refusal
from tests.factories.pictures import save, upload

PLACE = "Cubicle 3"


def with_metadata() -> bytes:
    """Return a photo that is turned by its metadata, which also names a place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, PLACE
    return save(Image.new("RGB", (60, 40), "red"), "JPEG", exif=exif, comment=PLACE.encode())


def test_a_photo_is_turned_made_smaller_and_keeps_only_its_pixels() -> None:
    """The process itself runs here once; the others run the same function."""
    content = encoding.encode_picture(with_metadata())
    assert raster.build_picture_name(content).startswith("40x60-")
    assert PLACE.encode() not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "WEBP"
        assert not image.info.keys() & {"exif", "xmp", "icc_profile"}


@pytest.mark.parametrize(
    ("sent", "size"),
    [
        (upload("JPEG", (2600, 1300)), (1280, 640)),
        (upload("PNG", mode="P"), (60, 40)),
        (upload("PNG", mode="RGBA"), (60, 40)),
        (upload("PNG", mode="1"), (60, 40)),
        (upload("WEBP"), (60, 40)),
        (upload("JPEG", mode="CMYK"), (60, 40)),
    ],
    ids=["large", "palette", "transparent", "bits", "webp", "print colors"],
)
def test_every_kind_of_picture_is_taken(sent: bytes, size: tuple[int, int]) -> None:
    assert raster.parse_picture_size(encoding_process.encode_picture(sent)) == size


def test_transparent_parts_stay_transparent() -> None:
    sent = save(Image.new("RGBA", (60, 40), (255, 0, 0, 90)), "PNG")
    photo = save(Image.effect_noise((60, 40), 90).convert("LA"), "WEBP")
    for picture in (sent, photo):
        with Image.open(io.BytesIO(encoding_process.encode_picture(picture))) as image:
            assert image.mode in ("RGBA", "RGB")
    with Image.open(io.BytesIO(encoding_process.encode_picture(sent))) as image:
        assert image.mode == "RGBA"


def archive() -> bytes:
    """Return an archive, which begins where a picture ends."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("index.html", "<script>")
    return written.getvalue()


def moving(form: str) -> bytes:
    """Return a picture of two frames."""
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    return save(frames[0], form, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Refusal.SVG),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', Refusal.SVG),
        (b"\n<!-- x --><svg onload=alert(1)>", Refusal.SVG),
        (upload("GIF"), Refusal.OTHER_FORMAT),
        (b"GIF89a/*" + b"*/=1;alert(1)", Refusal.OTHER_FORMAT),
        (b"<html><script>alert(1)</script>", Refusal.OTHER_FORMAT),
        (b"RIFF\0\0\0\0WAVEfmt ", Refusal.OTHER_FORMAT),
        (moving("PNG"), Refusal.ANIMATED),
        (moving("WEBP"), Refusal.ANIMATED),
        *((upload(form) + archive(), Refusal.TWO_FILES) for form in ("PNG", "JPEG", "WEBP")),
        (upload("PNG") + b"<script>alert(1)</script>", Refusal.TWO_FILES),
        (upload("PNG")[:-30], Refusal.BROKEN),
        (b"\xff\xd8\xff" + b"<script>" * 9, Refusal.BROKEN),
        (save(Image.new("1", (9000, 9000)), "PNG"), Refusal.TOO_MANY_PIXELS),
    ],
)  # fmt: skip
def test_anything_else_is_refused(sent: bytes, reason: Refusal) -> None:
    with pytest.raises(PictureRefusedError) as refused:
        encoding_process.encode_picture(sent)
    assert refused.value.reason is reason


def test_what_a_phone_puts_behind_a_photo_is_dropped() -> None:
    preview = upload("JPEG", (20, 20))
    content = encoding_process.encode_picture(upload("JPEG") + preview + b"SEFT" + b"\0" * 40)
    assert raster.parse_picture_size(content) == (60, 40)


def test_a_bomb_is_refused_before_its_pixels_are_read() -> None:
    assert MAX_PIXELS < 9000 * 9000
    bomb = save(Image.new("1", (9000, 9000)), "PNG")
    assert len(bomb) < 20_000


def test_the_process_says_why_and_is_killed_when_it_takes_too_long() -> None:
    with pytest.raises(PictureRefusedError) as refused:
        encoding.encode_picture(b"<svg/>")
    assert refused.value.reason is Refusal.SVG
    with pytest.raises(PictureRefusedError) as refused:
        encoding.encode_picture(upload(), seconds=0.001)
    assert refused.value.reason is Refusal.TOO_SLOW


@pytest.mark.parametrize(
    ("sent", "reason"), [(b"", Refusal.EMPTY), (b"0" * (MAX_UPLOAD + 1), Refusal.TOO_LARGE)]
)
def test_nothing_and_too_much_need_no_process(sent: bytes, reason: Refusal) -> None:
    with pytest.raises(PictureRefusedError) as refused:
        encoding.encode_picture(sent, seconds=0)
    assert refused.value.reason is reason


def test_every_refusal_has_a_sentence() -> None:
    assert REFUSALS.keys() == set(Refusal)
    assert all(isinstance(words, LazyString) for words in REFUSALS.values())
