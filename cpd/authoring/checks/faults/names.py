"""Names must exist: sections, objectives, cards, passages, links and terms."""

from collections.abc import Iterator
from pathlib import PurePosixPath as FilePath
from typing import Any

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import CoursePart
from cpd.content.frontmatter import Fault, Path


def sections_listed(bundle: Bundle) -> Iterator[Fault]:
    """Every section of the course has a file, and every file is in the course."""
    course = bundle.course
    for position, slug in bundle.names_without_file("section", course.file.sections):
        yield course.build_fault(
            ("sections", position), f"There is no section '{slug}'.", "Write it, or remove it."
        )
    for section in bundle.sections:
        if section.slug not in course.file.sections:
            yield section.build_fault(
                ("id",),
                "The course does not list this section.",
                "Add it to 'sections' in course.md.",
            )


def sections_numbered_in_order(bundle: Bundle) -> Iterator[Fault]:
    """The section files are numbered in the order of course.md."""
    in_order = sorted((section.path, section.slug) for section in bundle.sections)
    files = {slug: path for path, slug in reversed(in_order)}
    before = ""
    for position, slug in enumerate(bundle.course.file.sections):
        path = files.get(slug, "")
        if before and path and _file_number(path) <= _file_number(before):
            message = f"'{slug}' comes after {before}, but its file is {path}."
            remedy = "Number the files in this order, or change the order here."
            yield bundle.course.build_fault(("sections", position), message, remedy)
        before = path or before


def _file_number(path: str) -> int:
    """Return the number with which the name of a section file begins; 0 where it has none."""
    digits = FilePath(path).stem.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


def slugs_unique(bundle: Bundle) -> Iterator[Fault]:
    """No two files of one type have the same id (sections could, because of their numbers)."""
    seen: set[str] = set()
    for part in sorted(bundle.parts, key=lambda part: part.path):
        if part.name in seen:
            yield part.build_fault(
                ("id",), f"'{part.slug}' appears twice.", "Rename one of the two."
            )
        seen.add(part.name)


def objectives_known(bundle: Bundle) -> Iterator[Fault]:
    """Objectives named by sections, cases and the exam are listed in course.md."""
    known = {objective.id for objective in bundle.course.file.objectives}
    parts: tuple[CoursePart[Any], ...] = (*bundle.sections, *bundle.cases)
    for part in parts:
        for position, name in enumerate(part.file.objectives):
            if name not in known:
                yield _build_unknown_name_fault(
                    part, ("objectives", position), "objective", name, known
                )
    for name in bundle.exam.file.draw.per_objective:
        if name not in known:
            yield _build_unknown_name_fault(
                bundle.exam, ("draw", "per_objective", name), "objective", name, known
            )


def case_hazards_known(bundle: Bundle) -> Iterator[Fault]:
    """Each hazard of a case has its card."""
    for case in bundle.cases:
        for position, name in bundle.names_without_file("hazard", case.file.hazards):
            remedy = f"Write hazards/{name}.md."
            yield case.build_fault(("hazards", position), f"There is no card '{name}'.", remedy)


def case_sections_known(bundle: Bundle) -> Iterator[Fault]:
    """Each case belongs to a section that exists."""
    for case in bundle.cases:
        if f"section:{case.file.section}" not in bundle.named:
            yield _build_unknown_name_fault(
                case, ("section",), "section", case.file.section, set(bundle.course.file.sections)
            )


def passages_known(bundle: Bundle) -> Iterator[Fault]:
    """The passage to read again is a heading of a section."""
    parts: tuple[CoursePart[Any], ...] = (*bundle.cases, *bundle.hazards)
    for part in parts:
        slug, _, anchor = part.file.passage.removeprefix("section:").partition("#")
        yield from _dead_link_faults(bundle, part, ("passage",), ("section", slug, anchor))


def link_targets_known(bundle: Bundle) -> Iterator[Fault]:
    """Course links lead to files and headings that exist."""
    for part in bundle.course_and_parts:
        for path, document in part.paths_and_rendered_texts:
            for link in document.links:
                target = (link.type, link.slug, link.anchor)
                yield from _dead_link_faults(bundle, part, path, target, needle=str(link))


def glossary_terms_explained(bundle: Bundle) -> Iterator[Fault]:
    """Each term of the glossary has a section that exists, and is set in bold there."""
    if bundle.glossary is None:
        return
    explained = bundle.term_anchors
    for position, term in enumerate(bundle.glossary.file.terms):
        path: Path = ("terms", position)
        section = bundle.section_or_none(term.section)
        if f"section:{term.section}" not in bundle.named:
            known = set(bundle.course.file.sections)
            yield _build_unknown_name_fault(
                bundle.glossary, (*path, "section"), "section", term.section, known
            )
        elif section and term.id not in explained:
            yield bundle.glossary.build_fault(
                (*path, "term"),
                f"'{term.term}' is not in bold in section '{term.section}'.",
                f"Write it there as **{term.term}**, or name another section.",
            )


def _build_unknown_name_fault(
    part: CoursePart[Any], path: Path, what: str, name: str, known: set[str]
) -> Fault:
    listed = ", ".join(sorted(known)) or "none"
    return part.build_fault(path, f"There is no {what} '{name}'.", f"Use one of: {listed}.")


def _dead_link_faults(
    bundle: Bundle,
    part: CoursePart[Any],
    path: Path | None,
    target: tuple[str, str, str],
    *,
    needle: str = "",
) -> Iterator[Fault]:
    """Yield a fault if a link or passage leads nowhere; unparsed files are not searched."""
    type_, slug, anchor = target
    if f"{type_}:{slug}" not in bundle.named:
        if type_ == "media":
            remedy = f"Add it in the editor, or as media/{slug}.webp, or remove this line."
            yield part.build_fault(path, "This picture is not in the course.", remedy, needle)
            return
        yield part.build_fault(path, f"There is no {type_} '{slug}'.", "Correct the name.", needle)
        return
    linked = bundle.parts_by_name.get(f"{type_}:{slug}")
    if anchor and linked and anchor not in {heading.anchor for heading in linked.body.headings}:
        anchors = ", ".join(heading.anchor for heading in linked.body.headings) or "none"
        yield part.build_fault(
            path,
            f"There is no heading '#{anchor}' in {type_} '{slug}'.",
            f"Use one of: {anchors}.",
            needle,
        )
