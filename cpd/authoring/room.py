"""What this room adds to the site."""

from cpd.authoring.publish import rerendering
from cpd.courses import renderings as course_renderings
from cpd.joints.rooms import Room
from cpd.quizzes import keys

ROOM = Room(
    answers=(
        course_renderings.make.answered_by(rerendering.render_missing),
        keys.render_keys.answered_by(rerendering.render_keys),
    ),
    impersonal=("sources",),
)
