"""The exam as a document: how it is graded, and every case with its right answers and reasons."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.applications.archives.application_loading import Application
from cpd.applications.archives.course_documents import build_document
from cpd.applications.readable_cases import ReadableCase
from cpd.applications.rules.documents import ApplicationDocument, Block, Heading, Paragraph, Table
from cpd.cases.front import StepFront
from cpd.cases.key import OptionKey
from cpd.cases.kinds.registry import asks_for_decision
from cpd.cases.labels import DECISIONS
from cpd.cases.scales import Danger
from cpd.content.country_loading import load_course_country
from cpd.content.country_tokens import fill_token, fill_tokens_in_plain_text
from cpd.content.placeholders import fill_citations
from cpd.content.readability import extract_plain_text
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.courses.rules.outline import Outline
from cpd.web.formatting import format_marks, format_percent

ToText = Callable[[str], str]


def build_exam(application: Application, cases: Sequence[ReadableCase]) -> ApplicationDocument:
    """Return the grading scale and the whole pool of cases."""
    outline = application.course.outline
    to_text = build_text_extractor(outline)
    blocks: list[Block] = [
        Heading(_("How it is graded")),
        *(Paragraph(line) for line in describe_grading(outline.exam.policy, len(cases))),
        Paragraph(
            outline.exam.standard_setting
            or _(
                "The authors of the course set the pass mark. No standard-setting study is on file."
            )
        ),
    ]
    for number, case in enumerate(cases, start=1):
        blocks += [Heading(f"{number}. {case.front.title}"), *_build_case(case, to_text)]
    return build_document("exam", blocks)


def describe_grading(policy: ExamPolicy, case_count: int) -> Iterator[str]:
    """Yield the rules of the exam as learners are told them before it begins."""
    yield ngettext(
        "The exam is drawn from %(num)s case.",
        "The exam is drawn from %(num)s cases.",
        case_count,
    )
    yield ngettext(
        "Each try has %(num)s of them.", "Each try has %(num)s of them.", policy.draw.cases
    )
    yield _(
        "To pass, the learner needs %(mark)s of the marks.", mark=format_percent(policy.pass_mark)
    )
    yield _("Treating through an emergency is never a pass, whatever the score.")
    yield _(
        "A right decision earns full marks. One step too careful earns half, because a client who "
        "could safely be helped was sent away. Anything further off, or not careful enough, earns "
        "none."
    )
    if policy.max_attempts:
        yield ngettext("There is one try.", "There are %(num)s tries.", policy.max_attempts)
    else:
        yield _("There is no limit to the number of tries.")
    if policy.time_limit_minutes:
        yield ngettext(
            "The time limit is %(num)s minute.",
            "The time limit is %(num)s minutes.",
            policy.time_limit_minutes,
        )
    else:
        yield _("There is no time limit.")


def build_text_extractor(outline: Outline) -> ToText:
    """Return what turns stored HTML into text, with the numbers of the sources that it cites."""
    numbers = {part.slug: number for number, part in enumerate(outline.references, start=1)}

    def number_citation(_number: int, key: str) -> str:
        return f" [{numbers[key]}]" if key in numbers else ""

    local = partial(fill_token, country=load_course_country())

    def extract(html: str) -> str:
        return extract_plain_text(fill_citations(html, number_citation, local=local)[0])

    return extract


def _build_case(case: ReadableCase, to_text: ToText) -> Iterator[Block]:
    for number, step in enumerate(case.front.steps, start=1):
        story = case.front.stem_html if number == 1 else step.vignette_html
        if step.when:
            yield Paragraph(step.when)
        yield from (Paragraph(line) for line in to_text(story).splitlines())
        key = case.key.step_by_id(step.id)
        head = (_("Answer"), _("Marks"), _("Why"))
        rows = [_build_row(step, one, to_text) for one in key.options]
        yield Table(_fill_plain_text(step.prompt), head, rows)
        if key.say:
            yield Paragraph(_("Sentence to say: %(say)s", say=_fill_plain_text(key.say)))


def _build_row(step: StepFront, option: OptionKey, to_text: ToText) -> tuple[str, str, str]:
    name = (
        str(DECISIONS[option.id].words)
        if asks_for_decision(step)
        else _fill_plain_text(step.option_by_id(option.id).text)
    )
    partly = _("Partly right") if option.marks > 0 else _("Not right")
    worth = _("Right") if option.correct else partly
    reasons = [
        to_text(option.rationale_html),
        to_text(option.note_html) if option.note_html else "",
    ]
    if option.danger is Danger.CRITICAL:
        reasons.insert(0, _("Not a pass, whatever the score."))
    if option.danger_if_missed is Danger.CRITICAL:
        reasons.insert(0, _("Leaving it out is not a pass, whatever the score."))
    return name, f"{format_marks(option.marks)} ({worth})", " ".join(filter(None, reasons))


def _fill_plain_text(text: str) -> str:
    return fill_tokens_in_plain_text(text, load_course_country())
