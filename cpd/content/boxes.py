"""Boxes: turns what the library reads as an admonition into the HTML that is shown."""

from xml.etree import ElementTree as ET

from cpd.content.blocks import WRITTEN, is_box_element
from cpd.content.document import Findings

BOXES = {
    "monday": "On Monday",
    "evidence": "Evidence",
    "caution": "Expert caution",
    "house-rule": "House rule",
    "corrected": "Corrected here",
}
"""The kinds of box, each with the title it gets when the author writes none."""
MONDAY = "on-monday"
"""The anchor of the box for Monday, so a text can have only one."""


def shape_boxes(parent: ET.Element, findings: Findings) -> None:
    """Turn every box below an element into the HTML that is shown."""
    children = list(parent)
    for position, child in enumerate(children):
        shape_boxes(child, findings)
        classes = child.get("class", "").split()
        if child.tag != "div" or "admonition" not in classes:
            continue
        kind = classes[1] if len(classes) > 1 else ""
        if is_box_element(parent):
            findings.note_problem(
                "There is a box inside a box.", "Write it after the other box.", "!!!"
            )
        if kind not in BOXES:
            findings.note_problem(
                f"There is no box '{kind}'.", f"Use one of: {', '.join(BOXES)}.", f"!!! {kind}"
            )
            continue
        _note_content_problems(child, findings)
        title = _take_box_title(child, kind)
        if kind == "monday":
            _shape_monday_box(child, title)
            continue
        _shape_side_note(child, kind, title)
        before = children[position - 1] if position else None
        if before is not None and before.tag == "p" and before in list(parent):
            _pair_box_with_paragraph(parent, before, child)


def _note_content_problems(box: ET.Element, findings: Findings) -> None:
    """Note a box without text, or a title with markup."""
    titles = [part for part in box if part.get("class") == "admonition-title"]
    written = box.get(WRITTEN, "")
    if len(box) == len(titles):
        findings.note_problem(
            "The box is empty: what follows is outside it.",
            "Indent its text by four spaces, or remove the box.",
            written,
        )
    if any(part.tag != "abbr" for title in titles for part in title):
        findings.note_problem(
            "The title of a box can only be plain text.",
            "Write it without markup, and put a citation in the text of the box.",
            written.partition("\n")[0],
        )


def _take_box_title(box: ET.Element, kind: str) -> str:
    """Remove the library's title paragraph from a box and return its text."""
    first = box[0] if len(box) else None
    if first is None or first.get("class") != "admonition-title":
        return BOXES[kind]
    box.remove(first)
    written = "".join(first.itertext()).strip()
    default = kind.replace("-", " ").capitalize(), kind.capitalize()
    return BOXES[kind] if written in ("", *default) else written


def _shape_monday_box(box: ET.Element, title: str) -> None:
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


def _shape_side_note(box: ET.Element, kind: str, title: str) -> None:
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


def _pair_box_with_paragraph(parent: ET.Element, before: ET.Element, box: ET.Element) -> None:
    pair = ET.Element("div", {"class": "pair"})
    parent.insert(list(parent).index(before), pair)
    for element in (before, box):
        parent.remove(element)
        pair.append(element)
