"""The optional libraries, and the one place that loads modules that need them.

Such a module imports its libraries at the top, like any other. The site calls it only through
`import_module_needing_extra`, so that it starts without them.
"""

import importlib
import importlib.util
from types import ModuleType

EXTRA = "pdf"
"""The name of the extra in `pyproject.toml`."""


PACKAGES = ("pypdf", "segno", "typst")
"""What the extra installs."""


FONT_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
"""What the extra `fonts` installs: more scripts than the typesetter brings."""
FONTS_REMEDY = "pip install 'cpd[fonts]'"


class MissingExtraError(RuntimeError):
    """The optional libraries are not installed."""

    remedy = f"pip install 'cpd[{EXTRA}]'"

    def __init__(self) -> None:
        super().__init__(f"PDF files need an extra that is not installed. Run: {self.remedy}")


def is_extra_installed() -> bool:
    """Tell whether the optional libraries are there, without importing them."""
    return all(importlib.util.find_spec(package) for package in PACKAGES)


def are_more_fonts_installed() -> bool:
    """Tell whether every package of the extra `fonts` is there."""
    return all(importlib.util.find_spec(package) for package in FONT_PACKAGES)


def import_module_needing_extra(module: str) -> ModuleType:
    """Import one of our modules that needs the extra; raises MissingExtraError."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtraError from None
