"""Filling the placeholders of stored HTML: citations, links, tokens, marks, blanks and figures.

Stored HTML is our own sanitized output, in which a citation is always exactly
`<a class="cite" data-ref="KEY" href="#ref-KEY">KEY</a>`, a course link
`<a data-to="section:SLUG#ANCHOR" href="../sections/SLUG#ANCHOR">`, a blank
`<span class="blank" data-lines="4">LABEL</span>`, a choice `<span class="tick">LABEL</span>`, what
depends on the country `<span class="local" data-local="TOKEN">WORDS</span>`, a review mark
`<span class="awaiting">WORDS</span>`, and the place of a figure
`<figure data-figure="SLUG"></figure>`, so one pattern finds everything in one pass.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from markupsafe import Markup, escape

from cpd.content.country_tokens import fill_token
from cpd.content.document import CrossLink
from cpd.content.markup import trust_html

_MONDAY_NOTE = '<aside class="monday" role="note">'

Chip: TypeAlias = Callable[[int, str], str]
"""Makes the chip of a citation from its number and key; plain text is escaped, Markup not."""
Address: TypeAlias = Callable[[CrossLink], str]
"""Returns where a course link leads."""
Local: TypeAlias = Callable[[str], str]
"""Returns what a token stands for in the reader's country, as plain text."""
Figure: TypeAlias = Callable[[str], Markup]
"""Makes a figure from its slug, with its own citations filled in."""

_PLACEHOLDER = re.compile(
    r'<a class="cite" data-ref="(?P<key>[a-z0-9-]+)" href="#ref-[a-z0-9-]+">[a-z0-9-]+</a>'
    r"(?P<punctuation>[.,;:)]?)"
    r'|<a data-to="(?P<type>section|hazard|tool|term):(?P<slug>[a-z0-9-]+)'
    r'(?:#(?P<anchor>[a-z0-9-]+))?"'
    r' href="(?P<href>[^"]*)">'
    r'|<span class="blank" data-lines="(?P<lines>[1-9])">(?P<label>[^<]*)</span>'
    r'|<span class="(?P<group>tick|pick)s"><strong>(?P<question>.*?)</strong>'
    r'|<span class="(?P<choice>tick|pick)">(?P<words>[^<]*)</span>'
    r'|<span class="local" data-local="(?P<local>[A-Za-z0-9.-]+)">[^<]*</span>'
    r'|<span class="(?P<mark>awaiting)">[^<]*</span>'
    r'|<figure data-figure="(?P<figure>[a-z0-9-]+)"></figure>'
)
_PLACES = re.compile(
    r'<(?P<end>/?)h(?P<level>[2-4])(?: id="(?P<id>[a-z0-9-]+)")?>|<a href="#(?P<within>[a-z0-9-]+)"'
)
FIELD = (
    '<label class="blank"><span>{label}</span>'
    '<textarea rows="{lines}" autocomplete="off" spellcheck="false"></textarea></label>'
)
"""What a blank becomes. It has no name and is outside any form, so it is never sent. No browser
stores it for completion or sends it to a spelling checker. It is a textarea even for one line,
because an input would cut off long text on paper."""

GROUP = (
    '<span class="choices" role="{role}" aria-labelledby="field-group-{number}">'
    '<strong id="field-group-{number}">{question}</strong>'
)
"""How a group of choices begins: the bold words before them are its name."""
TICK = '<label class="tick"><input type="checkbox" autocomplete="off"><span>{words}</span></label>'
PICK = (
    '<label class="tick"><input type="radio" name="field-group-{number}" autocomplete="off">'
    "<span>{words}</span></label>"
)
"""What a choice becomes. A radio button has a name, because only that makes it one of several; it
too is outside any form, and never sent."""


class PlaceholderFiller:
    """Fills the placeholders of one page, and numbers its citations across all pieces of HTML."""

    def __init__(
        self,
        chip: Chip,
        address: Address | None = None,
        figure: Figure | None = None,
        review_mark: str = "",
        local: Local = fill_token,
    ) -> None:
        self._chip = chip
        self._review_mark = review_mark
        self._local = local
        self._address = address
        self._figure = figure
        self._numbers: dict[str, int] = {}
        self._groups = 0

    @property
    def used_keys(self) -> tuple[str, ...]:
        """The keys used so far, in the order of their numbers, from 1."""
        return tuple(self._numbers)

    def assign_number(self, key: str) -> int:
        """Return the number of a source on this page; the first use of a source gets a new one."""
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def fill_placeholders(self, html: str) -> Markup:
        """Return stored HTML ready to show; accepts only HTML that the renderer made."""
        return trust_html(_PLACEHOLDER.sub(self._fill_placeholder, html))

    def _fill_placeholder(self, found: re.Match[str]) -> str:
        key = found["key"]
        if key is not None:
            return _keep_with_punctuation(
                str(escape(self._chip(self.assign_number(key), key))), found["punctuation"]
            )
        if found["local"] is not None:
            return str(escape(self._local(found["local"])))
        if found["mark"] is not None:
            return str(escape(self._review_mark))
        if found["figure"] is not None:
            return str(self._figure(found["figure"])) if self._figure else ""
        return self._render_link(found) if found["type"] else self._render_field(found)

    def _render_link(self, found: re.Match[str]) -> str:
        link = CrossLink(found["type"], found["slug"], found["anchor"] or "")
        address = found["href"] if self._address is None else escape(self._address(link))
        return f'<a href="{address}">'

    def _render_field(self, found: re.Match[str]) -> str:
        if found["lines"] is not None:
            return FIELD.format(label=found["label"], lines=found["lines"])
        return self._render_choice(found)

    def _render_choice(self, found: re.Match[str]) -> str:
        if found["group"] is None:
            field = TICK if found["choice"] == "tick" else PICK
            return field.format(words=found["words"], number=self._groups)
        self._groups += 1
        role = "group" if found["group"] == "tick" else "radiogroup"
        return GROUP.format(role=role, number=self._groups, question=found["question"])


def nest_html_under_part(html: str, within: str) -> str:
    """Return stored HTML as one part of a longer page.

    Headings are one level lower, and every id gets the part's own id as a prefix. A Monday box
    becomes a note, because landmarks with the same name could not be told apart.
    """

    def rewrite_heading_or_link(found: re.Match[str]) -> str:
        if found["within"] is not None:
            return f'<a href="#{within}--{found["within"]}"'
        id_ = f' id="{within}--{found["id"]}"' if found["id"] else ""
        return f"<{found['end']}h{int(found['level']) + 1}{id_}>"

    return _PLACES.sub(rewrite_heading_or_link, html).replace(
        '<aside class="monday">', _MONDAY_NOTE
    )


def _keep_with_punctuation(chip: str, punctuation: str) -> str:
    """Keep the punctuation after a chip on its line; browsers would break between them."""
    return (
        f'<span class="kept">{chip}{punctuation}</span>'
        if chip and punctuation
        else chip + punctuation
    )


def insert_below_heading(html: Markup, anchor: str, what: Markup) -> Markup:
    """Insert something right below the heading with this anchor."""
    heading = re.compile(rf'<h([2-4]) id="{re.escape(anchor)}">.*?</h\1>', re.DOTALL)
    return trust_html(heading.sub(lambda found: f"{found[0]}{what}", html, count=1))


def fill_citations(
    html: str, chip: Chip, *, address: Address | None = None, local: Local = fill_token
) -> tuple[Markup, tuple[str, ...]]:
    """Fill one piece of stored HTML; return it and the keys used, in order of their numbers."""
    filler = PlaceholderFiller(chip, address, local=local)
    return filler.fill_placeholders(html), filler.used_keys
