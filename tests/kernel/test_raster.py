"""The pictures of a course: their names, and what a file may hold."""

import pytest
from PIL import Image

from cpd.kernel import raster
from cpd.kernel.raster import NotPlainWebpError
from tests.factories.pictures import save, upload

PLAIN = upload("WEBP")
EXACT = save(Image.new("RGB", (70, 30), "red"), "WEBP", lossless=True)
SEEN_THROUGH = Image.merge(
    "RGBA", [*Image.new("RGB", (33, 44)).split(), Image.effect_noise((33, 44), 90)]
)


def test_a_name_holds_the_size_and_the_hash() -> None:
    assert raster.build_picture_name(PLAIN).startswith("60x40-")
    assert raster.NAME.fullmatch(raster.build_picture_name(PLAIN))
    assert raster.parse_picture_size(EXACT) == (70, 30)
    assert raster.parse_picture_size(save(SEEN_THROUGH, "WEBP")) == (33, 44)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        upload("PNG"),
        PLAIN[:-2],
        PLAIN + b"<script>",
        PLAIN[:16] + b"\xff\xff\xff\x7f" + PLAIN[20:],
        save(Image.new("RGB", (9, 9)), "WEBP", exif=b"Exif\0\0where"),
        save(Image.new("RGB", (9, 9)), "WEBP", xmp=b"<x/>"),
        save(Image.new("RGB", (raster.MAX_SIDE + 1, 9)), "WEBP"),
        PLAIN[:23] + b"\0\0\0" + PLAIN[26:],
        EXACT[:20] + b"\0" + EXACT[21:],
    ],
    ids=[
        *("empty", "short", "png", "cut off", "longer", "false chunk", "metadata", "more metadata"),
        *("too wide", "no start code", "no mark"),
    ],
)
def test_a_file_with_anything_else_in_it_is_refused(content: bytes) -> None:
    with pytest.raises(NotPlainWebpError):
        raster.build_picture_name(content)


def test_what_is_wrong_with_a_file_is_said() -> None:
    name = raster.build_picture_name(PLAIN)
    assert raster.describe_file_problem(name, PLAIN) is None
    for wrong, content, words in (
        (name, PLAIN + b"x", "one picture and nothing else"),
        (name.replace("60x", "61x"), PLAIN, "name does not fit"),
        (name, PLAIN * (raster.MAX_BYTES // len(PLAIN) + 1), "are allowed"),
    ):
        found = raster.describe_file_problem(wrong, content)
        assert found
        assert words in found[0]


def test_a_reference_keeps_every_character_of_the_description() -> None:
    written = raster.format_reference("1x1-ab", "A [sic]\n hand \\")
    assert written == r"![A \[sic\] hand \\](media:1x1-ab)"
    assert raster.format_reference("1x1-ab", " ") == "![decorative](media:1x1-ab)"


def test_the_pictures_that_texts_show_are_found() -> None:
    name = raster.build_picture_name(PLAIN)
    assert raster.find_mentioned_names([f"![x](media:{name})", "media:none"]) == {name}
