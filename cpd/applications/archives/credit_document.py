"""The credit worksheet as a document."""

from flask_babel import gettext as _

from cpd.applications.archives.application_loading import Application
from cpd.applications.archives.course_documents import build_document
from cpd.applications.rules.documents import ApplicationDocument, Paragraph, Table
from cpd.credit.labels import NOT_COMPUTED
from cpd.web.formatting import format_day


def build_worksheet(application: Application) -> ApplicationDocument:
    """Return the arithmetic of the course's credit for the authority."""
    worksheet, authority = application.worksheet, application.authority
    counted = worksheet.course
    facts = [
        (_("Words in required sections"), f"{counted.words_in_sections:,}"),
        (_("Words in their practice cases"), f"{counted.words_in_practice:,}"),
        (_("All words"), f"{counted.size.words:,}"),
        (_("Audio and video"), _("%(minutes)s minutes", minutes=counted.size.media_minutes)),
        (_("Questions: cases of one exam"), str(counted.size.questions)),
    ]
    formulas = [
        (
            line.formula.title,
            line.arithmetic,
            _("not computed") if line.minutes is None else str(line.minutes_to_show),
        )
        for line in worksheet.formulas
    ]
    return build_document(
        "worksheet",
        [
            Table(_("What is counted"), (_("What"), _("How much")), facts),
            Table(_("Formulas"), (_("Formula"), _("Arithmetic"), _("Minutes")), formulas),
            Paragraph(_describe_amount(application)),
            Paragraph(
                _(
                    "Nothing is rounded up. Only the formula that %(name)s itself names counts "
                    "there; the others are for comparison.",
                    name=authority.file.short_name,
                )
            ),
            Paragraph(_("Rules as of %(day)s.", day=format_day(worksheet.computed_on, "UTC"))),
            Paragraph(_("SHA-256 of this worksheet: %(hash)s", hash=worksheet.content_hash)),
        ],
    )


def _describe_amount(application: Application) -> str:
    line = application.worksheet.find_line(application.authority.slug)
    name = application.authority.file.name
    if line is None or line.amount is None:
        reason = NOT_COMPUTED[line.not_computed] if line and line.not_computed else ""
        return f"{reason} {name}."
    most = _(
        "%(name)s: at most %(amount)s %(unit)s.", name=name, amount=line.amount, unit=line.unit
    )
    return str(most)
