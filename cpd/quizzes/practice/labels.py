"""How sure somebody says they are, in the words of the page."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

CONFIDENCES: Mapping[str, LazyString] = {
    "guessing": _l("Guessing"),
    "fairly-sure": _l("Fairly sure"),
    "sure": _l("Sure"),
}
"""In the order in which they are asked."""
