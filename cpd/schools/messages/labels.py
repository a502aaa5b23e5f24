"""What pages call the kinds of emails from schools."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from cpd.schools.messages.rules.timing import MessageTopic

TOPIC_LABELS: Mapping[MessageTopic, Any] = {
    MessageTopic.REMINDERS: _l("Reminders of what is due in your classes"),
    MessageTopic.ANNOUNCEMENTS: _l("Announcements to your classes"),
    MessageTopic.DIGESTS: _l("A weekly email about the classes that you teach"),
}
