"""The words for why an uploaded picture is refused."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.media.refusals import Refusal

REFUSALS: Mapping[Refusal, LazyString] = {
    Refusal.EMPTY: _l("Choose a picture first."),
    Refusal.TOO_LARGE: _l("The picture is larger than 10 MB. Save it smaller, then try again."),
    Refusal.SVG: _l("SVG drawings cannot be uploaded. Save the drawing as a PNG file."),
    Refusal.OTHER_FORMAT: _l("This is not a PNG, JPEG or WebP picture. Save it as one of these."),
    Refusal.TWO_FILES: _l(
        "The file holds something else behind the picture. Open it in a picture "
        "program and save it again."
    ),
    Refusal.ANIMATED: _l("The picture moves. Choose one that stands still."),
    Refusal.TOO_MANY_PIXELS: _l(
        "The picture has too many pixels or too much detail. Save it smaller, then try again."
    ),
    Refusal.BROKEN: _l("The picture is damaged and cannot be read. Save it again, then try again."),
    Refusal.TOO_SLOW: _l("The picture took too long to read. Save it smaller, then try again."),
}
