"""A case written from six answers passes the checks, for every card and every decision."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

import pytest

from cpd.authoring.checks.lint.all_rules import apply_warning_rules
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.short.case_text import (
    EXAM,
    PRACTICE,
    ShortCase,
    build_case_text,
    build_standard_reason,
)
from cpd.authoring.sources.disk import read_folder_files, shipped_course_folders
from cpd.authoring.sources.loading import load_course_files
from cpd.cases.scales import Decision
from cpd.cases.standard_reasons import (
    REASONS,
    build_pointer_to_card,
    is_standard_reason,
)
from tests.factories import courses
from tests.support.courses import CourseFolder

DECISIONS = list(Decision)


def short_case(
    decision: Decision, tempting: Decision, *, sources: Sequence[str] = (), pool: str = EXAM
) -> ShortCase:
    """Six answers with what trips a careless writer of files: colons, quotes, number signs."""
    return ShortCase(
        client="Nora, 51: a “regular”, # 3 on the list & glad to come",
        plan="Plan: 40 minutes, back",
        found="She says: “It’s *new*.\nSince 5 o’clock: [sic]”\n\nNo fever",
        decision=decision,
        why="it’s new: - that is enough",
        tempting=tempting,
        why_it_tempts="She asks # for it",
        author="Ada: Lindqvist",
        sources=sources,
        pool=pool,
    )


def write_case(
    course: Bundle, card: HazardFile, right: Decision, *, taken: Collection[str], pool: str = EXAM
) -> tuple[str, bytes]:
    """Return the path and the file of a case about a card."""
    tempting = DECISIONS[(DECISIONS.index(right) + 1 + len(card.id) % 4) % len(DECISIONS)]
    case = short_case(right, tempting, sources=card.references[:1], pool=pool)
    text = build_case_text(case, card, course, taken=taken)
    return f"cases/{text.splitlines()[1].removeprefix('id: ')}.md", text.encode()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Plan: 40 minutes, back", "40 minutes, back."),
        ("**Plan:** 40 minutes", "40 minutes."),
        ("We planned 40 minutes, back", "40 minutes, back."),
        ("The plan was 40 minutes", "40 minutes."),
        ("today’s plan is legs, light", "Legs, light."),
        ("60 minutes, as planned", "60 minutes, as planned."),
        ("Planning was left to me", "Planning was left to me."),
    ],
)
def test_the_plan_is_called_one_only_once(said: str, written: str) -> None:
    course = courses.bundle()
    case = replace(short_case(Decision.PROCEED, Decision.MODIFY), plan=said)
    text = build_case_text(case, course.hazards[0].file, course)
    assert text.endswith(f"\n**Plan:** {written}\n")


def write_cases(course: Bundle, *, decisions_per_card: int) -> dict[str, bytes]:
    """Return a case for every card and so many decisions, others from card to card."""
    texts: dict[str, bytes] = {}
    for number, part in enumerate(course.hazards):
        for turn in range(decisions_per_card):
            right = DECISIONS[(number + turn) % len(DECISIONS)]
            taken = {PurePath(path).stem for path in texts}
            path, text = write_case(course, part.file, right, taken=taken)
            texts[path] = text
    return texts


def test_every_card_and_decision_make_a_case_without_faults() -> None:
    course = courses.bundle()
    new = write_cases(course, decisions_per_card=len(DECISIONS))
    assert len(new) == len(course.hazards) * len(DECISIONS)
    files = {**read_folder_files(courses.FOLDER), **new}
    loaded = load_course_files(files, name=course.slug, stored_texts=courses.find_known_texts)
    assert loaded.faults == []
    hints = [hint for hint in apply_warning_rules(loaded.sound_bundle) if hint.file in new]
    standard = [hint for hint in hints if hint.message == "This reason is still a standard text."]
    assert len(standard) == 3 * len(new)


@pytest.mark.parametrize("folder", shipped_course_folders(), ids=lambda folder: folder.name)
def test_every_shipped_card_makes_a_case_without_faults(folder: Path) -> None:
    """Without the course's own cases, whose rendering takes long; the decisions take turns."""
    apart = ("cases", "tools", "figures")
    files = {
        path: text
        for path, text in read_folder_files(folder).items()
        if not path.startswith(apart) and not path.startswith("ledger")
    }
    course = load_course_files(files, name=folder.name).bundle
    assert course is not None
    new = write_cases(course, decisions_per_card=1)
    loaded = load_course_files({**files, **new}, name=folder.name)
    assert [fault for fault in loaded.faults if fault.file in new] == []
    assert set(new) <= {f"cases/{slug}.md" for slug in loaded.bundle.built} if loaded.bundle else {}


def test_a_fault_in_a_card_would_be_found() -> None:
    course = courses.bundle()
    broken = course.hazards[0].file.model_copy(update={"passage": "section:noticing#absent"})
    path, text = write_case(course, broken, Decision.MODIFY, taken=())
    files = {**read_folder_files(courses.FOLDER), path: text}
    loaded = load_course_files(files, name=course.slug, stored_texts=courses.find_known_texts)
    assert [fault.file for fault in loaded.faults] == [path]


def test_what_a_clot_makes_critical_comes_from_the_other_cases_of_the_card(
    small: CourseFolder,
) -> None:
    small.edit("cases/dora-fainted.md", "key: same_day", "key: same_day\n    clot_suspected: true")
    course = small.bundle()
    card = next(part.file for part in course.hazards if part.slug == "fainting")
    _, suspected = write_case(course, card, Decision.SAME_DAY, taken=())
    assert b"clot_suspected: true" in suspected
    _, other = write_case(course, card, Decision.POSTPONE, taken=())
    assert b"clot_suspected" not in other


def test_a_practice_case_comes_after_those_of_its_section() -> None:
    course = courses.bundle()
    path, text = write_case(
        course, course.hazards[0].file, Decision.MODIFY, taken=(), pool=PRACTICE
    )
    assert b"\nposition: 3\n" in text
    assert path == "cases/nora-visit.md"


@pytest.mark.parametrize("right", DECISIONS)
def test_each_wrong_decision_has_a_standard_reason_until_it_is_edited(right: Decision) -> None:
    assert set(REASONS[right]) == set(DECISIONS) - {right}
    for reason in REASONS[right].values():
        assert is_standard_reason(reason)
        pointed = reason + build_pointer_to_card("heat", "Heat [new]", "[@a-2020; @b]")
        assert is_standard_reason(pointed.replace(" ", "\n", 3))
        assert not is_standard_reason(f"{reason} She is 80.")


def test_only_a_card_that_asks_for_more_lends_its_sources() -> None:
    course = courses.bundle()
    card = next(part.file for part in course.hazards if part.slug == "sunburn")
    lax = build_standard_reason(Decision.PROCEED, Decision.POSTPONE, card)
    assert lax["basis"] == "evidence"
    assert "[@ortiz-2021]" in str(lax["rationale"])
    for decision, right in [
        (Decision.EMERGENCY, Decision.POSTPONE),
        (Decision.PROCEED, Decision.SAME_DAY),
    ]:
        other = build_standard_reason(decision, right, card)
        assert (other["basis"], other["reviewer"]) == ("expert-caution", "awaiting review")
        assert "[@" not in str(other["rationale"])
