"""Cases and the exam: positions, options, routes, and a large enough pool."""

import re
from collections.abc import Iterator

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import CoursePart
from cpd.content.frontmatter import Fault, Path

_CATCH_ALL = re.compile(
    r"\b(?:all|none|both|neither|any) of (?:the |these |them)?(?:above|below|these|those)?\s*\.?$"
    r"|\b(?:all|none) of (?:the above|these|them)\b",
    re.IGNORECASE,
)


def practice_positions_unique(bundle: Bundle) -> Iterator[Fault]:
    """No two practice cases of a section have the same position."""
    seen: set[tuple[str, int | None]] = set()
    for case in bundle.cases_in_pool("practice"):
        place = (case.file.section, case.file.position)
        if place in seen:
            yield case.build_fault(
                ("position",), f"Position {place[1]} is taken in '{place[0]}'.", "Choose another."
            )
        seen.add(place)


def no_catch_all_options(bundle: Bundle) -> Iterator[Fault]:
    """No option is "all of the above" or "none of these"."""
    for case, path, text in worded_option_texts(bundle):
        if _CATCH_ALL.search(text):
            yield case.build_fault(
                path, f"'{text}' is a catch-all.", "Say what it stands for, or remove the option."
            )


def exam_can_be_drawn(bundle: Bundle) -> Iterator[Fault]:
    """The pool is large enough for one exam: cases, families, red flags, objectives."""
    if any(name.startswith("case:") for name in bundle.uncounted_names):
        return  # until the cases with faults are fixed, every number would be too small
    draw, pool = bundle.exam.file.draw, bundle.cases_in_pool("exam")
    families = {case.file.family for case in pool}
    red = {case.file.family for case in pool if case.file.red_flag}
    wanted: list[tuple[Path, str, int, int]] = [
        (("draw", "cases"), "Families of cases", draw.cases, len(families)),
        (("draw", "red_flags"), "Families with a red flag", draw.red_flags, len(red)),
    ]
    for name, count in draw.per_objective.items():
        serving = {case.file.family for case in pool if name in case.file.objectives}
        wanted.append(
            (("draw", "per_objective", name), f"Families for '{name}'", count, len(serving))
        )
    for path, what, need, have in wanted:
        if have < need:
            yield bundle.exam.build_fault(
                path,
                f"{what}: the draw needs {need}, and the pool has {have}.",
                "Add cases, or ask for fewer.",
            )
    if sum(draw.per_objective.values()) > draw.cases:
        yield bundle.exam.build_fault(
            ("draw", "per_objective"),
            "The objectives ask for more cases than an exam has.",
            "Ask for fewer, or raise 'cases'.",
        )


def exam_answers_lead_to_one_place(bundle: Bundle) -> Iterator[Fault]:
    """All answers to an exam question lead to one place; the route must not reveal the key."""
    for case in bundle.cases_in_pool("exam"):
        for position, step in enumerate(case.file.steps):
            (_, first), *others = step.answer_paths_and_targets
            different = next((exit_ for exit_ in others if exit_[1] != first), None)
            if different is not None:
                path, leads_to = different
                yield case.build_fault(
                    ("steps", position, *path),
                    f"This answer leads to '{leads_to}', but another leads to '{first}'.",
                    "Let all answers to an exam question lead to the same step, or to "
                    "the end: what comes next must not reveal which of them was right.",
                )


def worded_option_texts(bundle: Bundle) -> Iterator[tuple[CoursePart[CaseFile], Path, str]]:
    """Yield the options that authors worded, with their paths."""
    for case in bundle.cases:
        for position, step in enumerate(case.file.steps):
            for place, option in enumerate(step.worded_options):
                yield case, ("steps", position, "options", place, "text"), option.text
