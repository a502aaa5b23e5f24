"""Citations, tokens, blanks and review marks: what our Markdown adds within a line of text."""

import re
from abc import ABC, abstractmethod
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString
from typing_extensions import override

from cpd.content import country_tokens
from cpd.content.document import REVIEW_MARK, Findings

CITED = re.compile(r"@([a-z0-9]+(?:-[a-z0-9]+)*)")
_BLANK = re.compile(r"____ +(?P<label>[^*_`<>\x00-\x1f]{1,80}?)(?:: *(?P<lines>[2-9]) lines)?")
_COUNTED = re.compile(r": *[0-9]+ lines?")


class _Replacement(InlineProcessor, ABC):
    """Replaces what its pattern matches with an element."""

    def __init__(self, pattern: str, findings: Findings, md: Markdown) -> None:
        super().__init__(pattern, md)
        self.findings = findings

    @override
    def handleMatch(  # type: ignore[override] # as its own base class does
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        """Return the element with its start and end; None three times leaves the text as it is."""
        element = self.build_element(m)
        return (None, None, None) if element is None else (element, m.start(0), m.end(0))

    @abstractmethod
    def build_element(self, match: re.Match[str]) -> ET.Element | None:
        """Return the element, or None after noting a problem."""


class Citations(_Replacement):
    """`[@key]` and `[@key; @other]`: bare links that hold the key, filled in when served."""

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(r"\[(@[^\[\]\n]{0,400})\]", findings, md)

    @override
    def build_element(self, match: re.Match[str]) -> ET.Element | None:
        """Return one link for a key, or a span of them for several."""
        keys = [part.strip() for part in match.group(1).split(";")]
        if not all(CITED.fullmatch(key) for key in keys):
            remedy = "Write it as [@smith-2020] or [@smith-2020; @jones-2019]."
            self.findings.note_problem(
                f"'{match.group(0)}' is not a citation.", remedy, match.group(0)
            )
            return None
        links = [self._build_citation_link(key.removeprefix("@")) for key in keys]
        if len(links) == 1:
            return links[0]
        span = ET.Element("span")
        span.extend(links)
        return span

    def _build_citation_link(self, name: str) -> ET.Element:
        self.findings.note_citation(name)
        link = ET.Element("a", {"class": "cite", "href": f"#ref-{name}", "data-ref": name})
        link.text = name
        return link


class CountryTokens(_Replacement):
    """`{{emergency-number}}`: words that depend on the reader's country, filled in when served.

    Until then they are words that are right everywhere.
    """

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(country_tokens.WRITTEN.pattern, findings, md)

    @override
    def build_element(self, match: re.Match[str]) -> ET.Element | None:
        """Return the placeholder of a token."""
        name = country_tokens.parse_token(match.group(1))
        if name is None:
            self.findings.note_problem(
                f"'{match.group(0)}' is not a token.", country_tokens.REMEDY, match.group(0)
            )
            return None
        self.findings.mark_consumed(match.group(1))
        place = ET.Element("span", {"class": "local", "data-local": name})
        place.text = AtomicString(country_tokens.fill_token(name, None))
        return place


class Blanks(_Replacement):
    """`[____ Label]` and `[____ Label: 4 lines]`: fields that the reader of a tool fills in.

    Only the label and the height are stored; the field itself is made when the page is served, so
    stored HTML never holds anything to type into.
    """

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(r"\[(____[^\[\]\n]{0,400})\]", findings, md)

    @override
    def build_element(self, match: re.Match[str]) -> ET.Element | None:
        """Return the placeholder of a field, named by its label."""
        written = _BLANK.fullmatch(match.group(1).rstrip())
        if written is None or _COUNTED.search(written["label"]):
            remedy = (
                "Write it as [____ Label] or [____ Label: 4 lines]: a plain label, 2 to 9 lines."
            )
            needle = match.group(0).partition("\x02")[0]
            self.findings.note_problem("This is not a blank to fill in.", remedy, needle)
            return None
        self.findings.blanks.append("[____")
        self.findings.mark_consumed(match.group(1)[written.end("label") :])
        blank = ET.Element("span", {"class": "blank", "data-lines": written["lines"] or "1"})
        blank.text = AtomicString(written["label"].strip())
        return blank


class ReviewMarks(_Replacement):
    """`[awaiting review]`: a sign that no clinician has checked what stands before it.

    It takes the place of the space before it, so that it stays with what it marks.
    """

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(r"\s*\[((?i:awaiting\s+review))\]", findings, md)

    @override
    def build_element(self, match: re.Match[str]) -> ET.Element | None:
        """Return the placeholder of a mark."""
        is_at_start = not match.string[: match.start()].strip()
        if is_at_start or match.group(1).split() != REVIEW_MARK.split():
            self.findings.note_problem(
                f"'{match.group(0).strip()}' is not the mark of a text that awaits review.",
                f"Write [{REVIEW_MARK}] after the sentence, item or cell that it marks.",
                match.group(0).strip(),
            )
            return None
        mark = ET.Element("span", {"class": "awaiting"})
        mark.text = AtomicString(REVIEW_MARK)
        return mark
