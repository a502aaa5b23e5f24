"""WCAG contrast of the tokens in tokens.css, measured in both colour schemes."""

import re

import pytest

from cpd.web.stylesheet import FOLDER

Tokens = dict[str, str]
TEXT, SHAPE = 4.5, 3.0

GROUNDS = ("page", "paper")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "muted", "accent") for ground in GROUNDS),
    *((ink, "sunk", TEXT) for ink in ("ink", "muted")),
    *((ink, "accent-soft", TEXT) for ink in ("ink", "accent")),
    ("ink", "slip", TEXT),
    ("ink", "marker", TEXT),
    ("on-accent", "accent", TEXT),
    ("page", "ink", TEXT),
    *((f"d{n}", ground, TEXT) for n in range(1, 6) for ground in (*GROUNDS, f"d{n}-soft")),
    *(("ink", f"d{n}-soft", TEXT) for n in range(1, 6)),
    ("muted", "d1-soft", TEXT),
    ("paper", "d4", SHAPE),
    ("paper", "d5", TEXT),
    ("edge", "page", SHAPE),
    ("edge", "paper", SHAPE),
    ("edge", "slip", SHAPE),
    ("ink", "h1", TEXT),
    ("ink", "h2", TEXT),
    ("on-h3", "h3", TEXT),
    ("on-h4", "h4", TEXT),
]


def tokens() -> dict[str, Tokens]:
    """Read the colours of both schemes."""
    css = (FOLDER / "tokens.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks[:2])
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Return the relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(scheme: str, ink: str, ground: str, least: float) -> None:
    colours = tokens()[scheme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_both_schemes_name_the_same_colours() -> None:
    found = tokens()
    same_in_both = {"glow"}
    assert {k for k in found["light"] if found["light"][k] == found["dark"][k]} <= same_in_both


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < TEXT  # the well-known grey that just fails
