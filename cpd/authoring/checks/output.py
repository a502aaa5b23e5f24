"""The output of `cpd content check` besides faults: warnings, tables and hashes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cpd.authoring.checks import cues, numbers
from cpd.authoring.checks.cues import Cue, CueAudit
from cpd.authoring.files.bundle import Bundle
from cpd.cases.scales import Decision
from cpd.content import readability
from cpd.content.frontmatter import Fault
from cpd.courses.rules.reading import WORDS_PER_CE
from cpd.kernel.percentages import format_percent


@dataclass(frozen=True)
class Table:
    """A table of statistics as the command prints it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [self.head, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        body = ["  ".join(_pad_cells(line, widths)).rstrip() for line in lines]
        ruled = [body[0], "-" * max(len(line) for line in body), *body[1:]]
        return "\n".join([f"## {self.title}", "", *ruled, *self.notes])


TableMaker: TypeAlias = Callable[[Bundle], Table]


def _pad_cells(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = (
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    return [first, *others]


def build_reading_table(bundle: Bundle) -> Table:
    """Show the reading time of each section and of its practice cases, with the arithmetic."""
    rows = numbers.build_reading_rows(bundle)
    credit = numbers.compute_reading_credit(bundle)
    return Table(
        "Reading",
        ("section", "words", "minutes", "practice cases", "their words"),
        tuple(
            (
                row.id + ("" if row.is_required else " (not required)"),
                f"{row.words:,}",
                str(readability.build_reading_time(row.words).minutes_to_one_decimal),
                str(row.practice),
                f"{row.practice_words:,}",
            )
            for row in rows
        ),
        (
            f"Required sections: {credit.sections.arithmetic}.",
            f"Their practice cases, opened by every learner: {credit.practice.arithmetic}.",
            f"Required reading: {credit.total_time.arithmetic}.",
            (
                f"By NCBTMB's rule, {WORDS_PER_CE:,} words are 1 CE: "
                f"this would be {credit.ce_text} CE."
            ),
        ),
    )


def build_pool_table(bundle: Bundle) -> Table:
    """Show how many cases and families each pool has."""
    draw = bundle.exam.file.draw
    return Table(
        "Cases",
        ("pool", "cases", "families", "red flags"),
        tuple(
            (row.pool, str(row.cases), str(row.families), str(row.red_flags))
            for row in numbers.build_pool_rows(bundle)
        ),
        (f"An exam draws {draw.cases} cases, at least {draw.red_flags} with a red flag.",),
    )


def build_objective_table(bundle: Bundle) -> Table:
    """Show how often each objective is covered."""
    return Table(
        "Objectives",
        ("objective", "sections", "practice", "exam", "red flags"),
        tuple(
            (row.id, str(row.sections), str(row.practice), str(row.exam), str(row.red_flags))
            for row in numbers.build_objective_rows(bundle)
        ),
    )


def build_hazard_table(bundle: Bundle) -> Table:
    """Show what covers each hazard: critical ones need practice cases, emergencies exam cases."""
    return Table(
        "Hazards",
        ("hazard", "decisions", "practice", "exam", "can be critical", "sibling", "exam calls"),
        tuple(
            (
                row.id,
                ", ".join(row.decisions),
                str(row.practice),
                str(row.exam),
                str(row.critical),
                "-" if not row.critical else ("yes" if row.practice else "MISSING"),
                str(row.calls) if row.calls or not row.is_emergency else "MISSING",
            )
            for row in numbers.build_hazard_rows(bundle)
        ),
    )


def build_unseen_attempts_table(bundle: Bundle) -> Table:
    """Show how many attempts with unseen cases only each part of the blueprint allows."""
    return Table(
        "Unseen tries",
        ("part", "unseen tries"),
        tuple((part, str(count)) for part, count in numbers.unseen_attempt_counts(bundle).items()),
    )


def build_constant_answer_table(bundle: Bundle) -> Table:
    """Show what always giving the same decision would score, and how right answers are spread."""
    practice = numbers.right_decision_counts(bundle, "practice")
    exam = numbers.right_decision_counts(bundle, "exam")
    mark = format_percent(bundle.exam.file.pass_mark)
    return Table(
        "Always the same answer (exam pool; every other question answered right)",
        ("decision", "score", "right in exam", "critical in", "right in practice"),
        tuple(
            (
                row.answer,
                format_percent(row.score),
                str(exam[row.answer]),
                str(row.critical),
                str(practice[row.answer]),
            )
            for row in numbers.build_constant_answer_rows(bundle)
        ),
        (f"The pass mark is {mark}; one critical act fails.",),
    )


CUES_SHOWN = 8
"""The words of each kind of text that the table names."""


def build_cue_table(bundle: Bundle) -> Table:
    """Show how often answers are guessed from wording alone, and from which words."""
    audits = cues.audit_cues(bundle)
    return Table(
        "Cues (guessed by naive Bayes from the words, without the family of the case)",
        ("guessed from", "right", "of", "share", "baseline", "", "points above"),
        tuple(
            (
                audit.name,
                str(len(audit.guessed)),
                str(audit.questions),
                format_percent(audit.share),
                audit.baseline_name,
                format_percent(audit.baseline),
                f"{round(audit.margin * 100):+d}",
            )
            for audit in audits
            if audit.has_enough_questions
        ),
        (
            *(
                f"Too few questions to guess from the {audit.name}: {audit.questions}; "
                f"it takes {cues.FEWEST_QUESTIONS}."
                for audit in audits
                if not audit.has_enough_questions
            ),
            f"The limit is the baseline and {format_percent(cues.LIMIT)} of the questions.",
            *(_describe_cue(audit, cue) for audit in audits for cue in _cues_to_show(audit)),
        ),
    )


def _cues_to_show(audit: CueAudit) -> Sequence[Cue]:
    return audit.cues[:CUES_SHOWN] if audit.has_enough_questions else ()


def _describe_cue(audit: CueAudit, cue: Cue) -> str:
    slugs = sorted({wording.case.slug for wording in cue.with_answer})
    return f"{audit.name}: {cue.sentence}: {', '.join(slugs)}"


def build_language_table(bundle: Bundle) -> Table:
    """Show reading grades (Flesch-Kincaid), lengths of sentences, and of options."""
    rows = []
    for section in bundle.sections:
        text = readability.extract_running_text(section.body.html)
        lengths = readability.measure_sentences(text)
        share = format_percent(lengths.short_share)
        rows.append((section.slug, _format_reading_grade(text), str(lengths.mean), share))
    for pool in ("practice", "exam"):
        text = "\n".join(
            numbers.case_text_before_answering(case) for case in bundle.cases_in_pool(pool)
        )
        grade = _format_reading_grade(text)
        rows.append((f"{pool} cases: stems, facts, options", grade, "", ""))
    return Table(
        "Reading grade and sentences (sections: paragraphs only)",
        ("text", "grade", "words per sentence", f"under {readability.SHORT_SENTENCE} words"),
        tuple(rows),
        tuple(numbers.build_statistics_of_kinds(bundle)),
    )


def build_source_table(bundle: Bundle) -> Table:
    """Show the status of each reference, and how many files cite it."""
    cited = numbers.citing_file_names_by_reference(bundle)
    return Table(
        "References",
        ("reference", "status", "type", "cited by"),
        tuple(
            (
                source.slug,
                bundle.reference_status(source.slug),
                source.file.type,
                str(len(cited.get(source.slug, []))),
            )
            for source in bundle.references
        ),
    )


def build_list_table(bundle: Bundle) -> Table:
    """Show where each sign stands: the lists, and the documents that include them."""
    places: dict[str, list[str]] = {part.slug: [] for part in bundle.lists}
    for part in bundle.parts:
        for slug in sorted({use.slug for use in part.list_uses if use.form != "say"}):
            places[slug].append(part.name)
    return Table(
        "Where each sign stands",
        ("list", "decision", "signs", "flags", "documents"),
        tuple(
            (
                part.slug,
                part.file.decision,
                str(len(part.file.signs)),
                ", ".join(part.file.family_of_flags),
                str(len(places[part.slug])),
            )
            for part in bundle.lists
        ),
        tuple(f"{slug}: {', '.join(names)}." for slug, names in places.items()),
    )


def build_signature_table(bundle: Bundle) -> Table:
    """Show how many hazard cards and urgent cases a clinician has signed."""
    signed = {(entry.of, entry.hash) for entry in bundle.ledger_entries if entry.type == "sign-off"}
    urgent = (Decision.SAME_DAY, Decision.EMERGENCY)
    cases = [
        case
        for case in bundle.cases
        if any(step.right_decision in urgent for step in case.file.steps)
    ]
    groups = (("hazard cards", bundle.hazards), ("same-day and emergency cases", tuple(cases)))
    return Table(
        "Clinical signatures",
        ("what", "signed", "of"),
        tuple(
            (
                name,
                str(sum((part.name, part.content_hash) in signed for part in group)),
                str(len(group)),
            )
            for name, group in groups
        ),
    )


TABLES: tuple[TableMaker, ...] = (
    build_reading_table,
    build_pool_table,
    build_objective_table,
    build_hazard_table,
    build_list_table,
    build_unseen_attempts_table,
    build_constant_answer_table,
    build_cue_table,
    build_language_table,
    build_source_table,
    build_signature_table,
)
"""Every table, in the order in which they are printed."""


def build_report_text(bundle: Bundle, warnings: Sequence[Fault]) -> str:
    """Return the warnings and tables of a course as text."""
    parts = [f"# {bundle.course.file.title} ({bundle.slug})"]
    if warnings:
        parts.append("\n".join([f"{len(warnings)} warnings:", *map(str, warnings)]))
    parts.extend(str(make(bundle)) for make in TABLES)
    return "\n\n".join(parts) + "\n"


def build_hash_lines(bundle: Bundle) -> str:
    """Return the content hash of each file, as signatures in the ledger quote it."""
    parts = [f"{part.content_hash}  {part.name}" for part in bundle.parts]
    return "\n".join([f"{bundle.content_hash}  {bundle.course.name}", *parts])


def _format_reading_grade(text: str) -> str:
    return str(readability.estimate_reading_grade(text) or "-")
