"""The form that uploads an answer of CE Broker."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from cpd.web.forms import Form


class ReceiptForm(Form):
    """An answer as a file."""

    receipt = FileField(
        _l("CE Broker’s answer"),
        description=_l(
            "An XML or CSV file in which each record has an ID or an error message. Records may be "
            "missing or in another order."
        ),
        render_kw={"accept": ".xml,.csv,.txt"},
    )
