"""Searching the tables of a sheet by the words in their first column.

It works on stored HTML, which is our own sanitized output, so one pattern finds every row.
"""

import re
from dataclasses import dataclass

from cpd.content.readability import extract_plain_text

LONGEST = 100
"""In characters: more than any name; what follows is not searched for."""
_BODY = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)
_ROW = re.compile(r"<tr>\s*<td[^>]*>(?P<name>.*?)</td>.*?</tr>\s*", re.DOTALL)
_HEADING = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)
_TAG_ENTITY_OR_TEXT = re.compile(r"<[^>]*>|&[^;]*;|[^<&]+")


@dataclass(frozen=True)
class TableSearch:
    """A text whose tables show the rows found; all of them if no row was found."""

    html: str
    words: str
    """What was searched for; empty if nothing was."""
    found: int
    all: int
    column: str
    """The heading of the column that was searched."""


def search_tables(html: str, words: str) -> TableSearch:
    """Keep the rows whose first cell has all of these words, or parts of words, and mark them."""
    words = " ".join(words[:LONGEST].split())
    wanted = words.casefold().split()
    rows = [row for body in _BODY.findall(html) for row in _ROW.finditer(body)]
    found = sum(_has_words(row["name"], wanted) for row in rows) if wanted else 0
    heading = _HEADING.search(html)
    return TableSearch(
        html=_BODY.sub(lambda body: _keep_rows(body[0], wanted), html) if found else html,
        words=words,
        found=found,
        all=len(rows),
        column=extract_plain_text(heading[1]) if heading else "",
    )


def _has_words(name: str, wanted: list[str]) -> bool:
    text = extract_plain_text(name).casefold()
    return all(word in text for word in wanted)


def _keep_rows(body: str, wanted: list[str]) -> str:
    return _ROW.sub(
        lambda row: _mark_row(row, wanted) if _has_words(row["name"], wanted) else "", body
    )


def _mark_row(row: re.Match[str], wanted: list[str]) -> str:
    start, end = row.start("name") - row.start(), row.end("name") - row.start()
    return row[0][:start] + _mark_words(row["name"], wanted) + row[0][end:]


def _mark_words(name: str, wanted: list[str]) -> str:
    longest_first = sorted(wanted, key=len, reverse=True)
    words = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def mark_in_text(piece: re.Match[str]) -> str:
        return piece[0] if piece[0][0] in "<&" else words.sub(r"<mark>\g<0></mark>", piece[0])

    return _TAG_ENTITY_OR_TEXT.sub(mark_in_text, name)
