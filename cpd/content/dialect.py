"""Our Markdown: what it adds (citations, links, anchors, boxes, blanks) and leaves out (HTML).

Written HTML is shown as text, so that "<24 h" reads as it was meant and nothing hides in a tag.
"""

import re
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from cpd.content import blocks
from cpd.content.blocks import WRITTEN, is_box
from cpd.content.document import CrossLink, Findings, Heading
from cpd.content.leftovers import Leftovers
from cpd.content.paragraphs import Paragraphs

CITED = re.compile(r"@([a-z0-9]+(?:-[a-z0-9]+)*)")
FIGURE = re.compile(r"figure:([a-z0-9]+(?:-[a-z0-9]+)*)")
CROSS_LINK = re.compile(r"(section|hazard|tool|term(?!.*#)):([a-z0-9-]+)(?:#([a-z0-9-]+))?")
EXTERNAL = re.compile(r"(?:https?://[^\s\"<>]+|mailto:[^\s\"<>]+)")
WITHIN = re.compile(r"#[a-z0-9-]+")
ANCHOR = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
PLACES = {"section": "sections/", "hazard": "hazards/", "tool": "tools/", "term": "glossary#term-"}
"""Where links lead from a section's page as long as nothing fills in their addresses."""
BOXES = {
    "monday": "On Monday",
    "evidence": "Evidence",
    "caution": "Expert caution",
    "house-rule": "House rule",
    "corrected": "Corrected here",
}
"""The boxes a section may have, and the title of one that names none."""
MONDAY = "on-monday"
"""The anchor of the box for Monday; so no text has two of them."""
RESERVED = re.compile(r"(?:main|refs|top|content|status)|(?:ref|source|case|step|choice|field)-.*")
"""Ids that pages use for themselves."""
_BLANK = re.compile(r"____ +(?P<label>[^*_`<>\x00-\x1f]{1,80}?)(?:: *(?P<lines>[2-9]) lines)?")
_COUNTED = re.compile(r": *[0-9]+ lines?")
_WITH_ANCHOR = re.compile(r"^(.*?)\s*\{#([^}]*)\}\s*$", re.DOTALL)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_DEEPEST = 4
_TABLES = {"use_align_attribute": False}
"""What the library's reader of tables is told."""


class Citations(InlineProcessor):
    """`[@key]` and `[@key; @other]`: bare links that hold the key, filled in when served."""

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(r"\[(@[^\[\]\n]{0,400})\]", md)
        self.findings = findings

    def handleMatch(  # type: ignore[override] # noqa: N802 - the library's name
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        """Return one link for a key, or a span of them for several."""
        del data
        keys = [part.strip() for part in m.group(1).split(";")]
        if not all(CITED.fullmatch(key) for key in keys):
            remedy = "Write it as [@smith-2020] or [@smith-2020; @jones-2019]."
            self.findings.problem(f"'{m.group(0)}' is no citation.", remedy, m.group(0))
            return None, None, None
        links = [self._link(key.removeprefix("@")) for key in keys]
        if len(links) == 1:
            return links[0], m.start(0), m.end(0)
        span = ET.Element("span")
        span.extend(links)
        return span, m.start(0), m.end(0)

    def _link(self, name: str) -> ET.Element:
        self.findings.cite(name)
        link = ET.Element("a", {"class": "cite", "href": f"#ref-{name}", "data-ref": name})
        link.text = name
        return link


class Blanks(InlineProcessor):
    """`[____ Label]` and `[____ Label: 4 lines]`: where the reader of a tool writes.

    Only the label and the height are kept; the field itself is made when the page is served, so
    that stored HTML never holds anything to type into.
    """

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(r"\[(____[^\[\]\n]{0,400})\]", md)
        self.findings = findings

    def handleMatch(  # type: ignore[override] # noqa: N802 - the library's name
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        """Return the place of a field, named by its label."""
        del data
        written = _BLANK.fullmatch(m.group(1).rstrip())
        if written is None or _COUNTED.search(written["label"]):
            remedy = (
                "Write it as [____ Label] or [____ Label: 4 lines], a plain label, 2 to 9 lines."
            )
            needle = m.group(0).partition("\x02")[0]
            self.findings.problem("This is no blank to fill in.", remedy, needle)
            return None, None, None
        self.findings.blanks += 1
        self.findings.spend(m.group(1)[written.end("label") :])
        blank = ET.Element("span", {"class": "blank", "data-lines": written["lines"] or "1"})
        blank.text = AtomicString(written["label"].strip())
        return blank, m.start(0), m.end(0)


class Anchors(Treeprocessor):
    """`## Text {#anchor}`: takes the anchor off the heading before its text is read."""

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(md)
        self.findings = findings

    def run(self, root: ET.Element) -> None:
        """Set the id of each heading that names one."""
        for heading in root.iter():
            found = _WITH_ANCHOR.match(heading.text or "") if heading.tag in _HEADINGS else None
            if found:
                heading.text = found.group(1)
                heading.set("id", found.group(2))
                self.findings.spend(found.group(2))


class Shape(Treeprocessor):
    """After the text is read: boxes, links, headings and tables get the form they are shown in."""

    def __init__(
        self, findings: Findings, md: Markdown, defined: tuple[blocks.Definitions, ...]
    ) -> None:
        super().__init__(md)
        self.findings = findings
        self.defined = defined

    def run(self, root: ET.Element) -> None:
        """Change the tree in place and note what was found."""
        for definitions in self.defined:
            definitions.check()
        self._within: list[str] = []
        self._figures(root)
        self._boxes(root)
        for element in root.iter():
            if element.tag in _HEADINGS:
                self._heading(element)
                self._bare(element, "heading")
            elif element.tag == "a" and element.get("class") != "cite":
                self._link(element)
                self._bare(element, "link")
            elif element.tag == "img":
                self.findings.problem(
                    "A picture stands in other text, or is none of the course’s figures.",
                    "Write ![](figure:<id>) on a line of its own, with empty lines around it.",
                    f"({element.get('src', '')})",
                )
            elif element.tag == "th":
                element.set("scope", "col")
        anchors = {f"#{heading.anchor}" for heading in self.findings.headings}
        for href in self._within:
            if href not in anchors:
                self.findings.problem(
                    f"There is no heading '{href}' here.", "Name one of this file.", f"({href})"
                )

    def _bare(self, element: ET.Element, kind: str) -> None:
        """A field inside a heading or a link could not be reached or named."""
        if element.find(".//span[@class='blank']") is not None:
            self.findings.problem(f"A blank stands inside a {kind}.", "Put it behind.", "[____")

    def _figures(self, root: ET.Element) -> None:
        for element in root:
            picture = _alone(element)
            named = FIGURE.fullmatch(picture.get("src", "")) if picture is not None else None
            if picture is None or named is None:
                continue
            if picture.get("alt") or picture.get("title"):
                self.findings.problem(
                    f"The figure '{named.group(1)}' is described where it is placed.",
                    "Leave the brackets empty: its words stand in its own file.",
                    named.group(),
                )
            self.findings.links.append(CrossLink("figure", named.group(1)))
            self.findings.spend(named.group())
            element.clear()
            element.tag = "figure"
            element.set("data-figure", named.group(1))

    def _heading(self, element: ET.Element) -> None:
        text = " ".join("".join(element.itertext()).split())
        if text.endswith("#") and text.rstrip("#").endswith(" "):
            self.findings.problem(
                f"The heading '{text}' ends in signs.", "Take them away.", text
            )
        level = int(element.tag[1])
        anchor = element.get("id", "")
        if level == 1 or level > _DEEPEST:
            self.findings.problem(
                f"The heading '{text}' is of level {level}.",
                "Use ## and ### (the page's own heading is the title).",
                text,
            )
        if not anchor:
            if level < _DEEPEST:
                self.findings.problem(
                    f"The heading '{text}' has no anchor.", "Write '## Text {#anchor}'.", text
                )
            return
        if not ANCHOR.fullmatch(anchor) or RESERVED.fullmatch(anchor):
            self.findings.problem(
                f"'{anchor}' cannot be an anchor.",
                "Begin with a small letter, then letters, digits and hyphens; "
                "ref-, source-, case-, step-, choice- and field- are taken.",
                f"{{#{anchor}}}",
            )
            del element.attrib["id"]
        elif any(one.anchor == anchor for one in self.findings.headings):
            self.findings.problem(
                f"The anchor '{anchor}' is there twice.", "Give each its own.", f"{{#{anchor}}}"
            )
            del element.attrib["id"]
        else:
            self.findings.headings.append(Heading(level, anchor, text))

    def _link(self, element: ET.Element) -> None:
        href = element.get("href", "")
        self.findings.spend(href)
        if element.get("title"):
            self.findings.problem(
                f"'{element.get('title')}' stands behind an address, and would be shown nowhere.",
                "Say it in the sentence.",
                element.get("title", ""),
            )
        if not "".join(element.itertext()).strip():
            self.findings.problem(
                f"The link to '{href[:80]}' has no words.", "Write [words](address).", href
            )
        if element.find(".//a") is not None:
            self.findings.problem("A citation stands inside a link.", "Put it behind the link.", href)
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
            self.findings.problem(
                f"The link '{href[:80]}' leads nowhere that is allowed.",
                "Link to https://..., mailto:..., section:<id>#<anchor>, hazard:<id>, tool:<id>, "
                "term:<id> or #<anchor>.",
                href,
            )

    def _boxes(self, parent: ET.Element) -> None:
        children = list(parent)
        for position, child in enumerate(children):
            self._boxes(child)
            classes = child.get("class", "").split()
            if child.tag != "div" or "admonition" not in classes:
                continue
            kind = classes[1] if len(classes) > 1 else ""
            if is_box(parent):
                self.findings.problem("A box stands inside a box.", "Write it after the other.", "!!!")
            if kind not in BOXES:
                self.findings.problem(
                    f"There is no box '{kind}'.", f"Use one of: {', '.join(BOXES)}.", f"!!! {kind}"
                )
                continue
            self._check_box(child)
            title = _title(child, kind)
            if kind == "monday":
                _monday(child, title)
                continue
            _side(child, kind, title)
            before = children[position - 1] if position else None
            if before is not None and before.tag == "p" and before in list(parent):
                _pair(parent, before, child)


    def _check_box(self, box: ET.Element) -> None:
        """A box has a text, and a title without markup."""
        titles = [part for part in box if part.get("class") == "admonition-title"]
        written = box.get(WRITTEN, "")
        if len(box) == len(titles):
            self.findings.problem(
                "The box is empty: what follows stands outside.",
                "Indent its text by four spaces, or take the box out.",
                written,
            )
        if any(part.tag != "abbr" for title in titles for part in title):
            self.findings.problem(
                "The title of a box is plain text.",
                "Write it without signs, and a citation in the text of the box.",
                written.partition("\n")[0],
            )


def _alone(paragraph: ET.Element) -> ET.Element | None:
    """Return the picture that is all of a paragraph."""
    is_alone = paragraph.tag == "p" and len(paragraph) == 1 and paragraph[0].tag == "img"
    has_words = bool("".join(paragraph.itertext()).strip())
    return paragraph[0] if is_alone and not has_words else None


def _title(box: ET.Element, kind: str) -> str:
    """Take the library's title paragraph off a box and return its words."""
    first = box[0] if len(box) else None
    if first is None or first.get("class") != "admonition-title":
        return BOXES[kind]
    box.remove(first)
    written = "".join(first.itertext()).strip()
    default = kind.replace("-", " ").capitalize(), kind.capitalize()
    return BOXES[kind] if written in ("", *default) else written


def _monday(box: ET.Element, title: str) -> None:
    box.tag = "aside"
    box.attrib = {"class": "monday"}
    heading = ET.Element("h2", {"id": MONDAY})
    heading.text = title
    box.insert(0, heading)
    for item in [item for ul in box.findall("ul") for item in ul.findall("li")]:
        words = ET.Element("div")
        words.text, item.text = item.text, None
        words.extend(list(item))
        for child in list(item):
            item.remove(child)
        ET.SubElement(item, "span", {"class": "box"})
        item.append(words)


def _side(box: ET.Element, kind: str, title: str) -> None:
    box.tag = "aside"
    box.attrib = {"class": f"side note-{kind}", "role": "note"}
    first = box[0] if len(box) and box[0].tag == "p" else None
    if first is None:
        first = ET.Element("p")
        box.insert(0, first)
    bold = ET.Element("b")
    bold.text = title if title.endswith((".", "?", "!")) else f"{title}."
    bold.tail = f" {first.text or ''}".rstrip("\n") or None
    first.text = None
    first.insert(0, bold)


def _pair(parent: ET.Element, before: ET.Element, box: ET.Element) -> None:
    pair = ET.Element("div", {"class": "pair"})
    parent.insert(list(parent).index(before), pair)
    for one in (before, box):
        parent.remove(one)
        pair.append(one)


class Dialect(Extension):
    """Joins the parts above to the library and takes written HTML out of it."""

    def __init__(self, findings: Findings, explained: blocks.Definitions, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.findings = findings
        self.explained = explained

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register our processors."""
        findings = self.findings
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("automail")  # writes addresses as character references
        md.inlinePatterns.register(Citations(findings, md), "citations", 175)
        md.inlinePatterns.register(Blanks(findings, md), "blanks", 174)
        md.treeprocessors.register(Anchors(findings, md), "anchors", 30)
        md.treeprocessors.register(Leftovers(findings, md), "leftovers", 8)
        md.references = addresses = blocks.Definitions(findings, "[{name}]:")
        md.treeprocessors.register(Shape(findings, md, (addresses, self.explained)), "shape", 5)
        read = md.parser.blockprocessors
        read.register(blocks.Boxes(findings, md.parser), "admonition", 105)
        read.register(blocks.Indented(findings, md.parser), "code", 80)
        read.register(blocks.Tables(findings, md.parser, _TABLES), "table", 75)
        read.register(blocks.Numbers(findings, md.parser), "olist", 40)
        read.register(blocks.Bullets(findings, md.parser), "ulist", 30)
        read.register(blocks.Quotes(findings, md.parser), "quote", 20)
        read.register(Paragraphs(findings, md.parser), "paragraph", 10)


def reader(findings: Findings) -> Markdown:
    """Return a Markdown reader that notes what it finds; call `reset()` before each document."""
    abbreviations = AbbrExtension()
    abbreviations.abbrs = explained = blocks.Definitions(findings, "*[{name}]:")
    own = Dialect(findings, explained)
    return Markdown(
        extensions=["tables", "sane_lists", "admonition", abbreviations, own],
        output_format="html",
    )
