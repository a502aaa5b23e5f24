"""The words of boards for how far a learner is."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.schools.boards.rules.progress import Completion, Progress, judge_completion

PROGRESS: Mapping[Progress, tuple[str, LazyString]] = {
    Progress.CERTIFIED: ("seal", _l("Certified")),
    Progress.PASSED: ("done", _l("Passed")),
    Progress.AT_WORK: ("begun", _l("In progress")),
    Progress.STUCK: ("stuck", _l("Stuck: nothing finished for a week")),
    Progress.LATE: ("clock", _l("Late")),
    Progress.NOT_STARTED: ("to-do", _l("Not started")),
    Progress.EXCUSED: ("excused", _l("Excused")),
}
"""The icon and the words of each state, for an assignment with an exam."""

COMPLETION: Mapping[Completion, tuple[str, LazyString]] = {
    Completion.COMPLETED: ("done", _l("Completed")),
    Completion.NOT_YET: ("clock", _l("Not completed yet")),
}
"""The same for what an employer sees."""


def label_of_progress(progress: Progress, *, has_exam: bool) -> tuple[str, LazyString]:
    """Return the icon and the words of a state; without an exam, what is passed is finished."""
    sign, words = PROGRESS[progress]
    return (sign, _l("Finished")) if progress is Progress.PASSED and not has_exam else (sign, words)


def label_of_work(
    progress: Progress, *, has_exam: bool, is_employer: bool
) -> tuple[str, LazyString]:
    """Return the icon and the words that a school sees, which are fewer for an employer."""
    if is_employer:
        return COMPLETION[judge_completion(progress)]
    return label_of_progress(progress, has_exam=has_exam)
