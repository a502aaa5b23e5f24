"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.joints.rooms import NavItem, Room
from cpd.mail import emails, mailbox, sending, views

ROOM = Room(
    blueprint=views.bp,
    navigation=(
        NavItem(
            _l("Mailbox"),
            "mail.show_mailbox",
            order=99,
            place="foot",
            is_shown=mailbox.request_may_read_mailbox,
        ),
    ),
    emails={emails.PURPOSE: sending.send_enqueued_email},
)
