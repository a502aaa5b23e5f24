"""The glossary and the names in the code agree, and retired words do not come back."""

import ast
import re
from collections.abc import Iterator

import pytest

from cpd.courses.models import DocumentType
from tests.support.house import CPD, ROOT, name_of

GLOSSARY = ROOT / "docs/developers/glossary.md"
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| ([^|]*) \| [^|]+ \|$", re.MULTILINE)
"""A word's row: word, meaning, the identifiers that carry it, what pages say."""


def rows(text: str) -> list[tuple[str, str]]:
    return [row for row in ROW.findall(text) if row[0] not in {"word", "---"}]


def words_of_the_glossary() -> list[str]:
    cells = [word for word, _ in rows(GLOSSARY.read_text())]
    return [word.strip() for cell in cells for word in re.sub(r"[()]", "", cell).split(",")]


def test_the_glossary_has_one_line_for_a_word_and_the_words_of_the_code() -> None:
    words = words_of_the_glossary()
    assert sorted(words) == sorted(set(words))
    tables = ("document", "revision", "enrollment", "attempt", "result", "certificate")
    assert set(tables) <= set(words)
    assert {kind.value for kind in DocumentType} <= set(words)
    assert {"role", "permission", "frozen", "outbox", "statement"} <= set(words)


def sources() -> dict[str, ast.Module]:
    return {name_of(path): ast.parse(path.read_text()) for path in sorted(CPD.rglob("*.py"))}


SOURCES = sources()


def definitions(tree: ast.Module) -> Iterator[str]:
    """Name what a module defines at its top, and what its classes hold (`AttemptState.VOID`)."""
    for node in tree.body:
        yield from _defined(node)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield from (f"{node.name}.{name}" for name in _defined(inner))


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


DEFINED = {name for tree in SOURCES.values() for name in definitions(tree)}


def absent(identifiers: str) -> list[str]:
    """Return which identifiers of a row are not in the code; a path has a `/` or ends in `.py`."""
    named = re.findall(r"`([^`]+)`", identifiers)
    return [name for name in named if not _exists(name)]


def _exists(name: str) -> bool:
    return (CPD / name).exists() if "/" in name or name.endswith(".py") else name in DEFINED


def test_each_identifier_of_the_glossary_is_in_the_code() -> None:
    found = {word: absent(cell) for word, cell in rows(GLOSSARY.read_text())}
    assert {word: names for word, names in found.items() if names} == {}


def test_most_words_are_carried_by_an_identifier() -> None:
    """Else an emptied column would go unnoticed."""
    named = [word for word, cell in rows(GLOSSARY.read_text()) if "`" in cell]
    assert len(named) > 60


def test_an_identifier_that_is_gone_is_found() -> None:
    (row,) = rows("| course | a list | `Course`, `Curriculum`, `AttemptState.LOST` | course |\n")
    assert absent(row[1]) == ["Curriculum", "AttemptState.LOST"]
    assert absent("`cases/kinds/`, `AttemptState.VOID`") == []
    assert absent("`cases/sorts/`") == ["cases/sorts/"]


RETIRED = {
    "owe": "enqueue",
    "Letter": "Email",
    "carry_out": "run, complete or a verb of the act",
    "settle": "complete",
    "put_off": "retry_job_later",
    "defer": "defer_failed_emails",
    "NoWayError": "MailServerUnavailableError",
    "Whence": "ThrottleKey",
    "Door": "ThrottleScope",
    "spared": "reserve",
    "open_try": "record_attempt_if_allowed",
    "close_try": "clear_attempt",
    "Half": "PendingSignIn",
    "prove": "reauthenticate",
    "proven_lately": "recently_authenticated",
    "asks_again": "requires_recent_login",
    "comes_back": "preserve_form_on_login",
    "Held": "RoleAssignment",
    "withheld": "roles_pending_mfa",
    "state_printed": "save_certificate_details",
    "rests_a_certificate_on": "has_valid_certificate",
    "Standing": "ExamEligibility",
    "Drawn": "AttemptCase",
    "Sitting": "OpenAttempt",
    "Remembered": "LruCache",
    "recall": "get",
    "facts_html": "vignette_html",
    "Going": "what it holds",
    "Told": "what it holds",
    "Spoken": "what it holds",
    "Asked": "what it holds",
}
"""Identifiers that we gave up, each with the word that took its place."""
STILL_RIGHT = {
    "withheld": ("cpd/certificates/", "cpd/cli/verify.py"),  # facts that a public record lacks
}
"""Where a retired word is the right one for something else."""


def identifiers(tree: ast.Module) -> Iterator[str]:
    """Name every identifier of a source file, wherever it stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield from name.split(".")
                yield from [other] if other else []
            case ast.keyword(arg=str(name)):
                yield name


def retired(path: str, tree: ast.Module) -> set[str]:
    return {
        name
        for name in RETIRED.keys() & set(identifiers(tree))
        if not path.startswith(STILL_RIGHT.get(name, ()))
    }


def test_no_retired_word_is_an_identifier() -> None:
    found = {path: retired(path, tree) for path, tree in SOURCES.items()}
    assert {path: words for path, words in found.items() if words} == {}


def test_the_words_that_took_their_place_are_in_the_code() -> None:
    used = {name for tree in SOURCES.values() for name in identifiers(tree)}
    new = {word for word in RETIRED.values() if " " not in word}
    assert new <= used


@pytest.mark.parametrize(
    "source",
    [
        "class Letter: ...",
        "def owe() -> None: ...",
        "def f(withheld: int) -> None: ...",
        "from cpd.jobs.outbox import owe",
        "import enum as Door",
        "cache.recall(1)",
        "send(spared=True)",
        "Half = 1",
    ],
)
def test_each_form_of_a_retired_word_is_found(source: str) -> None:
    assert retired("cpd/jobs/x.py", ast.parse(source))


def test_a_word_is_right_where_it_says_something_else() -> None:
    tree = ast.parse("withheld = 1")
    assert not retired("cpd/certificates/rules/record.py", tree)
    assert retired("cpd/accounts/queries.py", tree) == {"withheld"}


def test_words_are_only_looked_for_in_names() -> None:
    assert not retired("cpd/x.py", ast.parse('"""We owe a Letter."""\nkey = "facts_html"\n'))
