"""What only a look at a whole course tells of its cases; found by the worker after publishing."""

from cpd.authoring.checks import cues
from cpd.authoring.checks.lint import give_aways
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.indexing.models import join_values

WEAK_CUES = "weak-cues"
"""The wording of the case hints at its answer."""


def find_flags_of_cases(bundle: Bundle) -> dict[str, str]:
    """Return the flags of cases by slug, as the index stores them; cases without any are missing.

    Guessing an answer from the words counts where so many are guessed that the check warns.
    """
    guessed = {
        case.slug
        for audit in cues.audit_cues(bundle)
        if audit.passes_limit
        for case in audit.guessed
    }
    rules = (give_aways.follow_ups_fit_every_answer, give_aways.options_punctuated_alike)
    faulty = {fault.file for rule in rules for fault in rule(bundle)}
    guessed |= {case.slug for case in bundle.cases if case.path in faulty}
    return dict.fromkeys(guessed, join_values([WEAK_CUES]))
