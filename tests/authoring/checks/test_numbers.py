from fractions import Fraction

from cpd.authoring.checks import numbers
from cpd.authoring.checks.numbers import ConstantAnswerRow, HazardRow, ObjectiveRow
from tests.support.courses import CourseFolder


def test_objectives_are_counted_where_they_are_taught_practised_and_examined(
    small: CourseFolder,
) -> None:
    assert numbers.build_objective_rows(small.bundle()) == [
        ObjectiveRow("notice", sections=1, practice=2, exam=8, red_flags=6),
        ObjectiveRow("adapt", sections=1, practice=2, exam=8, red_flags=0),
    ]


def test_hazards_are_counted_with_what_can_be_critical(small: CourseFolder) -> None:
    rows = {row.id: row for row in numbers.build_hazard_rows(small.bundle())}
    assert rows["heat-stroke"] == HazardRow(
        "heat-stroke", ("emergency",), 2, 10, 4, is_emergency=True, calls=3
    )
    assert rows["sunburn"].critical == 0
    assert rows["sunburn"].decisions == ("postpone", "modify"), "the most urgent first"


def test_unseen_tries_are_counted_by_the_rules_of_the_draw(small: CourseFolder) -> None:
    small.edit("exam.md", "{notice: 2, adapt: 2}", "{notice: 0, adapt: 2}")
    assert numbers.unseen_attempt_counts(small.bundle()) == {
        "cases": 2,
        "red flags": 3,
        "objective adapt": 4,
    }


def test_always_the_same_answer_is_graded_by_the_rules_of_the_exam(small: CourseFolder) -> None:
    rows = {row.answer: row for row in numbers.build_constant_answer_rows(small.bundle())}
    # Sixteen cases: nico and olga hold no decision and count full. Of the others:
    # right gina, hedi, leo (3); arno 1 of 3, bela and dora 1 of 2 by their last question.
    assert rows["proceed"] == ConstantAnswerRow(
        "proceed", Fraction(6, 16) + Fraction(1, 48), right=3, critical=4
    )
    # right cleo, dora, fritz and, as good, mona (4); half pia; bela 1 of 2; arno 2 of 3
    assert rows["same_day"] == ConstantAnswerRow(
        "same_day", Fraction(2 + 4, 16) + Fraction(1 + 1, 32) + Fraction(2, 48), 5, 0
    )


def test_an_empty_pool_scores_nothing(small: CourseFolder) -> None:
    bundle = small.bundle()
    for case in bundle.cases_in_pool("exam"):
        small.remove(case.path)
    loaded = small.load()
    assert loaded.bundle is not None
    assert {row.score for row in numbers.build_constant_answer_rows(loaded.bundle)} == {0}


def test_right_decisions_are_spread(small: CourseFolder) -> None:
    assert numbers.right_decision_counts(small.bundle(), "practice") == {
        "proceed": 0,
        "modify": 1,
        "postpone": 0,
        "same_day": 1,
        "emergency": 1,
    }


def test_reading_counts_sections_and_practice_apart(small: CourseFolder) -> None:
    bundle = small.bundle()
    first, second = numbers.build_reading_rows(bundle)
    assert first.words == bundle.sections[0].body.words > 100
    assert second.practice_words == sum(
        bundle.built[name].words for name in ("sami-red-back", "tess-room")
    )


def test_a_source_knows_who_cites_it(small: CourseFolder) -> None:
    assert numbers.citing_file_names_by_reference(small.bundle())["keller-2019"] == [
        "section:noticing",
        "case:cleo-vomits",
        "hazard:heat-stroke",
    ]


def test_a_course_names_practice_and_counts_the_exam(small: CourseFolder) -> None:
    cited = numbers.citing_cases_by_reference(small.bundle())
    assert cited["keller-2019"] == {"practice": [], "exam": 1}
    assert cited["ortiz-2021"] == {"practice": ["sami-red-back"], "exam": 2}


def test_text_of_a_case_is_what_is_read_before_answering(small: CourseFolder) -> None:
    bundle = small.bundle()
    arno = next(case for case in bundle.cases if case.slug == "arno-head-swims")
    text = numbers.case_text_before_answering(arno)
    assert "He no longer knows" in text
    assert "His doctor, by phone" in text
    assert "The right ear" not in text
