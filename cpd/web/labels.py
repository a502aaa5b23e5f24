"""Labels with an icon, and those that say whether an answer is saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class StatusLabel:
    """A label with its icon: the class gives the color, the icon the shape."""

    css: str
    words: LazyString
    icon: str
    level: int = 0
    """Which decision color it uses, 0 for none."""


SAVING: Mapping[str, StatusLabel] = {
    "saved": StatusLabel("saved", _l("Saved"), "safe"),
    "saving": StatusLabel("saving", _l("Saving…"), "saving"),
    "unsaved": StatusLabel("unsaved", _l("Not sent yet. Kept on this device."), "on-device"),
}
"""How the page says whether an answer is saved."""
