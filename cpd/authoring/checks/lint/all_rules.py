"""Every rule that warns.

The rules of item writing are those of the NBME guide, as far as software can apply them. A warning
is a hint to read again, not a verdict.
"""

from collections.abc import Iterator

from cpd.authoring.checks.faults.all_rules import Rule
from cpd.authoring.checks.lint import coverage, give_aways, upkeep, wording
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.case import step_file_schemas
from cpd.cases.kinds.step_file import LintRule
from cpd.content import readability
from cpd.content.frontmatter import Fault

WARNINGS: tuple[Rule, ...] = (
    wording.stem_names_plan,
    wording.no_negative_prompts,
    wording.no_absolutes_in_options,
    wording.no_vague_frequency_in_options,
    wording.readable_sections,
    wording.sentences_of_good_length,
    wording.few_short_sentences,
    wording.readable_figures,
    wording.readable_cases,
    wording.short_sections,
    coverage.objectives_covered,
    coverage.hazards_covered,
    coverage.emergencies_examined,
    coverage.sections_have_practice_cases,
    wording.sections_say_what_to_do_monday,
    give_aways.follow_ups_fit_every_answer,
    give_aways.follow_ups_tell_no_key,
    coverage.enough_unseen_attempts,
    give_aways.no_constant_answer_passes,
    give_aways.wording_tells_no_key,
    give_aways.options_punctuated_alike,
    upkeep.sections_cite_nothing_retracted,
    upkeep.references_used,
    upkeep.figures_used,
    upkeep.pictures_used,
    upkeep.ledger_in_order,
    upkeep.review_in_time,
    upkeep.authors_printable_on_certificates,
)
"""Every rule that warns; docs/users/writing-a-course.md lists them, and a test compares."""
KIND_WARNINGS: tuple[LintRule, ...] = tuple(
    rule for kind in step_file_schemas() for rule in kind.lint_rules
)
"""The rules of the kinds of answer for their own steps; the same page lists them."""


def apply_warning_rules(bundle: Bundle) -> list[Fault]:
    """Apply every rule; sorted by file and line."""
    about_course = {warning for rule in WARNINGS for warning in rule(bundle)}
    return sorted(about_course | set(_apply_warning_rules_of_kinds(bundle)))


def _apply_warning_rules_of_kinds(bundle: Bundle) -> Iterator[Fault]:
    for case in bundle.cases:
        stem = readability.extract_plain_text(case.body.html)
        for position, step in enumerate(case.file.steps):
            for mistake in (hint for rule in step.lint_rules for hint in rule(step, stem)):
                place = ("steps", position, *step.path_of_mistake(mistake))
                yield case.build_fault(place, mistake.message, mistake.remedy)
