"""Words for what is wrong with a period."""

from flask_babel import lazy_gettext as _l

from cpd.kernel.day_spans import DaySpanFault

DAY_SPAN_FAULTS = {
    DaySpanFault.ENDS_BEFORE_IT_BEGINS: _l("The last day is before the first."),
    DaySpanFault.NOT_OVER: _l("Choose today or an earlier day."),
}
