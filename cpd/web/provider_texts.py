"""The texts of the provider's pages: their files, what they become, and what is wrong with them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cpd.config import Settings
from cpd.content.document import Problem, Rendered
from cpd.content.frontmatter import Fault, FrontMatter, Places
from cpd.content.render import Renderer

SHIPPED = Path(__file__).with_name("pages")
FACTS = ("provider", "contact", "complaints")
"""What is filled in from the settings where a text has its name in braces."""
_BRACES = re.compile(r"\{[A-Za-z_ ]+\}")
_FACT_IN_ADDRESS = re.compile(r"\]\([^()\s]*\{[^()\s]*\)")


@dataclass(frozen=True)
class Text:
    """One text, rendered, and its faults."""

    file: Path
    rendered: Rendered
    faults: tuple[Fault, ...]


def names() -> list[str]:
    """Name the pages there are: each has a text that comes with cpd."""
    return sorted(file.stem for file in SHIPPED.glob("*.md"))


def file_of(name: str, settings: Settings) -> Path:
    """Return the text of a page: the provider's own if there is one, else the shipped one."""
    own = settings.provider_pages and settings.provider_pages / f"{name}.md"
    return own if own and own.is_file() else SHIPPED / f"{name}.md"


def read(file: Path) -> str:
    """Return a text; raises UnicodeDecodeError. Some editors put a mark at its beginning."""
    return file.read_text("utf-8-sig")


def texts(settings: Settings) -> Mapping[str, Text]:
    """Render all texts, in a process that ends with them; raises UnicodeDecodeError."""
    files = {name: file_of(name, settings) for name in names()}
    written = [read(file) for file in files.values()]
    with closing(Renderer()) as renderer:
        rendered = renderer.render(written)
    return {
        name: Text(file, it, tuple(_faults(file, text, it)))
        for (name, file), text, it in zip(files.items(), written, rendered, strict=True)
    }


def faults(settings: Settings) -> list[Fault]:
    """Return what is wrong with the texts, and with files that belong to no page."""
    own = settings.provider_pages
    strange = [
        Fault(str(file), 1, "This file belongs to no page.", f"Call it {_listed()}, or remove it.")
        for file in (sorted(own.glob("*.md")) if own else ())
        if file.stem not in names()
    ]
    for name in names():
        file = file_of(name, settings)
        try:
            read(file)
        except UnicodeDecodeError:
            return [Fault(str(file), 1, "The file is not UTF-8 text.", "Save it again as UTF-8.")]
    return sorted(
        [*strange, *(fault for text in texts(settings).values() for fault in text.faults)]
    )


def _listed() -> str:
    return ", ".join(f"{name}.md" for name in names())


def _faults(file: Path, text: str, rendered: Rendered) -> Iterator[Fault]:
    source = FrontMatter({}, Places(str(file), lines=tuple(text.split("\n"))), text)
    for problem in (*rendered.problems, *_out_of_place(rendered), *_wrong_facts(text)):
        line = source.line_in_body(problem.needle)
        yield Fault(str(file), line, problem.message, problem.remedy)


def _out_of_place(rendered: Rendered) -> Iterator[Problem]:
    """Say what only a course has: here it would be left out or lead nowhere."""
    for key in rendered.cites:
        yield Problem(
            f"'{key}' would be left out: there are no sources here.",
            "Say it in words, or link to it.",
            f"@{key}",
        )
    for link in rendered.links:
        yield Problem(
            f"'{link}' belongs to a course and leads nowhere here.",
            "Link to https://..., mailto:... or #anchor of this page.",
            str(link),
        )
    if rendered.blanks:
        yield Problem("There is nothing to fill in here.", "Take the blank out.", "[____")


def _wrong_facts(text: str) -> Iterator[Problem]:
    known = [f"{{{fact}}}" for fact in FACTS]
    for found in _BRACES.findall(text):
        if found not in known:
            yield Problem(
                f"'{found}' would be shown as it is written.",
                f"What is filled in is {', '.join(known)}.",
                found,
            )
    for found in _FACT_IN_ADDRESS.findall(text):
        yield Problem(
            f"'{found}' does not make a link: what is filled in already becomes one.",
            "Write {contact} in the sentence.",
            found,
        )
