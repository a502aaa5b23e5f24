"""Our Markdown: what it adds (citations, links, anchors, boxes, blanks) and leaves out (HTML).

Written HTML is shown as text, so that "<24 h" reads as intended and nothing hides in a tag.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from typing_extensions import override

from cpd.content import blocks, boxes
from cpd.content.choices import Choices
from cpd.content.definitions import Definitions
from cpd.content.document import REVIEW_MARK, CrossLink, Findings, Heading
from cpd.content.inline import Blanks, Citations, CountryTokens, ReviewMarks
from cpd.content.paragraphs import ParagraphReader
from cpd.content.stray_markup import StrayMarkupCheck
from cpd.kernel import raster

FIGURE = re.compile(r"figure:([a-z0-9]+(?:-[a-z0-9]+)*)")
_PICTURE = re.compile(rf"media:({raster.NAME.pattern})")
CROSS_LINK = re.compile(r"(section|hazard|tool|term(?!.*#)):([a-z0-9-]+)(?:#([a-z0-9-]+))?")
EXTERNAL = re.compile(r"(?:https?://[^\s\"<>]+|mailto:[^\s\"<>]+)")
WITHIN = re.compile(r"#[a-z0-9-]+")
ANCHOR = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
PLACES = {"section": "sections/", "hazard": "hazards/", "tool": "tools/", "term": "glossary#term-"}
"""Where links lead, relative to a section's page, until their real addresses are filled in."""
RESERVED = re.compile(
    r"(?:main|refs|top|content|status|awaiting-review)|(?:ref|source|case|step|choice|field)-.*"
)
"""Ids that pages use themselves."""
_WITH_ANCHOR = re.compile(r"^(.*?)\s*\{#([^}]*)\}\s*$", re.DOTALL)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_DEEPEST = 4
_SHOWN_AS_COLUMNS = 2
"""The most columns of a table that fit side by side on any phone."""
_FIT_BESIDE_A_TITLE = 4
"""The most columns that fit where a text has only a part of the width of the screen."""


class HeadingAnchors(blocks.TreeReader):
    """`## Text {#anchor}`: takes the anchor off the heading before its text is read."""

    def run(self, root: ET.Element) -> None:
        """Set the id of each heading that names one."""
        for heading in root.iter():
            match = _WITH_ANCHOR.match(heading.text or "") if heading.tag in _HEADINGS else None
            if match:
                heading.text = match.group(1)
                heading.set("id", match.group(2))
                self.findings.mark_consumed(match.group(2))


class FinalForm(blocks.TreeReader):
    """Gives boxes, links, headings and tables their final form, once all text is read."""

    def __init__(self, findings: Findings, md: Markdown, defined: tuple[Definitions, ...]) -> None:
        super().__init__(findings, md)
        self.defined = defined

    def run(self, root: ET.Element) -> None:
        """Change the tree in place and note problems."""
        for definitions in self.defined:
            definitions.note_unused()
        self._within: list[str] = []
        self._shape_figures(root)
        self._shape_pictures(root)
        boxes.shape_boxes(root, self.findings)
        for element in root.iter():
            if element.tag in _HEADINGS:
                self._record_heading(element)
                self._note_blank_inside(element, "heading")
                self._note_token_inside(element)
                self._note_review_mark_inside(element, "heading")
            elif element.tag == "a" and element.get("class") != "cite":
                self._shape_link(element)
                self._note_blank_inside(element, "link")
                self._note_review_mark_inside(element, "link")
            elif element.tag == "img" and element.get("class") != "photo":
                self.findings.note_problem(
                    "A picture is inside other text, or is not one of the course’s figures.",
                    "Write ![](figure:<id>), or ![what it shows](media:<name>), on a line of its "
                    "own, with empty lines around it.",
                    f"({element.get('src', '')})",
                )
            elif element.tag == "table":
                for heading in element.iter("th"):
                    self._note_token_inside(heading)
                _name_columns(element)
        anchors = {f"#{heading.anchor}" for heading in self.findings.headings}
        for href in self._within:
            if href not in anchors:
                self.findings.note_problem(
                    f"There is no heading '{href}' here.", "Name one in this file.", f"({href})"
                )

    def _note_blank_inside(self, element: ET.Element, kind: str) -> None:
        """Note a blank inside a heading or a link, where its field could not be used."""
        if element.find(".//span[@class='blank']") is not None:
            self.findings.note_problem(
                f"There is a blank inside a {kind}.", "Put it after.", "[____"
            )

    def _note_token_inside(self, heading: ET.Element) -> None:
        """Note a token inside a heading, which is also shown where nothing is filled in."""
        token = heading.find(".//span[@class='local']")
        if token is not None:
            self.findings.note_problem(
                "There is a token inside a heading.",
                "Write words that are right in every country.",
                f"{{{{{token.get('data-local', '').replace('-c', ' C')}}}}}",
            )

    def _note_review_mark_inside(self, element: ET.Element, kind: str) -> None:
        """Note a review mark inside a heading or a link, where it could not lead anywhere."""
        if element.find(".//span[@class='awaiting']") is not None:
            self.findings.note_problem(
                f"There is a review mark inside a {kind}.",
                "Put it after the sentence that it marks.",
                f"[{REVIEW_MARK}]",
            )

    def _shape_figures(self, root: ET.Element) -> None:
        for element in root:
            picture = _find_lone_picture(element)
            named = FIGURE.fullmatch(picture.get("src", "")) if picture is not None else None
            if picture is None or named is None:
                continue
            if picture.get("alt") or picture.get("title"):
                self.findings.note_problem(
                    f"The figure '{named.group(1)}' has a description where it is placed.",
                    "Leave the brackets empty: the description belongs in the figure's own file.",
                    named.group(),
                )
            self.findings.links.append(CrossLink("figure", named.group(1)))
            self.findings.mark_consumed(named.group())
            element.clear()
            element.tag = "figure"
            element.set("data-figure", named.group(1))

    def _shape_pictures(self, root: ET.Element) -> None:
        """Give pictures of the course's media folder their address, size and description."""
        for paragraph in root.iter("p"):
            picture = _find_lone_picture(paragraph)
            named = _PICTURE.fullmatch(picture.get("src", "")) if picture is not None else None
            if picture is None or named is None:
                continue
            name, said = named[1], picture.get("alt", "").strip()
            if not said or picture.get("title"):
                self.findings.note_problem(
                    "The picture has no description in plain words.",
                    f"Say in the brackets what it shows, or write ![{raster.DECORATIVE}](...) if "
                    "a reader who cannot see it misses nothing.",
                    named[0],
                )
            self.findings.links.append(CrossLink("media", name))
            self.findings.mark_consumed(named[0], said)
            picture.attrib.clear()
            picture.attrib.update({
                "class": "photo",
                "src": f"/media/{name}.webp",
                "alt": "" if said == raster.DECORATIVE else said,
                "width": named[2],
                "height": named[3],
                "loading": "lazy",
            })  # fmt: skip

    def _record_heading(self, element: ET.Element) -> None:
        text = " ".join("".join(element.itertext()).split())
        if text.endswith("#") and text.rstrip("#").endswith(" "):
            self.findings.note_problem(
                f"The heading '{text}' ends in # characters, which would be shown.",
                "Remove them.",
                text,
            )
        level = int(element.tag[1])
        anchor = element.get("id", "")
        if level == 1 or level > _DEEPEST:
            self.findings.note_problem(
                f"The heading '{text}' is at level {level}.",
                "Use ## and ### (the page's own heading is the title).",
                text,
            )
        if not anchor:
            if level < _DEEPEST:
                self.findings.note_problem(
                    f"The heading '{text}' has no anchor.",
                    "Write '## Text {#anchor}'. In a case, a figure or a value, which have no "
                    "headings, begin a paragraph in bold instead.",
                    text,
                )
            return
        if not ANCHOR.fullmatch(anchor) or RESERVED.fullmatch(anchor):
            self.findings.note_problem(
                f"'{anchor}' cannot be an anchor.",
                "Begin with a lowercase letter, then use lowercase letters, digits and hyphens; "
                "ref-, source-, case-, step-, choice- and field- are reserved.",
                f"{{#{anchor}}}",
            )
            del element.attrib["id"]
        elif any(other.anchor == anchor for other in self.findings.headings):
            self.findings.note_problem(
                f"The anchor '{anchor}' is used twice.", "Give each its own.", f"{{#{anchor}}}"
            )
            del element.attrib["id"]
        else:
            self.findings.headings.append(Heading(level, anchor, text))

    def _shape_link(self, element: ET.Element) -> None:
        href = element.get("href", "")
        self.findings.mark_consumed(href)
        if element.get("title"):
            self.findings.note_problem(
                f"'{element.get('title')}' is the title of a link: only a mouse pointer shows it.",
                "Say it in the sentence.",
                element.get("title", ""),
            )
        if not "".join(element.itertext()).strip():
            self.findings.note_problem(
                f"The link to '{href[:80]}' has no words.", "Write [words](address).", href
            )
        if element.find(".//a") is not None:
            self.findings.note_problem(
                "There is a citation inside a link.", "Put it after the link.", href
            )
        to = CROSS_LINK.fullmatch(href)
        if to:
            type_, slug, anchor = to.group(1), to.group(2), to.group(3) or ""
            link = CrossLink(type_, slug, anchor)
            self.findings.links.append(link)
            tail = f"#{anchor}" if anchor else ""
            element.set("data-to", str(link))
            element.set("href", f"../{PLACES[type_]}{slug}{tail}")
        elif WITHIN.fullmatch(href):
            self._within.append(href)
        elif not EXTERNAL.fullmatch(href):
            del element.attrib["href"]
            self.findings.note_problem(
                f"The link '{href[:80]}' leads to a place that is not allowed.",
                "Link to https://..., mailto:..., section:<id>#<anchor>, hazard:<id>, tool:<id>, "
                "term:<id> or #<anchor>.",
                href,
            )


def _name_columns(table: ET.Element) -> None:
    """Mark the headings of a table; with three or more columns, each cell repeats its heading.

    On a phone such a table is shown as a card for each row, where nothing is left of the columns.
    """
    headings = list(table.iter("th"))
    for heading in headings:
        heading.set("scope", "col")
    if len(headings) <= _SHOWN_AS_COLUMNS:
        return
    table.set("class", "cards many" if len(headings) > _FIT_BESIDE_A_TITLE else "cards")
    for row in table.iter("tr"):
        for heading, cell in list(zip(headings, row.findall("td"), strict=False))[1:]:
            cell.set("data-head", " ".join("".join(heading.itertext()).split()))


def _find_lone_picture(paragraph: ET.Element) -> ET.Element | None:
    """Return the picture of a paragraph that holds nothing else."""
    is_alone = paragraph.tag == "p" and len(paragraph) == 1 and paragraph[0].tag == "img"
    has_words = bool("".join(paragraph.itertext()).strip())
    return paragraph[0] if is_alone and not has_words else None


class Abbreviations(AbbrExtension):
    """The library's abbreviations; each must be explained once, and used."""

    def __init__(self, explained: Definitions) -> None:
        super().__init__()
        self.abbrs = explained


class Dialect(Extension):
    """Adds the parts above to the library, and switches written HTML off."""

    def __init__(self, findings: Findings, explained: Definitions, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.findings = findings
        self.explained = explained

    @override
    def extendMarkdown(self, md: Markdown) -> None:
        """Register our processors."""
        findings = self.findings
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("automail")  # writes addresses as character references
        md.inlinePatterns.register(CountryTokens(findings, md), "country tokens", 176)
        md.inlinePatterns.register(Citations(findings, md), "citations", 175)
        md.inlinePatterns.register(Blanks(findings, md), "blanks", 174)
        md.inlinePatterns.register(ReviewMarks(findings, md), "review marks", 173)
        md.treeprocessors.register(HeadingAnchors(findings, md), "anchors", 30)
        md.treeprocessors.register(StrayMarkupCheck(findings, md), "stray markup", 8)
        md.treeprocessors.register(Choices(findings, md), "choices", 7.5)  # before abbreviations
        md.references = addresses = Definitions(findings, "[{name}]:")
        md.treeprocessors.register(FinalForm(findings, md, (addresses, self.explained)), "shape", 5)
        for name, priority, reader_of in _build_block_readers(md):
            reader_of.findings = findings
            md.parser.blockprocessors.register(reader_of, name, priority)


def _build_block_readers(md: Markdown) -> Iterator[tuple[str, int, blocks.BlockReader]]:
    """Yield our block readers, each with the name and priority of the one it replaces."""
    yield "admonition", 105, blocks.BoxReader(md.parser)
    yield "indent", 90, blocks.ItemContinuation(md.parser)
    yield "code", 80, blocks.IndentedText(md.parser)
    yield "table", 75, blocks.TableReader(md.parser, {"use_align_attribute": False})
    yield "olist", 40, blocks.NumberedList(md.parser)
    yield "ulist", 30, blocks.BulletList(md.parser)
    yield "quote", 20, blocks.QuoteReader(md.parser)
    yield "paragraph", 10, ParagraphReader(md.parser)


def build_markdown_reader(findings: Findings) -> Markdown:
    """Return a Markdown reader that notes what it finds; call `reset()` before each document."""
    explained = Definitions(findings, "*[{name}]:")
    own = (Abbreviations(explained), Dialect(findings, explained))
    return Markdown(extensions=["tables", "sane_lists", "admonition", *own], output_format="html")
