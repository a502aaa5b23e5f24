"""What this room adds to the site."""

from cpd.authoring.publish import rerendering
from cpd.courses import renderings as course_renderings
from cpd.joints.rooms import Room
from cpd.quizzes import keys

ROOM = Room(
    answers=(
        course_renderings.make.answered_by(rerendering.render_revisions_without_storing),
        keys.render_keys.answered_by(rerendering.render_keys_without_storing),
    ),
    impersonal=("sources",),
)
