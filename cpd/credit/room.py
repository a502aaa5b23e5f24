"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.courses import hooks
from cpd.credit import labels, record_panel, views
from cpd.joints.rooms import NavItem, Room

ROOM = Room(
    blueprint=views.bp,
    fills=(hooks.record_panels.filled_by(record_panel.render_study_time_panel, order=25),),
    on_start=labels.add_labels_to_templates,
    navigation=(
        NavItem(
            _l("Boards and associations"),
            "credit.list_authorities",
            order=75,
            place="foot",
            covers=("credit.authority",),
        ),
    ),
)
