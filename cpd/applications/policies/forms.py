"""The form in which the provider's policies are written."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from cpd.applications.labels import POLICIES
from cpd.applications.rules.readiness import PolicyName
from cpd.web.forms import Form, clean_multiline_text

LONGEST = 4_000


def _make_policy_field(name: PolicyName) -> TextAreaField:
    return TextAreaField(
        POLICIES[name],
        [Length(max=LONGEST, message=_l("Use at most 4,000 characters."))],
        filters=[clean_multiline_text],
        render_kw={"rows": 5},
        name=name.value,
        id=name.value,
    )


class PoliciesForm(Form):
    """One text for each policy; an empty one is not written."""

    registration = _make_policy_field(PolicyName.REGISTRATION)
    deadlines = _make_policy_field(PolicyName.DEADLINES)
    fees = _make_policy_field(PolicyName.FEES)
    cancellation = _make_policy_field(PolicyName.CANCELLATION)
    refund = _make_policy_field(PolicyName.REFUND)
    copyright = _make_policy_field(PolicyName.COPYRIGHT)

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of each policy by name."""
        return {name.value: self[name.value].data or "" for name in PolicyName}
