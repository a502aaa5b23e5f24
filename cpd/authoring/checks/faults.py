"""What blocks publishing: one small rule each, and the list of them.

A rule takes the bundle and yields faults with file, line and remedy. What the schemas, the renderer
and the rules of quizzes find comes with its own faults and is not repeated here.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from cpd.authoring.files.bundle import Bundle, Part
from cpd.authoring.files.case import CaseFile
from cpd.content.frontmatter import Fault, Path, Value

Rule: TypeAlias = Callable[[Bundle], Iterator[Fault]]

UNUSABLE = ("retracted", "does-not-support")
"""A reference of such a status may be shown, and nothing may rest on it."""
_CATCH_ALL = re.compile(
    r"\b(?:all|none|both|neither|any) of (?:the |these |them)?(?:above|below|these|those)?\s*\.?$"
    r"|\b(?:all|none) of (?:the above|these|them)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"\*\*|__\w|(?<!\w)[*_][^\s*_][^*_]*[*_](?!\w)|`|~~|\[@|\[\^|\]\(|\]\[|\{#|<!--"
    r"|</?(?:a|abbr|b|br|code|div|em|i|li|mark|ol|p|s|small|span|strong|sub|sup|u|ul)\b[^<>]*>"
    r"|&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-z]+);"
)
"""What would do something in Markdown or HTML, and does nothing in a value."""
_ADDRESSES = ("doi", "url")
"""Values that may hold any sign."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def sections_listed(bundle: Bundle) -> Iterator[Fault]:
    """Every section of the course has a file, and every file is in the course."""
    course = bundle.course
    for place, slug in enumerate(course.file.sections):
        if f"section:{slug}" not in bundle.named:
            yield course.fault(
                ("sections", place), f"There is no section '{slug}'.", "Write it, or take it out."
            )
    for section in bundle.sections:
        if section.slug not in course.file.sections:
            yield section.fault(
                ("id",), "The course does not list this section.", "Add it to course.md: sections."
            )


def slugs_unique(bundle: Bundle) -> Iterator[Fault]:
    """Two files of one type never have one id (sections could, by their numbers)."""
    seen: set[str] = set()
    for part in sorted(bundle.parts, key=lambda part: part.path):
        if part.name in seen:
            yield part.fault(("id",), f"'{part.slug}' is there twice.", "Rename one of the two.")
        seen.add(part.name)


def language_known(bundle: Bundle) -> Iterator[Fault]:
    """The language is a BCP 47 tag."""
    language = bundle.course.file.language
    if not _LANGUAGE.fullmatch(language):
        yield bundle.course.fault(
            ("language",), f"'{language}' is no language tag.", "Write it as en or pt-BR."
        )


def dates_in_order(bundle: Bundle) -> Iterator[Fault]:
    """Released, then reviewed by, then expired."""
    file = bundle.course.file
    dates = [("released", file.released), ("review_by", file.review_by), ("expires", file.expires)]
    if file.reviewed:
        dates.insert(1, ("reviewed", file.reviewed))
    for (before, first), (after, second) in itertools.pairwise(dates):
        if second < first:
            yield bundle.course.fault(
                (after,), f"'{after}' lies before '{before}'.", "Put the dates in order."
            )


def objectives_known(bundle: Bundle) -> Iterator[Fault]:
    """Objectives that sections, cases and the exam name are in course.md."""
    known = {objective.id for objective in bundle.course.file.objectives}
    parts: tuple[Part[Any], ...] = (*bundle.sections, *bundle.cases)
    for part in parts:
        for place, name in enumerate(part.file.objectives):
            if name not in known:
                yield _unknown(part, ("objectives", place), "objective", name, known)
    for name in bundle.exam.file.draw.per_objective:
        if name not in known:
            yield _unknown(bundle.exam, ("draw", "per_objective", name), "objective", name, known)


def hazards_known(bundle: Bundle) -> Iterator[Fault]:
    """Each hazard of a case has its card."""
    for case in bundle.cases:
        for place, name in enumerate(case.file.hazards):
            if f"hazard:{name}" not in bundle.named:
                yield case.fault(
                    ("hazards", place), f"There is no card '{name}'.", f"Write hazards/{name}.md."
                )


def sections_known(bundle: Bundle) -> Iterator[Fault]:
    """Each case belongs to a section that is there."""
    for case in bundle.cases:
        if f"section:{case.file.section}" not in bundle.named:
            yield _unknown(
                case, ("section",), "section", case.file.section, set(bundle.course.file.sections)
            )


def passages_known(bundle: Bundle) -> Iterator[Fault]:
    """What is to be read again is a heading of a section."""
    parts: tuple[Part[Any], ...] = (*bundle.cases, *bundle.hazards)
    for part in parts:
        slug, _, anchor = part.file.passage.removeprefix("section:").partition("#")
        yield from _target_faults(bundle, part, ("passage",), ("section", slug, anchor))


def links_known(bundle: Bundle) -> Iterator[Fault]:
    """Course links lead to files and headings that are there."""
    for part in bundle.all_parts:
        for path, document in part.documents:
            for link in document.links:
                target = (link.type, link.slug, link.anchor)
                yield from _target_faults(bundle, part, path, target, needle=str(link))


def citations_known(bundle: Bundle) -> Iterator[Fault]:
    """Each key that is cited has a reference."""
    for part, path, key in _citations(bundle):
        if f"reference:{key}" not in bundle.named:
            yield part.fault(
                path,
                f"'{key}' is cited, and there is no such reference.",
                f"Write references/{key}.md, or put the key right.",
                f"@{key}",
            )
    for card in bundle.hazards:
        for place, key in enumerate(card.file.references):
            if f"reference:{key}" not in bundle.named:
                yield card.fault(
                    ("references", place),
                    f"There is no reference '{key}'.",
                    f"Write references/{key}.md, or put the key right.",
                )


def terms_explained(bundle: Bundle) -> Iterator[Fault]:
    """Each term of the glossary has a section that is there, and stands in it in bold."""
    if bundle.glossary is None:
        return
    explained = bundle.explained_at
    for place, term in enumerate(bundle.glossary.file.terms):
        path: Path = ("terms", place)
        section = bundle.section(term.section)
        if f"section:{term.section}" not in bundle.named:
            known = set(bundle.course.file.sections)
            yield _unknown(bundle.glossary, (*path, "section"), "section", term.section, known)
        elif section and term.id not in explained:
            yield bundle.glossary.fault(
                (*path, "term"),
                f"'{term.term}' does not stand in bold in section '{term.section}'.",
                f"Write it there as **{term.term}**, or name another section.",
            )


def references_locatable(bundle: Bundle) -> Iterator[Fault]:
    """A learner can find each source."""
    for reference in bundle.references:
        if not reference.file.is_locatable:
            yield reference.fault(
                ("id",),
                "The reference has no DOI, PMID, PMCID or address.",
                "Add doi, pmid, pmcid or url, or remove the reference: it may not be shown.",
            )


def keys_rest_on_usable(bundle: Bundle) -> Iterator[Fault]:
    """No rationale and no card rests on a retracted or unsupporting source."""
    for part, path, key in _citations(bundle):
        is_key = part.type == "case" and path is not None and path[-1] != "facts"
        if is_key and bundle.status(key) in UNUSABLE:
            yield part.fault(
                path,
                f"A rationale rests on '{key}', which is {bundle.status(key)}.",
                "Cite another source, or change the basis.",
                f"@{key}",
            )
    for card in bundle.hazards:
        for place, key in enumerate(card.file.references):
            if bundle.status(key) in UNUSABLE:
                yield card.fault(
                    ("references", place),
                    f"The card rests on '{key}', which is {bundle.status(key)}.",
                    "Name another source.",
                )


def cards_have_basis(bundle: Bundle) -> Iterator[Fault]:
    """A card that says evidence or guideline names a source."""
    for card in bundle.hazards:
        if card.file.basis in ("evidence", "guideline") and not card.file.references:
            yield card.fault(
                ("basis",),
                f"The card rests on {card.file.basis} and names no reference.",
                "Add one to 'references', or choose another basis.",
            )


def bodies_where_they_belong(bundle: Bundle) -> Iterator[Fault]:
    """Sections, cases, tools, figures, course and exam have a text; references have none."""
    for part in bundle.all_parts:
        has_text = bool(part.source.body.strip())
        if part.type == "reference" and has_text:
            yield part.fault(None, "A reference has no text.", "Put it into 'note'.")
        elif part.type not in ("reference", "hazard", "glossary") and not has_text:
            yield part.fault(None, "The text is missing.", "Write it below the second '---'.")


def headings_in_pages_only(bundle: Bundle) -> Iterator[Fault]:
    """Cases, figures and values have no headings: they stand in pages that have their own."""
    for part in bundle.all_parts:
        for path, document in part.documents:
            if document.headings and (part.type in ("case", "exam", "figure") or path is not None):
                yield part.fault(
                    path,
                    "There is no heading here.",
                    "Use a paragraph that begins in bold.",
                    document.headings[0].text,
                )


def values_plain(bundle: Bundle) -> Iterator[Fault]:
    """Values but facts, rationales and reasons are shown as they are written, without Markdown."""
    for part in bundle.all_parts:
        for path, text in _values(part.source.data):
            found = _MARKUP.search(text)
            if found and path not in part.texts and path[-1] not in _ADDRESSES:
                yield part.fault(
                    path,
                    f"'{found.group()}' would be shown as written: this value is plain text.",
                    "Write it in plain words, or say it in the text.",
                    found.group(),
                )


def blanks_in_tools_only(bundle: Bundle) -> Iterator[Fault]:
    """Only a tool has blanks to fill in: what is written there is kept nowhere."""
    for part in bundle.all_parts:
        for path, document in part.documents:
            if document.blanks and (part.type != "tool" or path is not None):
                yield part.fault(
                    path,
                    "There is nothing to fill in here.",
                    "Take the blank out, or make a tool of it.",
                    "[____",
                )


def figures_in_pages_only(bundle: Bundle) -> Iterator[Fault]:
    """Figures stand in sections, cards and sheets."""
    for part in bundle.all_parts:
        for path, document in part.documents:
            for link in document.links:
                if link.type == "figure" and part.type not in ("section", "hazard", "tool"):
                    yield part.fault(
                        path, "There is no figure here.", "Say it in words.", str(link)
                    )


def positions_unique(bundle: Bundle) -> Iterator[Fault]:
    """Two practice cases of a section never have one position."""
    seen: set[tuple[str, int | None]] = set()
    for case in bundle.pool("practice"):
        place = (case.file.section, case.file.position)
        if place in seen:
            yield case.fault(
                ("position",), f"Position {place[1]} is taken in '{place[0]}'.", "Take another."
            )
        seen.add(place)


def no_catch_all(bundle: Bundle) -> Iterator[Fault]:
    """No option is "all of the above" or "none of these"."""
    for case, path, text in option_texts(bundle):
        if _CATCH_ALL.search(text):
            yield case.fault(
                path, f"'{text}' is a catch-all.", "Say what it stands for, or remove the option."
            )


def exam_drawable(bundle: Bundle) -> Iterator[Fault]:
    """The pool is large enough for one exam: cases, families, red flags, objectives."""
    draw, pool = bundle.exam.file.draw, bundle.pool("exam")
    families = {case.file.family for case in pool}
    red = {case.file.family for case in pool if case.file.red_flag}
    wanted: list[tuple[Path, str, int, int]] = [
        (("draw", "cases"), "families of cases", draw.cases, len(families)),
        (("draw", "red_flags"), "families with a red flag", draw.red_flags, len(red)),
    ]
    for name, count in draw.per_objective.items():
        held = {case.file.family for case in pool if name in case.file.objectives}
        wanted.append((("draw", "per_objective", name), f"families for '{name}'", count, len(held)))
    for path, what, need, have in wanted:
        if have < need:
            yield bundle.exam.fault(
                path, f"The draw needs {need} {what}; there are {have}.", "Add cases, or ask less."
            )
    if sum(draw.per_objective.values()) > draw.cases:
        yield bundle.exam.fault(
            ("draw", "per_objective"),
            "The objectives ask for more cases than an exam has.",
            "Ask for fewer, or raise 'cases'.",
        )


def exam_ways_alike(bundle: Bundle) -> Iterator[Fault]:
    """After a question of the exam all answers lead to one place, or the way would tell the key."""
    for case in bundle.pool("exam"):
        for position, step in enumerate(case.file.steps):
            (_, first), *others = step.exits
            different = next((exit_ for exit_ in others if exit_[1] != first), None)
            if different is not None:
                path, leads_to = different
                yield case.fault(
                    ("steps", position, *path),
                    f"This answer leads to '{leads_to}', and another to '{first}'.",
                    "Let all answers to a question of the exam lead to the same step, or to "
                    "the end: what comes next must not tell which of them was right.",
                )


def ledger_about_files(bundle: Bundle) -> Iterator[Fault]:
    """Each entry of a ledger is about something that is there."""
    retired = {entry.of for entry in bundle.ledger if entry.type == "retirement"}
    for part in bundle.ledgers.values():
        places = part.source.places
        if not part.entries:
            yield Fault(places.file, 1, "The ledger has no entry.", "Add one, or remove the file.")
        for place, entry in enumerate(part.entries):
            if entry.of not in bundle.named | retired:
                yield Fault(
                    places.file,
                    places.line(("entries", place, "of")),
                    f"There is no '{entry.of}'.",
                    "Put the name right; if the file was removed, add an entry of type retirement.",
                )


def cards_signed_in_ledger(bundle: Bundle) -> Iterator[Fault]:
    """A name on a card needs a signature of exactly this text in the ledger."""
    signed = {(entry.of, entry.hash) for entry in bundle.ledger if entry.type == "sign-off"}
    for card in bundle.hazards:
        if card.file.signed_by and (card.name, card.content_hash) not in signed:
            yield card.fault(
                ("signed_by",),
                "The ledger holds no signature of this card as it reads now.",
                f"Add to ledger.yaml a sign-off of {card.name} with hash {card.content_hash}, "
                "or write 'signed_by: null'.",
            )


RULES: tuple[Rule, ...] = (
    sections_listed,
    slugs_unique,
    language_known,
    dates_in_order,
    objectives_known,
    hazards_known,
    sections_known,
    passages_known,
    links_known,
    citations_known,
    terms_explained,
    references_locatable,
    keys_rest_on_usable,
    cards_have_basis,
    bodies_where_they_belong,
    headings_in_pages_only,
    values_plain,
    blanks_in_tools_only,
    figures_in_pages_only,
    positions_unique,
    no_catch_all,
    exam_ways_alike,
    exam_drawable,
    ledger_about_files,
    cards_signed_in_ledger,
)
"""Every rule that blocks; docs/users/writing-a-course.md lists them, and a test compares."""


def faults_of_bundle(bundle: Bundle) -> list[Fault]:
    """Apply every rule."""
    return [fault for rule in RULES for fault in rule(bundle)]


def option_texts(bundle: Bundle) -> Iterator[tuple[Part[CaseFile], Path, str]]:
    """Yield the options that authors word themselves, with their place."""
    for case in bundle.cases:
        for position, step in enumerate(case.file.steps):
            for place, option in enumerate(step.worded_options):
                yield case, ("steps", position, "options", place, "text"), option.text


def _values(data: Value, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a front matter with their places."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _values(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _values(value, (*path, place))


def _citations(bundle: Bundle) -> Iterator[tuple[Part[Any], Path | None, str]]:
    for part in bundle.all_parts:
        for path, document in part.documents:
            for key in document.cites:
                yield part, path, key


def _unknown(part: Part[Any], path: Path, what: str, name: str, known: set[str]) -> Fault:
    listed = ", ".join(sorted(known)) or "none"
    return part.fault(path, f"There is no {what} '{name}'.", f"Use one of: {listed}.")


def _target_faults(
    bundle: Bundle,
    part: Part[Any],
    path: Path | None,
    target: tuple[str, str, str],
    *,
    needle: str = "",
) -> Iterator[Fault]:
    """Say when a link or passage leads nowhere; files that could not be read are not judged."""
    type_, slug, anchor = target
    if f"{type_}:{slug}" not in bundle.named:
        yield part.fault(path, f"There is no {type_} '{slug}'.", "Put the name right.", needle)
        return
    found = [one for one in bundle.parts if one.name == f"{type_}:{slug}"]
    if anchor and found and anchor not in {one.anchor for one in found[0].body.headings}:
        anchors = ", ".join(one.anchor for one in found[0].body.headings) or "none"
        yield part.fault(
            path,
            f"There is no heading '#{anchor}' in {type_} '{slug}'.",
            f"Use one of: {anchors}.",
            needle,
        )
