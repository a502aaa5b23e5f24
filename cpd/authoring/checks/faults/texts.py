"""Texts, headings, figures and blanks only where they belong, and values as plain text."""

import itertools
import re
from collections.abc import Iterator

from cpd.authoring.files.bundle import Bundle
from cpd.content.country_tokens import REMEDY, WRITTEN, parse_token
from cpd.content.document import REVIEW_MARK
from cpd.content.frontmatter import Fault, Path

_MARKUP = re.compile(
    r"\*\*|__\w|(?<!\w)[*_][^\s*_][^*_]*[*_](?!\w)|`|~~|\[@|\[\^|\]\(|\]\[|\{#|<!--"
    r"|</?(?:a|abbr|b|br|code|div|em|i|li|mark|ol|p|s|small|span|strong|sub|sup|u|ul)\b[^<>]*>"
    r"|&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-z]+);|\[(?i:awaiting review)\]"
)
"""Markdown and HTML, which have no effect in a value."""
_ADDRESSES = ("doi", "url")
"""Values that may hold any character."""
_VALUES_WITH_TOKENS = {
    "hazard": {"signs", "rule", "say", "tell"},
    "glossary": {"meaning"},
    "figure": {"alt"},
    "list": {"signs", "say"},
}
"""The values whose tokens pages fill in, by type of file."""
_MAY_AWAIT_REVIEW = (("hazard", ("rule",)),)
"""Values in which a sentence may be marked as awaiting review."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def language_tag_valid(bundle: Bundle) -> Iterator[Fault]:
    """The language is a BCP 47 tag."""
    language = bundle.course.file.language
    if not _LANGUAGE.fullmatch(language):
        yield bundle.course.build_fault(
            ("language",),
            f"'{language}' is not a language tag.",
            "Write a tag such as en or pt-BR.",
        )


def dates_in_order(bundle: Bundle) -> Iterator[Fault]:
    """The dates are in order: released, then reviewed, then expired."""
    file = bundle.course.file
    dates = [("released", file.released), ("review_by", file.review_by), ("expires", file.expires)]
    if file.reviewed:
        dates.insert(1, ("reviewed", file.reviewed))
    for (before, first), (after, second) in itertools.pairwise(dates):
        if second < first:
            yield bundle.course.build_fault(
                (after,), f"'{after}' is before '{before}'.", "Put the dates in order."
            )


def texts_present_where_required(bundle: Bundle) -> Iterator[Fault]:
    """Sections, cases, tools, figures, course and exam have a text; references and lists none."""
    for part in bundle.course_and_parts:
        has_text = bool(part.source.body.strip())
        if part.type == "reference" and has_text:
            yield part.build_fault(None, "A reference has no text.", "Move it to 'note'.")
        elif part.type == "list" and has_text:
            yield part.build_fault(
                None, "A list has no text.", "Write it as 'signs', or remove it."
            )
        elif part.type not in ("reference", "list", "hazard", "glossary") and not has_text:
            yield part.build_fault(None, "The text is missing.", "Write it below the second '---'.")


def headings_in_pages_only(bundle: Bundle) -> Iterator[Fault]:
    """Cases, figures and values have no headings: their pages have their own."""
    for part in bundle.course_and_parts:
        for path, document in part.paths_and_rendered_texts:
            if document.headings and (part.type in ("case", "exam", "figure") or path is not None):
                yield part.build_fault(
                    path,
                    "Headings are not allowed here.",
                    "Use a paragraph that begins in bold.",
                    document.headings[0].text,
                )


def values_hold_no_markdown(bundle: Bundle) -> Iterator[Fault]:
    """Values except facts, rationales and reasons hold no Markdown: they are shown as written."""
    for part in bundle.course_and_parts:
        for path, text in part.front_matter_texts:
            has_mark = (part.type, path) in _MAY_AWAIT_REVIEW
            markup = _MARKUP.search(text.replace(f" [{REVIEW_MARK}]", "") if has_mark else text)
            if markup and path not in part.texts and path[-1] not in _ADDRESSES:
                yield part.build_fault(
                    path,
                    f"'{markup.group()}' would be shown as written: this value is plain text.",
                    "Write it in plain words, or say it in the text.",
                    markup.group(),
                )


def tokens_known_and_in_place(bundle: Bundle) -> Iterator[Fault]:
    """Tokens of a country are known, and in values only on cards, in lists, meanings and `alt`."""
    for part in bundle.course_and_parts:
        for path, text in part.front_matter_texts:
            written = None if path in part.texts else _find_wrong_token(part.type, path, text)
            if written is not None:
                yield part.build_fault(path, *written)


def _find_wrong_token(type_: str, path: Path, text: str) -> tuple[str, str, str] | None:
    """Return what is wrong with a token in a value, the remedy, and the token; None if nothing."""
    for token in WRITTEN.finditer(text):
        if parse_token(token[1]) is None:
            return f"'{token[0]}' is not a token.", REMEDY, token[0]
        if not any(key in _VALUES_WITH_TOKENS.get(type_, ()) for key in path):
            remedy = "Write words that are right in every country, or say it in the text."
            return f"'{token[0]}' would be shown as written here.", remedy, token[0]
    return None


def blanks_in_tools_only(bundle: Bundle) -> Iterator[Fault]:
    """Only a tool has blanks to fill in, because what is written in them is never sent."""
    for part in bundle.course_and_parts:
        for path, document in part.paths_and_rendered_texts:
            if document.blanks and (part.type != "tool" or path is not None):
                yield part.build_fault(
                    path,
                    "Blanks and checkboxes are not allowed here.",
                    "Remove them, or make this a tool.",
                    document.blanks[0],
                )


def figures_in_pages_only(bundle: Bundle) -> Iterator[Fault]:
    """Figures are used in sections, cards and tools only."""
    for part in bundle.course_and_parts:
        for path, document in part.paths_and_rendered_texts:
            for link in document.links:
                if link.type == "figure" and part.type not in ("section", "hazard", "tool"):
                    yield part.build_fault(
                        path, "Figures are not allowed here.", "Say it in words.", str(link)
                    )
