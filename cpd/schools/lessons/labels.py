"""What is said when a lesson cannot be prepared or taught."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.schools.lessons.actions import LessonRefusal

REFUSALS: Mapping[LessonRefusal, LazyString] = {
    LessonRefusal.ARCHIVED: _l("This class is archived, so it accepts no new lessons."),
    LessonRefusal.NO_CASES: _l(
        "The course no longer has the cases of this lesson. Prepare another lesson."
    ),
    LessonRefusal.TAUGHT_NOW: _l("This lesson is being taught now. End it, and then change it."),
    LessonRefusal.FULL: _l("More phones have answered this case than can be counted."),
}
