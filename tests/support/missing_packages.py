"""Making packages look as if they were not installed."""

import sys

import pytest

NEED_AN_EXTRA = ("cpd.certificates.formats.pdf.", "cpd.certificates.formats.qr_code")
"""Our modules that import optional packages; they are imported again, and so miss them."""


def take_away(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Make imports of these packages fail until the end of the test."""
    for name in list(sys.modules):
        if name.partition(".")[0] in packages:
            monkeypatch.setitem(sys.modules, name, None)
        elif name.startswith(NEED_AN_EXTRA):
            parent, _, leaf = name.rpartition(".")
            monkeypatch.delattr(sys.modules[parent], leaf)
            monkeypatch.delitem(sys.modules, name)
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)
