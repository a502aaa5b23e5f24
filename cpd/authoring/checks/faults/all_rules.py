"""Every rule that blocks publishing.

A rule takes the bundle and yields faults with file, line and remedy. The schemas, the renderer and
the kinds of answer report their own faults, which are not repeated here.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from cpd.authoring.checks.faults import certificates, evidence, lists, names, questions, texts
from cpd.authoring.files.bundle import Bundle
from cpd.content.frontmatter import Fault

Rule: TypeAlias = Callable[[Bundle], Iterator[Fault]]

RULES: tuple[Rule, ...] = (
    names.sections_listed,
    names.sections_numbered_in_order,
    names.slugs_unique,
    texts.language_tag_valid,
    certificates.title_printable_on_certificates,
    texts.dates_in_order,
    names.objectives_known,
    names.case_hazards_known,
    names.case_sections_known,
    names.passages_known,
    names.link_targets_known,
    evidence.citations_have_references,
    names.glossary_terms_explained,
    evidence.references_locatable,
    evidence.rationales_cite_usable_sources,
    evidence.hazard_cards_cite_their_basis,
    texts.texts_present_where_required,
    texts.headings_in_pages_only,
    texts.values_hold_no_markdown,
    texts.tokens_known_and_in_place,
    texts.blanks_in_tools_only,
    texts.figures_in_pages_only,
    lists.lists_known,
    lists.lists_used,
    lists.lists_in_pages_only,
    lists.lists_under_their_decision,
    lists.lists_written_once,
    questions.practice_positions_unique,
    questions.no_catch_all_options,
    questions.exam_answers_lead_to_one_place,
    questions.exam_can_be_drawn,
    evidence.ledger_entries_about_known_files,
    evidence.hazard_cards_signed_in_ledger,
)
"""Every rule that blocks; docs/users/writing-a-course.md lists them, and a test compares."""


def apply_fault_rules(bundle: Bundle) -> list[Fault]:
    """Apply every rule."""
    return [fault for rule in RULES for fault in rule(bundle)]
