"""The texts of the provider's pages: reading, rendering and checking them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cpd.content.document import Problem, Rendered
from cpd.content.frontmatter import Fault, FrontMatter, Places
from cpd.content.render import Renderer

SHIPPED = Path(__file__).with_name("pages")
HOME = "home"
"""The one text that does not ship with cpd: what the provider says at the top of the home page."""
DETAILS = ("provider", "number", "postal", "contact", "complaints")
"""Details of the provider, each of which replaces its name in braces."""
_BRACES = re.compile(r"\{[A-Za-z_ ]+\}")
_DETAIL_IN_ADDRESS = re.compile(r"\]\([^()\s]*\{[^()\s]*\)")


class Source(NamedTuple):
    """One text as it was written, and the file name for its faults."""

    file: str
    text: str


@dataclass(frozen=True)
class Text:
    """One rendered text, and its faults with the file they are in."""

    rendered: Rendered
    faults: tuple[Fault, ...]


def list_page_names() -> list[str]:
    """Return the names of all pages; each has a text that ships with cpd."""
    return sorted(file.stem for file in SHIPPED.glob("*.md"))


def read_page_sources(own: Mapping[str, str], folder: Path | None = None) -> dict[str, Source]:
    """Return the text of each page: the provider's own, or else the shipped one."""
    names = [*list_page_names(), *([HOME] if HOME in own else [])]
    return {
        name: Source(_build_file_name(name, folder), own[name])
        if name in own
        else _read_shipped_source(name)
        for name in names
    }


def _read_shipped_source(name: str) -> Source:
    file = SHIPPED / f"{name}.md"
    return Source(str(file), file.read_text("utf-8"))


def render_provider_texts(written: Mapping[str, Source]) -> Mapping[str, Text]:
    """Render all texts, in a renderer process that is closed afterward."""
    with closing(Renderer()) as renderer:
        rendered = renderer.render_documents([source.text for source in written.values()])
    return {
        name: Text(it, tuple(_collect_text_faults(source, it)))
        for (name, source), it in zip(written.items(), rendered, strict=True)
    }


def collect_faults_in_folder(folder: Path | None) -> list[Fault]:
    """Return the faults of the texts in a folder."""
    own = {}
    for file in sorted(folder.glob("*.md")) if folder else ():
        try:
            own[file.stem] = file.read_text("utf-8-sig")
        except UnicodeDecodeError:
            return [Fault(str(file), 1, "The file is not UTF-8 text.", "Save it again as UTF-8.")]
    return collect_faults_in_texts(own, folder)


def collect_faults_in_texts(own: Mapping[str, str], folder: Path | None = None) -> list[Fault]:
    """Return the faults of the texts, including those that belong to no page."""
    written = read_page_sources(own, folder)
    remedy = f"Call it {_list_file_names()}, or remove it."
    strange = [
        Fault(_build_file_name(name, folder), 1, "This file belongs to no page.", remedy)
        for name in own.keys() - written.keys()
    ]
    texts = render_provider_texts(written)
    return sorted([*strange, *(fault for text in texts.values() for fault in text.faults)])


def _build_file_name(name: str, folder: Path | None) -> str:
    return str(folder / f"{name}.md") if folder else f"{name}.md"


def _list_file_names() -> str:
    return ", ".join(f"{name}.md" for name in [*list_page_names(), HOME])


def _collect_text_faults(source: Source, rendered: Rendered) -> Iterator[Fault]:
    places = Places(source.file, lines=tuple(source.text.split("\n")))
    written = FrontMatter({}, places, source.text)
    for problem in (
        *rendered.problems,
        *_collect_course_only_markup(rendered),
        *_collect_unknown_details(source.text),
        *(_collect_untitled_home(rendered) if Path(source.file).stem == HOME else ()),
    ):
        line = written.locate_line_in_body(problem.needle)
        yield Fault(source.file, line, problem.message, problem.remedy)


def _collect_course_only_markup(rendered: Rendered) -> Iterator[Problem]:
    """Yield a problem for what only works in a course."""
    for key in rendered.cites:
        yield Problem(
            f"'{key}' would be left out: there are no sources here.",
            "Say it in words, or link to it.",
            f"@{key}",
        )
    for link in rendered.links:
        yield Problem(
            f"'{link}' belongs to a course and does not work here.",
            "Link to https://..., mailto:... or #anchor of this page.",
            str(link),
        )
    if rendered.blanks:
        yield Problem(
            "Blanks and checkboxes are not allowed here.", "Remove them.", rendered.blanks[0]
        )


def _collect_untitled_home(rendered: Rendered) -> Iterator[Problem]:
    """Yield a problem for a text of the home page that does not begin with its title."""
    if not rendered.was_stopped and not rendered.html.startswith("<p>"):
        yield Problem(
            "The home page would keep its usual title.",
            "Begin with the title, as a line of plain text, and leave the next line empty.",
            "",
        )


def _collect_unknown_details(text: str) -> Iterator[Problem]:
    details = [f"{{{detail}}}" for detail in DETAILS]
    for found in _BRACES.findall(text):
        if found not in details:
            yield Problem(
                f"'{found}' would be shown as written.",
                f"The details are {', '.join(details)}.",
                found,
            )
    for found in _DETAIL_IN_ADDRESS.findall(text):
        yield Problem(
            f"'{found}' does not make a link: the detail itself becomes one.",
            "Write {contact} in the sentence.",
            found,
        )
