"""Text from a word processor as the Markdown of a course; what is lost is named."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import nh3
from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

LONGEST = 500_000
"""The longest HTML that is read: word processors wrap every word in markup."""
_NAMES_OF_TAGS = """
    a b blockquote br caption code del div em h1 h2 h3 h4 h5 h6 i img li ol p pre s span strike
    strong sub sup table tbody td tfoot th thead tr u ul
"""
_TAGS = set(_NAMES_OF_TAGS.split())
_PLAIN_TAGS = ["img", "u", "s", "del", "strike", "sub", "sup", "code", "pre"]
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_ATTRIBUTES = {
    "*": {"style", "class"},
    "a": {"href"},
    "b": {"id"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:p|div|span|h[1-6]|ul|ol|li|table|b|strong|html|body)\b", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*[•·◦▪●○‣–o§]\s*\t\s*|^\s*[•·◦▪●‣]\s+")
_NUMBER = re.compile(r"^\s*([0-9]+)[.)]\s*\t\s*")
_BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_PLAIN = re.compile(r"font-weight:\s*(?:normal|[1-5]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style:\s*italic", re.IGNORECASE)
_COLOR = re.compile(
    r"(?:^|;)\s*(?:color|background(?:-color)?):\s*(?!windowtext|black|#000|auto)", re.IGNORECASE
)
_ITEM = re.compile(r"( *)(?:- |[0-9]+\. )")


class Loss(StrEnum):
    """What a course cannot hold, so that it is left out or becomes plain."""

    PICTURE = "picture"
    MERGED = "merged"
    UNDERLINE = "underline"
    STRUCK = "struck"
    RAISED = "raised"
    COLOR = "color"
    LINK = "link"
    FORMATTING = "formatting"


@dataclass(frozen=True)
class Pasted:
    """The Markdown of what was pasted, and how often something was lost."""

    markdown: str
    losses: Mapping[Loss, int]


def convert_pasted_text(text: str) -> Pasted:
    """Return pasted HTML, or plain text with the marks of a word processor, as Markdown."""
    if _LOOKS_LIKE_HTML.search(text):
        return _convert_html(text)
    lines = list(_convert_plain_lines(text.replace("\r\n", "\n").split("\n")))
    markdown = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return Pasted(markdown, {Loss.FORMATTING: 1} if markdown else {})


def _convert_html(html: str) -> Pasted:
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, clean_content_tags={"script", "style", "title"}
    )
    soup = BeautifulSoup(clean, "html.parser")
    losses = _count_losses(soup)
    _rename_styled_spans(soup)
    _build_lists_of_word(soup)
    _flatten_cells(soup)
    _fit_headings_and_lines(soup)
    markdown = MarkdownConverter(
        heading_style="ATX",
        bullets="-",
        autolinks=False,
        table_infer_header=True,
        strip=_PLAIN_TAGS,
    ).convert_soup(soup)
    return Pasted(_tidy(markdown), losses)


def _fit_headings_and_lines(soup: BeautifulSoup) -> None:
    """Make headings those of a course page, and keep marks and line breaks from changing a text."""
    for heading in soup.find_all(_HEADINGS):
        heading.name = "h2" if heading.name == "h1" else "h3"
    for line_break in soup.find_all("br"):
        line_break.replace_with(" ")
    for paragraph in soup.find_all("p"):
        first = paragraph.find(string=True)
        if first is not None and re.match(r"\s*[>#]", str(first)):
            first.replace_with("\\" + str(first).lstrip())


def _count_losses(soup: BeautifulSoup) -> Mapping[Loss, int]:
    losses: Counter[Loss] = Counter()
    for tag in soup.find_all(_TAGS):
        style = str(tag.get("style", ""))
        losses[Loss.PICTURE] += tag.name == "img"
        losses[Loss.MERGED] += _is_merged(tag)
        losses[Loss.UNDERLINE] += tag.name == "u" or "text-decoration:underline" in style
        losses[Loss.STRUCK] += tag.name in ("s", "del", "strike")
        losses[Loss.RAISED] += tag.name in ("sub", "sup")
        losses[Loss.COLOR] += tag.name == "span" and _COLOR.search(style) is not None
        losses[Loss.LINK] += tag.name == "a" and _drops_link(tag)
    return {loss: count for loss, count in losses.items() if count}


def _is_merged(tag: Tag) -> bool:
    return any(str(tag.get(key, "1")) not in ("", "1") for key in ("colspan", "rowspan"))


def _drops_link(tag: Tag) -> bool:
    """Unwrap a link that leads into the document or nowhere; tell whether it did."""
    if re.match(r"https?://|mailto:", str(tag.get("href", ""))):
        return False
    had_target = bool(tag.get("href"))
    tag.attrs = {}
    tag.name = "span"
    return had_target


def _rename_styled_spans(soup: BeautifulSoup) -> None:
    """Make bold and italic out of styles; the whole document is no bold word."""
    for tag in soup.find_all(["span", "b"]):
        style = str(tag.get("style", ""))
        if tag.name == "b" and _PLAIN.search(style):
            tag.name = "span"
        elif tag.name == "span" and _BOLD.search(style):
            tag.name = "b"
        elif tag.name == "span" and _ITALIC.search(style):
            tag.name = "i"


def _build_lists_of_word(soup: BeautifulSoup) -> None:
    """Make lists out of the paragraphs that Word has instead, by their class and their bullet."""
    last: Tag | None = None
    for paragraph in soup.find_all("p"):
        if not re.search("MsoListParagraph", " ".join(paragraph.get("class") or [])):
            continue
        mark = _take_mark(paragraph)
        name = "ol" if re.match(r"\s*[0-9a-z]{1,3}[.)]", mark) else "ul"
        before = paragraph.find_previous_sibling()
        if last is None or before is not last or last.name != name:
            last = soup.new_tag(name)
            paragraph.insert_before(last)
        paragraph.name, paragraph.attrs = "li", {}
        last.append(paragraph.extract())


def _take_mark(paragraph: Tag) -> str:
    """Remove the bullet or the number with which a paragraph of a list begins, and return it."""
    marks = [
        span
        for span in paragraph.find_all("span")
        if "mso-list:ignore" in re.sub(r"\s", "", str(span.get("style", ""))).lower()
    ]
    if marks:
        words = marks[0].get_text()
        marks[0].decompose()
        return words
    text = paragraph.find(string=True)
    found = re.match(r"\s*(?:[•·◦▪●§o]|[0-9a-z]{1,3}[.)])[\s\xa0]+", str(text or ""))
    if text is None or found is None:
        return ""
    text.replace_with(str(text)[found.end() :])
    return found[0]


def _flatten_cells(soup: BeautifulSoup) -> None:
    """Leave no paragraph or list in a cell, as a row is one line, and as many cells in each row."""
    for cell in soup.find_all(["td", "th"]):
        cell.attrs = {}
        for inner in cell.find_all(["p", "div", "li", "ul", "ol"]):
            inner.append(" ")
            inner.unwrap()
    for table in soup.find_all("table"):
        rows = table.find_all("tr")
        counts = [len(row.find_all(["td", "th"])) for row in rows]
        for row, count in zip(rows, counts, strict=True):
            for _ in range(max(counts) - count):
                row.append(soup.new_tag("td"))


def _tidy(markdown: str) -> str:
    """Return the text without doubled blank lines, and with lists indented as a course has them."""
    lines, depths = [], [0]
    for line in markdown.replace("\xa0", " ").split("\n"):
        item = _ITEM.match(line)
        if item is None:
            lines.append(line.rstrip())
            continue
        indent = len(item[1])
        while depths[-1] > indent:
            depths.pop()
        if depths[-1] < indent:
            depths.append(indent)
        lines.append(" " * 4 * (len(depths) - 1) + line.strip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _convert_plain_lines(lines: list[str]) -> Iterator[str]:
    """Yield the lines of plain text with lists and tables as Markdown has them."""
    previous = ""
    for line in lines:
        kind, shown = _convert_plain_line(line)
        if kind != previous or kind == "text":
            yield ""
        yield shown
        if kind == "table" and previous != "table":
            yield "|" + "---|" * (shown.count(" | ") + 1)
        previous = kind


def _convert_plain_line(line: str) -> tuple[str, str]:
    """Return whether a line is of a list, a table or a text, and its Markdown."""
    if found := _BULLET.match(line):
        return "list", f"- {line[found.end() :].strip()}"
    if found := _NUMBER.match(line):
        return "list", f"{found[1]}. {line[found.end() :].strip()}"
    cells = [cell.strip() for cell in line.strip().split("\t")]
    if len(cells) > 1:
        return "table", f"| {' | '.join(cells)} |"
    return ("text" if line.strip() else ""), line.strip()
