"""What this room adds to the site."""

from cpd.authoring.publish import renderings
from cpd.courses import renderings as course_renderings
from cpd.joints.rooms import Room
from cpd.quizzes import keys

ROOM = Room(
    answers=(
        course_renderings.make.answered_by(renderings.render_missing),
        keys.render_keys.answered_by(renderings.render_keys),
    ),
    impersonal=("sources",),
)
