"""From an answered form to the texts of its files; it reads what the pages have loaded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.short.card_text import NewCard, build_card_and_text
from cpd.authoring.short.case_text import ShortCase, basis_of_source_type, build_case_text
from cpd.authoring.short.forms import NO_CARD, ShortCaseForm
from cpd.authoring.short.source_numbers import (
    NewSource,
    build_reference_id,
    build_reference_text,
    parse_source_number,
)
from cpd.cases.scales import Decision
from cpd.content.frontmatter import FENCE


@dataclass(frozen=True)
class Shelf:
    """The course as it is, and the paths of its files and open drafts."""

    course: Bundle
    paths: Collection[str]

    def ids_in(self, folder: str) -> set[str]:
        """Return the ids of the files in a folder."""
        return {
            path.partition("/")[2].removesuffix(".md")
            for path in self.paths
            if path.startswith(f"{folder}/")
        }


@dataclass
class MadeFiles:
    """The texts of new files by path; the case comes first, and its card and source follow."""

    texts: dict[str, str] = field(default_factory=dict)

    def add(self, folder: str, text: str) -> str:
        """Add a file; return its id."""
        file_id = text.removeprefix(f"{FENCE}\nid: ").partition("\n")[0]
        self.texts[f"{folder}/{file_id}.md"] = text
        return file_id


def make_files(form: ShortCaseForm, shelf: Shelf, *, author: str) -> dict[str, str]:
    """Return the case with, if no card fits, its new card and that card's source."""
    made, beside = MadeFiles(), MadeFiles()
    card = find_card(shelf.course, form.card.data or "") or _make_card(form, shelf, beside)
    case = build_short_case(form, shelf, author)
    made.add("cases", build_case_text(case, card, shelf.course, taken=shelf.ids_in("cases")))
    return {**made.texts, **beside.texts}


def find_card(course: Bundle, card_id: str) -> HazardFile | None:
    """Return a card of a course."""
    return next((part.file for part in course.hazards if part.slug == card_id), None)


def build_short_case(form: ShortCaseForm, shelf: Shelf, author: str) -> ShortCase:
    """Return the answers of a form that was validated."""
    return ShortCase(
        client=form.client.data or "",
        plan=form.plan.data or "",
        found=form.found.data or "",
        decision=Decision(form.decision.data),
        why=form.why.data or "",
        tempting=Decision(form.tempting.data),
        why_it_tempts=form.why_it_tempts.data or "",
        author=author,
        sources=[key for key in form.sources.data if key in shelf.ids_in("references")],
        pool=form.pool.data,
    )


def _make_card(form: ShortCaseForm, shelf: Shelf, beside: MadeFiles) -> HazardFile:
    references, basis = _make_reference(form, shelf, beside)
    new = NewCard(
        topic=form.topic.data or "",
        sign=form.sign.data or "",
        rule=form.rule.data or "",
        tell=form.tell.data or "",
        decision=Decision(form.decision.data),
        passage=form.passage.data,
        references=references,
        basis=basis,
    )
    card, text = build_card_and_text(new, shelf.ids_in("hazards"))
    beside.add("hazards", text)
    return card


def _make_reference(
    form: ShortCaseForm, shelf: Shelf, beside: MadeFiles
) -> tuple[Sequence[str], str]:
    number = parse_source_number(form.number.data or "")
    if number is None:
        return (), "expert-caution"
    source = NewSource(
        number=number,
        title=form.source_title.data or "",
        where=form.source_where.data or "",
        type=form.source_type.data,
        note=f"Cited for the card “{form.topic.data}”.",
    )
    text = build_reference_text(build_reference_id(source, shelf.ids_in("references")), source)
    return (beside.add("references", text),), basis_of_source_type(form.source_type.data)


def asks_for_card(form: ShortCaseForm) -> bool:
    """Tell whether the author said that no card fits."""
    return bool(form.card.data == NO_CARD)
