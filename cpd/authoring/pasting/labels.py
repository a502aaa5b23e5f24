"""The words for what a paste has lost."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.authoring.pasting.converting import Loss

_TEXTS: Mapping[Loss, LazyString] = {
    Loss.PICTURE: _l("Pictures are left out. Draw a figure of the course instead."),
    Loss.MERGED: _l("Merged cells of tables became single ones."),
    Loss.UNDERLINE: _l("Underlined words are plain now."),
    Loss.STRUCK: _l("Words that were struck through are plain now; delete them if you meant to."),
    Loss.RAISED: _l("Raised and lowered signs stand on the line now."),
    Loss.COLOR: _l("Colors are left out."),
    Loss.LINK: _l("Links inside the document are plain words now."),
    Loss.FORMATTING: _l(
        "Only the plain words arrived, so bold words and headings look like the others."
    ),
}


def describe_losses(losses: Mapping[Loss, int]) -> list[str]:
    """Return a sentence for each kind of loss."""
    return [str(_TEXTS[loss]) for loss in losses]
