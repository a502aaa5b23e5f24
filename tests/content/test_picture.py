"""Pictures: what may be drawn is accepted, and everything that could run, fetch or link is not."""

from xml.etree import ElementTree as ET

import pytest

from cpd.content.picture import MAX_BYTES, Picture, parse_picture

WHOLE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 350 200">
<title>Three steps</title>
<desc>From left to right.</desc>
<style>
  .ground, text { fill: #ffffff; stroke: none }
  .path { fill: none; stroke-dasharray: 4 3 }
  text { font-family: system-ui, sans-serif; font-size: 15px; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #1e1a22 }
  }
  @media print { .ground { fill: #fff } }
</style>
<g transform="translate(10, 5) rotate(-4) scale(-1 1)" stroke-width=".5">
  <path class="path thin" d="M0 0q1-2 3.5,4e1z"/>
  <rect class="ground" x="1" y="2" width="50%" height="20" rx="4"/>
  <circle cx="1" cy="1" r="1" fill="none"/><ellipse cx="1" cy="1" rx="1" ry="2"/>
  <line x1="0" y1="0" x2="1" y2="1"/><polyline points="0,0 1,1"/><polygon points="0,0 1,1 2,0"/>
  <!-- a note -->
</g>
<text x="10" y="20" font-size="14">One &amp; <tspan x="10" dy="20">two &#8211; é</tspan></text>
</svg>
"""


def faults(svg: str) -> list[str]:
    found = parse_picture("figures/a.svg", svg)
    return [] if isinstance(found, Picture) else [str(fault) for fault in found]


def drawn(piece: str) -> str:
    return WHOLE.replace("<!-- a note -->", piece)


def styled(piece: str) -> str:
    return WHOLE.replace(".path { fill: none; stroke-dasharray: 4 3 }", piece)


def headed(piece: str) -> str:
    return piece + WHOLE


HOSTILE = [
    drawn("<script>alert(1)</script>"),
    drawn('<script href="//x.example/a.js"/>'),
    drawn('<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>'),
    drawn('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>'),
    drawn('<h:img xmlns:h="http://www.w3.org/1999/xhtml" src="x" onerror="alert(1)"/>'),
    drawn('<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">x</div></foreignObject>'),
    drawn('<rect onclick="alert(1)"/>'),
    drawn('<rect ONCLICK="alert(1)"/>'),
    WHOLE.replace("<svg ", '<svg onload="alert(1)" '),
    drawn('<rect xmlns:e="http://www.w3.org/2001/xml-events" e:event="load"/>'),
    drawn('<a href="javascript:alert(1)"><rect/></a>'),
    drawn('<a xmlns:l="http://www.w3.org/1999/xlink" l:href="//x.example/"><rect/></a>'),
    drawn('<use href="//x.example/a.svg#b"/>'),
    drawn('<use href="#b"/>'),
    drawn('<image href="//x.example/a.png"/>'),
    drawn('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'),
    drawn('<feImage href="//x.example/"/>'),
    drawn('<animate attributeName="href" to="javascript:alert(1)"/>'),
    drawn('<set attributeName="onclick" to="alert(1)"/>'),
    drawn('<rect fill="url(//x.example/a.svg#b)"/>'),
    drawn('<rect fill="u&#114;l(#b)"/>'),
    drawn('<rect filter="url(#b)"/>'),
    drawn('<rect style="fill:url(//x.example/)"/>'),
    drawn('<rect id="forms"/>'),
    drawn('<rect transform="scale(.01)"/>'),
    drawn('<rect class="a&quot;b"/>'),
    drawn('<rect xml:base="//x.example/"/>'),
    drawn('<svg viewBox="0 0 1 1"><rect/></svg>'),
    drawn("<style>a{fill:red}</style>"),
    drawn("<text><script>alert(1)</script></text>"),
    drawn("<metadata><rect/></metadata>"),
    drawn("<?xml-stylesheet href='//x.example/a.css'?>"),
    headed("<?xml version='1.0' encoding='utf-7'?>"),
    headed("<?xml-stylesheet href='//x.example/a.css'?>"),
    headed("<!DOCTYPE svg SYSTEM '//x.example/a.dtd'>"),
    headed("<!DOCTYPE svg [<!ENTITY a SYSTEM '//x.example/a'>]>").replace("One ", "&a;"),
    styled("@import '//x.example/a.css';"),
    styled("@import url(//x.example/a.css);"),
    styled("@font-face { src: url(//x.example/a.woff) }"),
    styled("@media screen { .a { fill: red } }"),
    styled(".a { fill: url(//x.example/) }"),
    styled(".a { fill: u\\72l(//x.example/) }"),
    styled(".a { fill: &#92;75rl(b) }"),
    styled(".a { background: red }"),
    styled(".a { fill: red } .b:hover { fill: red }"),
    styled(".a { fill: red; /* x */ }"),
    styled("[class^=a] { fill: red }"),
    styled(".a { fill: red"),
    styled(".a { fill: red { fill: url(//x.example/) }"),
    WHOLE.replace(".ground { fill: #fff } }", ".ground { fill: #fff }"),
    styled("} .a { fill: red }"),
    styled("<rect/>"),
    WHOLE.replace(' xmlns="http://www.w3.org/2000/svg"', ""),
    WHOLE.replace("2000/svg", "1999/xhtml"),
]


def test_what_can_be_drawn_is_accepted_as_it_was_written() -> None:
    assert parse_picture("figures/a.svg", WHOLE) == Picture(WHOLE, 350, 200)


@pytest.mark.parametrize("svg", HOSTILE)
def test_what_could_run_fetch_or_link_is_refused(svg: str) -> None:
    assert svg != WHOLE
    assert faults(svg)


@pytest.mark.parametrize(
    "svg",
    [
        drawn('<rect fill="#b00"/>'),
        drawn("<text>alert(1)</text>"),
        drawn('<rect transform="rotate(3)"/>'),
        styled("@media print { .a { fill: red } }"),
        styled(".a { fill: red } .b { fill: red; }"),
        headed("<!-- a note -->"),
    ],
)
def test_what_is_plain_in_the_same_places_is_not(svg: str) -> None:
    """The control: the place alone is no reason."""
    assert svg != WHOLE
    assert faults(svg) == []


def test_most_of_it_would_pass_for_a_picture() -> None:
    """The control: it is the list that refuses them, and not the XML."""
    well_formed = [svg for svg in HOSTILE if ET.fromstring(svg.replace("&a;", "")) is not None]  # noqa: S314 - ours
    assert len(well_formed) == len(HOSTILE)


def test_nothing_behind_a_doctype_is_expanded() -> None:
    bomb = "<!DOCTYPE svg [<!ENTITY a '" + "ha" * 900 + "'>"
    for name, before in zip("bcdef", "abcde", strict=True):
        bomb += f"<!ENTITY {name} '{f'&{before};' * 90}'>"
    assert len(faults(bomb + "]>" + WHOLE.replace("One", "&f;"))) == 1


@pytest.mark.parametrize(
    ("svg", "line", "says"),
    [
        pytest.param("<svg", 1, "is not XML", id="no XML"),
        pytest.param("", 1, "is not XML", id="nothing"),
        pytest.param(
            WHOLE.replace("é", "x" * MAX_BYTES), 1, "40,000 are allowed", id="too many bytes"
        ),
        pytest.param(drawn("<g>" * 9 + "</g>" * 9), 18, "at most 8 levels deep", id="too deep"),
        pytest.param(WHOLE.replace("0 0 350", "0 0 361"), 1, "a W of at most 360", id="too wide"),
        pytest.param(WHOLE.replace('viewBox="0 0 350 200"', ""), 1, "no viewBox", id="no viewBox"),
        pytest.param(WHOLE.replace("Three steps", " "), 22, "has no <title>", id="no title"),
        pytest.param(
            WHOLE.replace('font-size="14"', 'font-size="13.9"'), 20, "too small", id="small text"
        ),
        pytest.param(WHOLE.replace("15px", "13px"), 12, "Text of 13px", id="small in the style"),
        pytest.param(WHOLE.replace("15px", ".9em"), 12, "'font-size' is '.9em'", id="no pixels"),
        pytest.param(drawn('<rect\n  d="M0 0"/>'), 18, "<rect> may not have 'd'", id="no such"),
    ],
)
def test_a_fault_says_where_and_why(svg: str, line: int, says: str) -> None:
    found = faults(svg)
    assert found
    assert found[0].startswith(f"figures/a.svg:{line}: ")
    assert says in found[0]
