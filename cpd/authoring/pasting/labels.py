"""The words for what a paste has lost."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.authoring.pasting.converting import Loss

_TEXTS: Mapping[Loss, LazyString] = {
    Loss.PICTURE: _l("Pictures were left out. Add each with “Add a picture”."),
    Loss.MERGED: _l("Merged table cells became single cells."),
    Loss.UNDERLINE: _l("Underlining was removed."),
    Loss.STRUCK: _l("Strikethrough was removed. Delete those words if you meant to."),
    Loss.RAISED: _l("Superscripts and subscripts became ordinary characters."),
    Loss.COLOR: _l("Colors were left out."),
    Loss.LINK: _l("Links within the document became plain text."),
    Loss.FORMATTING: _l("Only plain text arrived, so headings and bold words look like the rest."),
}


def describe_losses(losses: Mapping[Loss, int]) -> list[str]:
    """Return a sentence for each kind of loss."""
    return [str(_TEXTS[loss]) for loss in losses]
