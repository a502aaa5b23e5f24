"""The documents that say what a course is: description, objectives, outline, sources, people."""

from collections import Counter
from collections.abc import Iterable, Sequence

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from cpd.applications.archives.application_loading import Application
from cpd.applications.labels import DOCUMENTS, POLICIES
from cpd.applications.readable_cases import ReadableCase
from cpd.applications.rules.documents import ApplicationDocument, Block, Heading, Paragraph, Table
from cpd.applications.rules.readiness import PolicyName
from cpd.content.readability import build_reading_time
from cpd.courses.rules.fronts.reference import ReferenceFront
from cpd.courses.rules.section_plans import build_section_plans
from cpd.credit.rules.authority_file import DocumentName
from cpd.evaluations.printed_form import list_questions
from cpd.web.formatting import current_page_locale, format_day


def build_document(name: DocumentName, blocks: Sequence[Block]) -> ApplicationDocument:
    """Return a document under its usual title."""
    return ApplicationDocument(name, str(DOCUMENTS[name]), blocks)


def build_description(application: Application) -> ApplicationDocument:
    """Return what the course is, for whom, and who offers it."""
    course, provider = application.course, application.provider
    front = course.outline.course.front
    time = build_reading_time(course.outline.required_word_count)
    rows = [
        (_("Title"), course.revision.stored_title),
        (_("Subjects"), "; ".join(front.subjects)),
        (_("For whom"), front.level),
        (_("Recommended before you begin"), front.entry),
        (_("What it is about"), front.summary),
        (_("Format"), _("Online and self-paced. It ends with an exam.")),
        (_("Reading time"), time.arithmetic),
        (_("Language"), _name_language(front.language)),
        (_("First published"), format_day(front.released, "UTC")),
        (_("Last reviewed"), format_day(front.reviewed, "UTC") if front.reviewed else ""),
        (_("Review due by"), format_day(front.review_by, "UTC")),
        (_("Expires"), format_day(front.expires, "UTC")),
        (_("Version"), f"{course.revision.number} ({course.revision.public_id})"),
        (_("Provider"), provider.name),
        (_("Provider number"), provider.number),
        (_("Address"), provider.postal),
        (_("Contact"), provider.contact),
        (_("Financial interests"), front.disclosures),
    ]
    table = Table(_("The course"), (_("About"), _("What it is")), [row for row in rows if row[1]])
    return build_document("description", [table])


def _name_language(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(current_page_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def build_objectives(
    application: Application, cases: Iterable[ReadableCase]
) -> ApplicationDocument:
    """Return each objective with the sections, exam cases and sources that serve it."""
    outline = application.course.outline
    tested = Counter(id_ for case in cases for id_ in case.front.objectives)
    numbers = _number_sources(application)
    plans = list(enumerate(build_section_plans(outline), start=1))
    rows = []
    for number, objective in enumerate(outline.course.front.objectives, start=1):
        teaching = [(index, plan) for index, plan in plans if number in plan.objectives]
        cited = sorted({numbers[key] for _index, plan in teaching for key in plan.sources})
        sections = "; ".join(f"{index}. {plan.section.title}" for index, plan in teaching)
        rows.append(
            (
                f"{number}. {objective.text}",
                sections or _("none"),
                str(tested[objective.id]),
                ", ".join(map(str, cited)) or _("none"),
            )
        )
    head = (
        *(_("At the end, the learner can"), _("Taught in sections")),
        *(_("Exam cases that test it"), _("Sources by number")),
    )
    lead = Paragraph(_("A case may count for more than one objective."))
    return build_document("objectives", [lead, Table(_("Objectives"), head, rows)])


def build_outline(application: Application) -> ApplicationDocument:
    """Return the sections with what each takes."""
    outline = application.course.outline
    rows = [
        (
            f"{number}. {plan.section.title}"
            + ("" if plan.section.front.is_required else f" ({_('optional')})"),
            f"{plan.time.words:,}",
            str(plan.time.minutes_to_one_decimal),
            str(len(plan.cases)),
            str(plan.case_time.minutes_to_one_decimal),
            ", ".join(map(str, plan.objectives)) or _("none"),
        )
        for number, plan in enumerate(build_section_plans(outline), start=1)
    ]
    head = (
        *(_("Section"), _("Words"), _("Minutes"), _("Practice cases")),
        *(_("Their minutes"), _("Objectives by number")),
    )
    total = build_reading_time(outline.required_word_count)
    words_of = _("Required sections with their practice cases: %(sum)s.", sum=total.arithmetic)
    after = _("After the last section comes the exam, whose time is not part of these minutes.")
    return build_document(
        "outline", [Table(_("Sections"), head, rows), Paragraph(words_of), Paragraph(after)]
    )


def build_references(application: Application) -> ApplicationDocument:
    """Return the sources by number."""
    rows = [
        (str(number), _describe_source(part.front))
        for number, part in enumerate(application.course.outline.references, start=1)
    ]
    blocks: list[Block] = [Table(_("Sources"), (_("Number"), _("Source")), rows)] if rows else []
    return build_document("references", blocks or [Paragraph(_("The course lists no sources."))])


def _describe_source(front: ReferenceFront) -> str:
    parts = (front.authors, f"{front.title}.", front.source, str(front.year or ""), front.url_text)
    return " ".join(part for part in parts if part)


def _number_sources(application: Application) -> dict[str, int]:
    references = application.course.outline.references
    return {part.slug: number for number, part in enumerate(references, start=1)}


def build_instructors(application: Application) -> ApplicationDocument:
    """Return who wrote the course; their résumés are files of their own."""
    rows = [
        (
            author.name,
            author.credentials or _("not stated"),
            author.role,
            author.disclosure or _("no individual statement on file"),
            _("in this archive") if author.name in application.resumes else _("not on file"),
        )
        for author in application.course.outline.course.front.authors
    ]
    head = (
        *(_("Name"), _("Credentials"), _("Role in the course")),
        *(_("Financial interests"), _("Résumé")),
    )
    return build_document("instructors", [Table(_("Instructors"), head, rows)])


def build_evaluation_form(application: Application) -> ApplicationDocument:
    """Return what learners are asked once they have passed."""
    rows = list_questions(application.course.outline.course.front.objectives)
    lead = Paragraph(_("It is offered to everyone who has passed. Every question can be skipped."))
    table = Table(_("Questions"), (_("Question"), _("Answers")), rows)
    return build_document("evaluation-form", [lead, table])


def build_policies(application: Application) -> ApplicationDocument:
    """Return the policies that the provider has written."""
    blocks: list[Block] = []
    for name in PolicyName:
        text = application.policies.get(name)
        if text:
            blocks.append(Heading(str(POLICIES[name])))
            blocks += [Paragraph(line) for line in text.splitlines() if line.strip()]
    return build_document("policies", blocks or [Paragraph(_("No policy has been written."))])


def build_price(application: Application) -> ApplicationDocument:
    """Return what the provider's page on cost says."""
    lines = [Paragraph(line) for line in application.price.splitlines() if line.strip()]
    return build_document("price", lines)
