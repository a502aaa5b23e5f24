"""What this room adds to the site."""

from cpd.authoring.bank import views as _bank
from cpd.authoring.blueprint import bp
from cpd.authoring.editor import form_views as _form
from cpd.authoring.editor import views as _editor
from cpd.authoring.ideas import views as _ideas
from cpd.authoring.pasting import views as _pasting
from cpd.authoring.publish import rerendering
from cpd.authoring.short import views as _short
from cpd.courses import renderings as course_renderings
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room
from cpd.quizzes import keys

PAGES = (_bank, _editor, _form, _ideas, _pasting, _short)
"""The modules that add pages to the blueprint."""

ROOM = Room(
    blueprint=bp,
    answers=(
        course_renderings.make.answered_by(rerendering.render_revisions_without_storing),
        keys.render_keys.answered_by(rerendering.render_keys_without_storing),
    ),
    personal=(
        PersonalData(
            "drafts",
            ("created_by", "edited_by"),
            Erasure.KEEP,
            retention="as long as the course: who wrote a text answers for it",
        ),
        PersonalData(
            "draft_versions",
            ("editor",),
            Erasure.KEEP,
            retention="as long as the course: who wrote a text answers for it",
        ),
        PersonalData(
            "ideas",
            ("written_by", "story"),
            Erasure.DELETE,
            retention="until somebody deletes it, or a case was made of it",
        ),
    ),
    impersonal=("sources",),
)
