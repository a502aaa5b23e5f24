"""The audit catches a pool with planted cues, and passes the same pool without them."""

from cpd.authoring.checks.cues import CueAudit, audit_cues, split_words
from cpd.authoring.checks.output import build_cue_table
from tests.support.courses import CourseFolder
from tests.support.cues import CASES, CUE_OF_RIGHT_OPTION, CUES, plant_pool


def audits_of(folder: CourseFolder) -> dict[str, CueAudit]:
    return {audit.name: audit for audit in audit_cues(folder.bundle())}


def test_a_pool_with_planted_cues_is_caught(small: CourseFolder) -> None:
    plant_pool(small, with_cues=True)
    audits = audits_of(small)
    assert {name: audit.passes_limit for name, audit in audits.items()} == {
        "stem": True,
        "plan": True,
        "options": True,
    }
    for name in ("stem", "plan"):
        first = audits[name].cues[: len(CUES)]
        assert {(cue.answer, cue.word) for cue in first} == set(CUES.items())
    assert audits["options"].cues[0].word == CUE_OF_RIGHT_OPTION
    assert audits["options"].cues[0].answer == "right"
    wording = audits["stem"].cues[0].with_answer[0]
    assert wording.needle_of_word(wording.text.words[1]).startswith(wording.text.words[1])
    assert wording.needle_of_word("nowhere") == ""
    table = str(build_cue_table(small.bundle()))
    assert (
        "stem: “suddenly” points to “Emergency: call now” in 8 of 8: planted-14, planted-19, "
        in table
    )


def test_the_same_pool_without_cues_passes(small: CourseFolder) -> None:
    plant_pool(small, with_cues=False)
    audits = audits_of(small)
    assert [audit.questions > CASES for audit in audits.values()] == [True, True, True]
    assert [audit.passes_limit for audit in audits.values()] == [False, False, False]


def test_a_small_pool_is_not_audited(small: CourseFolder) -> None:
    small.edit("cases/dora-fainted.md", "Dora, 52, fainted", "Dora, 52, suddenly fainted")
    audits = audits_of(small)
    assert not any(audit.has_enough_questions or audit.passes_limit for audit in audits.values())
    table = build_cue_table(small.bundle())
    assert table.rows == ()
    assert "Too few questions to guess from the stem: 17; it takes 30." in table.notes


def test_a_course_of_one_family_teaches_nothing(small: CourseFolder) -> None:
    for file in sorted(small.path.glob("cases/*.md")):
        name = f"cases/{file.name}"
        small.drop(name, "family")
        small.edit(name, "difficulty:", "family: one\ndifficulty:")
    bundle = small.load().bundle  # no exam can be drawn from it
    assert bundle is not None
    assert [len(audit.guessed) for audit in audit_cues(bundle)][:2] == [0, 0]


def test_what_a_word_is() -> None:
    assert split_words("“It’s the *left* leg; is 101.1 °F a fever?” she asks.") == (
        *("it's", "the", "left", "leg", ";", "is", "101", "1", "f", "a", "fever", "?"),
        *("she", "asks"),
    )
