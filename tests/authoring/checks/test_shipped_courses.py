"""Shipped courses keep the rules that a reader cannot see at a glance and an edit easily breaks."""

from pathlib import Path

import pytest

from cpd.authoring.checks.cues import audit_cues
from cpd.authoring.checks.lint import coverage, give_aways, wording
from cpd.authoring.sources.disk import shipped_course_folders
from tests.factories import courses

KEPT = (
    wording.readable_sections,
    wording.sentences_of_good_length,
    wording.few_short_sentences,
    wording.readable_figures,
    wording.readable_cases,
    coverage.enough_unseen_attempts,
    give_aways.no_constant_answer_passes,
    give_aways.wording_tells_no_key,
    give_aways.options_punctuated_alike,
)


@pytest.mark.parametrize("folder", shipped_course_folders(), ids=lambda folder: str(folder.name))
def test_shipped_courses_bring_no_such_warning(folder: Path) -> None:
    bundle = courses.bundle(folder)
    assert [str(fault) for rule in KEPT for fault in rule(bundle)] == []
    assert all(audit.has_enough_questions for audit in audit_cues(bundle))
