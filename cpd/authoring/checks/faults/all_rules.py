"""Every rule that blocks publishing.

A rule takes the bundle and yields faults with file, line and remedy. The schemas, the renderer and
the kinds of answer report their own faults, which are not repeated here.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from cpd.authoring.checks.faults import evidence, names, questions, texts
from cpd.authoring.files.bundle import Bundle
from cpd.content.frontmatter import Fault

Rule: TypeAlias = Callable[[Bundle], Iterator[Fault]]

RULES: tuple[Rule, ...] = (
    names.sections_listed,
    names.slugs_unique,
    texts.language_known,
    texts.dates_in_order,
    names.objectives_known,
    names.hazards_known,
    names.sections_known,
    names.passages_known,
    names.links_known,
    evidence.citations_known,
    names.terms_explained,
    evidence.references_locatable,
    evidence.keys_rest_on_usable,
    evidence.hazard_cards_have_basis,
    texts.bodies_where_they_belong,
    texts.headings_in_pages_only,
    texts.values_plain,
    texts.blanks_in_tools_only,
    texts.figures_in_pages_only,
    questions.positions_unique,
    questions.no_catch_all,
    questions.exam_ways_alike,
    questions.exam_drawable,
    evidence.ledger_about_files,
    evidence.hazard_cards_signed_in_ledger,
)
"""Every rule that blocks; docs/users/writing-a-course.md lists them, and a test compares."""


def faults_of_bundle(bundle: Bundle) -> list[Fault]:
    """Apply every rule."""
    return [fault for rule in RULES for fault in rule(bundle)]
